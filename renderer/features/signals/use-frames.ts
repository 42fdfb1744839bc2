import { keepPreviousData, useQueries, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { FrameSeries, SignalDefinition } from '#shared/model/signal.ts';
import { call, type Range, rangeAt } from '../../client/index.ts';
import { useNow } from '../../ui/now.ts';

/** The contract takes at most this many signals a question. */
const AT_ONCE = 12;
/** Points per line: more than the pixels of a small chart tell nothing. */
const POINTS = 240;
const NONE: readonly FrameSeries[] = [];

/**
 * All signals of one service over the range. What ends now moves on in steps of what one point stands for, so
 * that twenty charts are drawn again only when there is something to see.
 */
export function useFrames(
  signals: readonly SignalDefinition[],
  environment: string,
  service: string,
  range: Range,
) {
  const span = range.kind === 'last' ? range.ms : range.to - range.from;
  const stepS = range.kind === 'last' ? Math.max(5, Math.round(span / POINTS / 1000)) : 3600;
  const now = useNow(stepS);
  const end = Math.ceil(now / (stepS * 1000)) * stepS * 1000;
  const { from, to } = rangeAt(range, end);
  const ids = signals.map((signal) => signal.id).join(' ');
  const chunks = useMemo(() => {
    const all = ids === '' ? [] : ids.split(' ');
    return Array.from({ length: Math.ceil(all.length / AT_ONCE) }, (_, at) =>
      all.slice(at * AT_ONCE, (at + 1) * AT_ONCE),
    );
  }, [ids]);
  const query = (wanted: readonly string[]) => ({
    queryKey: ['signals.frames', environment, service, wanted, from, to],
    queryFn: ({ signal }: { signal: AbortSignal }) =>
      call(
        'signals.query',
        {
          signals: [...wanted],
          environment,
          services: [service],
          from,
          to,
          maxPoints: POINTS,
        },
        signal,
      ),
    enabled: environment !== '' && service !== '' && wanted.length > 0,
    gcTime: 30_000,
    placeholderData: keepPreviousData,
  });
  // Two questions at most for the default signals, so that each keeps its last answer while the next is asked.
  const first = useQuery(query(chunks[0] ?? []));
  const second = useQuery(query(chunks[1] ?? []));
  const rest = useQueries({
    queries: chunks.slice(2).map(query),
    combine: (results) => results.map((one) => one.data),
  });
  const answers = [first.data, second.data, ...rest];
  const series = useMemo(() => {
    const all = [first.data, second.data, ...rest].flatMap((one) => one?.frame.series ?? NONE);
    return all.filter((one) => one.service === service);
  }, [first.data, second.data, rest, service]);
  const newest = series.reduce((most, one) => Math.max(most, one.ts.at(-1) ?? 0), 0);
  return {
    series,
    from,
    to,
    loading: first.data === undefined && !first.error,
    error: first.error ?? second.error,
    answered: first.data !== undefined,
    again: () => void first.refetch(),
    freshness: first.data?.freshness,
    resolution: answers.find((one) => one !== undefined)?.frame.resolution ?? null,
    newest: newest > 0 ? newest : null,
  };
}
