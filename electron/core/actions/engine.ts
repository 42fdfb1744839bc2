/**
 * What the console does to the world: plan → confirm → journal → send → prove → undo. Carried out in the core, so
 * that it goes on when every window is closed, and taken up again at the next start when the core itself ended.
 */
import { isDeepStrictEqual } from 'node:util';
import { NightdeskError } from '#shared/errors/index.ts';
import type {
  Action,
  ActionRequest,
  Approval,
  Blocker,
  Drilled,
  Plan,
} from '#shared/model/action.ts';
import { durationMs } from '#shared/util/duration.ts';
import { oneAtATime } from '#shared/util/one-at-a-time.ts';
import { Ahead } from './ahead.ts';
import { approvalOf } from './approval.ts';
import { drillsOf } from './drills.ts';
import { outOfBandOf } from './out-of-band.ts';
import { outsideOf } from './outside.ts';
import { type Confirmation, requirePermission } from './permission.ts';
import { makePlan } from './planner.ts';
import { climbBlockers } from './ramp-gate.ts';
import { ActionRecord, type RecordDeps, type StepKey, waiting } from './record.ts';
import type { RunDeps } from './run.ts';
import { type Approver, type Asked, askSecondPerson } from './second-person.ts';
import { UnderWay } from './under-way.ts';

export type ActionsDeps = RunDeps & RecordDeps;

export interface Actions {
  /**
   * Changes nothing. The plan is good for a few minutes, in this process. Answered at once where it was computed
   * ahead; `fresh` reads the world again all the same.
   */
  plan(request: ActionRequest, signal: AbortSignal, fresh?: boolean): Promise<Plan>;
  /**
   * Computes what a person will likely ask for, so that `plan` answers at once; called when the situation or a flag
   * has changed. Requests that are not named any more are forgotten.
   */
  prepare(requests: readonly ActionRequest[]): Promise<void>;
  /**
   * Carries out a plan that a person confirmed; that also unlocks a protected environment where the plan said so.
   * Resolves when the change was sent (or that takes long): the proof goes on and is read with `read`. The same plan
   * twice is one action.
   * @throws NightdeskError `conflict` with both states when the flag moved since the plan, or with what speaks by now
   *   against giving the candidate more users; `bad_input` when something blocks the plan; `forbidden` when the role may not override it; `locked` when the environment was
   *   locked since the plan; `not_found` when the plan is unknown or too old.
   */
  execute(plan: string, confirmation: Confirmation): Promise<Action>;
  /** A plan as it stands. @throws NightdeskError `not_found` when it is unknown or too old. */
  planned(plan: string): Plan;
  /**
   * A second person is asked to agree to this plan; `whoever` resolves with who signed in for it. Journaled when it is
   * asked and when it is answered. What comes of it stands in the plan, and in one made since that comes to the same.
   * @throws NightdeskError `bad_input` for a plan that needs nobody's consent.
   */
  approve(plan: string, by: string, whoever: Promise<Approver>): Promise<void>;
  /**
   * Plans and executes the return to the state that an action recorded. It never unlocks: nobody has read that it would.
   * Of a drill that runs it is the drill's own end, brought forward: that needs no unlock, and answers the drill.
   * @throws NightdeskError as `execute` does; `locked` wherever the environment is.
   */
  undo(id: string, confirmation: Confirmation, signal: AbortSignal): Promise<Action>;
  read(id: string): Promise<Action>;
  /** Every drill that may be done, with when it last was; and where in an environment an approval is asked for. */
  readiness(
    environment: string,
    signal: AbortSignal,
  ): Promise<{ drills: Drilled[]; approvals: Approval[] }>;
  /** Newest first. */
  list(args: { environment?: string | undefined; limit: number }): Promise<Action[]>;
  /** Takes up every action whose end is not known. Resolves when they are under way again. */
  reconcile(): Promise<void>;
  /** Stops working; what is open stays open for the next start. */
  close(): Promise<void>;
}

interface Planned {
  plan: Plan;
  /** Set when it is executed: the same plan again answers the same action. */
  action: Promise<Action> | null;
}

