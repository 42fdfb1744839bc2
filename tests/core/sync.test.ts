import { describe, expect, it } from 'vitest';
import type { Cache } from '#core/cache/client.ts';
import type { Batch, Connector } from '#core/sources/connector.ts';
import { nextDelay } from '#core/sync/backoff.ts';
import { SourceRunner } from '#core/sync/runner.ts';
import { NightdeskError } from '#shared/errors/index.ts';
import { realClock, silentLog } from '../fixtures/deps.ts';
import { testCache } from './cache-kit.ts';

function connector(pull: Connector['pull'], more: Partial<Connector> = {}): Connector {
  return {
    id: 'one',
    kind: 'unleash',
    capabilities: ['flags'],
    address: 'http://127.0.0.1:1',
    everyMs: 20,
    check: async () => ({ ok: true, items: [] }),
    pull,
    ...more,
  };
}

async function* yields(...batches: Batch[]): AsyncIterable<Batch> {
  yield* batches;
}

function fails(error: NightdeskError): AsyncIterable<Batch> {
  return { [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(error) }) };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await realClock.sleep(5);
}

function runner(
  cache: Cache,
  one: Connector,
  saved?: { cursor: string | null; lastSuccessAt: number | null },
) {
  return new SourceRunner(one, saved, {
    cache,
    clock: realClock,
    random: () => 0.5,
    log: silentLog,
    publish: () => undefined,
  });
}

describe('how long a source is left alone', () => {
  it('keeps its cadence while it answers', () => {
    expect(nextDelay(15_000, 0, null, Math.random)).toBe(15_000);
  });

  it('backs off exponentially with jitter, up to five minutes', () => {
    expect(nextDelay(1000, 1, null, () => 0)).toBe(500);
    expect(nextDelay(1000, 1, null, () => 1)).toBe(1000);
    expect(nextDelay(1000, 4, null, () => 1)).toBe(8000);
    expect(nextDelay(1000, 60, null, () => 1)).toBe(300_000);
  });

  it('never undercuts what the source asked for', () => {
    expect(nextDelay(1000, 1, 42_000, () => 1)).toBe(42_000);
  });
});

describe('a source that is pulled', () => {
  it('goes on from the cursor it committed, also after a restart', async () => {
    const cache = await testCache();
    const cursors: (string | null)[] = [];
    const one = connector((cursor) => {
      cursors.push(cursor);
      return yields({ cursor: 'a' }, { cursor: 'b' });
    });
    const first = runner(cache, one);
    first.start();
    await until(() => cursors.length >= 2);
    await first.stop();
    expect(cursors.slice(0, 2)).toEqual([null, 'b']);
    const [saved] = await cache.read('readSyncStates', {});
    expect(saved).toMatchObject({ source: 'one', cursor: 'b', failures: 0 });
  });

  it('says what failed, keeps what it had, and comes back', async () => {
    const cache = await testCache();
    let down = true;
    const one = connector(() =>
      down ? fails(new NightdeskError('unreachable', 'no answer')) : yields({ cursor: 'x' }),
    );
    const it = runner(cache, one, { cursor: 'kept', lastSuccessAt: 5 });
    it.start();
    await until(() => it.status().failures >= 1);
    expect(it.status()).toMatchObject({
      state: 'error',
      error: { code: 'unreachable', message: 'no answer' },
      lastSuccessAt: 5,
    });
    down = false;
    await it.syncNow();
    expect(it.status()).toMatchObject({ state: 'ok', failures: 0, error: null });
    await it.stop();
  });

  it('waits as long as a 429 asks', async () => {
    const cache = await testCache();
    const one = connector(() =>
      fails(new NightdeskError('rate_limited', 'slow down', { detail: { retryAfterMs: 60_000 } })),
    );
    const it = runner(cache, one);
    it.start();
    await until(() => (it.status().nextAttemptAt ?? 0) > 0);
    expect((it.status().nextAttemptAt ?? 0) - Date.now()).toBeGreaterThan(55_000);
    await it.stop();
  });

  it('waits as long also when it was asked for by hand', async () => {
    const cache = await testCache();
    const patience = { detail: { retryAfterMs: 60_000 } };
    const one = connector(() => fails(new NightdeskError('rate_limited', 'slow down', patience)));
    let due = () => {};
    const asked = new Promise<void>((resolve) => {
      due = resolve;
    });
    let pulls = 0;
    const first = connector((...of) => {
      pulls++;
      if (pulls > 1) return one.pull(...of);
      due();
      return yields({});
    });
    const it = runner(cache, { ...first, everyMs: 300_000 });
    it.start();
    await asked;
    // Only now has the first pull ended: asking earlier would join it.
    await until(() => it.status().nextAttemptAt !== null);
    await it.syncNow();
    await until(() => (it.status().nextAttemptAt ?? 0) - Date.now() < 250_000);
    expect((it.status().nextAttemptAt ?? 0) - Date.now()).toBeGreaterThan(55_000);
    await it.stop();
  });

  it('is never pulled twice at once, and a hung pull ends when the console closes', async () => {
    const cache = await testCache();
    let pulls = 0;
    const one = connector((_cursor, signal) => {
      pulls++;
      return {
        [Symbol.asyncIterator]: () => ({
          next: () =>
            new Promise<IteratorResult<Batch>>((_resolve, reject) => {
              signal.addEventListener('abort', () => reject(signal.reason));
            }),
        }),
      };
    });
    const it = runner(cache, one);
    it.start();
    void it.syncNow();
    void it.syncNow();
    await realClock.sleep(60);
    expect(pulls).toBe(1);
    await it.stop();
  });

  it('counts what it could not use', async () => {
    const cache = await testCache();
    const one = connector(() => yields({ rejected: [{ reason: 'NaN value', count: 3 }] }));
    const it = runner(cache, one);
    await it.syncNow();
    await it.syncNow();
    expect(it.status().rejected).toEqual([
      expect.objectContaining({ reason: 'NaN value', count: 6 }),
    ]);
  });
});
