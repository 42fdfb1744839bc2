/** The one place that changes an action: every change of a step is journaled, kept and told to the views. */
import type { Cache } from '#core/cache/client.ts';
import type { Clock } from '#core/deps.ts';
import type { Topic } from '#shared/contract/index.ts';
import type { Action, ActionOutcome, Newest, Plan, Step, StepName } from '#shared/model/action.ts';
import { together } from './out-of-band.ts';

export interface RecordDeps {
  cache: Pick<Cache, 'journal'>;
  clock: Clock;
  publish: (topics: Topic[]) => void;
}

/** A step, by its name and the place of the change it is about (null: the action as a whole). */
export type StepKey = readonly [name: StepName, change: number | null];

export class ActionRecord {
  readonly #deps: RecordDeps;
  #action: Action;
  /** When it was confirmed, on the steady clock; over a restart only the wall clock can tell how long ago that was. */
  readonly #began: number;

  constructor(deps: RecordDeps, action: Action) {
    this.#deps = deps;
    this.#action = action;
    this.#began = deps.clock.steady() - Math.max(0, deps.clock.now() - action.startedAt);
  }

  get action(): Action {
    return this.#action;
  }

  /** Milliseconds since it was confirmed. */
  get elapsed(): number {
    return this.#deps.clock.steady() - this.#began;
  }

  step([name, change]: StepKey): Step {
    return this.#find(name, change) ?? waiting([name, change]);
  }

  /** All steps of a name, one per change. */
  steps(name: StepName): Step[] {
    return this.#action.steps.filter((step) => step.name === name);
  }

  /** The first entry of an action, with its first step under way. Only when it is on the disk may anything be sent. */
  async intent(role: string): Promise<void> {
    const { id, plan, reason, override, title } = this.#action;
    const now = this.#deps.clock.now();
    const first: StepKey = ['sent', 0];
    const step: Step = { ...waiting(first), state: 'running', startedAt: now, text: 'on its way' };
    this.#put({ steps: this.#replaced(step) });
    await this.#append('intent', `${title}: about to be sent`, {
      action: id,
      role,
      reason,
      ...(override === '' ? {} : { override }),
      // All that the person saw: what changes, for whom, what was out of band, what was warned of, and the way back.
      plan,
    });
  }

  /** A step that moves to another state. Nothing happens when it is in that state and says the same. */
  async set(
    key: StepKey,
    state: Step['state'],
    text: string,
    more: {
      next?: string;
      link?: string;
      data?: unknown;
      outcome?: ActionOutcome | null;
      made?: string | null;
      newest?: Newest;
    } = {},
  ): Promise<void> {
    const was = this.step(key);
    const now = this.#deps.clock.now();
    const ended = state === 'done' || state === 'failed' || state === 'skipped';
    const step: Step = {
      ...was,
      state,
      text,
      next: more.next ?? '',
      link: more.link,
      startedAt: was.startedAt ?? now,
      endedAt: ended ? now : null,
      afterMs: ended ? this.elapsed : null,
      newest: more.newest ?? was.newest,
    };
    const outcome = more.outcome === undefined ? this.#action.outcome : more.outcome;
    if (was.state === state && outcome === this.#action.outcome) {
      if (was.text !== text) await this.say(key, text);
      return;
    }
    const made = this.#action.made.map((one, place) =>
      place === key[1] && more.made != null ? more.made : one,
    );
    this.#put({ outcome, made, steps: this.#replaced(step) });
    await this.#append('step', `${this.#named(key)} ${state}: ${text}`, {
      step,
      ...(more.data === undefined ? {} : { seen: more.data }),
      ...(more.made == null ? {} : { made: more.made }),
    });
  }

  /** What recovery is judged on besides what the plan named; kept with the next step. The intent keeps what was seen. */
  alsoOutOfBand(cells: Plan['outOfBand']): void {
    const { plan } = this.#action;
    this.#put({ plan: { ...plan, outOfBand: together(plan.outOfBand, cells) } });
  }

  /** What a step sees meanwhile: kept and shown, but not worth an entry of the journal. */
  async say(key: StepKey, text: string): Promise<void> {
    const was = this.step(key);
    if (was.text === text) return;
    this.#put({ steps: this.#replaced({ ...was, text }) });
    await this.#deps.cache.journal('saveAction', { action: this.#action });
    this.#deps.publish(['actions']);
  }

  /** The end. Steps that never came are marked as skipped. */
  async end(outcome: ActionOutcome, summary: string): Promise<void> {
    const endedAt = this.#deps.clock.now();
    const tookMs = this.elapsed;
    const end = { state: 'skipped' as const, endedAt, afterMs: tookMs };
    const steps = this.#action.steps.map((step) =>
      step.state === 'waiting' || step.state === 'running'
        ? { ...step, ...end, text: step.text || 'not reached' }
        : step,
    );
    this.#put({ outcome, summary, steps, endedAt, tookMs });
    await this.#append('outcome', `${outcome}: ${summary}`, { outcome, tookMs, steps });
  }

  /** One that has not ended by then ends with it: to watch for its recovery has become pointless. Said once. */
  async undoneBy({ id, by }: Pick<Action, 'id' | 'by'>): Promise<void> {
    const { undoneBy, endedAt } = this.#action;
    if (undoneBy === id) return;
    this.#put({ undoneBy: id });
    if (endedAt === null) await this.end('undone', `Undone by ${by} (${id}) before it was proven.`);
    await this.#append('undone', `undone by ${id}`, { undoneBy: id });
  }

  /** A drill goes straight to taking back. Whoever ends it need not be who began it. */
  async endedEarly(by: string): Promise<void> {
    this.#put({ endedEarlyBy: by });
    const summary = `${this.#action.title}: ended early, what was done is taken back`;
    await this.#append('ended_early', summary, { endedEarlyBy: by }, by);
  }

  /** From here on the console goes on by itself: whoever confirmed it may be gone. */
  async resumed(): Promise<void> {
    const summary = `${this.#action.title}: taken up again after the console had ended; the outside is read`;
    await this.#append('resumed', summary, null);
  }

  #find(name: StepName, change: number | null): Step | undefined {
    return this.#action.steps.find((step) => step.name === name && step.change === change);
  }

  #put(change: Partial<Action>): void {
    this.#action = { ...this.#action, ...change };
  }

  /** A step that was not foreseen (something must be taken back) comes last. */
  #replaced(step: Step): Step[] {
    const { steps } = this.#action;
    const known = this.#find(step.name, step.change);
    return known === undefined
      ? [...steps, step]
      : steps.map((one) => (one === known ? step : one));
  }

  /** Which change is meant is only worth saying when there are several. */
  #named([name, change]: StepKey): string {
    const { changes } = this.#action.plan;
    return change === null || changes.length === 1 ? name : `${changes[change]?.what}: ${name}`;
  }

  async #append(
    kind: string,
    summary: string,
    data: unknown,
    actor = this.#action.by,
  ): Promise<void> {
    const { id, environment } = this.#action;
    await this.#deps.cache.journal('append', {
      entry: {
        at: this.#deps.clock.now(),
        kind,
        actor,
        action: id,
        environment,
        summary,
        data,
      },
      action: this.#action,
    });
    this.#deps.publish(['actions', 'journal']);
  }
}

export function waiting([name, change]: StepKey): Step {
  return { name, change, state: 'waiting', startedAt: null, endedAt: null, text: '', next: '' };
}
