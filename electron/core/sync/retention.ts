import type { Cache } from '#core/cache/client.ts';
import type { Clock, Log } from '#core/deps.ts';
import type { Config } from '#shared/model/config.ts';
import { durationMs } from '#shared/util/duration.ts';

const EVERY_MS = 10 * 60_000;
/** Between two pieces of pruning, so that reads and fresh data come first. */
const BREATH_MS = 50;

/** Prunes the cache now and then until stopped. */
export function keepTidy(deps: {
  cache: Cache;
  clock: Clock;
  log: Log;
  config: () => Config;
}): () => void {
  const { cache, clock, log, config } = deps;
  const stop = new AbortController();
  const run = async () => {
    for (;;) {
      await clock.sleep(EVERY_MS, stop.signal);
      const { retention } = config();
      for (let more = true; more; ) {
        const gone = await cache.write('prune', {
          now: clock.now(),
          raw: durationMs(retention.raw),
          fiveMinutes: durationMs(retention.fiveMinutes),
          oneHour: durationMs(retention.oneHour),
          conversations: durationMs(retention.conversations),
          maxBytes: retention.maxMegabytes * 1_000_000,
        });
        more = gone.more;
        await clock.sleep(BREATH_MS, stop.signal);
      }
    }
  };
  const forever = () => {
    run().catch((error: unknown) => {
      if (stop.signal.aborted) return;
      log.error({ err: error }, 'pruning failed');
      forever();
    });
  };
  forever();
  return () => stop.abort();
}
