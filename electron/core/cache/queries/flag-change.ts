/** A flag event as an entry of the one timeline: what moved, in words and numbers. Pure. */
import type { Change } from '#shared/model/change.ts';
import type { FlagEvent, FlagState } from '#shared/model/flag.ts';

/** Per cent of the audience by variant, over the first enabled strategy that has variants. */
function weights(state: FlagState): Map<string, number> {
  const lists = [
    ...state.strategies.filter((one) => !one.disabled).map((one) => one.variants),
    state.variants,
  ];
  const variants = lists.find((list) => list.length > 0) ?? [];
  return new Map(variants.map((one) => [one.name, one.weight / 10]));
}

/** Largest rollout percentage of the enabled strategies; null when none has one. */
function rollout(state: FlagState): number | null {
  const shares = state.strategies
    .filter((one) => !one.disabled)
    .map((one) => Number(one.parameters.rollout ?? Number.NaN))
    .filter(Number.isFinite);
  return shares.length === 0 ? null : Math.max(...shares);
}

interface Moved {
  kind: 'flag' | 'variant' | 'rollout';
  title: string;
  versions: string[];
}

function percent(value: number): string {
  return `${Math.round(value * 10) / 10}`;
}

function moved(event: FlagEvent): Moved {
  const { before, after, key } = event;
  if (before === null || after === null) {
    return { kind: 'flag', title: `${key}: ${event.summary || event.type}`, versions: [] };
  }
  if (before.enabled !== after.enabled) {
    return { kind: 'flag', title: `${key} switched ${after.enabled ? 'on' : 'off'}`, versions: [] };
  }
  const old = weights(before);
  const now = weights(after);
  const grown = [...now].filter(([name, weight]) => weight > (old.get(name) ?? 0));
  const shrunk = [...old].filter(([name, weight]) => weight > (now.get(name) ?? 0));
  if (grown.length > 0 || shrunk.length > 0) {
    const told = (grown.length > 0 ? grown : shrunk)
      .map(([name]) => `${name} ${percent(old.get(name) ?? 0)} → ${percent(now.get(name) ?? 0)} %`)
      .join(', ');
    return { kind: 'variant', title: `${key}: ${told}`, versions: grown.map(([name]) => name) };
  }
  const from = rollout(before);
  const to = rollout(after);
  if (from !== to) {
    const text = `rollout ${from === null ? 'none' : percent(from)} → ${to === null ? 'none' : percent(to)} %`;
    return { kind: 'rollout', title: `${key}: ${text}`, versions: [] };
  }
  return { kind: 'flag', title: `${key}: ${event.summary || event.type}`, versions: [] };
}

/** One change per service that the flag steers; one without a service when it steers none. */
export function flagChanges(event: FlagEvent, services: readonly { service: string }[]): Change[] {
  const { kind, title, versions } = moved(event);
  const names = services.length === 0 ? [''] : [...new Set(services.map((one) => one.service))];
  return names.map((service) => ({
    id: `flag:${event.source}:${event.id}:${service}`,
    at: event.at,
    kind,
    service,
    environment: event.environment,
    versions,
    title,
    detail: event.summary,
    by: event.by,
    source: event.source,
    flag: event.key,
  }));
}
