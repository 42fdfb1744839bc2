import type { CoreEvent } from '#shared/contract/index.ts';

/**
 * What the typed client needs of a host, whichever it is. A transport carries; it does not interpret:
 * schemas, caching and retries live in the client over it.
 */
export interface Transport {
  /**
   * Answers with the operation's output, or throws a NightdeskError. Aborting the signal stops the work
   * in the core too, and rejects with code `cancelled`.
   */
  call(operation: string, input: unknown, signal?: AbortSignal): Promise<unknown>;
  /**
   * Tells every event and, each time it changes, whether the line to the core is up. After the line was
   * down events may have been missed: read everything again when it comes up. Returns the way to stop.
   */
  onEvent(fn: (event: CoreEvent) => void, onConnection: (up: boolean) => void): () => void;
}
