import { useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import type { ActionRequest } from '#shared/model/action.ts';
import { call } from './client.ts';
import { operationKey, useOperation } from './query.ts';

/** A plan older than this is computed again when it is looked at; the core refuses a moved state anyway. */
export const PLAN_FRESH_MS = 20_000;

/** Computes the plan for a request before a person asks for it. */
export function usePrefetchPlan(request: ActionRequest | null): () => void {
  const queries = useQueryClient();
  return useCallback(() => {
    if (!request) return;
    void queries.prefetchQuery({
      queryKey: operationKey('actions.plan', { request }),
      queryFn: ({ signal }) => call('actions.plan', { request }, signal),
      staleTime: PLAN_FRESH_MS,
    });
  }, [queries, request]);
}

export function usePlan(request: ActionRequest) {
  return useOperation('actions.plan', { request }, { freshMs: PLAN_FRESH_MS });
}

/** The request that a suggestion of the overview stands for. */
export function requestOf(
  service: string,
  environment: string,
  suggestion: { kind: 'rollback' | 'kill_switch'; toVersion: string | null },
): ActionRequest {
  if (suggestion.kind === 'kill_switch') {
    return { kind: 'kill_switch', service, environment, on: false };
  }
  return {
    kind: 'rollback',
    service,
    environment,
    ...(suggestion.toVersion === null ? {} : { to: suggestion.toVersion }),
  };
}
