import { createHttpTransport } from './http.ts';
import { bridgeOf, createIpcTransport } from './ipc.ts';
import type { Transport } from './transport.ts';

export type { Transport } from './transport.ts';

/** Electron's bridge where the window has one, else the loopback server that served the page. */
export function chooseTransport(scope: Window = window): Transport {
  const bridge = bridgeOf(scope);
  return bridge ? createIpcTransport(bridge) : createHttpTransport(scope);
}
