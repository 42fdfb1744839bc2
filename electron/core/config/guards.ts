/**
 * What of a configuration stands between a person and production: who may do what, what is locked, gated, asked a second
 * time, masked and drilled, and which flags are really meant. As `key → value`, for the journal. Pure.
 */
import type { Config } from '#shared/model/config.ts';
import { canonicalJson } from '#shared/util/canonical-json.ts';

export type Guards = Record<string, string>;

export function guardsOf(config: Config): Guards {
  const { environments, actions, signIn, drills, services, sources, signals, masking } = config;
  const drillEvery = drills.map(({ kind, service, environment, every }) => [
    `${kind} of ${service} in ${environment}`,
    every,
  ]);
  const guardsOfServices = services.map(
    ({ id, environments, modelFlag, killSwitch, ramp, bands }) => [
      id,
      { environments, modelFlag, killSwitch, ramp, bands },
    ],
  );
  const guardsOfSources = sources.map((source) => [
    source.id,
    {
      kind: source.kind,
      url: 'url' in source ? source.url : undefined,
      environments: 'environments' in source ? source.environments : undefined,
    },
  ]);
  return Object.fromEntries([
    ...flat('environments', Object.fromEntries(environments.map(({ name, ...of }) => [name, of]))),
    ...flat('actions', actions),
    ...flat('signIn', signIn),
    ...flat('drills', Object.fromEntries(drillEvery)),
    ...flat('masking', masking),
    ...flat('services', Object.fromEntries(guardsOfServices)),
    ...flat('sources', Object.fromEntries(guardsOfSources)),
    ...flat('signals', {
      ...signals,
      definitions: Object.fromEntries(signals.definitions.map(({ id, ...of }) => [id, of])),
    }),
  ]);
}

/** From one to the other, a line per value that went or came: `- key: was`, `+ key: is`. */
export function guardDiff(before: Guards, after: Guards): string[] {
  return changed(before, after).flatMap((key) => [
    ...(key in before ? [`- ${key}: ${before[key]}`] : []),
    ...(key in after ? [`+ ${key}: ${after[key]}`] : []),
  ]);
}

const TOLD = 3;
const TOLD_VALUE = 60;

/** The same in one sentence without its full stop, of the first few; '' when nothing differs. */
export function guardSentence(before: Guards, after: Guards): string {
  const value = (guards: Guards, key: string) => shorten(guards[key] ?? 'none');
  const all = changed(before, after);
  const told = all
    .slice(0, TOLD)
    .map((key) => `${key}: ${value(before, key)} → ${value(after, key)}`);
  return [...told, ...(all.length > TOLD ? [`and ${all.length - TOLD} more`] : [])].join('; ');
}

function changed(before: Guards, after: Guards): string[] {
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys].filter((key) => before[key] !== after[key]);
}

function flat(key: string, value: unknown): [key: string, value: string][] {
  if (value === undefined) return [];
  if (Array.isArray(value)) {
    const plain = value.every((one) => typeof one !== 'object');
    return [[key, plain && value.length > 0 ? value.join(', ') : canonicalJson(value)]];
  }
  if (typeof value !== 'object' || value === null) return [[key, withoutSecrets(String(value))]];
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  if (members.length === 0) return [[key, '{}']];
  return members.flatMap(([name, member]) => flat(`${key}.${name}`, member));
}

/** The file only names secrets; but an address may carry one, as its user, its password or in its query. */
function withoutSecrets(text: string): string {
  if (!/^https?:/i.test(text) || !URL.canParse(text)) return text;
  const { origin, pathname } = new URL(text);
  return `${origin}${pathname}`;
}

function shorten(text: string): string {
  return text.length > TOLD_VALUE ? `${text.slice(0, TOLD_VALUE - 1)}…` : text;
}
