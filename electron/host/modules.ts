/** Where the parts lie that run beside the host, from the sources or from the build. */
export interface Modules {
  cacheWorker: URL;
  /** The script of the page that shows a shared conversation. */
  shareViewer: URL;
  /** The entry of a demo process: `bot` → its module. */
  demoProcess(name: string): URL;
  /** Folder of the built renderer. */
  renderer: URL;
  /** Folder with package.json, `runbooks/` and `resources/`. */
  root: URL;
}

/** `from` is the `import.meta.url` of any module of ours. Names match `electron.vite.config.ts`. */
export function modulesOf(from: string): Modules {
  const built = /^(.*\/)out\/(?:main|preload)\//.exec(from);
  if (built && from.endsWith('.js')) {
    const root = new URL(built[1] ?? '', from);
    return {
      root,
      renderer: new URL('out/renderer/', root),
      cacheWorker: new URL('out/main/cache-worker.js', root),
      shareViewer: new URL('out/main/share-viewer.js', root),
      demoProcess: (name) => new URL(`out/main/demo/${name}.js`, root),
    };
  }
  const root = new URL(from.replace(/\/electron\/.*$/, '/'));
  return {
    root,
    renderer: new URL('out/renderer/', root),
    cacheWorker: new URL('electron/core/cache/worker.ts', root),
    shareViewer: new URL('electron/viewer/viewer.ts', root),
    demoProcess: (name) => new URL(`electron/demo/processes/${name}.ts`, root),
  };
}
