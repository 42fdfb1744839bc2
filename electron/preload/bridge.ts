import { type Answer, type Bridge, IPC } from '#shared/contract/bridge.ts';
import type { CoreEvent } from '#shared/contract/index.ts';

/** The part of Electron's ipcRenderer that is used; a test passes another one. */
export interface IpcEnd {
  invoke(channel: string, ...args: unknown[]): Promise<Answer>;
  send(channel: string, ...args: unknown[]): void;
  on(channel: string, listener: (event: unknown, message: CoreEvent) => void): unknown;
  off(channel: string, listener: (event: unknown, message: CoreEvent) => void): unknown;
}

export function createBridge(ipc: IpcEnd): Bridge {
  let calls = 0;
  return {
    call(operation, input, whenCancelled) {
      calls += 1;
      const id = calls;
      const answer = ipc.invoke(IPC.call, id, operation, input);
      whenCancelled(() => ipc.send(IPC.cancel, id));
      return answer;
    },
    subscribe(fn) {
      // The event of Electron stays on this side: it would hand the sender to the page.
      const listener = (_event: unknown, message: CoreEvent) => fn(message);
      ipc.on(IPC.event, listener);
      ipc.send(IPC.subscribe);
      return () => {
        ipc.off(IPC.event, listener);
      };
    },
  };
}
