import path from 'node:path';
import react from '@vitejs/plugin-react';
import { createServer } from 'vite';
import type { HostArguments } from '../host/arguments.ts';
import { freePort } from '../host/free-port.ts';
import { closeOnExit } from '../host/shutdown.ts';
import { runBrowserHost } from '../server/index.ts';
import { ROOT } from './build.ts';
import { openBrowser } from './open-browser.ts';

/** The page from vite, reloaded on change; behind it the browser host, run from the sources. */
export async function runDev(args: HostArguments, say: (line: string) => void): Promise<void> {
  const port = args.port || (await freePort());
  const page = `http://127.0.0.1:${port}`;
  const host = await runBrowserHost(
    { ...args, port: 0, open: false },
    { say: () => {}, devOrigins: [page] },
  );
  if (!host.close) {
    say(`Nightdesk is already running: ${host.address}`);
    return;
  }
  const vite = await createServer({
    configFile: false,
    root: path.join(ROOT, 'renderer'),
    plugins: [react()],
    server: {
      host: '127.0.0.1',
      port,
      strictPort: true,
      proxy: { '/api': { target: host.origin, ws: true, changeOrigin: true } },
    },
  });
  await vite.listen();
  const address = `${page}${args.path ?? '/'}#token=${host.token}`;
  say(`Nightdesk (dev): ${address}`);
  if (args.open) openBrowser(address);
  const { close } = host;
  closeOnExit(async () => {
    await vite.close();
    await close();
  });
}
