/** Answers a request with a plan: reads the flag as it is now and works out everything a person should know first. */
import { randomUUID } from 'node:crypto';
import { flagRollout } from '#core/analysis/rollout.ts';
import type { Cache } from '#core/cache/client.ts';
import type { Clock } from '#core/deps.ts';
import type { FlagControl } from '#core/sources/connector.ts';
import { NightdeskError } from '#shared/errors/index.ts';
import type { ActionRequest, Plan } from '#shared/model/action.ts';
import type { Remark } from '#shared/model/basics.ts';
import type { Config } from '#shared/model/config.ts';
import { sameFlagState } from '#shared/util/flag-state.ts';
import { diffLines } from './diff.ts';
import type { ActionFacts, ServiceFacts } from './facts.ts';
import { type Intention, intend } from './intend.ts';
import type { Locks } from './locks.ts';
import { movement } from './plan.ts';

export const PLAN_VALID_MS = 5 * 60_000;
const HOUR = 3_600_000;
const OTHERS_CHANGED_WITHIN = 10 * 60_000;

export interface PlannerDeps {
  cache: Pick<Cache, 'read' | 'journal'>;
  clock: Clock;
  locks: Locks;
  config: () => Config;
  control: (source: string) => FlagControl | undefined;
  facts: ActionFacts;
}

/** @throws NightdeskError when the request names what does not exist, or the flag cannot be read. */
export async function makePlan(
  deps: PlannerDeps,
  request: ActionRequest,
  signal: AbortSignal,
): Promise<Plan> {
  const { clock, locks, facts } = deps;
  const intention = await intend(deps, request);
  const { service, environment, source, flag } = intention;
  const control = controlOf(deps, source);
  const [before, standing] = await Promise.all([
    control.read(flag, environment, signal),
    service === null ? null : quietly(facts.service(service.id, environment)),
  ]);
  const { after, impossible } = intention.target(before);
  const model = service?.modelFlag;
  const choosesModel = model !== undefined && model.source === source && model.flag === flag;
  const moves = choosesModel ? movement(model, before, after) : null;
  const isKill = service?.killSwitch?.source === source && service.killSwitch.flag === flag;
  const now = clock.now();
  const from = moves?.from ?? [];
  const conversations =
    service === null
      ? 0
      : await quietly(
          facts.conversations({
            service: service.id,
            environment,
            versions: from,
            since: now - HOUR,
          }),
        );
  const requested = request.kind === 'rollback' ? (request.to ?? model?.stable ?? null) : null;
  const toVersion = requested ?? moves?.to ?? null;
  const outOfBand = standing === null ? [] : cellsOutOfBand(standing, from, isKill);
  const targetHealth = toVersion === null ? null : healthOf(standing, toVersion);
  const noop = sameFlagState(before, after);
  const plan: Plan = {
    id: `p-${randomUUID()}`,
    request,
    title: intention.title(moves),
    service: service?.id ?? '',
    environment,
    source,
    flag,
    createdAt: now,
    expiresAt: now + PLAN_VALID_MS,
    before,
    after,
    noop: noop && impossible === null,
    diff: diffLines(environment, before, after),
    fromVersions: from,
    toVersion,
    affected: {
      rollout: moves === null ? flagRollout(before.enabled ? before : after) : moves.rollout,
      trafficShare: trafficShare(standing, from, isKill),
      conversationsLastHour: conversations ?? 0,
      requestsPerSecond: requestRate(standing, from),
    },
    targetHealth,
    outOfBand,
    warnings: await warningsOf(deps, intention, { now, targetHealth, toVersion, noop }),
    blockers: impossible === null ? [] : [{ code: 'impossible', message: impossible }],
    undo: intention.undo,
    unlocks: !locks.isUnlocked(environment),
  };
  return plan;
}

export function controlOf(deps: Pick<PlannerDeps, 'control'>, source: string): FlagControl {
  const control = deps.control(source);
  if (control !== undefined) return control;
  throw new NightdeskError('unsupported', `The source ${source} cannot change flags.`);
}

