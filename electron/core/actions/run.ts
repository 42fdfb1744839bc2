/**
 * Carries one action out and proves it: sent → stored → served → live → recovered. It goes on without any window,
 * and can be taken up again after a crash at any point, because each step asks the outside and assumes nothing.
 */
import type { Log } from '#core/deps.ts';
import type { FlagControl } from '#core/sources/connector.ts';
import { NightdeskError } from '#shared/errors/index.ts';
import type { FlagState } from '#shared/model/flag.ts';
import { parseDuration } from '#shared/util/duration.ts';
import { flagStateText, sameFlagState } from '#shared/util/flag-state.ts';
import { conclude } from './conclude.ts';
import { diffLines } from './diff.ts';
import { Patience } from './patience.ts';
import type { PlannerDeps } from './planner.ts';
import { controlOf } from './planner.ts';
import { expectedAnswers, judgeServed } from './proof.ts';
import type { ActionRecord } from './record.ts';
import { watchLive, watchRecovery } from './watch.ts';

export interface RunDeps extends PlannerDeps {
  log: Log;
}

const PROBES = 200;
const READ_BACK_FOR_MS = 5_000;
const SERVED_WITHIN_MS = 60_000;
/** A request that the server may still be working on must have had its effect by then. */
const IN_FLIGHT_MS = 3_000;

export class Run {
  readonly #deps: RunDeps;
  readonly #record: ActionRecord;
  readonly #signal: AbortSignal;

  constructor(deps: RunDeps, record: ActionRecord, signal: AbortSignal) {
    this.#deps = deps;
    this.#record = record;
    this.#signal = signal;
  }

  get record(): ActionRecord {
    return this.#record;
  }

  /**
   * Sends what the plan says. False: the action has ended here.
   * @throws NightdeskError `conflict` when the outside moved since the plan (nothing was sent).
   */
  async send(): Promise<boolean> {
    const { plan, reason } = this.#record.action;
    await this.#record.set('sent', 'running', 'journaled; on its way');
    try {
      await this.#control().write(
        {
          flag: plan.flag,
          environment: plan.environment,
          from: plan.before,
          to: plan.after,
          comment: reason,
        },
        this.#signal,
      );
      if (plan.noop) {
        await this.#record.set('sent', 'skipped', 'it was already so; nothing was sent');
        return true;
      }
      const changes = plan.diff.filter((line) => line.sign === ' ').length;
      const count = `${changes} change${changes === 1 ? '' : 's'}`;
      await this.#record.set('sent', 'done', `${count}, journaled before it left`);
      return true;
    } catch (error) {
      if (this.#signal.aborted) throw error;
      return this.#notSent(error);
    }
  }

  /** From wherever the action stands. Ends it, or throws only when it was told to stop. */
  async prove(): Promise<void> {
    const done = (name: 'sent' | 'stored' | 'served' | 'live') => {
      const { state } = this.#record.step(name);
      return state === 'done' || state === 'skipped';
    };
    if (!done('sent') && !(await this.#settle())) return;
    if (!done('stored') && !(await this.#stored())) return;
    if (!done('served')) await this.#served();
    if (!done('live')) await watchLive(this.#deps, this.#record, this.#signal);
    await watchRecovery(this.#deps, this.#record, this.#signal);
    await conclude(this.#record, this.#deps.clock);
  }

  async #notSent(error: unknown): Promise<boolean> {
    if (!(error instanceof NightdeskError)) throw error;
    const { plan, title } = this.#record.action;
    const sent = typeof error.detail?.sent === 'number' ? error.detail.sent : 0;
    const sending = error.detail?.sending === true;
    const text = error.message;
    if (error.code === 'conflict' && !sending) {
      const present = error.detail?.present;
      if (isState(present) && sameFlagState(present, plan.after)) {
        await this.#record.set('sent', 'skipped', 'it was already so; nothing was sent');
        return true;
      }
      await this.#record.set('sent', 'failed', 'not sent: the flag was changed since the plan', {
        next: 'Look at what changed and plan again.',
        data: error.detail,
      });
      await this.#record.end('refused', `${title}: refused, the flag moved since the plan.`);
      const diff = isState(present) ? diffLines(plan.environment, plan.before, present) : [];
      throw new NightdeskError(
        'conflict',
        `${plan.flag} was changed since the plan was made. Nothing was sent.`,
        {
          detail: { expected: plan.before, present, diff, action: this.#record.action.id },
          cause: error,
        },
      );
    }
    if (error.code === 'pending_approval') {
      const link = typeof error.detail?.link === 'string' ? error.detail.link : '';
      await this.#record.set('sent', 'failed', text, { next: link && `Ask for it at ${link}` });
      await this.#record.end('pending_approval', `${title}: waits for approval. ${text}`);
      return false;
    }
    const arrived = sending && (sent > 0 || error.detail?.maybeSent === true);
    if (arrived) {
      await this.#record.set('sent', 'unknown', `${text} Whether it arrived is being found out.`, {
        outcome: 'unknown',
      });
      return this.#settle();
    }
    await this.#record.set('sent', 'failed', text, {
      next: error.retryable
        ? 'Nothing was changed. Press again when the source answers.'
        : 'Nothing was changed.',
    });
    await this.#record.end('failed', `${title}: nothing was changed. ${text}`);
    return false;
  }

  /**
   * Finds out by reading whether what may have been sent arrived. Patient without end while the outside is silent;
   * never sends again. True: it arrived.
   */
  async #settle(): Promise<boolean> {
    const { plan, title } = this.#record.action;
    const { clock } = this.#deps;
    let sameSince: number | null = null;
    let before: string | null = null;
    const patience = new Patience(clock, this.#signal, { first: 500, max: 15_000 });
    for (;;) {
      const present = await this.#readOrNull('sent');
      if (present !== null) {
        if (sameFlagState(present, plan.after)) {
          const text = 'it arrived: read back equal to the plan';
          await this.#record.set('sent', 'done', text, { outcome: null });
          return true;
        }
        const text = flagStateText(present);
        const now = clock.now();
        if (text !== before || sameSince === null || now < sameSince) sameSince = now;
        before = text;
        if (now - sameSince >= IN_FLIGHT_MS) {
          const untouched = sameFlagState(present, plan.before);
          await this.#record.set(
            'sent',
            'failed',
            untouched ? 'it did not arrive' : 'the flag is neither as before nor as planned',
            {
              next: untouched
                ? 'Nothing was changed. Plan again if it is still wanted.'
                : 'Look at the flag: part of the change may have been written, or somebody else wrote.',
              data: untouched ? undefined : { present },
            },
          );
          const what = untouched
            ? 'was not carried out; nothing was changed'
            : 'was not carried out whole';
          await this.#record.end('failed', `${title}: ${what}.`);
          return false;
        }
        patience.reset();
      }
      await patience.wait();
    }
  }

