/** The actions that are being carried out or proven in this process. */
import type { Action, Blocker, Plan } from '#shared/model/action.ts';
import type { FlagChange, PlannedChange } from '#shared/model/planned-change.ts';
import { ActionRecord, type RecordDeps } from './record.ts';
import { Run, type RunDeps } from './run.ts';

interface Running {
  run: Run;
  controller: AbortController;
  finished: Promise<void>;
}

/** A caller is not kept waiting for a server that hangs. */
const ANSWER_WITHIN_MS = 1_500;

export class UnderWay {
  readonly #deps: RunDeps & RecordDeps;
  readonly #running = new Map<string, Running>();
  readonly #moved: () => void;

  /** `moved`: an action has written, or is through with it: what was read before does not hold any more. */
  constructor(deps: RunDeps & RecordDeps, moved: () => void) {
    this.#deps = deps;
    this.#moved = moved;
  }

  /** As it stands in this process; undefined when it does not run here. */
  action(id: string): Action | undefined {
    return this.#running.get(id)?.run.record.action;
  }

  /** Another action that has not yet read its change of the same flag back. */
  busyWith({ changes, environment }: Plan): Blocker | null {
    for (const { run } of this.#running.values()) {
      const { action } = run.record;
      if (action.environment !== environment) continue;
      for (const [place, change] of action.plan.changes.entries()) {
        const same = changes.some((one) => sameFlag(one, change));
        const written = ['done', 'skipped'].includes(run.record.step(['stored', place]).state);
        if (!same || (written && action.kind !== 'drill')) continue;
        const { by, id, kind } = action;
        const message =
          kind === 'drill'
            ? `${by} is drilling this flag (${id}). End the drill, which brings back what was before, and plan again.`
            : `${by} is already changing this flag (${id}): wait for what comes of it.`;
        return { code: 'busy', message, overridable: false, action: id };
      }
    }
    return null;
  }

  /**
   * Lets an action run; resolves when its changes were sent, or when that takes long. `journaled`: its intent on
   * the disk; null for one that is taken up again, of which nothing is sent any more.
   */
  async start(record: ActionRecord, journaled: Promise<void> | null): Promise<Action> {
    const controller = new AbortController();
    const run = new Run(this.#deps, record, controller.signal);
    const sent = Promise.withResolvers<void>();
    const finished = (async () => {
      try {
        if (journaled !== null) {
          const goesOn = await run.send(journaled);
          this.#moved();
          if (goesOn) await this.#markUndone(record);
          sent.resolve();
          if (!goesOn) return;
        } else sent.resolve();
        await run.prove();
        if (journaled === null) await this.#markUndone(record);
      } catch (error) {
        sent.reject(error);
        await this.#failed(record, error, controller.signal);
      } finally {
        this.#running.delete(record.action.id);
        this.#moved();
      }
    })();
    this.#running.set(record.action.id, { run, controller, finished });
    await this.#soon(sent.promise);
    // Whoever asked has their answer; what comes later is seen on the action.
    sent.promise.catch(() => undefined);
    return record.action;
  }

  /** Ends a drill that runs here: resolves when it was taken back, or when that takes long. Null: no such drill does. */
  async endDrill(id: string, by: string): Promise<Action | null> {
    const running = this.#running.get(id);
    if (running?.run.record.action.kind !== 'drill') return null;
    await running.run.endEarly(by);
    await this.#soon(running.finished);
    return running.run.record.action;
  }

  async #soon(promise: Promise<void>): Promise<void> {
    const patience = new AbortController();
    await Promise.race([
      promise,
      this.#deps.clock.sleep(ANSWER_WITHIN_MS, patience.signal).catch(() => undefined),
    ]).finally(() => patience.abort());
  }

  /** Stops all of them; what is open stays open for the next start. */
  async close(): Promise<void> {
    for (const { controller } of this.#running.values()) controller.abort();
    await Promise.all([...this.#running.values()].map(({ finished }) => finished));
  }

  async #failed(record: ActionRecord, error: unknown, signal: AbortSignal): Promise<void> {
    if (signal.aborted || record.action.endedAt !== null) return;
    const { log } = this.#deps;
    log.error(
      { err: error, action: record.action.id },
      'an action stopped on an error of the console',
    );
    const summary = `${record.action.title}: the console failed at it; look at the flag yourself.`;
    await record.end('unknown', summary).catch((again) => {
      log.error({ err: again, action: record.action.id }, 'and that could not be recorded');
    });
  }

  async #kept(id: string): Promise<ActionRecord | null> {
    const action = await this.#deps.cache.journal('readAction', { id });
    return action === null ? null : new ActionRecord(this.#deps, action);
  }

  /** The undone action says so, once it is not watched any more. */
  async #markUndone(record: ActionRecord): Promise<void> {
    const { undoes } = record.action;
    if (undoes === null || !record.steps('sent').some(({ state }) => state === 'done')) return;
    const live = this.#running.get(undoes);
    live?.controller.abort();
    await live?.finished;
    const undone = live?.run.record ?? (await this.#kept(undoes));
    await undone?.undoneBy(record.action);
  }
}

function sameFlag(one: PlannedChange, other: PlannedChange): boolean {
  const isFlag = (change: PlannedChange): change is FlagChange => change.kind === 'flag';
  return isFlag(one) && isFlag(other) && one.source === other.source && one.flag === other.flag;
}
