/**
 * What the console does to the world: plan → confirm → journal → send → prove → undo. Carried out in the core, so
 * that it goes on when every window is closed, and taken up again at the next start when the core itself ended.
 */
import { NightdeskError } from '#shared/errors/index.ts';
import type { Action, ActionRequest, Plan, Step, StepName } from '#shared/model/action.ts';
import { parseDuration } from '#shared/util/duration.ts';
import { controlOf, makePlan } from './planner.ts';
import { ActionRecord, type RecordDeps } from './record.ts';
import { Run, type RunDeps } from './run.ts';

export type ActionsDeps = RunDeps & RecordDeps;

export interface Actions {
  /** Changes nothing. The plan is good for a few minutes, in this process. */
  plan(request: ActionRequest, signal: AbortSignal): Promise<Plan>;
  /**
   * Carries out a plan that a person confirmed; confirming also unlocks a protected environment. Resolves when the
   * change was sent (or that takes long): the proof goes on and is read with `read`. The same plan twice is one action.
   * @throws NightdeskError `conflict` with both states when the flag moved since the plan; `bad_input` when
   *   something blocks the plan; `not_found` when the plan is unknown or too old.
   */
  execute(plan: string, by: string, reason: string): Promise<Action>;
  /** Plans and executes the return to the state that an action recorded. */
  undo(id: string, by: string, reason: string, signal: AbortSignal): Promise<Action>;
  read(id: string): Promise<Action>;
  /** Newest first. */
  list(args: { environment?: string | undefined; limit: number }): Promise<Action[]>;
  /** Takes up every action whose end is not known. Resolves when they are under way again. */
  reconcile(): Promise<void>;
  /** Stops working; what is open stays open for the next start. */
  close(): Promise<void>;
}

const STEPS: readonly StepName[] = ['sent', 'stored', 'served', 'live', 'recovered'];
/** A caller is not kept waiting for a server that hangs. */
const ANSWER_WITHIN_MS = 1_500;

interface Planned {
  plan: Plan;
  /** Set when it is executed: the same plan again answers the same action. */
  action: Promise<Action> | null;
}

interface Running {
  run: Run;
  controller: AbortController;
  finished: Promise<void>;
}

