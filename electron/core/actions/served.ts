/** Asks as a client would until the change is served to it, and says so on the action. */
import { NightdeskError } from '#shared/errors/index.ts';
import { durationMs } from '#shared/util/duration.ts';
import { notAskedAgain } from './asked-again.ts';
import type { Outside } from './outside.ts';
import { Patience } from './patience.ts';
import type { ActionRecord, StepKey } from './record.ts';
import type { RunDeps } from './run.ts';
import { newestNow } from './watch.ts';

const SERVED_WITHIN_MS = 60_000;

/** From wherever the step stands. Ends when the step has; throws only when told to stop. */
export async function watchServed(
  deps: RunDeps,
  record: ActionRecord,
  place: number,
  outside: Outside,
  signal: AbortSignal,
): Promise<void> {
  const key: StepKey = ['served', place];
  await record.set(key, 'running', 'asking as clients do', {
    newest: await newestNow(deps, record),
  });
  const patience = new Patience(deps.clock, signal, { first: 250, max: 2_000 });
  const silence = new Patience(deps.clock, signal, { first: 500, max: 15_000 });
  const giveUp = durationMs(deps.config().actions.giveUp);
  for (;;) {
    try {
      // Before it is asked: what arrives from then on was answered at that moment or later.
      const newest = await newestNow(deps, record);
      const seen = await outside.served(record.action.made[place] ?? null, signal);
      if ('skip' in seen) {
        await record.set(key, 'skipped', seen.skip, { outcome: null });
        return;
      }
      const { proven, text, data } = seen;
      if (proven) {
        await record.set(key, 'done', text, { data, outcome: null, newest });
        return;
      }
      if (patience.spent >= SERVED_WITHIN_MS) {
        await record.set(key, 'failed', text, {
          outcome: null,
          data,
          next: 'The service stores the change but does not serve it. Look for a proxy or an edge cache, or whether the client token is of this environment.',
        });
        return;
      }
      await record.set(key, 'running', text, { outcome: null });
      await patience.wait();
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof NightdeskError)) throw error;
      if (error.code === 'unsupported') {
        await record.set(key, 'skipped', error.message, { outcome: null });
        return;
      }
      const enough = silence.spent >= giveUp || !error.retryable;
      await record.set(key, 'unknown', `Not known: ${error.message}`, {
        outcome: enough ? null : 'unknown',
        next: enough
          ? notAskedAgain(deps.config(), outside.source, record.action.environment, error)
          : `Asked again until ${outside.source} answers.`,
      });
      if (enough) return;
      await silence.wait();
    }
  }
}
