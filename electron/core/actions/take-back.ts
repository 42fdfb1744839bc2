/** Takes back what an action did, last change first: at the end of a drill, or when a later change failed. */
import type { Clock, Log } from '#core/deps.ts';
import { NightdeskError } from '#shared/errors/index.ts';
import type { Config } from '#shared/model/config.ts';
import { askedAgain } from './asked-again.ts';
import type { Outside } from './outside.ts';
import { Patience } from './patience.ts';
import type { ActionRecord, StepKey } from './record.ts';

/** A request that the server may still be working on must have had its effect by then. */
export const IN_FLIGHT_MS = 3_000;

interface Deps {
  clock: Clock;
  log: Log;
  config: () => Config;
}

/**
 * Each is written back to the exact state from before, and read back. What was already so when it was sent stays.
 * Of one that failed, `restored` stands begun where a part of it is in effect.
 * Null: nothing had been sent. False: one of them could not be taken back; the others were all the same.
 */
export async function takeBackAll(
  deps: Deps,
  record: ActionRecord,
  outsides: readonly Outside[],
  signal: AbortSignal,
): Promise<boolean | null> {
  let all: boolean | null = null;
  for (const [place, outside] of [...outsides.entries()].reverse()) {
    const { state } = record.step(['restored', place]);
    if (record.step(['sent', place]).state !== 'done' && state === 'waiting') continue;
    const back =
      state === 'done' ||
      (state !== 'failed' && (await takeBack(deps, record, place, outside, signal)));
    all = (all ?? true) && back;
  }
  return all;
}

/** True when it is as before. Patient without end while the outside is silent, or refuses the credentials. */
async function takeBack(
  deps: Deps,
  record: ActionRecord,
  place: number,
  outside: Outside,
  signal: AbortSignal,
): Promise<boolean> {
  const key: StepKey = ['restored', place];
  const made = record.action.made[place] ?? null;
  await record.set(key, 'running', 'taking back what was done');
  const patience = new Patience(deps.clock, signal, { first: 150, max: 15_000 });
  const fail = async (text: string, data: unknown) => {
    await record.set(key, 'failed', text, {
      outcome: null,
      data,
      next: 'It is NOT as it was before. Look at it now, and bring it back by hand or from its history.',
    });
    return false;
  };
  for (;;) {
    try {
      const look = await outside.look(made, signal);
      if (look.is === 'before') {
        await record.set(key, 'done', 'read back equal to what was before', { outcome: null });
        return true;
      }
      if (look.is === 'gone') return await fail('the flag is gone', { present: look.present });
      if (look.is === 'other') {
        return await fail('somebody else changed it meanwhile; it was left alone', {
          present: look.present,
        });
      }
      await outside.takeBack(made, signal);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof NightdeskError)) {
        deps.log.error({ err: error }, 'taking back');
        return await fail('the console failed at it', undefined);
      }
      if (!error.retryable && error.code !== 'unauthorized')
        return await fail(error.message, error.detail);
      await record.set(key, 'unknown', `Not known: ${error.message}`, {
        outcome: 'unknown',
        next: askedAgain(deps.config(), outside.source, error),
      });
      // What may still be under way must have had its effect before it is looked at, or sent, again.
      await deps.clock.sleep(IN_FLIGHT_MS, signal);
    }
    await patience.wait();
  }
}