export function createActions(deps: ActionsDeps): Actions {
  const { cache, clock, log, locks } = deps;
  const plans = new Map<string, Planned>();
  const running = new Map<string, Running>();
  /** One after the other, so that two confirmations cannot both find the flag free. */
  let queue: Promise<unknown> = Promise.resolve();
  let closed = false;

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = queue.then(work);
    queue = result.catch(() => undefined);
    return result;
  }

  function forgetOldPlans(): void {
    const now = clock.now();
    for (const [id, { plan }] of plans) {
      if (now > plan.expiresAt + 60 * 60_000) plans.delete(id);
    }
  }

  async function plan(request: ActionRequest, signal: AbortSignal): Promise<Plan> {
    const made = await makePlan(deps, request, signal);
    const busy = busyWith(made);
    const result: Plan = busy === null ? made : { ...made, blockers: [...made.blockers, busy] };
    forgetOldPlans();
    plans.set(result.id, { plan: result, action: null });
    return result;
  }

  /** Another action that has not yet read its change back. */
  function busyWith({ source, flag, environment }: Plan) {
    for (const { run } of running.values()) {
      const { action } = run.record;
      const same =
        action.plan.source === source &&
        action.plan.flag === flag &&
        action.environment === environment;
      const written = ['done', 'skipped'].includes(run.record.step('stored').state);
      if (same && !written) {
        return {
          code: 'busy',
          message: `${action.by} is already changing this flag (${action.id}): wait for what comes of it.`,
        };
      }
    }
    return null;
  }

  function execute(id: string, by: string, reason: string): Promise<Action> {
    const planned = plans.get(id);
    if (planned === undefined) {
      throw new NightdeskError('not_found', 'This plan is not known any more. Plan again.');
    }
    planned.action ??= inTurn(() => begin(planned.plan, by, reason)).catch((error) => {
      planned.action = null;
      throw error;
    });
    return planned.action;
  }

  async function begin(confirmed: Plan, by: string, reason: string): Promise<Action> {
    const now = clock.now();
    if (closed) throw new NightdeskError('cancelled', 'The console is ending.');
    if (now > confirmed.expiresAt || now < confirmed.createdAt - 60_000) {
      throw new NightdeskError('not_found', 'This plan is too old. Plan again.');
    }
    const busy = busyWith(confirmed);
    const blocker = confirmed.blockers.find(({ code }) => code !== 'busy') ?? busy;
    if (blocker !== null && blocker !== undefined) {
      throw new NightdeskError(blocker.code === 'busy' ? 'conflict' : 'bad_input', blocker.message);
    }
    controlOf(deps, confirmed.source);
    const head = await cache.journal('head', {});
    const unlockFor = parseDuration(deps.config().actions.unlockFor) ?? 15 * 60_000;
    if (!locks.isUnlocked(confirmed.environment)) {
      await locks.unlock(confirmed.environment, now + unlockFor, by);
      deps.publish(['session', 'journal']);
    }
    const { request } = confirmed;
    const action: Action = {
      id: `a-${(head?.seq ?? 0) + 1}`,
      kind: request.kind,
      title: confirmed.title,
      service: confirmed.service,
      environment: confirmed.environment,
      by,
      reason,
      startedAt: now,
      endedAt: null,
      outcome: null,
      summary: confirmed.title,
      steps: STEPS.map(waiting),
      plan: confirmed,
      undoes: request.kind === 'undo' ? request.action : null,
      undoneBy: null,
    };
    const record = new ActionRecord(deps, action);
    await record.intent();
    return start(record, true);
  }

  /** Lets an action run; resolves when its change was sent, or when that takes long. */
  async function start(record: ActionRecord, send: boolean): Promise<Action> {
    const controller = new AbortController();
    const run = new Run(deps, record, controller.signal);
    let wasSent: () => void = () => undefined;
    let wasNotSent: (error: unknown) => void = () => undefined;
    const sent = new Promise<void>((resolve, reject) => {
      wasSent = resolve;
      wasNotSent = reject;
    });
    const finished = (async () => {
      try {
        if (send) {
          const goesOn = await run.send();
          if (goesOn) await markUndone(record);
          wasSent();
          if (!goesOn) return;
        } else wasSent();
        await run.prove();
        if (!send && record.step('sent').state === 'done') await markUndone(record);
      } catch (error) {
        wasNotSent(error);
        await failed(record, error, controller.signal);
      } finally {
        running.delete(record.action.id);
      }
    })();
    running.set(record.action.id, { run, controller, finished });
    const patience = new AbortController();
    await Promise.race([
      sent,
      clock.sleep(ANSWER_WITHIN_MS, patience.signal).catch(() => undefined),
    ]).finally(() => patience.abort());
    // Whoever asked has their answer; what comes later is seen on the action.
    sent.catch(() => undefined);
    return record.action;
  }

  async function failed(record: ActionRecord, error: unknown, signal: AbortSignal): Promise<void> {
    if (signal.aborted || record.action.endedAt !== null) return;
    log.error({ error, action: record.action.id }, 'an action stopped on an error of the console');
    const summary = `${record.action.title}: the console failed at it; look at the flag yourself.`;
    await record.end('unknown', summary).catch((again) => {
      log.error({ error: again, action: record.action.id }, 'and that could not be recorded');
    });
  }

  /** The undone action says so; if it still watches for its recovery, that has become pointless. */
  async function markUndone(record: ActionRecord): Promise<void> {
    const { undoes, id, by } = record.action;
    if (undoes === null || record.step('sent').state !== 'done') return;
    const live = running.get(undoes);
    if (live !== undefined) {
      live.controller.abort();
      await live.finished;
      await live.run.record.undoneBy(id);
      await live.run.record.end('not_recovered', `Undone by ${by} (${id}) before it was proven.`);
      return;
    }
    const action = await cache.journal('readAction', { id: undoes });
    if (action === null) return;
    await new ActionRecord(deps, action).undoneBy(id);
  }

  async function read(id: string): Promise<Action> {
    const live = running.get(id);
    if (live !== undefined) return live.run.record.action;
    const action = await cache.journal('readAction', { id });
    if (action !== null) return action;
    throw new NightdeskError('not_found', `There is no action ${id}.`);
  }

  return {
    plan,
    execute: async (id, by, reason) => execute(id, by, reason),
    async undo(id, by, reason, signal) {
      const made = await plan({ kind: 'undo', action: id }, signal);
      return execute(made.id, by, reason);
    },
    read,
    list: (args) => cache.journal('listActions', args),
    async reconcile() {
      for (const action of await cache.journal('openActions', {})) {
        if (running.has(action.id)) continue;
        log.warn(
          { action: action.id },
          'an action was open when the console ended; reading the outside',
        );
        const record = new ActionRecord(deps, action);
        await start(record, false);
      }
    },
    async close() {
      closed = true;
      for (const { controller } of running.values()) controller.abort();
      await Promise.all([...running.values()].map(({ finished }) => finished));
    },
  };
}

function waiting(name: StepName): Step {
  return { name, state: 'waiting', startedAt: null, endedAt: null, text: '', next: '' };
}
