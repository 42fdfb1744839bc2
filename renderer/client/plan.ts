import { type UseMutationOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useRef, useState } from 'react';
import type { FlagRow, ModelRow } from '#shared/contract/flags.ts';
import type { Input, Output } from '#shared/contract/index.ts';
import { NightdeskError } from '#shared/errors/index.ts';
import type { ActionRequest, Drilled, Plan, SingleRequest } from '#shared/model/action.ts';
import type { Alert } from '#shared/model/alert.ts';
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

/** `anew` reads the world again, also where the core had computed the plan ahead. */
export function usePlan(request: ActionRequest) {
  const queries = useQueryClient();
  const asked = useOperation('actions.plan', { request }, { freshMs: PLAN_FRESH_MS });
  const [reading, setReading] = useState(false);
  const anew = useCallback(async () => {
    setReading(true);
    try {
      await queries.fetchQuery({
        queryKey: operationKey('actions.plan', { request }),
        queryFn: ({ signal }) => call('actions.plan', { request, fresh: true }, signal),
        staleTime: 0,
      });
    } catch {
      // The query holds the error, and the dialog shows it.
    } finally {
      setReading(false);
    }
  }, [queries, request]);
  return { ...asked, anew, isFetching: asked.isFetching || reading };
}

/** Calls `moved` whenever the action that blocks a plan has come further, or has ended. */
export function useInTheWay({ blockers }: Pick<Plan, 'blockers'>, moved: () => void): void {
  const id = blockers.find(({ action }) => action !== undefined)?.action;
  const asked = useOperation('actions.read', { id: id ?? '' }, { enabled: id !== undefined });
  const action = id === undefined ? undefined : asked.data?.action;
  const stands = action && [action.endedAt, ...action.steps.map(({ state }) => state)].join();
  const isOver = action?.endedAt != null;
  const before = useRef<string>(undefined);
  useEffect(() => {
    const known = before.current;
    before.current = stands;
    // It may have ended before it is read for the first time.
    if (stands !== undefined && (known === undefined ? isOver : known !== stands)) moved();
  }, [stands, isOver, moved]);
}

/** `actions.execute` of a plan, which may also have been sent before. */
export function useSendPlan(
  { environment }: Pick<Plan, 'environment'>,
  options: Pick<
    UseMutationOptions<Output<'actions.execute'>, NightdeskError, Input<'actions.execute'>>,
    'onMutate' | 'onError' | 'onSuccess'
  >,
) {
  return useMutation({
    mutationKey: ['actions.execute'],
    ...options,
    mutationFn: (confirmed: Input<'actions.execute'>) => send(confirmed, environment),
  });
}

/**
 * The core makes one action of a plan, however often it is sent. One that has begun anew since the answer got lost does not
 * know the plan; its journal tells what became of it.
 */
async function send(confirmed: Input<'actions.execute'>, environment: string) {
  try {
    return await call('actions.execute', confirmed);
  } catch (error) {
    if (!(error instanceof NightdeskError && error.code === 'not_found')) throw error;
    const { actions } = await call('actions.list', { environment });
    const action = actions.find(({ plan }) => plan.id === confirmed.plan);
    if (action === undefined) throw error;
    return { action };
  }
}

/** How long an alert can be kept quiet with one press. */
export const SILENCE_MS = {
  '30m': 30 * 60_000,
  '1h': 3_600_000,
  '4h': 4 * 3_600_000,
  '24h': 24 * 3_600_000,
  /** The longest that the core takes. */
  '7d': 7 * 24 * 3_600_000,
} as const;

/** Keeps an alert quiet for an hour, unless the dialog says otherwise. */
export function silenceOf(
  alert: Pick<Alert, 'source' | 'fingerprint' | 'environment'>,
): SingleRequest {
  const { source, fingerprint, environment } = alert;
  return { kind: 'silence', source, alert: fingerprint, environment, until: silenceUntil('1h') };
}

/** To the full minute, so that the same press within a moment is the same request. */
export function silenceUntil(length: keyof typeof SILENCE_MS): number {
  return Math.ceil((Date.now() + SILENCE_MS[length]) / 60_000) * 60_000;
}

export type WayBack = Pick<ModelRow, 'version' | 'part' | 'lastSeenAt'>;

/**
 * Where a service can be rolled back to: the stable version first, then those that ran before and that the flag still
 * offers, the latest first. Not the candidate: more users for it are a ramp, which has a gate. Not what serves now
 * beside stable: that is what is left behind.
 */
export function waysBack(
  models: readonly ModelRow[],
  flags: readonly FlagRow[],
  service: string,
): WayBack[] {
  const flag = flags.find(({ roles }) =>
    roles.some((one) => one.role === 'model' && one.service === service),
  );
  const offered = new Set(
    [flag?.state, ...(flag?.state.strategies ?? [])].flatMap(
      (one) => one?.variants.map(({ name }) => name) ?? [],
    ),
  );
  const own = models.filter((one) => one.service === service);
  const ran = own.filter(
    ({ part, version, rollout, firstSeenAt }) =>
      part === 'other' && offered.has(version) && firstSeenAt !== null && !rollout,
  );
  return [
    ...own.filter(({ part }) => part === 'stable'),
    ...ran.sort((a, b) => (b.lastSeenAt ?? 0) - (a.lastSeenAt ?? 0)),
  ];
}

/** As a path is called in "the drill of …". */
export const DRILL_PATH = { rollback: 'rollback', kill_switch: 'kill switch' } as const;

/** Said with the reason, where there is nothing to drill. */
export const UNDRILLABLE = 'cannot be drilled now';

/** Carries a path out on trial; null where that is nowhere. */
export function drillOf({
  service,
  environment,
  drill,
}: Pick<Drilled, 'service' | 'environment' | 'drill'>): ActionRequest | null {
  return environment === null ? null : { kind: 'drill', service, environment, drill };
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
