/** What is asked of the list, to and from the address, so that back, forward and sharing work. Pure. */
import type { Failure, Feedback } from '#shared/model/conversation.ts';
import type {
  ConversationFilter,
  ConversationSort,
  FlagVariant,
} from '#shared/model/conversation-filter.ts';

export const SORTS: readonly ConversationSort[] = ['newest', 'oldest', 'slowest', 'costliest'];

export const FAILURES: readonly Failure[] = [
  'error',
  'unsure',
  'thumbs_down',
  'handoff',
  'slow',
  'guardrail',
  'language_switched',
];
export const FEEDBACKS: readonly Feedback[] = ['thumbs_up', 'thumbs_down', 'regenerate', 'ticket'];

/** What the core takes as words. */
export const LONGEST_TEXT = 500;

export interface Asked {
  text: string;
  services: string[];
  versions: string[];
  channels: string[];
  languages: string[];
  failures: Failure[];
  failing: boolean;
  feedback: Feedback[];
  tools: string[];
  failedTools: string[];
  flags: FlagVariant[];
  pinned: boolean;
  /** Those of other consoles alone, whatever the environment. */
  imported: boolean;
  /** Seconds and US dollars, as a person types them; null = any. */
  minSeconds: number | null;
  maxSeconds: number | null;
  minUsd: number | null;
  maxUsd: number | null;
  sort: ConversationSort;
}

const NUMBERS = {
  minSeconds: 'min-s',
  maxSeconds: 'max-s',
  minUsd: 'min-usd',
  maxUsd: 'max-usd',
} as const;

/** A list stands in one parameter; a comma in a value is written as in an address. */
const packed = (values: readonly string[]) =>
  values.map((value) => value.replaceAll('%', '%25').replaceAll(',', '%2C')).join(',');
const unpacked = (value: string) => value.replaceAll('%2C', ',').replaceAll('%25', '%');

/** `flag=variant`; an equals sign in the flag's name is written as in an address. */
const flagText = ({ flag, variant }: FlagVariant) =>
  `${flag.replaceAll('%', '%25').replaceAll('=', '%3D')}=${variant}`;

function flagOf(text: string): FlagVariant[] {
  const at = text.indexOf('=');
  if (at <= 0) return [];
  const flag = text.slice(0, at).replaceAll('%3D', '=').replaceAll('%25', '%');
  return [{ flag, variant: text.slice(at + 1) }];
}

export function readAsked(search: URLSearchParams): Asked {
  const list = (key: string) => [
    ...new Set(
      search
        .getAll(key)
        .flatMap((value) => value.split(','))
        .filter((value) => value !== '')
        .map(unpacked),
    ),
  ];
  const number = (key: string) => {
    const value = Number.parseFloat(search.get(key) ?? '');
    return Number.isFinite(value) && value > 0 ? value : null;
  };
  const failures = list('failure');
  const feedback = list('feedback');
  return {
    text: (search.get('q') ?? '').slice(0, LONGEST_TEXT),
    services: list('service'),
    versions: list('version'),
    channels: list('channel'),
    languages: list('language'),
    failures: FAILURES.filter((one) => failures.includes(one)),
    failing: search.get('failing') === '1',
    feedback: FEEDBACKS.filter((one) => feedback.includes(one)),
    tools: list('tool'),
    failedTools: list('tool-failed'),
    flags: list('flag').flatMap(flagOf),
    pinned: search.get('pinned') === '1',
    imported: search.get('imported') === '1',
    minSeconds: number(NUMBERS.minSeconds),
    maxSeconds: number(NUMBERS.maxSeconds),
    minUsd: number(NUMBERS.minUsd),
    maxUsd: number(NUMBERS.maxUsd),
    sort: SORTS.find((one) => one === search.get('sort')) ?? 'newest',
  };
}

/** Changes only its own keys: environment and range stay as they are. */
export function writeAsked(search: URLSearchParams, asked: Asked): URLSearchParams {
  const next = new URLSearchParams(search);
  const set = (key: string, value: string) => {
    if (value === '') next.delete(key);
    else next.set(key, value);
  };
  set('q', asked.text);
  set('service', packed(asked.services));
  set('version', packed(asked.versions));
  set('channel', packed(asked.channels));
  set('language', packed(asked.languages));
  set('failure', packed(asked.failures));
  set('failing', asked.failing ? '1' : '');
  set('feedback', packed(asked.feedback));
  set('tool', packed(asked.tools));
  set('tool-failed', packed(asked.failedTools));
  set('flag', packed(asked.flags.map(flagText)));
  set('pinned', asked.pinned ? '1' : '');
  set('imported', asked.imported ? '1' : '');
  for (const name of ['minSeconds', 'maxSeconds', 'minUsd', 'maxUsd'] as const) {
    const value = asked[name];
    set(NUMBERS[name], value === null ? '' : String(value));
  }
  set('sort', asked.sort === 'newest' ? '' : asked.sort);
  return next;
}

/** The filter that the core understands. Empty lists do not filter. */
export function filterOf(
  asked: Asked,
  environment: string,
  range: { from?: number; to?: number },
): ConversationFilter {
  const some = <T>(list: T[]) => (list.length > 0 ? list : undefined);
  const ms = (seconds: number | null) => (seconds === null ? undefined : seconds * 1000);
  const filter: { [K in keyof ConversationFilter]: ConversationFilter[K] | undefined } = {
    environment,
    services: some(asked.services),
    versions: some(asked.versions),
    channels: some(asked.channels),
    languages: some(asked.languages),
    failures: some(asked.failures),
    failing: asked.failing || undefined,
    feedback: some(asked.feedback),
    tools: some(asked.tools),
    failedTools: some(asked.failedTools),
    flags: some(asked.flags),
    pinned: asked.pinned || undefined,
    imported: asked.imported || undefined,
    from: range.from,
    to: range.to,
    minDurationMs: ms(asked.minSeconds),
    maxDurationMs: ms(asked.maxSeconds),
    minCostUsd: asked.minUsd ?? undefined,
    maxCostUsd: asked.maxUsd ?? undefined,
  };
  return withoutUndefined(filter);
}

/** The other way round: what a filter of the core asks, as the screen asks it. */
export function askedOf(text: string, filter: ConversationFilter, sort: ConversationSort): Asked {
  const seconds = (ms: number | undefined) => (ms === undefined ? null : ms / 1000);
  return {
    text,
    services: filter.services ?? [],
    versions: filter.versions ?? [],
    channels: filter.channels ?? [],
    languages: filter.languages ?? [],
    failures: filter.failures ?? [],
    failing: filter.failing ?? false,
    feedback: filter.feedback ?? [],
    tools: filter.tools ?? [],
    failedTools: filter.failedTools ?? [],
    flags: filter.flags ?? [],
    pinned: filter.pinned ?? false,
    imported: filter.imported ?? false,
    minSeconds: seconds(filter.minDurationMs),
    maxSeconds: seconds(filter.maxDurationMs),
    minUsd: filter.minCostUsd ?? null,
    maxUsd: filter.maxCostUsd ?? null,
    sort,
  };
}

function withoutUndefined<T extends object>(value: { [K in keyof T]: T[K] | undefined }): T {
  // What is left has every key that is there defined; an absent key does not filter.
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as T;
}

export const NOTHING_ASKED: Asked = readAsked(new URLSearchParams());
