/**
 * Carries one action out and proves it: its changes in their order, each sent → stored → served, then live →
 * recovered once. It goes on without any window, and can be taken up again after a crash at any point, because each
 * step asks the outside and assumes nothing.
 */
import type { Log } from '#core/deps.ts';
import { NightdeskError } from '#shared/errors/index.ts';
import { type ActionOutcome, WebAddress } from '#shared/model/action.ts';
import { askedAgain } from './asked-again.ts';
import { conclude } from './conclude.ts';
import { type Look, type Outside, outsideOf } from './outside.ts';
import { Patience } from './patience.ts';
import type { PlannerDeps } from './planner.ts';
import type { ActionRecord, StepKey } from './record.ts';
import { watchServed } from './served.ts';
import { IN_FLIGHT_MS, takeBackAll } from './take-back.ts';
import { watchLive, watchRecovery } from './watch.ts';

export interface RunDeps extends PlannerDeps {
  log: Log;
}

const READ_BACK_FOR_MS = 5_000;
const GONE_NEXT = 'Look at its source whether it was archived or deleted, and by whom.';
const ALTERED = {
  text: 'read back otherwise than planned',
  next: 'Somebody else may have written, or the service altered the change. Look at it, then undo or plan again.',
};
/** What is read back in place of what was sent. */
const NOT_STORED: Record<Exclude<Look['is'], 'after'>, { text: string; next: string }> = {
  before: {
    text: 'read back as before: the source took the call, and nothing is changed',
    next: 'Look whether a login page or a proxy answers in its place, or whether somebody put it back at once. Then plan again.',
  },
  part: ALTERED,
  other: ALTERED,
  gone: { text: 'the flag is gone', next: GONE_NEXT },
};

export class Run {
  readonly #deps: RunDeps;
  readonly #record: ActionRecord;
  readonly #signal: AbortSignal;
  /** The entry that says that the last change was sent. */
  #noted: Promise<void> = Promise.resolve();
  /** Aborted when a drill is ended early. */
  readonly #early = new AbortController();

  constructor(deps: RunDeps, record: ActionRecord, signal: AbortSignal) {
    this.#deps = deps;
    this.#record = record;
    this.#signal = signal;
    if (record.action.endedEarlyBy !== undefined) this.#early.abort();
  }

  get record(): ActionRecord {
    return this.#record;
  }

