import { runBrowserHost } from '../../../electron/server/index.ts';
import { createHttpTransport, type PageScope } from '../../../renderer/client/transports/http.ts';
import { hostArguments } from '../fixtures.ts';
import type { Adapter } from './adapter.ts';

/** What the transport needs of a window, at the address that the host printed. */
export function pageAt(address: string): PageScope & { shown: string } {
  const url = new URL(address);
  const kept = new Map<string, string>();
  const page = {
    shown: address,
    location: url,
    sessionStorage: {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => {
        kept.set(key, value);
      },
    },
    history: {
      state: null,
      replaceState: (_state: unknown, _unused: string, to?: string | URL | null) => {
        page.shown = new URL(String(to), url).href;
      },
    },
  };
  return page;
}

export const browserAdapter: Adapter = {
  name: 'browser host, over HTTP and WebSocket',
  skip: null,
  async start(options) {
    const host = await runBrowserHost(hostArguments(options), { say: () => {} });
    const sockets: WebSocket[] = [];
    const Real = globalThis.WebSocket;
    globalThis.WebSocket = class extends Real {
      constructor(...args: ConstructorParameters<typeof WebSocket>) {
        super(...args);
        sockets.push(this);
      }
    };
    return {
      transport: createHttpTransport(pageAt(host.address)),
      cutLine: () => {
        for (const socket of sockets.splice(0)) socket.close();
      },
      close: async () => {
        globalThis.WebSocket = Real;
        await host.close?.();
      },
    };
  },
};
