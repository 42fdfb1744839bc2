/** Answers a request with a plan: reads the world as it is now and works out everything a person should know first. */
import { randomUUID } from 'node:crypto';
import type { Cache } from '#core/cache/client.ts';
import type { Clock } from '#core/deps.ts';
import { NightdeskError } from '#shared/errors/index.ts';
import type { ActionRequest, Drilled, DrillKind, Plan } from '#shared/model/action.ts';
import type { Config } from '#shared/model/config.ts';
import type { PlannedChange } from '#shared/model/planned-change.ts';
import { sameFlagState } from '#shared/util/flag-state.ts';
import { affectedBy, reachOf } from './affected.ts';
import { approvalOf } from './approval.ts';
import { needsSecondPerson, wordToType } from './consent.ts';
import { diffLines } from './diff.ts';
import { asItStands, drilledReader } from './drills.ts';
import type { ActionFacts, ServiceFacts } from './facts.ts';
import { intend, type Wish } from './intend.ts';
import type { Locks } from './locks.ts';
import { mends, outOfBandOf } from './out-of-band.ts';
import { type Controls, controlOf, silencesOf } from './outside.ts';
import { movement } from './plan.ts';
import { climbBlockers } from './ramp-gate.ts';
import { warningsOf } from './warnings.ts';

export const PLAN_VALID_MS = 5 * 60_000;
const HOUR = 3_600_000;

export interface PlannerDeps extends Controls {
  cache: Pick<Cache, 'read' | 'journal'>;
  clock: Clock;
  locks: Locks;
  config: () => Config;
  facts: ActionFacts;
}

/** A wish, held against the world as it is. */
interface Weighed {
  change: PlannedChange;
  impossible: string | null;
}

/** @throws NightdeskError when the request names what does not exist, or the outside cannot be read. */
export async function makePlan(
  deps: PlannerDeps,
  request: ActionRequest,
  signal: AbortSignal,
): Promise<Plan> {
  const { clock, facts, locks } = deps;
  const intention = await intend(deps, request);
  const { service, environment } = intention;
  const [weighed, standing] = await Promise.all([
    Promise.all(intention.wishes.map((wish) => weigh(deps, environment, wish, signal))),
    service === null ? null : quietly(facts.service(service.id, environment)),
  ]);
  const changes = weighed.map(({ change }) => change);
  const flags = changes.filter((change) => change.kind === 'flag');
  const ref = service?.modelFlag;
  const onModel = flags.find((one) => one.source === ref?.source && one.flag === ref.flag);
  const moves = ref && onModel ? movement(ref, onModel.before, onModel.after) : null;
  const kill = service?.killSwitch;
  const isKill = flags.some((one) => one.source === kill?.source && one.flag === kill.flag);
  const states = flags.map(({ before }) => before);
  const now = clock.now();
  const reach = reachOf(moves, flags, isKill);
  const from = [...reach.from];
  const toVersion = intention.toVersion ?? moves?.to ?? null;
  const targetHealth = toVersion === null ? null : healthOf(standing, toVersion);
  const impossible = weighed.flatMap((one) => one.impossible ?? []);
  const noop = impossible.length === 0 && changes.every((change) => change.noop);
  if (noop && intention.nothing !== undefined) {
    throw new NightdeskError('bad_input', intention.nothing);
  }
  const [conversations, silences, drilled, approvals, warnings, gate] = await Promise.all([
    service === null
      ? null
      : quietly(
          facts.conversations({
            service: service.id,
            environment,
            versions: from,
            since: now - HOUR,
          }),
        ),
    service === null ? [] : quietly(facts.silences(service.id, environment)),
    service === null ? null : pathOf(deps, request, service.id),
    Promise.all(
      [...new Set(flags.map(({ source }) => source))].map((source) =>
        approvalOf(deps, source, environment, signal),
      ),
    ),
    warningsOf(deps, { intention, changes, noop, targetHealth, standing, now }),
    climbBlockers(deps, { request, service, environment, changes }),
  ]);
  return {
    id: `p-${randomUUID()}`,
    request,
    title: intention.title(moves, states),
    done: intention.done(moves, states),
    service: service?.id ?? '',
    environment,
    createdAt: now,
    expiresAt: now + PLAN_VALID_MS,
    changes,
    noop,
    fromVersions: from,
    toVersion,
    affected: affectedBy(reach, standing, conversations),
    targetHealth,
    mends: mends({ request, changes, toVersion }, service),
    outOfBand: outOfBandOf(standing, service, { request, changes, fromVersions: from, toVersion }),
    drilled,
    silences: silences ?? [],
    approvals,
    warnings,
    blockers: [
      ...impossible.map((message) => ({ code: 'impossible', message, overridable: false })),
      ...gate,
    ],
    undo: intention.undo,
    unlocks: !locks.isUnlocked(environment),
    typed: wordToType(deps.config(), service, environment, changes),
    needsReason: changes.some((change) => change.kind === 'silence'),
    second: needsSecondPerson(deps.config(), { request, environment })
      ? { approvedBy: null, asked: false, note: '' }
      : null,
  };
}

async function weigh(
  deps: PlannerDeps,
  environment: string,
  wish: Wish,
  signal: AbortSignal,
): Promise<Weighed> {
  if (wish.kind !== 'flag') {
    silencesOf(deps, wish.change.source);
    return { change: wish.change, impossible: null };
  }
  const { source, flag } = wish;
  const before = await controlOf(deps, source).read(flag, environment, signal);
  const { after, impossible } = wish.target(before);
  return {
    change: {
      kind: 'flag',
      source,
      what: `flag ${flag}`,
      noop: sameFlagState(before, after),
      diff: diffLines(environment, before, after),
      flag,
      before,
      after,
    },
    impossible,
  };
}

/** When the path that the request takes was last drilled. */
async function pathOf(
  deps: PlannerDeps,
  request: ActionRequest,
  service: string,
): Promise<Drilled | null> {
  const drill = drillOf(request);
  if (drill === null) return null;
  return quietly(drilledReader(deps).then((drilled) => asItStands(deps, drilled(service, drill))));
}

function drillOf(request: ActionRequest): DrillKind | null {
  switch (request.kind) {
    case 'rollback':
    case 'kill_switch':
      return request.kind;
    case 'drill':
      return request.drill;
    case 'several':
      return request.requests.map(drillOf).find((kind) => kind !== null) ?? null;
    default:
      return null;
  }
}

function healthOf(standing: ServiceFacts | null, version: string): Plan['targetHealth'] {
  const found = standing?.versions.find((one) => one.version === version);
  if (found === undefined) return { version, at: null, cells: [] };
  return { version, at: found.lastSeenAt, cells: [...found.cells.values()] };
}

/** A fact that cannot be had must not keep anybody from rolling back. */
export async function quietly<T>(fact: Promise<T>): Promise<T | null> {
  try {
    return await fact;
  } catch {
    return null;
  }
}
