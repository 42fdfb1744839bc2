/** Collects what the gate of a ramp judges by: how the candidate does, and for how long it has been there. */
import type { ActionRequest, Blocker, StepName } from '#shared/model/action.ts';
import type { ServiceConfig } from '#shared/model/config.ts';
import type { FlagState } from '#shared/model/flag.ts';
import type { PlannedChange } from '#shared/model/planned-change.ts';
import { durationMs } from '#shared/util/duration.ts';
import type { ModelFlag } from './plan.ts';
import type { PlannerDeps } from './planner.ts';
import { gate, percentNow } from './ramp.ts';

/**
 * What speaks against the share that the changes would give the candidate, whichever kind of action gives it. Of an
 * undo nothing: it brings back what stood before. Answers without asking anybody where the candidate gets no more.
 */
export async function climbBlockers(
  deps: PlannerDeps,
  action: {
    request: ActionRequest;
    service: ServiceConfig | null;
    environment: string;
    changes: readonly PlannedChange[];
  },
): Promise<Blocker[]> {
  const { request, service, environment, changes } = action;
  const model = service?.modelFlag;
  if (service === null || model?.candidate === undefined || request.kind === 'undo') return [];
  const { candidate, source, flag } = model;
  const blockers = changes.map((change) =>
    change.kind === 'flag' && change.source === source && change.flag === flag
      ? rampGate(deps, {
          service,
          model,
          candidate,
          environment,
          present: change.before,
          to: percentNow(model, change.after),
        })
      : [],
  );
  return (await Promise.all(blockers)).flat();
}

async function rampGate(
  deps: PlannerDeps,
  asked: {
    service: ServiceConfig;
    model: ModelFlag;
    candidate: string;
    environment: string;
    present: FlagState;
    to: number;
  },
): Promise<Blocker[]> {
  const { service, model, candidate, environment, present, to } = asked;
  const now = deps.clock.now();
  const percent = percentNow(model, present);
  if (to <= percent) return [];
  const config = deps.config();
  const holdMs = durationMs(service.ramp.hold);
  const windowMs = durationMs(config.signals.window);
  const moved = await lastMove(deps, model, environment);
  const [standing, breaches] = await Promise.all([
    deps.facts.service(service.id, environment),
    deps.facts.breaches({
      service: service.id,
      environment,
      version: candidate,
      // What was measured at the rung below must not speak against this one; why it fell must.
      since: Math.max(now - holdMs, moved?.up === true ? moved.at + windowMs : 0),
    }),
  ]);
  return gate(
    service,
    percent,
    to,
    {
      candidate,
      facts: standing?.versions.find((one) => one.version === candidate) ?? null,
      signals: deps.facts.signals(),
      windowMs,
      minRequests: config.actions.minRequests,
      atRungMs: moved === null ? null : now - moved.at,
      lately: breaches.map(({ at, ...rest }) => ({ ...rest, agoMs: now - at })),
    },
    holdMs,
  );
}

interface Move {
  at: number;
  /** The candidate got more users. False where it is not known, or was taken back. */
  up: boolean;
}

/** How the flag came to divide users as it does now: by its history and by this console's own actions. */
async function lastMove(
  deps: PlannerDeps,
  model: ModelFlag,
  environment: string,
): Promise<Move | null> {
  const [events, actions] = await Promise.all([
    deps.cache.read('listFlagEvents', {
      source: model.source,
      key: model.flag,
      environment,
      limit: 50,
    }),
    deps.cache.journal('listActions', { environment, limit: 50 }),
  ]);
  const climbs = (before: FlagState, after: FlagState) =>
    percentNow(model, after) > percentNow(model, before);
  const told = events.flatMap(({ at, before, after }): Move[] => {
    if (before === null || after === null) return [{ at, up: false }];
    const moved = percentNow(model, before) !== percentNow(model, after);
    return moved ? [{ at, up: climbs(before, after) }] : [];
  });
  // The source's history is read every few seconds; what was done from here is known at once.
  const own = actions.flatMap(({ plan, startedAt, steps }) =>
    plan.changes.flatMap((change, place): Move[] => {
      const isModel =
        change.kind === 'flag' && change.source === model.source && change.flag === model.flag;
      const done = (name: StepName) =>
        steps.some((step) => step.name === name && step.change === place && step.state === 'done');
      if (!isModel || !done('sent')) return [];
      return [{ at: startedAt, up: climbs(change.before, change.after) && !done('restored') }];
    }),
  );
  const moves = [...told, ...own].sort((a, b) => b.at - a.at);
  return moves[0] ?? null;
}
