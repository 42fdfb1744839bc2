import { localCaller } from '../../../electron/host/caller.ts';
import { modulesOf } from '../../../electron/host/modules.ts';
import { startConsole } from '../../../electron/host/start-console.ts';
import { serveIpc } from '../../../electron/main/ipc.ts';
import { isOurPage } from '../../../electron/main/page-protocol.ts';
import { createBridge } from '../../../electron/preload/bridge.ts';
import { createIpcTransport } from '../../../renderer/client/transports/ipc.ts';
import { hostArguments } from '../fixtures.ts';
import type { Adapter } from './adapter.ts';
import { replacedElectron } from './replaced-electron.ts';

export const electronIpcAdapter: Adapter = {
  name: "Electron's IPC adapter, with the electron module replaced",
  skip: null,
  async start(options) {
    const modules = modulesOf(new URL('../../../electron/main/index.ts', import.meta.url).href);
    const started = await startConsole(hostArguments(options), {
      host: 'electron',
      modules,
      keychain: null,
      describe: () => null,
    });
    if (!started.first) throw new Error('Another console uses the data folder of this test.');
    const { ipcMain, openWindow } = replacedElectron();
    const stop = serveIpc(ipcMain, started.console, localCaller(), isOurPage);
    const window = openWindow();
    return {
      transport: createIpcTransport(createBridge(window.ipcRenderer)),
      cutLine: null,
      close: async () => {
        window.close();
        stop();
        await started.console.close();
      },
    };
  },
};