  async #stored(): Promise<boolean> {
    const { plan, title } = this.#record.action;
    await this.#record.set('stored', 'running', 'reading back');
    const patience = new Patience(this.#deps.clock, this.#signal, { first: 150, max: 15_000 });
    for (;;) {
      const present = await this.#readOrNull('stored');
      if (present !== null && sameFlagState(present, plan.after)) {
        await this.#record.set('stored', 'done', 'read back equal to the plan', { outcome: null });
        return true;
      }
      if (present !== null && patience.spent >= READ_BACK_FOR_MS) {
        const difference = diffLines(plan.environment, plan.after, present)
          .map((line) => `${line.sign} ${line.text}`)
          .join('\n');
        await this.#record.set('stored', 'failed', 'read back otherwise than planned', {
          next: 'Somebody else may have written, or the flag service altered the change. Look at the flag, then undo or plan again.',
          data: { present, difference },
        });
        await this.#record.end(
          'failed',
          `${title}: was sent, but read back otherwise than planned.`,
        );
        return false;
      }
      await patience.wait();
    }
  }

  /** The state outside; null while it cannot be had, which the step then says. */
  async #readOrNull(step: 'sent' | 'stored'): Promise<FlagState | null> {
    const { plan } = this.#record.action;
    try {
      const present = await this.#control().read(plan.flag, plan.environment, this.#signal);
      if (step === 'stored' && this.#record.step(step).state === 'unknown') {
        await this.#record.set(step, 'running', 'reading back', { outcome: null });
      }
      return present;
    } catch (error) {
      this.#signal.throwIfAborted();
      const text = error instanceof NightdeskError ? error.message : 'The flag cannot be read.';
      if (!(error instanceof NightdeskError))
        this.#deps.log.error({ error }, 'reading a flag back');
      await this.#record.set(step, 'unknown', `Not known: ${text}`, {
        outcome: 'unknown',
        next: `Asked again until ${plan.source} answers.`,
      });
      return null;
    }
  }

  async #served(): Promise<void> {
    const { plan } = this.#record.action;
    const expected = expectedAnswers(plan.after);
    await this.#record.set('served', 'running', 'evaluating as clients do');
    const patience = new Patience(this.#deps.clock, this.#signal, { first: 250, max: 2_000 });
    const silence = new Patience(this.#deps.clock, this.#signal, { first: 500, max: 15_000 });
    const giveUp = parseDuration(this.#deps.config().actions.giveUp) ?? 15 * 60_000;
    for (;;) {
      try {
        const served = await this.#control().evaluate(
          plan.flag,
          plan.environment,
          PROBES,
          this.#signal,
        );
        const { proven, text } = judgeServed(expected, served);
        if (proven) {
          await this.#record.set('served', 'done', text, { data: served, outcome: null });
          return;
        }
        if (patience.spent >= SERVED_WITHIN_MS) {
          await this.#record.set('served', 'failed', text, {
            outcome: null,
            data: served,
            next: 'The flag service stores the change but does not serve it. Look for a proxy or an edge cache, or whether the client token is of this environment.',
          });
          return;
        }
        await this.#record.set('served', 'running', text, { outcome: null });
        await patience.wait();
      } catch (error) {
        this.#signal.throwIfAborted();
        if (!(error instanceof NightdeskError)) throw error;
        if (error.code === 'unsupported') {
          await this.#record.set('served', 'skipped', error.message, { outcome: null });
          return;
        }
        const enough = silence.spent >= giveUp || !error.retryable;
        await this.#record.set('served', 'unknown', `Not known: ${error.message}`, {
          outcome: enough ? null : 'unknown',
          next: enough ? 'Watch the traffic instead.' : `Asked again until ${plan.source} answers.`,
        });
        if (enough) return;
        await silence.wait();
      }
    }
  }

  #control(): FlagControl {
    const { plan } = this.#record.action;
    return controlOf(this.#deps, plan.source);
  }
}

function isState(value: unknown): value is FlagState {
  return typeof value === 'object' && value !== null && 'enabled' in value && 'strategies' in value;
}
