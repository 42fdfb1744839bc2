/** Checks that what a runbook relies on exists now. Pure. */
import type { ServiceConfig } from '#shared/model/config.ts';
import type { Runbook, RunbookReference } from '#shared/model/runbook.ts';
import { nearest } from '#shared/util/text.ts';

/** What there is to refer to. */
export interface World {
  services: readonly ServiceConfig[];
  signals: readonly string[];
  flags: readonly string[];
  /** True when the flag source has answered at least once; before that nothing can be said of flags. */
  flagsKnown: boolean;
  /** Service → versions that its model flag offers; missing where that is not known. */
  offered: ReadonlyMap<string, ReadonlySet<string>>;
  /** Names of alerts that were ever seen. */
  alerts: readonly string[];
}

export function checkRunbook(runbook: Runbook, world: World): RunbookReference[] {
  const services = world.services.map((service) => service.id);
  return [
    ...runbook.services.map((name) => exists('service', name, services, 'configured')),
    ...runbook.alerts.map((name) =>
      world.alerts.includes(name)
        ? ok('alert', name, 'seen')
        : unchecked('alert', name, 'not seen yet: the source lists only alerts that fire'),
    ),
    ...runbook.flags.map((name) =>
      world.flagsKnown
        ? exists('flag', name, world.flags, 'in the flag service')
        : unchecked('flag', name, 'the flag service has not answered yet'),
    ),
    ...runbook.signals.map((name) => exists('signal', name, world.signals, 'defined')),
    ...actionLinks(runbook.body).map((link) => checkAction(link, world)),
    ...runbook.links.map((name) => unchecked('link', name, 'links are not fetched')),
  ];
}

interface ActionLink {
  kind: string;
  service: string;
  /** The version of a rollback; null = the stable one. */
  to: string | null;
}

/** The `[words](action:kind?service=id)` links in a runbook's text, one for each of the kinds that `+` joins, each once. */
export function actionLinks(body: string): ActionLink[] {
  const links = [...body.matchAll(/\]\(action:([a-z_+]+)\?([^)\s]*)\)/g)].flatMap((match) => {
    const asked = new URLSearchParams(match[2]);
    return (match[1] ?? '').split('+').map((kind) => ({
      kind,
      service: asked.get('service') ?? '',
      to: kind === 'rollback' ? asked.get('to') : null,
    }));
  });
  return [...new Map(links.map((link) => [nameOf(link), link])).values()];
}

function nameOf({ kind, service, to }: ActionLink): string {
  return [kind, service, to].filter((part) => part !== null).join(' ');
}

function checkAction(link: ActionLink, world: World): RunbookReference {
  const { kind, service: id, to } = link;
  const name = nameOf(link);
  const service = world.services.find((one) => one.id === id);
  if (!service) return broken('action', name, `there is no service "${id}"`);
  if (kind === 'rollback') {
    if (!service.modelFlag) return broken('action', name, `${id} has no model flag`);
    if (to === null || to === service.modelFlag.stable)
      return ok('action', name, 'has a model flag');
    if (to === service.modelFlag.candidate) {
      return broken('action', name, `${to} is the candidate: it is ramped to, not rolled back to`);
    }
    const offered = world.offered.get(id);
    if (offered === undefined) return unchecked('action', name, 'its flag is not known yet');
    return offered.has(to)
      ? ok('action', name, `${service.modelFlag.flag} offers it`)
      : broken('action', name, `${service.modelFlag.flag} does not offer ${to}`);
  }
  if (kind === 'kill_switch') {
    return service.killSwitch
      ? ok('action', name, 'has a kill switch')
      : broken('action', name, `${id} has no kill switch`);
  }
  return broken('action', name, `there is no action "${kind}"`);
}

function exists(
  kind: RunbookReference['kind'],
  name: string,
  known: readonly string[],
  where: string,
): RunbookReference {
  if (known.includes(name)) return ok(kind, name, where);
  const meant = nearest(name, known);
  return broken(kind, name, `not ${where}${meant ? `; did you mean "${meant}"?` : ''}`);
}

const ok = (kind: RunbookReference['kind'], name: string, why: string): RunbookReference => ({
  kind,
  name,
  state: 'ok',
  why,
});
const broken = (kind: RunbookReference['kind'], name: string, why: string): RunbookReference => ({
  kind,
  name,
  state: 'broken',
  why,
});
const unchecked = (
  kind: RunbookReference['kind'],
  name: string,
  why: string,
): RunbookReference => ({ kind, name, state: 'unchecked', why });
