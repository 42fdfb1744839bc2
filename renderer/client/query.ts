import {
  keepPreviousData,
  QueryClient,
  type UseMutationOptions,
  type UseMutationResult,
  type UseQueryResult,
  useMutation,
  useQuery,
} from '@tanstack/react-query';
import type { Input, OperationName, Output, Topic } from '#shared/contract/index.ts';
import type { ErrorCode, NightdeskError } from '#shared/errors/index.ts';
import { call, subscribe } from './client.ts';
import { useConnection } from './connection.ts';
import { isTouched } from './topics.ts';

declare module '@tanstack/react-query' {
  interface Register {
    defaultError: NightdeskError;
  }
}

/** Changes come in bursts; views read again at most this often. Milliseconds. */
const GATHER_MS = 400;

export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        // The core tells when something changed; nothing goes stale by the clock alone.
        staleTime: Number.POSITIVE_INFINITY,
        gcTime: 10 * 60_000,
        refetchOnWindowFocus: false,
        refetchOnReconnect: false,
        networkMode: 'always',
        // Sources are retried by the core. A view that failed is read again on the next change or by hand.
        retry: false,
      },
      mutations: { networkMode: 'always' },
    },
  });
}

/** Invalidates what the core says has changed. Returns how to stop. */
export function followChanges(queries: QueryClient): () => void {
  let gathered = new Set<Topic>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const flush = () => {
    timer = undefined;
    const topics = gathered;
    gathered = new Set();
    void queries.invalidateQueries({
      predicate: (query) => isTouched(String(query.queryKey[0]), topics),
    });
    // A plan that nobody looks at is made anew; one that is looked at does not change under a person's hands.
    if (topics.has('actions'))
      queries.removeQueries({ queryKey: ['actions.plan'], type: 'inactive' });
  };
  const stop = subscribe((event) => {
    if (event.type !== 'changed') return;
    for (const topic of event.topics) gathered.add(topic);
    timer ??= setTimeout(flush, GATHER_MS);
  });
  // While the line was down events were missed.
  const unwatch = useConnection.subscribe((now, before) => {
    if (now.openings > before.openings && now.openings > 1) void queries.invalidateQueries();
  });
  return () => {
    stop();
    unwatch();
    clearTimeout(timer);
  };
}

export function operationKey<K extends OperationName>(operation: K, input: Input<K>) {
  return [operation, input] as const;
}

export interface OperationOptions {
  /** False: do not ask (yet). */
  enabled?: boolean;
  /** Keep showing the answer to the previous input while the next one is on its way. */
  keepPrevious?: boolean;
  /** Ask again every so many milliseconds, beside the core's own events. */
  everyMs?: number | false;
  /** How long an answer counts as fresh by the clock; without it, until the core says otherwise. */
  freshMs?: number;
}

/**
 * The answer to one read operation, kept fresh by the core's `changed` events.
 * A failed re-read keeps the old answer (`data` beside `error`): show it, and say so.
 */
export function useOperation<K extends OperationName>(
  operation: K,
  input: Input<K>,
  options: OperationOptions = {},
): UseQueryResult<Output<K>, NightdeskError> {
  const query = {
    queryKey: operationKey(operation, input),
    queryFn: ({ signal }: { signal: AbortSignal }) => call(operation, input, signal),
    enabled: options.enabled ?? true,
    refetchInterval: options.everyMs ?? (false as const),
    staleTime: options.freshMs ?? Number.POSITIVE_INFINITY,
  };
  return useQuery(options.keepPrevious ? { ...query, placeholderData: keepPreviousData } : query);
}

/** A call that a person sets off: mutations, checks, exports. */
export function useAct<K extends OperationName>(
  operation: K,
  options: Omit<UseMutationOptions<Output<K>, NightdeskError, Input<K>>, 'mutationFn'> = {},
): UseMutationResult<Output<K>, NightdeskError, Input<K>> {
  return useMutation({
    mutationKey: [operation],
    ...options,
    mutationFn: (input: Input<K>) => call(operation, input),
  });
}

const NO_ANSWER: ReadonlySet<ErrorCode> = new Set(['unreachable', 'timeout', 'bad_answer']);

/** No answer of the core has come: what a person set off may have been done all the same. */
export function isUnanswered({ code }: NightdeskError): boolean {
  return NO_ANSWER.has(code);
}
