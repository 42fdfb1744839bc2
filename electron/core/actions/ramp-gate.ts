/** Collects what the gate of a ramp judges by: how the candidate does, and for how long it has been there. */
import type { Blocker } from '#shared/model/action.ts';
import type { ServiceConfig } from '#shared/model/config.ts';
import type { FlagState } from '#shared/model/flag.ts';
import { parseDuration } from '#shared/util/duration.ts';
import type { ModelFlag } from './plan.ts';
import type { PlannerDeps } from './planner.ts';
import { gate, percentNow } from './ramp.ts';

export async function rampGate(
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
  const holdMs = parseDuration(service.ramp.hold) ?? 10 * 60_000;
  const windowMs = parseDuration(config.signals.window) ?? 5 * 60_000;
  const since = await rungSince(deps, model, environment);
  const [standing, breaches] = await Promise.all([
    deps.facts.service(service.id, environment),
    deps.facts.breaches({
      service: service.id,
      environment,
      version: candidate,
      // What was measured at the rung below must not speak against this one.
      since: Math.max(now - holdMs, since === null ? 0 : since + windowMs),
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
      atRungMs: since === null ? null : now - since,
      lately: breaches.map(({ at, ...rest }) => ({ ...rest, agoMs: now - at })),
    },
    holdMs,
  );
}

/** Since when the flag divides users as it does now: by its history and by this console's own actions. */
async function rungSince(
  deps: PlannerDeps,
  model: ModelFlag,
  environment: string,
): Promise<number | null> {
  const [events, actions] = await Promise.all([
    deps.cache.read('listFlagEvents', {
      source: model.source,
      key: model.flag,
      environment,
      limit: 50,
    }),
    deps.cache.journal('listActions', { environment, limit: 50 }),
  ]);
  const moved = events.find(
    ({ before, after }) =>
      before === null || after === null || percentNow(model, before) !== percentNow(model, after),
  );
  // The source's history is read every few seconds; what was done from here is known at once.
  const own = actions.find(({ plan, steps }) =>
    plan.changes.some(
      (change, place) =>
        change.kind === 'flag' &&
        change.source === model.source &&
        change.flag === model.flag &&
        steps.some(
          (step) => step.name === 'sent' && step.change === place && step.state === 'done',
        ),
    ),
  );
  const times = [moved?.at, own?.startedAt].filter((at) => at !== undefined);
  return times.length === 0 ? null : Math.max(...times);
}
