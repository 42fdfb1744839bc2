/**
 * Runs `work` for every item, at most `limit` at a time, and yields the results in the order of the items. Unlike with a
 * queue of promises, no more than `limit` results wait for a slow reader. When one fails, or
 * the reader leaves, the others' signal aborts.
 */
export async function* inFlight<I, O>(
  items: readonly I[],
  limit: number,
  signal: AbortSignal,
  work: (item: I, signal: AbortSignal) => Promise<O>,
): AsyncGenerator<O> {
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  const running: Promise<O>[] = [];
  const waiting = items.values();
  const startMore = () => {
    while (running.length < limit) {
      const next = waiting.next();
      if (next.done) return;
      const result = work(next.value, either);
      // Whoever fails first is reported; the rest must not become unhandled.
      result.catch(() => undefined);
      running.push(result);
    }
  };
  try {
    startMore();
    for (;;) {
      const first = running.shift();
      if (first === undefined) return;
      const result = await first;
      startMore();
      yield result;
    }
  } finally {
    stop.abort();
  }
}
