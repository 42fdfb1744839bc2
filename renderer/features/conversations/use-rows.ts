/** Rows of a search of any length, read in pages as they are scrolled into view. */
import { keepPreviousData, useQueries, useQuery } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useState } from 'react';
import type { Input, Output } from '#shared/contract/index.ts';
import { call } from '../../client/index.ts';

export const PAGE_ROWS = 100;
export type SearchRow = Output<'conversations.search'>['rows'][number];
export type Search = Pick<Input<'conversations.search'>, 'text' | 'filter' | 'sort'>;

/** Null = not read yet. */
export type RowAt = (index: number) => SearchRow | null;

/**
 * The list holds still while one reads in it: `search` carries the moment it is asked for as the end of its
 * range. What is newer is counted apart.
 */
export function useRows(search: Search, enabled: boolean) {
  const [wanted, setWanted] = useState<readonly number[]>([]);
  const key = JSON.stringify(search);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another search begins at the top
  useEffect(() => setWanted([]), [key]);
  const pageQuery = (page: number) => ({
    queryKey: ['conversations.rows', search, page],
    queryFn: ({ signal }: { signal: AbortSignal }) =>
      call(
        'conversations.search',
        { ...search, limit: PAGE_ROWS, offset: page * PAGE_ROWS },
        signal,
      ),
    enabled,
    gcTime: 30_000,
  });
  // The head is carried over from one search to the next, so that the list does not blink.
  const first = useQuery({ ...pageQuery(0), placeholderData: keepPreviousData });
  const pages = useQueries({
    queries: wanted.map(pageQuery),
    combine: (results) => ({
      answers: results.map((one) => one.data),
      error: results.find((one) => one.error)?.error ?? null,
    }),
  });

  const want = useCallback((from: number, to: number) => {
    const firstPage = Math.floor(Math.max(0, from - PAGE_ROWS / 2) / PAGE_ROWS);
    const lastPage = Math.floor((to + PAGE_ROWS / 2) / PAGE_ROWS);
    setWanted((now) => {
      const near: number[] = [];
      for (let page = Math.max(1, firstPage); page <= lastPage; page++) near.push(page);
      const same = near.length === now.length && near.every((page, at) => page === now[at]);
      return same ? now : near;
    });
  }, []);

  const byPage = useMemo(
    () =>
      new Map([[0, first.data], ...wanted.map((page, at) => [page, pages.answers[at]] as const)]),
    [first.data, wanted, pages.answers],
  );
  const rowAt = useCallback<RowAt>(
    (index) => byPage.get(Math.floor(index / PAGE_ROWS))?.rows[index % PAGE_ROWS] ?? null,
    [byPage],
  );
  /** Where a conversation stands among those that are read; -1 where it does not. */
  const indexOf = useCallback(
    (key: number) => {
      for (const [page, answer] of byPage) {
        const at = answer?.rows.findIndex((row) => row.key === key) ?? -1;
        if (at >= 0) return page * PAGE_ROWS + at;
      }
      return -1;
    },
    [byPage],
  );
  const loaded = useMemo(() => [...byPage.values()].flatMap((page) => page?.rows ?? []), [byPage]);
  return {
    loaded,
    head: first.data,
    rowAt,
    indexOf,
    want,
    total: totalOf([...byPage], first.data),
    error: first.error ?? pages.error,
    again: () => void first.refetch(),
  };
}

/** Where counting stopped early, there is at least one page more than what has been read in full. */
function totalOf(
  pages: readonly [number, Output<'conversations.search'> | undefined][],
  head: Output<'conversations.search'> | undefined,
): number {
  let total = head?.total ?? 0;
  for (const [page, answer] of pages) {
    if (!answer) continue;
    total = Math.max(total, answer.total);
    const seen = page * PAGE_ROWS + answer.rows.length;
    if (answer.rows.length === PAGE_ROWS && answer.totalIs === 'atLeast') {
      total = Math.max(total, seen + PAGE_ROWS);
    } else if (answer.rows.length < PAGE_ROWS && answer.rows.length > 0) total = seen;
  }
  return total;
}
