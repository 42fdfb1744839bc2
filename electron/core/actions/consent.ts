/** What a plan asks of people beyond the one press: a word to type, and a second person. Pure. */
import { rolloutByVersion } from '#core/analysis/rollout.ts';
import type { ActionRequest, Plan } from '#shared/model/action.ts';
import type { Config, ServiceConfig } from '#shared/model/config.ts';
import type { FlagChange, PlannedChange } from '#shared/model/planned-change.ts';
import { movement, usersMoved } from './plan.ts';

/** Shares are sums of fractions. */
const ALL = 1 - 1e-9;

/**
 * The service's name (of a flag that belongs to none, the flag's), where the changes give all users another answer than
 * before in an environment that is protected. Going back to stable asks for nothing: it must be quick.
 */
export function wordToType(
  config: Config,
  service: ServiceConfig | null,
  environment: string,
  changes: readonly PlannedChange[],
): string | null {
  const isProtected = config.environments.some((one) => one.name === environment && one.protected);
  if (!isProtected) return null;
  for (const change of changes) {
    if (change.kind === 'flag' && !change.noop && affectsEveryone(service, change)) {
      return service?.id ?? change.flag;
    }
  }
  return null;
}

function affectsEveryone(
  service: ServiceConfig | null,
  { source, flag, before, after }: FlagChange,
): boolean {
  const is = (ref: { source: string; flag: string } | undefined) =>
    ref?.source === source && ref.flag === flag;
  const modelFlag = service?.modelFlag;
  if (modelFlag && is(modelFlag)) {
    const [then, now] = [rolloutByVersion(modelFlag, before), rolloutByVersion(modelFlag, after)];
    const share = (of: ReadonlyMap<string, number>, version: string) => of.get(version) ?? 0;
    if (share(now, modelFlag.stable) >= ALL) return false;
    // A version that has all of them now, which only some had.
    const takesAll = [...now].some(([version, had]) => had >= ALL && share(then, version) < ALL);
    return takesAll || movement(modelFlag, before, after).rollout >= ALL;
  }
  // A kill switch that is thrown is about everybody, whichever part of the users it stands before.
  if (is(service?.killSwitch) && before.enabled !== after.enabled) return true;
  return usersMoved(before, after) >= ALL;
}

/** True when the configuration wants another person to agree to this before it is sent. */
export function needsSecondPerson(
  { actions, environments }: Config,
  { request, environment }: Pick<Plan, 'request' | 'environment'>,
): boolean {
  const rule = actions.approval;
  if (rule === undefined) return false;
  const where =
    rule.environments ?? environments.filter((one) => one.protected).map(({ name }) => name);
  return where.includes(environment) && kindsOf(request).some((kind) => rule.kinds.includes(kind));
}

function kindsOf(request: ActionRequest): ActionRequest['kind'][] {
  return request.kind === 'several'
    ? [request.kind, ...request.requests.map(({ kind }) => kind)]
    : [request.kind];
}
