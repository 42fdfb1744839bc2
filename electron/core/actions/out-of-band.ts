/** The signals that an action is to bring back into their band. Pure. */
import type { Plan } from '#shared/model/action.ts';
import type { ServiceConfig } from '#shared/model/config.ts';
import type { ServiceFacts } from './facts.ts';

type OutOfBand = Plan['outOfBand'];

/** Of the service as a whole and of the versions that lose: what a recovery must bring back. */
export function outOfBandOf(
  standing: ServiceFacts | null,
  service: Pick<ServiceConfig, 'modelFlag' | 'killSwitch'> | null,
  plan: Pick<Plan, 'request' | 'changes' | 'fromVersions' | 'toVersion'>,
): OutOfBand {
  if (standing === null || !mends(plan, service)) return [];
  const flags = plan.changes.filter((change) => change.kind === 'flag');
  const kill = service?.killSwitch;
  const all = flags.some(({ source, flag }) => source === kill?.source && flag === kill.flag);
  return [standing.whole, ...standing.versions]
    .filter(({ version }) => version === '' || all || plan.fromVersions.includes(version))
    .flatMap(({ version, cells }) =>
      [...cells.values()]
        .filter(({ state }) => state === 'bad' || state === 'watch')
        .map((cell) => ({ ...cell, version })),
    );
}

/** A drill, a silence, or more users for the candidate, whichever action gives them, bring nothing back into its band. */
export function mends(
  { request, changes, toVersion }: Pick<Plan, 'request' | 'changes' | 'toVersion'>,
  service: Pick<ServiceConfig, 'modelFlag'> | null,
): boolean {
  if (request.kind === 'drill' || !changes.some(({ kind }) => kind === 'flag')) return false;
  return toVersion !== service?.modelFlag?.candidate;
}

/** What was out of band when it was planned, and what has come to it since. */
export function together(planned: OutOfBand, since: OutOfBand): OutOfBand {
  const known = new Set(planned.map(({ signal, version }) => `${version} ${signal}`));
  return [...planned, ...since.filter(({ signal, version }) => !known.has(`${version} ${signal}`))];
}
