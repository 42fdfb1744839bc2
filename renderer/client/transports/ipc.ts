import type { CoreEvent } from '#shared/contract/index.ts';
import { answered, cancelled } from './answer.ts';
import type { Answer, Transport } from './transport.ts';

/** What Electron's preload puts on the window, and nothing more. */
export interface Bridge {
  call(
    operation: string,
    input: unknown,
    whenCancelled: (cancel: () => void) => void,
  ): Promise<Answer>;
  subscribe(fn: (event: CoreEvent) => void): () => void;
}

declare global {
  interface Window {
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
