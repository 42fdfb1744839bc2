import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/**
 * Everything that runs under Node is an entry of its own: the Electron host, the browser host, the
 * cache's worker, and the processes of the demo fleet. `electron/host/modules.ts` knows these names.
 */
const nodeEntries = {
  electron: here('electron/main/index.ts'),
  server: here('electron/server/index.ts'),
  'cache-worker': here('electron/core/cache/worker.ts'),
  // Not run here: it is written into the page that shows a shared conversation.
  'share-viewer': here('electron/viewer/viewer.ts'),
  'demo/bot': here('electron/demo/processes/bot.ts'),
  'demo/flags': here('electron/demo/processes/flags.ts'),
  'demo/alerts': here('electron/demo/processes/alerts.ts'),
  'demo/users': here('electron/demo/processes/users.ts'),
};

/** Beside each bundle, the notices of all that is in it, as their licences require. */
const LICENCES = { fileName: 'third-party-licences.md' };

export default defineConfig({
  main: {
    build: {
      outDir: here('out/main'),
      license: LICENCES,
      // The oldest Node that may run it: a Mac's own. Electron 45 and the bundled Node are newer.
      target: 'node22',
      minify: false,
      sourcemap: true,
      rolldownOptions: {
        input: nodeEntries,
        output: {
          format: 'es',
          entryFileNames: '[name].js',
          chunkFileNames: 'chunks/[name]-[hash].js',
        },
      },
    },
  },
  preload: {
    build: {
      outDir: here('out/preload'),
      license: LICENCES,
      minify: false,
      // A sandboxed window loads CommonJS only, and can require nothing but electron: bundle the rest.
      externalizeDeps: false,
      rolldownOptions: {
        input: { index: here('electron/preload/index.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: here('renderer'),
    // electron-vite sets './' in production; under a path such as /conversation/ID that finds nothing.
    plugins: [react(), { name: 'absolute-base', enforce: 'post', config: () => ({ base: '/' }) }],
    build: {
      outDir: here('out/renderer'),
      emptyOutDir: true,
      license: LICENCES,
      // Without it electron-vite ships the renderer unminified.
      minify: true,
      target: 'es2024',
      modulePreload: { polyfill: false },
      rolldownOptions: { input: { index: here('renderer/index.html') } },
    },
  },
});
