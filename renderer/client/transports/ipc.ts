import type { Bridge } from '#shared/contract/bridge.ts';
import { answered, cancelled } from './answer.ts';
import type { Transport } from './transport.ts';

declare global {
  interface Window {
    /** Put there by Electron's preload; absent in a browser. */
    nightdesk?: Bridge;
  }
}

export function bridgeOf(scope: Window): Bridge | undefined {
  return scope.nightdesk;
}

export function createIpcTransport(bridge: Bridge): Transport {
  return {
    async call(operation, input, signal) {
      if (signal?.aborted) throw cancelled();
      const answer = await bridge.call(operation, input, (cancel) =>
        signal?.addEventListener('abort', cancel, { once: true }),
      );
      return answered(answer);
    },
    onEvent(fn, onConnection) {
      // The core lives in the same application: while this window is there, so is the line.
      onConnection(true);
      return bridge.subscribe(fn);
    },
  };
}