/** Of the service as a whole and of the versions that lose: what a recovery must bring back. */
function cellsOutOfBand(
  standing: ServiceFacts,
  from: readonly string[],
  all: boolean,
): Plan['outOfBand'] {
  return [standing.whole, ...standing.versions]
    .filter(({ version }) => version === '' || all || from.includes(version))
    .flatMap(({ version, cells }) =>
      [...cells.values()]
        .filter(({ state }) => state === 'bad' || state === 'watch')
        .map((cell) => ({ ...cell, version })),
    );
}

function healthOf(standing: ServiceFacts | null, version: string): Plan['targetHealth'] {
  const found = standing?.versions.find((one) => one.version === version);
  if (found === undefined) return { version, at: null, cells: [] };
  return { version, at: found.lastSeenAt, cells: [...found.cells.values()] };
}

function trafficShare(standing: ServiceFacts | null, from: readonly string[], whole: boolean) {
  if (whole) return 1;
  if (standing === null || from.length === 0) return null;
  const shares = standing.versions
    .filter(({ version }) => from.includes(version))
    .map((one) => one.trafficShare);
  if (shares.length === 0 || shares.includes(null)) return null;
  return shares.reduce((sum: number, share) => sum + (share ?? 0), 0);
}

function requestRate(standing: ServiceFacts | null, from: readonly string[]): number | null {
  if (standing === null) return null;
  if (from.length === 0) return standing.whole.requestsPerSecond;
  const rates = standing.versions
    .filter(({ version }) => from.includes(version))
    .map((one) => one.requestsPerSecond);
  return rates.every((rate) => rate === null)
    ? null
    : rates.reduce((sum: number, rate) => sum + (rate ?? 0), 0);
}

async function warningsOf(
  deps: PlannerDeps,
  { service, environment, source, flag }: Intention,
  seen: {
    now: number;
    targetHealth: Plan['targetHealth'];
    toVersion: string | null;
    noop: boolean;
  },
): Promise<Remark[]> {
  const warnings: Remark[] = [];
  const warn = (code: string, message: string) => warnings.push({ code, message });
  if (seen.noop)
    return [{ code: 'already_so', message: 'It is already so: nothing would be sent.' }];
  const { targetHealth } = seen;
  if (targetHealth !== null) {
    const bad = targetHealth.cells
      .filter((cell) => cell.state === 'bad')
      .map((cell) => cell.signal);
    if (targetHealth.at === null) {
      warn('target_unseen', `Nothing was ever measured of ${targetHealth.version}.`);
    } else if (bad.length > 0) {
      warn('target_unhealthy', `${targetHealth.version} itself is out of band: ${bad.join(', ')}.`);
    }
  }
  const freshness = (await quietly(deps.facts.freshness(environment))) ?? [];
  const old = freshness.filter(({ state }) => state !== 'ok' && state !== 'syncing');
  if (old.length > 0) {
    const names = old.map(({ source }) => source).join(', ');
    warn('stale_sources', `What is shown may be old: ${names} did not answer lately.`);
  }
  if (service !== null) {
    const since = seen.now - OTHERS_CHANGED_WITHIN;
    const changes =
      (await quietly(deps.facts.changes({ service: service.id, environment, since }))) ?? [];
    const [latest] = changes.filter(
      (change) => change.kind !== 'model' && change.kind !== 'runbook',
    );
    if (latest !== undefined) {
      const minutes = Math.max(1, Math.round((seen.now - latest.at) / 60_000));
      const what = latest.flag === flag ? 'this flag' : latest.title;
      warn('changed_lately', `${latest.by || 'Somebody'} changed ${what} ${minutes} min ago.`);
    }
  }
  const missing = missingClientToken(deps.config(), source, environment);
  if (missing) warn('served_unproven', missing);
  return warnings;
}

/** Known from the configuration alone, so that it is said before and not after. */
function missingClientToken(config: Config, id: string, environment: string): string | null {
  const source = config.sources.find((one) => one.id === id);
  if (source?.kind !== 'unleash') return null;
  return source.environments[environment]?.clientSecret === undefined
    ? `No client token is configured for ${environment} in ${id}: what clients get cannot be proven.`
    : null;
}

/** A fact that cannot be had must not keep anybody from rolling back. */
async function quietly<T>(fact: Promise<T>): Promise<T | null> {
  try {
    return await fact;
  } catch {
    return null;
  }
}
