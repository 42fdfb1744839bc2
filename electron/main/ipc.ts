import type { Caller } from '#core/deps.ts';
import { IPC } from '#shared/contract/bridge.ts';
import type { CoreEvent } from '#shared/contract/index.ts';
import { NightdeskError } from '#shared/errors/index.ts';
import { answerCall, type CallAnswer, refused } from '../host/answer-call.ts';
import { type CallLimits, createCallLimits, tooMuch } from '../host/call-limits.ts';
import type { Console } from '../host/start-console.ts';

/** The parts of Electron that are used, so that the contract suite can pass others. */
export interface Sender {
  id: number;
  send(channel: string, event: CoreEvent): void;
  isDestroyed(): boolean;
  once(event: 'destroyed', fn: () => void): unknown;
}
export interface SenderFrame {
  url: string;
  /** Null for the window's own page; a frame inside it has one. */
  parent: object | null;
}
export interface IpcMessage {
  sender: Sender;
  /** Null when the frame is gone. */
  senderFrame: SenderFrame | null;
}
export interface IpcServer {
  handle(
    channel: string,
    fn: (event: IpcMessage, ...args: unknown[]) => Promise<CallAnswer>,
  ): unknown;
  on(channel: string, fn: (event: IpcMessage, ...args: unknown[]) => void): unknown;
  removeHandler(channel: string): unknown;
  removeAllListeners(channel: string): unknown;
}

/** What is kept of a window that called or listens. */
interface OpenWindow {
  calls: Map<number, AbortController>;
  limits: CallLimits;
  listens: boolean;
}

function isCallId(id: unknown): id is number {
  return typeof id === 'number' && Number.isSafeInteger(id);
}

/** Answers the windows' calls and passes events on. Returns the way to stop. */
export function serveIpc(
  ipc: IpcServer,
  console: Pick<Console, 'call' | 'subscribe' | 'log'>,
  caller: Caller,
  isOurPage: (url: string) => boolean,
): () => void {
  const windows = new Map<Sender, OpenWindow>();

  const trusted = ({ senderFrame }: IpcMessage) =>
    senderFrame !== null && senderFrame.parent === null && isOurPage(senderFrame.url);

  const windowOf = (sender: Sender): OpenWindow => {
    const known = windows.get(sender);
    if (known) return known;
    const window = { calls: new Map(), limits: createCallLimits(), listens: false };
    windows.set(sender, window);
    // What a window left behind when it closed is nobody's any more.
    sender.once('destroyed', () => {
      windows.delete(sender);
      for (const call of window.calls.values()) call.abort();
    });
    return window;
  };

  ipc.handle(IPC.call, async (event, id, operation, input) => {
    if (!trusted(event)) {
      return refused(new NightdeskError('forbidden', 'Only the console itself may call.'));
    }
    const { calls, limits } = windowOf(event.sender);
    if (!isCallId(id) || calls.has(id)) {
      return refused(new NightdeskError('bad_input', 'Each call needs a number of its own.'));
    }
    const end = limits.begin();
    if (typeof end === 'number') return refused(tooMuch(end));
    const abort = new AbortController();
    calls.set(id, abort);
    try {
      const target = { call: console.call, log: console.log.log };
      return await answerCall(target, { operation, input }, caller, abort.signal);
    } finally {
      end();
      calls.delete(id);
    }
  });
  ipc.on(IPC.cancel, (event, id) => {
    if (trusted(event) && isCallId(id)) windows.get(event.sender)?.calls.get(id)?.abort();
  });
  ipc.on(IPC.subscribe, (event) => {
    if (trusted(event)) windowOf(event.sender).listens = true;
  });
  const stop = console.subscribe((event) => {
    for (const [sender, { listens }] of windows) {
      if (listens && !sender.isDestroyed()) sender.send(IPC.event, event);
    }
  });
  return () => {
    stop();
    ipc.removeHandler(IPC.call);
    ipc.removeAllListeners(IPC.cancel);
    ipc.removeAllListeners(IPC.subscribe);
    for (const { calls } of windows.values()) for (const call of calls.values()) call.abort();
  };
}
