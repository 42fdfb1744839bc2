/** The turns of one conversation, read page by page as they come into view. */
import { keepPreviousData, useQueries, useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { Turn } from '#shared/model/conversation.ts';
import { call, useOperation } from '../../client/index.ts';

export const PAGE_TURNS = 200;
const KEY = 'conversation.page';

export interface ConversationId {
  id: string;
  service?: string;
  environment?: string;
}

/** Null = not read yet. */
export type TurnAt = (index: number) => Turn | null;

/**
 * The summary is read again with every change of conversations; the turns, which may be megabytes, only when
 * their revision shows that they changed.
 */
export function useConversation(which: ConversationId) {
  const head = useOperation('conversations.read', { ...which, firstTurn: 0, maxTurns: 0 });
  const summary = head.data?.conversation.summary;
  const queries = useQueryClient();
  const [wanted, setWanted] = useState<readonly number[]>([0]);
  const changed = summary ? `${summary.key} ${head.data?.revision}` : '';
  const known = useRef(changed);
  useEffect(() => {
    if (known.current !== '' && known.current !== changed) {
      void queries.invalidateQueries({ queryKey: [KEY, which.id] });
    }
    known.current = changed;
  }, [changed, queries, which.id]);

  const { data: marked, error: marksError } = useQuery({
    queryKey: ['conversation.marks', summary?.key, head.data?.revision],
    queryFn: ({ signal }) => call('conversations.marks', { key: summary?.key ?? 0 }, signal),
    placeholderData: keepPreviousData,
    enabled: summary !== undefined,
  });

  const pages = useQueries({
    queries: wanted.map((page) => ({
      queryKey: [KEY, which.id, which.service ?? '', which.environment ?? '', page],
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        call(
          'conversations.read',
          { ...which, firstTurn: page * PAGE_TURNS, maxTurns: PAGE_TURNS },
          signal,
        ),
      placeholderData: keepPreviousData,
      enabled: summary !== undefined,
    })),
    combine: (results) => ({
      error: results.find((one) => one.error)?.error ?? null,
      turns: results.map((one) => one.data?.conversation.turns),
    }),
  });

  const want = useCallback((first: number, last: number) => {
    const from = Math.floor(Math.max(0, first) / PAGE_TURNS);
    const to = Math.floor(Math.max(0, last) / PAGE_TURNS);
    setWanted((now) => {
      const missing = [];
      for (let page = from; page <= to; page++) if (!now.includes(page)) missing.push(page);
      return missing.length > 0 ? [...now, ...missing] : now;
    });
  }, []);

  const byPage = useMemo(
    () => new Map(wanted.map((page, at) => [page, pages.turns[at]])),
    [wanted, pages.turns],
  );
  const turnAt = useCallback<TurnAt>(
    (index) => byPage.get(Math.floor(index / PAGE_TURNS))?.[index % PAGE_TURNS] ?? null,
    [byPage],
  );
  return {
    head,
    summary,
    turnAt,
    want,
    /** Null = not read yet. */
    marks: marked?.marks ?? null,
    pageError: pages.error ?? marksError,
    pageOf: byPage,
  };
}
