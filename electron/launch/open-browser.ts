import { spawn } from 'node:child_process';
import { hasScreen } from './choose-host.ts';

/** Opens an address in the default browser where there is one; failing is silent, the address was printed. */
export function openBrowser(address: string): void {
  if (!hasScreen({ platform: process.platform, env: process.env })) return;
  const [command, args] =
    process.platform === 'darwin'
      ? ['open', [address]]
      : process.platform === 'win32'
        ? ['rundll32', ['url.dll,FileProtocolHandler', address]]
        : ['xdg-open', [address]];
  const child = spawn(String(command), [...args].map(String), { stdio: 'ignore', detached: true });
  child.on('error', () => {});
  child.unref();
}
