/** The steps of one turn: the first of them at once, all of a long trace behind them. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { SpanOutline } from '#shared/model/conversation.ts';
import { call } from '../../client/index.ts';

/** More than a person sees before the rest is here. */
const FIRST_STEPS = 1000;
const MOST_STEPS = 50_000;

interface Read {
  revision: string;
  spans: SpanOutline[];
  total: number;
}

export function useSteps(traceId: string | null) {
  const first = useRead(traceId, FIRST_STEPS, true);
  const more = (first.data?.total ?? 0) > FIRST_STEPS;
  const all = useRead(traceId, MOST_STEPS, more);
  return { answer: more && all.data ? all : first, coming: more && !all.data && !all.error };
}

/** Asked again with every change of conversations; what did not change is not sent again. */
function useRead(traceId: string | null, limit: number, enabled: boolean) {
  const queries = useQueryClient();
  const queryKey = ['conversations.spans', traceId, limit];
  return useQuery({
    queryKey,
    queryFn: async ({ signal }): Promise<Read> => {
      const known = queries.getQueryData<Read>(queryKey);
      const { revision, spans, total } = await call(
        'conversations.spans',
        { traceId: traceId ?? '', limit, ...(known ? { revision: known.revision } : {}) },
        signal,
      );
      if (spans !== null) return { revision, spans, total };
      return known ?? { revision: '', spans: [], total };
    },
    enabled: enabled && traceId !== null,
    // Comparing 50,000 steps one by one would cost more than drawing them.
    structuralSharing: false,
  });
}
