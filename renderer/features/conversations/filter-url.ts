/** What is asked of the list, to and from the address, so that back, forward and sharing work. Pure. */

import type { Failure, Feedback } from '#shared/model/conversation.ts';
import type { ConversationFilter } from '#shared/model/conversation-filter.ts';

export const SORTS = ['newest', 'oldest', 'slowest', 'costliest'] as const;
export type Sort = (typeof SORTS)[number];

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

export interface Asked {
  text: string;
  services: string[];
  versions: string[];
  languages: string[];
  failures: Failure[];
  failing: boolean;
  feedback: Feedback[];
  pinned: boolean;
  /** Seconds and US dollars, as a person types them; null = any. */
  minSeconds: number | null;
  minUsd: number | null;
  sort: Sort;
}

export function readAsked(search: URLSearchParams): Asked {
  const list = (key: string) => [
    ...new Set(
      search
        .getAll(key)
        .flatMap((value) => value.split(','))
        .filter((value) => value !== ''),
    ),
  ];
  const number = (key: string) => {
    const value = Number.parseFloat(search.get(key) ?? '');
    return Number.isFinite(value) && value > 0 ? value : null;
  };
  const failures = list('failure');
  const feedback = list('feedback');
  return {
    text: (search.get('q') ?? '').slice(0, 500),
    services: list('service'),
    versions: list('version'),
    languages: list('language'),
    failures: FAILURES.filter((one) => failures.includes(one)),
    failing: search.get('failing') === '1',
    feedback: FEEDBACKS.filter((one) => feedback.includes(one)),
    pinned: search.get('pinned') === '1',
    minSeconds: number('min-s'),
    minUsd: number('min-usd'),
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
  set('service', asked.services.join(','));
  set('version', asked.versions.join(','));
  set('language', asked.languages.join(','));
  set('failure', asked.failures.join(','));
  set('failing', asked.failing ? '1' : '');
  set('feedback', asked.feedback.join(','));
  set('pinned', asked.pinned ? '1' : '');
  set('min-s', asked.minSeconds === null ? '' : String(asked.minSeconds));
  set('min-usd', asked.minUsd === null ? '' : String(asked.minUsd));
  set('sort', asked.sort === 'newest' ? '' : asked.sort);
  return next;
}

/** The filter that the core understands. Empty lists do not filter. */
export function filterOf(
  asked: Asked,
  environment: string,
  range: { from: number; to: number },
): ConversationFilter {
  const some = <T>(list: T[]) => (list.length > 0 ? list : undefined);
  const filter: { [K in keyof ConversationFilter]: ConversationFilter[K] | undefined } = {
    environment,
    services: some(asked.services),
    versions: some(asked.versions),
    languages: some(asked.languages),
    failures: some(asked.failures),
    failing: asked.failing || undefined,
    feedback: some(asked.feedback),
    pinned: asked.pinned || undefined,
    from: range.from,
    to: range.to,
    minDurationMs: asked.minSeconds === null ? undefined : asked.minSeconds * 1000,
    minCostUsd: asked.minUsd ?? undefined,
  };
  return withoutUndefined(filter);
}

function withoutUndefined<T extends object>(value: { [K in keyof T]: T[K] | undefined }): T {
  // What is left has every key that is there defined; an absent key does not filter.
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as T;
}

/** True when anything but words, range and order narrows the list. */
export function isFiltered(asked: Asked): boolean {
  return (
    asked.services.length + asked.versions.length + asked.languages.length > 0 ||
    asked.failures.length + asked.feedback.length > 0 ||
    asked.failing ||
    asked.pinned ||
    asked.minSeconds !== null ||
    asked.minUsd !== null
  );
}

export const NOTHING_ASKED: Asked = readAsked(new URLSearchParams());
