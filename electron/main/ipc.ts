import type { Caller } from '#core/deps.ts';
import { IPC } from '#shared/contract/bridge.ts';
import type { CoreEvent } from '#shared/contract/index.ts';
import { NightdeskError } from '#shared/errors/index.ts';
import { answerCall, type CallAnswer, refused } from '../host/answer-call.ts';
import { type CallLimits, createCallLimits } from '../host/call-limits.ts';
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

/** Answers the windows' calls and passes events on. Returns the way to stop. */
export function serveIpc(
  ipc: IpcServer,
  console: Pick<Console, 'call' | 'subscribe' | 'log'>,
  caller: Caller,
  isOurPage: (url: string) => boolean,
): () => void {
  const underWay = new Map<string, AbortController>();
  const listening = new Set<Sender>();
  const known = new WeakSet<Sender>();
  const limits = new WeakMap<Sender, CallLimits>();

  const limitsOf = (sender: Sender): CallLimits => {
    const found = limits.get(sender) ?? createCallLimits();
    limits.set(sender, found);
    return found;
  };

  const trusted = ({ senderFrame }: IpcMessage) =>
    senderFrame !== null && senderFrame.parent === null && isOurPage(senderFrame.url);

  /** What a window left behind when it closed is nobody's any more. */
  const watch = (sender: Sender) => {
    if (known.has(sender)) return;
    known.add(sender);
    sender.once('destroyed', () => {
      listening.delete(sender);
      for (const [key, call] of underWay) {
        if (key.startsWith(`${sender.id}:`)) call.abort();
      }
    });
  };

  ipc.handle(IPC.call, async (event, id, operation, input) => {
    if (!trusted(event)) {
      return refused(new NightdeskError('forbidden', 'Only the console itself may call.'));
    }
    watch(event.sender);
    const key = `${event.sender.id}:${String(id)}`;
    const abort = new AbortController();
    underWay.set(key, abort);
    try {
      const target = { call: console.call, log: console.log.log, limits: limitsOf(event.sender) };
      return await answerCall(target, { operation, input }, caller, abort.signal);
    } finally {
      underWay.delete(key);
    }
  });
  ipc.on(IPC.cancel, (event, id) => {
    if (trusted(event)) underWay.get(`${event.sender.id}:${String(id)}`)?.abort();
  });
  ipc.on(IPC.subscribe, (event) => {
    if (!trusted(event)) return;
    watch(event.sender);
    listening.add(event.sender);
  });
  const stop = console.subscribe((event) => {
    for (const sender of listening) {
      if (!sender.isDestroyed()) sender.send(IPC.event, event);
    }
  });
  return () => {
    stop();
    ipc.removeHandler(IPC.call);
    ipc.removeAllListeners(IPC.cancel);
    ipc.removeAllListeners(IPC.subscribe);
    for (const call of underWay.values()) call.abort();
  };
}
