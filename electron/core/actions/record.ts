/** The one place that changes an action: every change of a step is journaled, kept and told to the views. */
import type { Cache } from '#core/cache/client.ts';
import type { Clock } from '#core/deps.ts';
import type { Topic } from '#shared/contract/index.ts';
import type { Action, ActionOutcome, Step, StepName } from '#shared/model/action.ts';

export interface RecordDeps {
  cache: Pick<Cache, 'journal'>;
  clock: Clock;
  publish: (topics: Topic[]) => void;
}

export class ActionRecord {
  readonly #deps: RecordDeps;
  #action: Action;

  constructor(deps: RecordDeps, action: Action) {
    this.#deps = deps;
    this.#action = action;
  }

  get action(): Action {
    return this.#action;
  }

  step(name: StepName): Step {
    const found = this.#action.steps.find((step) => step.name === name);
    if (found === undefined) throw new Error(`An action without the step ${name}.`);
    return found;
  }

  /** The first entry of an action. It is on the disk when this resolves: only then may anything be sent. */
  async intent(): Promise<void> {
    const { id, plan, reason, title } = this.#action;
    await this.#append('intent', `${title}: about to be sent`, {
      action: id,
      plan: plan.id,
      request: plan.request,
      source: plan.source,
      flag: plan.flag,
      before: plan.before,
      after: plan.after,
      reason,
    });
  }

  /** A step that moves to another state. Nothing happens when it is in that state and says the same. */
  async set(
    name: StepName,
    state: Step['state'],
    text: string,
    more: { next?: string; data?: unknown; outcome?: ActionOutcome | null } = {},
  ): Promise<void> {
    const was = this.step(name);
    const now = this.#deps.clock.now();
    const ended = state === 'done' || state === 'failed' || state === 'skipped';
    const step: Step = {
      ...was,
      state,
      text,
      next: more.next ?? '',
      startedAt: was.startedAt ?? now,
      endedAt: ended ? now : null,
    };
    const outcome = more.outcome === undefined ? this.#action.outcome : more.outcome;
    if (was.state === state && outcome === this.#action.outcome) {
      if (was.text !== text) await this.say(name, text);
      return;
    }
    this.#put({ outcome, steps: this.#replaced(step) });
    await this.#append('step', `${name} ${state}: ${text}`, {
      step,
      ...(more.data === undefined ? {} : { seen: more.data }),
    });
  }

  /** What a step sees meanwhile: kept and shown, but not worth an entry of the journal. */
  async say(name: StepName, text: string): Promise<void> {
    const was = this.step(name);
    if (was.text === text) return;
    this.#put({ steps: this.#replaced({ ...was, text }) });
    await this.#deps.cache.journal('saveAction', { action: this.#action });
    this.#deps.publish(['actions']);
  }

  /** The end. Steps that never came are marked as skipped. */
  async end(outcome: ActionOutcome, summary: string): Promise<void> {
    const now = this.#deps.clock.now();
    const steps = this.#action.steps.map((step) =>
      step.state === 'waiting' || step.state === 'running'
        ? { ...step, state: 'skipped' as const, endedAt: now, text: step.text || 'not reached' }
        : step,
    );
    this.#put({ outcome, summary, steps, endedAt: now });
    await this.#append('outcome', `${outcome}: ${summary}`, { outcome, steps });
  }

  async undoneBy(id: string): Promise<void> {
    this.#put({ undoneBy: id });
    await this.#deps.cache.journal('saveAction', { action: this.#action });
    this.#deps.publish(['actions']);
  }

  #put(change: Partial<Action>): void {
    this.#action = { ...this.#action, ...change };
  }

  #replaced(step: Step): Step[] {
    return this.#action.steps.map((one) => (one.name === step.name ? step : one));
  }

  async #append(kind: string, summary: string, data: unknown): Promise<void> {
    const { id, by, environment } = this.#action;
    await this.#deps.cache.journal('append', {
      entry: {
        at: this.#deps.clock.now(),
        kind,
        actor: by,
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
