import { EventEmitter } from 'node:events';
import type { Answer } from '#shared/contract/bridge.ts';
import type { CoreEvent } from '#shared/contract/index.ts';
import type { IpcMessage, IpcServer, Sender, SenderFrame } from '../../../electron/main/ipc.ts';
import { PAGE_ORIGIN } from '../../../electron/main/page-protocol.ts';
import type { IpcEnd } from '../../../electron/preload/bridge.ts';

type Handler = Parameters<IpcServer['handle']>[1];
type Listener = Parameters<IpcServer['on']>[1];

/** The two ends of Electron's IPC, joined: what passes is cloned as between processes. */
export function replacedElectron() {
  const handlers = new Map<string, Handler>();
  const listeners = new EventEmitter();
  let windows = 0;

  const ipcMain: IpcServer = {
    handle: (channel, fn) => {
      handlers.set(channel, fn);
    },
    on: (channel, fn) => {
      listeners.on(channel, fn);
    },
    removeHandler: (channel) => {
      handlers.delete(channel);
    },
    removeAllListeners: (channel) => {
      listeners.removeAllListeners(channel);
    },
  };

  /** A window whose messages come from `frame`. */
  function openWindow(frame: SenderFrame | null = { url: `${PAGE_ORIGIN}/now`, parent: null }) {
    const page = new EventEmitter();
    const contents = new EventEmitter();
    windows += 1;
    let destroyed = false;
    const sender: Sender = {
      id: windows,
      isDestroyed: () => destroyed,
      once: (event, fn) => contents.once(event, fn),
      send: (channel, event) => {
        if (destroyed) throw new Error('Object has been destroyed');
        page.emit(channel, {}, structuredClone(event));
      },
    };
    const message: IpcMessage = { sender, senderFrame: frame };
    const ipcRenderer: IpcEnd = {
      async invoke(channel, ...args): Promise<Answer> {
        const handler = handlers.get(channel);
        if (!handler) throw new Error(`No handler registered for '${channel}'`);
        return structuredClone(await handler(message, ...args.map((arg) => structuredClone(arg))));
      },
      send: (channel, ...args) => {
        for (const fn of listeners.listeners(channel)) {
          const listener: Listener = (...all) => fn(...all);
          listener(message, ...args.map((arg) => structuredClone(arg)));
        }
      },
      on: (channel, listener: (event: unknown, message: CoreEvent) => void) =>
        page.on(channel, listener),
      off: (channel, listener) => page.off(channel, listener),
    };
    return {
      ipcRenderer,
      close: () => {
        destroyed = true;
        contents.emit('destroyed');
      },
    };
  }
  return { ipcMain, openWindow };
}
