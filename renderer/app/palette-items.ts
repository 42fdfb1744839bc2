/** What the palette offers: places, actions on the services, the environment, the window, the open screen. */
import type { FlagRow } from '#shared/contract/flags.ts';
import type { Overview } from '#shared/contract/overview.ts';
import type { ActionRequest, Drilled } from '#shared/model/action.ts';
import type { SavedSearch } from '#shared/model/saved-search.ts';
import type { EnvironmentStatus, Role } from '#shared/model/session.ts';
import { DRILL_PATH, drillOf, requestOf } from '../client/plan.ts';
import type { ScreenCommand } from '../client/window.ts';
import { pathOfQuery, queryWords } from '../features/conversations/saved-query.ts';
import { PLACES } from './places.ts';

export interface PaletteItem {
  id: string;
  group:
    | 'Suggested'
    | 'On this screen'
    | 'Go to'
    | 'Saved searches'
    | 'Actions'
    | 'Environment'
    | 'Window';
  label: string;
  description?: string;
  keys?: string;
  does:
    | { kind: 'go'; path: string }
    | { kind: 'plan'; request: ActionRequest }
    | { kind: 'environment'; name: string }
    | { kind: 'lock'; locked: boolean }
    | { kind: 'sync' }
    | { kind: 'scheme' }
    | { kind: 'help' }
    | { kind: 'command'; command: ScreenCommand };
}

export function paletteItems(from: {
  environment: EnvironmentStatus | null;
  environments: readonly EnvironmentStatus[];
  role: Role;
  overview: Overview | undefined;
  commands: readonly ScreenCommand[];
  searches: readonly SavedSearch[];
  flags: readonly FlagRow[];
  /** Every path that may be drilled. */
  drills: readonly Drilled[];
  now: number;
}): PaletteItem[] {
  const { environment, overview } = from;
  const items: PaletteItem[] = [];
  const mayAct = from.role !== 'viewer';
  const name = environment?.name ?? '';
  const hasKillSwitch = (service: string) =>
    from.flags.some(({ roles }) =>
      roles.some((one) => one.role === 'kill_switch' && one.service === service),
    );

  for (const incident of overview?.incidents ?? []) {
    const suggestion = incident.suggestion;
    if (!suggestion || !mayAct) continue;
    items.push({
      id: `suggested ${incident.service}`,
      group: 'Suggested',
      label: suggestion.label,
      description: `${incident.service}: ${incident.title}`,
      does: { kind: 'plan', request: requestOf(incident.service, name, suggestion) },
    });
  }
  for (const command of from.commands) {
    items.push({
      id: `command ${command.id}`,
      group: 'On this screen',
      label: command.label,
      ...(command.description === undefined ? {} : { description: command.description }),
      ...(command.keys === undefined ? {} : { keys: command.keys }),
      does: { kind: 'command', command },
    });
  }
  for (const place of PLACES) {
    items.push({
      id: `go ${place.path}`,
      group: 'Go to',
      label: place.label,
      keys: place.keys,
      does: { kind: 'go', path: place.path },
    });
  }
  items.push({
    id: 'go /replays',
    group: 'Go to',
    label: 'Re-runs of conversations',
    does: { kind: 'go', path: '/replays' },
  });
  for (const { id, name: title, query } of from.searches) {
    // What cannot be read leads nowhere; the screen of conversations says why.
    if (!query) continue;
    items.push({
      id: `search ${id}`,
      group: 'Saved searches',
      label: title,
      description: queryWords(query),
      does: { kind: 'go', path: pathOfQuery(query) },
    });
  }
  if (mayAct) {
    for (const service of servicesOf(overview)) {
      if (service.candidates.length > 0) {
        items.push({
          id: `rollback ${service.id}`,
          group: 'Actions',
          label: `Roll back ${service.id} to ${service.stable ?? 'the stable version'}`,
          description: 'opens the plan; nothing is sent yet',
          does: {
            kind: 'plan',
            request: { kind: 'rollback', service: service.id, environment: name },
          },
        });
      }
      for (const on of hasKillSwitch(service.id) ? [false, true] : []) {
        items.push({
          id: `kill ${service.id} ${on}`,
          group: 'Actions',
          label: on ? `Turn ${service.id} back on` : `Kill switch: turn ${service.id} off`,
          description: 'opens the plan; nothing is sent yet',
          does: {
            kind: 'plan',
            request: { kind: 'kill_switch', service: service.id, environment: name, on },
          },
        });
      }
    }
  }
  for (const one of mayAct ? from.drills : []) {
    const request = drillOf(one);
    if (request === null || one.idle !== undefined) continue;
    items.push({
      id: `drill ${one.service} ${one.drill} ${one.environment}`,
      group: 'Actions',
      label: `Drill the ${DRILL_PATH[one.drill]} of ${one.service} in ${one.environment}`,
      description: `${one.overdue ? 'overdue; ' : ''}opens the plan; nothing is sent yet`,
      does: { kind: 'plan', request },
    });
  }
  for (const one of from.environments) {
    if (one.name === name) continue;
    items.push({
      id: `environment ${one.name}`,
      group: 'Environment',
      label: `Look at ${one.name}`,
      does: { kind: 'environment', name: one.name },
    });
  }
  if (environment?.protected && mayAct) {
    const unlocked = (environment.unlockedUntil ?? 0) > from.now;
    items.push({
      id: 'lock',
      group: 'Environment',
      label: unlocked ? `Lock ${name} now` : `Unlock ${name} for a while`,
      does: { kind: 'lock', locked: unlocked },
    });
  }
  items.push(
    { id: 'sync', group: 'Window', label: 'Sync every source now', does: { kind: 'sync' } },
    {
      id: 'scheme',
      group: 'Window',
      label: 'Switch between dark and light',
      does: { kind: 'scheme' },
    },
    { id: 'help', group: 'Window', label: 'Show the keys', keys: '?', does: { kind: 'help' } },
  );
  return items;
}

function servicesOf(overview: Overview | undefined) {
  const services = new Map<string, { id: string; stable: string | null; candidates: string[] }>();
  for (const row of overview?.matrix ?? []) {
    const known = services.get(row.service) ?? { id: row.service, stable: null, candidates: [] };
    if (row.part === 'stable') known.stable = row.version;
    if (row.part === 'candidate') known.candidates.push(row.version);
    services.set(row.service, known);
  }
  return [...services.values()];
}