export function createActions(deps: ActionsDeps): Actions {
  const { cache, clock, log, locks } = deps;
  const plans = new Map<string, Planned>();
  const ahead = new Ahead(clock, log, (request, signal) => makePlan(deps, request, signal));
  const underWay = new UnderWay(deps, () => ahead.clear());
  /** Ids are numbers of the journal; two that begin in the same moment must not share one. */
  let lastNumber = 0;
  /** Two confirmations must not both find the flag free. */
  const inTurn = oneAtATime();
  let closed = false;

  function forgetOldPlans(): void {
    const now = clock.now();
    for (const [id, { plan }] of plans) {
      if (now > plan.expiresAt + 60 * 60_000) plans.delete(id);
    }
  }

  async function plan(request: ActionRequest, signal: AbortSignal, fresh = false): Promise<Plan> {
    const asked = spelledOut(request);
    const made = (fresh ? null : ahead.take(asked)) ?? (await makePlan(deps, asked, signal));
    const busy = underWay.busyWith(made);
    const result: Plan = {
      ...made,
      unlocks: !locks.isUnlocked(made.environment),
      blockers: busy === null ? made.blockers : [...made.blockers, busy],
    };
    forgetOldPlans();
    const agreed = withAgreement(result);
    plans.set(agreed.id, { plan: agreed, action: null });
    return agreed;
  }

  /** The good plans that nobody has sent yet and that come down to the same as this one. */
  function sameAs(plan: Plan): Planned[] {
    return [...plans.values()].filter(
      (one) => one.action === null && !isOld(one.plan) && comesToTheSame(one.plan, plan),
    );
  }

  /**
   * A second person agrees to what is to be done: planned again (the lock turned, say), the same is agreed to for as
   * long as the plan that was agreed to is good.
   */
  function withAgreement(plan: Plan): Plan {
    if (plan.second === null) return plan;
    const earlier = sameAs(plan).find(
      ({ plan: { second } }) => second?.asked === true || second?.approvedBy != null,
    );
    if (earlier === undefined) return plan;
    const { second, expiresAt } = earlier.plan;
    return { ...plan, second, expiresAt: Math.min(plan.expiresAt, expiresAt) };
  }

  /** A rollback to nowhere in particular goes to the stable version: one request, whichever way it is asked. */
  function spelledOut(request: ActionRequest): ActionRequest {
    if (request.kind !== 'rollback' || request.to !== undefined) return request;
    const service = deps.config().services.find(({ id }) => id === request.service);
    const stable = service?.modelFlag?.stable;
    return stable === undefined ? request : { ...request, to: stable };
  }

  function execute(id: string, confirmation: Confirmation): Promise<Action> {
    const planned = plans.get(id);
    if (planned === undefined) {
      throw new NightdeskError('not_found', 'This plan is not known any more. Plan again.');
    }
    planned.action ??= requireGate(planned.plan)
      .then(() => inTurn(() => begin(planned.plan, confirmation)))
      .catch((error) => {
        planned.action = null;
        throw error;
      });
    return planned.action;
  }

  /**
   * A candidate that went bad since the plan does not climb: what an override went over is what the plan showed. Before
   * its turn, so that no rollback waits for it.
   */
  async function requireGate({ request, service: id, environment, changes, blockers }: Plan) {
    const service = deps.config().services.find((one) => one.id === id) ?? null;
    const now = await climbBlockers(deps, { request, service, environment, changes });
    const known = (blocker: Blocker) =>
      blockers.some(
        ({ code, signals = [] }) =>
          code === blocker.code && (blocker.signals ?? []).every((one) => signals.includes(one)),
      );
    const fresh = now.filter((blocker) => !known(blocker));
    if (fresh.length === 0) return;
    const reasons = fresh.map(({ message }) => message).join(' ');
    throw new NightdeskError('conflict', `That was not so when it was planned: ${reasons}`, {
      detail: { blockers: fresh },
    });
  }

  function plannedOf(id: string): Planned {
    const planned = plans.get(id);
    if (planned === undefined || isOld(planned.plan)) {
      throw new NightdeskError('not_found', 'This plan is not known any more. Plan again.');
    }
    return planned;
  }

  function isOld({ createdAt, expiresAt }: Plan): boolean {
    const now = clock.now();
    return now > expiresAt || now < createdAt - 60_000;
  }

  async function approve(id: string, by: string, whoever: Promise<Approver>): Promise<void> {
    const planned = plannedOf(id);
    const asked: Asked = {
      plan: planned.plan,
      set(second) {
        for (const same of new Set([planned, ...sameAs(planned.plan)])) {
          same.plan = { ...same.plan, second };
        }
        deps.publish(['actions', 'journal']);
      },
      requireGood: () => void plannedOf(id),
    };
    await askSecondPerson(deps, asked, by, whoever);
  }

  function requireGood(confirmed: Plan): void {
    if (closed) throw new NightdeskError('cancelled', 'The console is ending.');
    if (isOld(confirmed)) {
      throw new NightdeskError('not_found', 'This plan is too old. Plan again.');
    }
    const busy = underWay.busyWith(confirmed);
    if (busy !== null) throw new NightdeskError('conflict', busy.message);
  }

  async function begin(confirmed: Plan, confirmation: Confirmation): Promise<Action> {
    requireGood(confirmed);
    requirePermission(confirmed, confirmation);
    if (!confirmed.unlocks) locks.require(confirmed.environment);
    const { by, role, reason } = confirmation;
    const now = clock.now();
    const { request, environment } = confirmed;
    const occasion = { environment, action: '', by, reason };
    for (const change of confirmed.changes) outsideOf(deps, change, occasion);
    const head = await cache.journal('head', {});
    lastNumber = Math.max(lastNumber, head?.seq ?? 0) + 1;
    const action: Action = {
      id: `a-${lastNumber}`,
      kind: request.kind,
      title: confirmed.title,
      service: confirmed.service,
      environment,
      by,
      reason,
      override: confirmed.blockers.length > 0 ? (confirmation.override?.trim() ?? '') : '',
      startedAt: now,
      endedAt: null,
      outcome: null,
      summary: confirmed.title,
      steps: stepsOf(confirmed).map(waiting),
      plan: confirmed,
      made: confirmed.changes.map(() => null),
      undoes: request.kind === 'undo' ? request.action : null,
      undoneBy: null,
    };
    const record = new ActionRecord(deps, action);
    // Both are on the disk before anything is sent; the outside is read again meanwhile.
    const unlocked = unlock(environment, now, by);
    const journaled = Promise.all([unlocked, record.intent(role)]).then(() => undefined);
    void journaled.then(() => seeWhatBroke(record)).catch(() => undefined);
    return underWay.start(record, journaled);
  }

  /** A plan may be some seconds older than the press, and signals break one after the other. */
  async function seeWhatBroke(record: ActionRecord): Promise<void> {
    const { plan } = record.action;
    const service = deps.config().services.find(({ id }) => id === plan.service);
    if (service === undefined) return;
    const standing = await deps.facts.service(service.id, plan.environment);
    record.alsoOutOfBand(outOfBandOf(standing, service, plan));
  }

  async function unlock(environment: string, now: number, by: string): Promise<void> {
    if (locks.isUnlocked(environment)) return;
    const unlockFor = durationMs(deps.config().actions.unlockFor);
    await locks.unlock(environment, now + unlockFor, by);
    deps.publish(['session', 'journal']);
  }

  async function read(id: string): Promise<Action> {
    const action = underWay.action(id) ?? (await cache.journal('readAction', { id }));
    if (action !== null) return action;
    throw new NightdeskError('not_found', `There is no action ${id}.`);
  }

  return {
    plan,
    planned: (id) => plannedOf(id).plan,
    approve,
    prepare: (requests) => ahead.prepare(requests.map(spelledOut)),
    execute: async (id, confirmation) => execute(id, confirmation),
    async undo(id, confirmation, signal) {
      const drill = await underWay.endDrill(id, confirmation.by);
      if (drill !== null) return drill;
      const made = await plan({ kind: 'undo', action: id }, signal);
      locks.require(made.environment);
      return execute(made.id, confirmation);
    },
    async readiness(environment, signal) {
      const sources = deps
        .config()
        .services.flatMap((service) =>
          service.environments[environment] === undefined
            ? []
            : [service.modelFlag, service.killSwitch].flatMap((ref) => ref?.source ?? []),
        );
      const [drills, ...approvals] = await Promise.all([
        drillsOf(deps),
        ...[...new Set(sources)].map((source) => approvalOf(deps, source, environment, signal)),
      ]);
      return { drills, approvals };
    },
    read,
    list: (args) => cache.journal('listActions', args),
    async reconcile() {
      for (const action of await cache.journal('openActions', {})) {
        if (underWay.action(action.id) !== undefined) continue;
        log.warn(
          { action: action.id },
          'an action was open when the console ended; reading the outside',
        );
        const record = new ActionRecord(deps, action);
        await record.resumed();
        await underWay.start(record, null);
      }
    },
    async close() {
      closed = true;
      ahead.clear();
      await underWay.close();
    },
  };
}

/** Both take the same request from the same states to the same states. */
function comesToTheSame(a: Plan, b: Plan): boolean {
  return isDeepStrictEqual([a.request, a.changes], [b.request, b.changes]);
}

/** Per change, then for the whole; a drill ends with taking back, last change first. */
function stepsOf({ changes, request }: Plan): StepKey[] {
  const places = [...changes.keys()];
  return [
    ...places.flatMap((place): StepKey[] => [
      ['sent', place],
      ['stored', place],
      ['served', place],
    ]),
    ['live', null],
    ...(request.kind === 'drill'
      ? places.reverse().map((place): StepKey => ['restored', place])
      : [['recovered', null] as const]),
  ];
}
