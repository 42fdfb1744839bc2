import type { Cache } from '#core/cache/client.ts';
import type { Clock, Log } from '#core/deps.ts';
import type { Topic } from '#shared/contract/index.ts';

/** Between two pieces, so that reads and fresh data come first. */
const BREATH_MS = 20;

/**
 * Masks what was stored before masking, or by other settings, piece by piece. `again` begins anew after the settings
 * changed; nothing is done where all is masked already.
 */
export function keepMasked(deps: {
  cache: Cache;
  clock: Clock;
  log: Log;
  publish: (topics: Topic[]) => void;
}): { again: () => void; stop: () => void } {
  const { cache, clock, log, publish } = deps;
  let stop = new AbortController();
  const run = async (signal: AbortSignal) => {
    let masked = 0;
    for (let more = true; more; ) {
      const piece = await cache.write('maskOlder', {});
      more = piece.more;
      masked += piece.conversations;
      if (more) await clock.sleep(BREATH_MS, signal);
    }
    if (masked === 0) return;
    log.info({ conversations: masked }, 'conversations that were stored earlier are masked now');
    publish(['conversations', 'session']);
  };
  const again = () => {
    stop.abort();
    stop = new AbortController();
    const { signal } = stop;
    run(signal).catch((error: unknown) => {
      if (signal.aborted) return;
      log.error({ err: error }, 'conversations that were stored earlier could not all be masked');
    });
  };
  again();
  return { again, stop: () => stop.abort() };
}
