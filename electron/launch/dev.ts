import path from 'node:path';
import react from '@vitejs/plugin-react';
import { createServer } from 'vite';
import { NightdeskError } from '#shared/errors/index.ts';
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
    {
      // The address of the page is vite's, and is said when it is served.
      say: (line) => line.startsWith('Nightdesk: ') || say(line),
      devOrigins: [page],
    },
  );
  const { close } = host;
  if (!close) return;
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
  try {
    await vite.listen();
  } catch (cause) {
    await vite.close();
    await close();
    throw new NightdeskError('conflict', `Port ${port} cannot be used: something else has it.`, {
      cause,
    });
  }
  closeOnExit(async () => {
    await vite.close();
    await close();
  });
  const address = `${page}${args.path ?? '/'}#token=${host.token}`;
  say(`Nightdesk (dev): ${address}`);
  if (args.open) openBrowser(address);
}
