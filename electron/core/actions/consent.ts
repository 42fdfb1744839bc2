/** What a plan asks of people beyond the one press: a word to type, and a second person. Pure. */
import { rolloutByVersion } from '#core/analysis/rollout.ts';
import type { ActionRequest, Plan } from '#shared/model/action.ts';
import type { Config, ServiceConfig } from '#shared/model/config.ts';
import type { FlagChange, PlannedChange } from '#shared/model/planned-change.ts';

/**
 * The service's name, where the changes give all of its users another answer than before in an environment that is
 * protected: no AI at all, or a candidate that only some had. Going back to stable asks for nothing: it must be quick.
 */
export function wordToType(
  config: Config,
  service: ServiceConfig | null,
  environment: string,
  changes: readonly PlannedChange[],
): string | null {
  const isProtected = config.environments.some((one) => one.name === environment && one.protected);
  if (service === null || !isProtected) return null;
  const flags = changes.filter((change) => change.kind === 'flag' && !change.noop);
  return flags.some((change) => change.kind === 'flag' && affectsEveryone(service, change))
    ? service.id
    : null;
}

function affectsEveryone(
  { killSwitch, modelFlag }: ServiceConfig,
  { source, flag, before, after }: FlagChange,
): boolean {
  const is = (ref: { source: string; flag: string } | undefined) =>
    ref?.source === source && ref.flag === flag;
  if (is(killSwitch) && before.enabled && !after.enabled) return true;
  if (!modelFlag || !is(modelFlag)) return false;
  const [then, now] = [rolloutByVersion(modelFlag, before), rolloutByVersion(modelFlag, after)];
  return [...now].some(
    ([version, share]) =>
      version !== modelFlag.stable && share === 1 && (then.get(version) ?? 0) < 1,
  );
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