  /**
   * Sends what the plan says, once `journaled` has the intent on the disk. False: the action has ended here.
   * @throws NightdeskError `conflict` when the outside moved since the plan (nothing was sent).
   */
  async send(journaled: Promise<void>): Promise<boolean> {
    for (const place of this.#places) {
      if (place > 0 && !(await this.#stored(place - 1))) return false;
      const ready =
        place === 0 ? journaled : this.#record.set(['sent', place], 'running', 'on its way');
      if (!(await this.#send(place, ready))) return false;
    }
    return true;
  }

  /** From wherever the action stands. Ends it, or throws only when it was told to stop. */
  async prove(): Promise<void> {
    if (await this.#wasGivenUp()) return;
    for (const place of this.#places) {
      if (!this.#done(['sent', place]) && !(await this.#settle(place))) return;
      if (!this.#done(['stored', place]) && !(await this.#stored(place))) return;
    }
    for (const place of this.#places) {
      if (this.#done(['served', place])) continue;
      await Promise.all([
        this.#unlessEnded(['served', place], (signal) =>
          watchServed(this.#deps, this.#record, place, this.#outside(place), signal),
        ),
        this.#compareNotes(place),
      ]);
    }
    if (!this.#done(['live', null])) {
      await this.#unlessEnded(['live', null], (signal) =>
        watchLive(this.#deps, this.#record, signal),
      );
    }
    const drill = this.#record.action.kind === 'drill';
    if (drill) await this.#takeBack(this.#places.length);
    else await watchRecovery(this.#deps, this.#record, this.#signal);
    await conclude(this.#record, this.#deps);
  }

  /**
   * A drill is not watched any longer: what it did is taken back once it is known to have arrived. Nothing happens where
   * that has begun.
   */
  async endEarly(by: string): Promise<void> {
    const { endedEarlyBy } = this.#record.action;
    if (endedEarlyBy !== undefined || this.#record.steps('restored').some(begun)) return;
    await this.#record.endedEarly(by);
    this.#early.abort();
  }

  /** Watches until it is proven, or the drill is ended early. */
  async #unlessEnded(key: StepKey, watch: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const early = this.#early.signal;
    try {
      if (!early.aborted) return await watch(AbortSignal.any([this.#signal, early]));
    } catch (error) {
      this.#signal.throwIfAborted();
      if (!early.aborted) throw error;
    }
    const text = 'not waited for: the drill was ended early';
    await this.#record.set(key, 'skipped', text, { outcome: null });
  }

  #done(key: StepKey): boolean {
    const { state } = this.#record.step(key);
    return state === 'done' || state === 'skipped';
  }

  get #places(): number[] {
    return [...this.#record.action.plan.changes.keys()];
  }

  /** Looked up each time: the sources may be configured anew while an action runs. */
  #outside(place: number): Outside {
    const { environment, id: action, by, reason, plan } = this.#record.action;
    const change = plan.changes[place];
    if (change === undefined) throw new Error(`An action without a change ${place}.`);
    return outsideOf(this.#deps, change, { environment, action, by, reason });
  }

  async #send(place: number, ready: Promise<void>): Promise<boolean> {
    const key: StepKey = ['sent', place];
    // It may fail while the outside is still being read; whoever awaits it is told all the same.
    ready.catch(() => undefined);
    try {
      const sent = await this.#outside(place).send(() => ready, this.#signal);
      // Written down while it is read back already: what follows waits for both.
      this.#noted =
        sent.already !== null
          ? this.#record.set(key, 'skipped', sent.already, { made: sent.made })
          : this.#record.set(key, 'done', sent.text, { made: sent.made });
      this.#noted.catch(() => undefined);
      return true;
    } catch (error) {
      // What could not be journaled was not sent either, and that is the error to tell.
      await ready;
      if (this.#signal.aborted || !(error instanceof NightdeskError)) throw error;
      return this.#notSent(place, error);
    }
  }

  async #notSent(place: number, error: NightdeskError): Promise<boolean> {
    const key: StepKey = ['sent', place];
    const { title, id } = this.#record.action;
    const sent = typeof error.detail?.sent === 'number' ? error.detail.sent : 0;
    const sending = error.detail?.sending === true;
    const text = error.message;
    if (error.code === 'conflict' && !sending) {
      await this.#record.set(key, 'failed', 'not sent: it was changed since the plan', {
        next: 'Look at what changed and plan again.',
        data: error.detail,
      });
      if (place > 0) return this.#giveUp(place, 'failed', text);
      await this.#record.end('refused', `${title}: refused, the flag moved since the plan.`);
      throw new NightdeskError('conflict', text, {
        detail: { ...error.detail, action: id },
        cause: error,
      });
    }
    const uncertain = sending && (sent > 0 || error.detail?.maybeSent === true);
    if (error.code === 'pending_approval' && !uncertain) {
      const { data: link } = WebAddress.safeParse(error.detail?.link);
      const next = 'Ask for it at the source, and have it approved.';
      await this.#record.set(key, 'failed', text, link === undefined ? { next } : { next, link });
      return this.#giveUp(place, 'pending_approval', `waits for approval. ${text}`);
    }
    if (uncertain) {
      await this.#record.set(key, 'unknown', `${text} Whether it arrived is being found out.`, {
        outcome: 'unknown',
      });
      return this.#settle(place, text);
    }
    await this.#record.set(key, 'failed', text, {
      next: error.retryable
        ? 'Nothing was changed by it. Plan again when the source answers.'
        : 'Nothing was changed by it.',
    });
    return this.#giveUp(place, 'failed', text, `nothing was changed. ${text}`);
  }

  /**
   * A change failed: what was done before it, and a part of itself, is taken back, and the action ends. Always false.
   * `alone`: why, where nothing else had been sent.
   */
  async #giveUp(place: number, outcome: ActionOutcome, why: string, alone = why): Promise<false> {
    const { title } = this.#record.action;
    const half = begun(this.#record.step(['restored', place]));
    const taken = await this.#takeBack(half ? place + 1 : place);
    const what = this.#record.action.plan.changes[place]?.what ?? '';
    const failed = half ? `${what} failed half-way` : `${what} failed`;
    const back = half ? 'what was half-done was taken back' : 'what was done before it was undone';
    if (taken === null) await this.#record.end(outcome, `${title}: ${alone}`);
    else if (taken) await this.#record.end(outcome, `${title}: ${failed}, and ${back}. ${why}`);
    else {
      await this.#record.end(
        'not_restored',
        `${title}: ${failed}, and what was done could NOT be taken back. Look at each change yourself. ${why}`,
      );
    }
    return false;
  }

  /** Of the changes before `place`, those that were sent, last first. Null: there was none. */
  #takeBack(place: number): Promise<boolean | null> {
    const outsides = this.#places.slice(0, place).map((one) => this.#outside(one));
    return takeBackAll(this.#deps, this.#record, outsides, this.#signal);
  }

  /** After a restart: the console ended while it took back what was done. */
  async #wasGivenUp(): Promise<boolean> {
    const { plan, kind } = this.#record.action;
    const place = plan.changes.findIndex((_, index) =>
      (['sent', 'stored'] as const).some(
        (name) => this.#record.step([name, index]).state === 'failed',
      ),
    );
    if (place < 0) {
      const taking = kind === 'drill' && this.#record.steps('restored').some(begun);
      if (!taking) return false;
      await this.#takeBack(this.#places.length);
      await conclude(this.#record, this.#deps);
      return true;
    }
    const failed = this.#record.step(['sent', place]);
    await this.#giveUp(place, 'failed', failed.text);
    return true;
  }

  /**
   * Finds out by reading whether what may have been sent arrived. Patient without end while the outside is silent;
   * never sends again. True: it arrived. `why`: what is known to have gone wrong.
   */
  async #settle(place: number, why = ''): Promise<boolean> {
    const key: StepKey = ['sent', place];
    const { clock } = this.#deps;
    let sameSince: number | null = null;
    let before: string | null = null;
    const patience = new Patience(clock, this.#signal, { first: 500, max: 15_000 });
    for (;;) {
      const look = await this.#lookOrNull(key);
      if (look !== null) {
        if (look.is === 'after') {
          const text = 'it arrived: read back equal to the plan';
          await this.#record.set(key, 'done', text, { outcome: null, made: look.made });
          return true;
        }
        const now = clock.steady();
        if (look.spelled !== before || sameSince === null) sameSince = now;
        before = look.spelled;
        if (now - sameSince >= IN_FLIGHT_MS) return this.#notArrived(place, look, why);
        patience.reset();
      }
      await patience.wait();
    }
  }

  /** Always false. */
  async #notArrived(place: number, { is, present }: Look, why: string): Promise<false> {
    const key: StepKey = ['sent', place];
    const fail = (text: string, next: string) =>
      this.#record.set(key, 'failed', text, {
        outcome: null,
        next,
        data: is === 'before' ? undefined : { present },
      });
    if (is === 'before') {
      const next = 'Nothing was changed by it. Plan again if it is still wanted.';
      await fail('it did not arrive', next);
      const alone = `it was not carried out; nothing was changed. ${why}`;
      return this.#giveUp(place, 'failed', `It was not carried out. ${why}`, alone);
    }
    if (is === 'part') {
      // Begun before the failure is written down, so that the next start takes it back too.
      await this.#record.set(['restored', place], 'running', 'taking back what was half-done');
      await fail('only a part of it arrived', 'What was half-done is taken back.');
      return this.#giveUp(place, 'failed', why);
    }
    if (is === 'gone') {
      await fail('the flag is gone', GONE_NEXT);
      return this.#giveUp(place, 'failed', `the flag is gone. ${why}`);
    }
    const next = 'Look at it: part of the change may have been written, or somebody else wrote.';
    await fail('it is neither as before nor as planned', next);
    return this.#giveUp(place, 'failed', `it was not carried out whole. ${why}`);
  }

  async #stored(place: number): Promise<boolean> {
    const key: StepKey = ['stored', place];
    const patience = new Patience(this.#deps.clock, this.#signal, { first: 150, max: 15_000 });
    let wrong = { gone: false, since: 0 };
    for (;;) {
      const [look] = await Promise.all([this.#lookOrNull(key), this.#noted]);
      if (look?.is === 'after') {
        await this.#record.set(key, 'done', 'read back equal to the plan', { outcome: null });
        return true;
      }
      const gone = look?.is === 'gone';
      if (look !== null && gone !== wrong.gone) wrong = { gone, since: patience.spent };
      if (look !== null && patience.spent - wrong.since >= READ_BACK_FOR_MS) {
        const difference = look.lines.map((line) => `${line.sign} ${line.text}`).join('\n');
        const { text, next } = NOT_STORED[look.is];
        await this.#record.set(key, 'failed', text, {
          next,
          data: { present: look.present, difference },
        });
        return this.#giveUp(place, 'failed', `it was sent, but ${text}.`);
      }
      if (look !== null) await this.#record.set(key, 'running', 'reading back', { outcome: null });
      await patience.wait();
    }
  }

  /** Between the re-read and the write somebody else may have written the same: then two may not say that they did it. */
  async #compareNotes(place: number): Promise<void> {
    const key: StepKey = ['sent', place];
    const { state, text } = this.#record.step(key);
    if (state !== 'done') return;
    // It must not cost the action when the history cannot be read.
    const asked = this.#outside(place).otherWriter?.(this.#signal);
    const other = await asked?.catch(() => null);
    this.#signal.throwIfAborted();
    if (!other) return;
    const by = other.by || 'somebody';
    if (other.first) {
      const already = `already done by ${by} at the same moment; what was sent changed nothing`;
      await this.#record.set(key, 'skipped', already);
    } else {
      const both = `at the same moment the same was sent from elsewhere, also as ${by}: one change in effect`;
      if (!text.endsWith(both)) await this.#record.set(key, 'done', `${text}; ${both}`);
    }
  }

  /** How the outside stands; null while that cannot be had, which the step then says. */
  async #lookOrNull(key: StepKey): Promise<Look | null> {
    const place = key[1] ?? 0;
    const outside = this.#outside(place);
    try {
      return await outside.look(this.#record.action.made[place] ?? null, this.#signal);
    } catch (error) {
      this.#signal.throwIfAborted();
      const text = error instanceof NightdeskError ? error.message : 'It cannot be read.';
      if (!(error instanceof NightdeskError)) this.#deps.log.error({ err: error }, 'reading back');
      await this.#record.set(key, 'unknown', `Not known: ${text}`, {
        outcome: 'unknown',
        next: askedAgain(this.#deps.config(), outside.source, error),
      });
      return null;
    }
  }
}

function begun({ state }: { state: string }): boolean {
  return state !== 'waiting';
}
