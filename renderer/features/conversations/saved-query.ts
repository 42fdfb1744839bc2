/** A saved search and the address it leads to. Pure. */
import type { SavedQuery } from '#shared/model/saved-search.ts';
import { LAST, type Range, rangeInto } from '../../client/range.ts';
import { chipsOf } from './chips.ts';
import { type Asked, askedOf, filterOf, writeAsked } from './filter-url.ts';

export function queryOf(asked: Asked, environment: string, range: Range): SavedQuery {
  const { from: _from, to: _to, ...filter } = filterOf(asked, environment, {});
  return { text: asked.text.trim(), filter, sort: asked.sort, range };
}

export function pathOfQuery(query: SavedQuery): string {
  const search = new URLSearchParams();
  if (query.filter.environment !== undefined) search.set('env', query.filter.environment);
  rangeInto(search, query.range);
  // Said even where it is the usual one: else the range that is looked at now would stay.
  const { range } = query;
  const last = range.kind === 'last' ? LAST.find((one) => one.ms === range.ms) : undefined;
  if (last) search.set('range', last.id);
  return `/conversations?${writeAsked(search, askedOf(query.text, query.filter, query.sort))}`;
}

/** What a saved search asks, in one line. */
export function queryWords(query: SavedQuery): string {
  const asked = askedOf(query.text, query.filter, query.sort);
  const parts = [
    ...(query.text === '' ? [] : [`“${query.text}”`]),
    ...chipsOf(asked).map(({ kind, value }) => (kind === '' ? value : `${kind} ${value}`)),
    ...(query.sort === 'newest' ? [] : [`${query.sort} first`]),
  ];
  return parts.length === 0 ? 'everything' : parts.join(' · ');
}
