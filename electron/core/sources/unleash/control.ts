/** Reading, changing and evaluating flags in Unleash. Every method throws NightdeskError. */

import { z } from 'zod';
import type { FlagControl, FlagWrite, Served } from '#core/sources/connector.ts';
import type { Http } from '#core/sources/http.ts';
import { parseJson } from '#core/sources/http-answer.ts';
import { NightdeskError } from '#shared/errors/index.ts';
import type { FlagState, Strategy } from '#shared/model/flag.ts';
import { sameFlagState } from '#shared/util/flag-state.ts';
import { otherWriter } from './at-once.ts';
import { evaluateAsClient } from './evaluate.ts';
import { isPartOf, problemsOf, type Step, stepsBetween } from './steps.ts';
import {
  toFlagState,
  WireChangeRequests,
  WireClientFeatures,
  type WireEnvironment,
  WireEvent,
  WireEventPage,
  WireFeature,
  WireUser,
} from './wire.ts';

/** The newest may be of another environment. */
const LAST_EVENTS = 10;
/**
 * What Unleash's own client library says it understands. The server answers each kind of question from a cache of its
 * own, which turns over by itself: asked in another way it shows a change that no client is served yet.
 */
const CLIENT_SPEC = '5.2.0';

export interface UnleashApi {
  http: Http;
  project: string;
  /** The console's name of an environment → Unleash's. Throws `not_found` when it is not configured. */
  environmentName: (environment: string) => string;
  /** The client token of an environment, or null when none is configured. Throws when it is not found. */
  clientToken: (environment: string) => Promise<string | null>;
}

export function featurePath(project: string, flag: string): string {
  return `/api/admin/projects/${encodeURIComponent(project)}/features/${encodeURIComponent(flag)}`;
}

export function createControl(api: UnleashApi): FlagControl {
  const { http, project } = api;
  const lastServed = new Map<string, { etag: string; served: WireClientFeatures }>();

  async function read(flag: string, environment: string, signal: AbortSignal): Promise<FlagState> {
    const name = api.environmentName(environment);
    const feature = await http.json(featurePath(project, flag), WireFeature, { signal });
    if (feature.archived) {
      throw new NightdeskError('not_found', `The flag ${flag} is archived in Unleash.`);
    }
    const found = feature.environments.find((one: WireEnvironment) => one.name === name);
    if (found === undefined) {
      throw new NightdeskError(
        'not_found',
        `The flag ${flag} has no environment ${name} in Unleash.`,
      );
    }
    return toFlagState(found);
  }

  async function write(change: FlagWrite, signal: AbortSignal): Promise<void> {
    const problems = problemsOf(change.to);
    if (problems.length > 0) {
      throw new NightdeskError('bad_input', `Not sent: ${problems.join('; ')}.`, {
        detail: { problems, sent: 0 },
      });
    }
    const present = await beforeSending(read(change.flag, change.environment, signal));
    if (!sameFlagState(present, change.from)) {
      throw new NightdeskError('conflict', `The flag ${change.flag} is not as it was planned on.`, {
        detail: { expected: change.from, present, sent: 0 },
      });
    }
    await change.ready();
    await send(change.flag, change.environment, stepsBetween(present, change.to), signal);
  }

  /** Newest first; those of another environment are left out. */
  async function lastEvents(flag: string, environment: string, limit: number, signal: AbortSignal) {
    const name = api.environmentName(environment);
    const { events } = await http.json('/api/admin/search/events', WireEventPage, {
      query: { project: `IS:${project}`, feature: `IS:${flag}`, limit },
      signal,
    });
    return events.flatMap((value) => {
      const event = WireEvent.safeParse(value);
      return event.success && (event.data.environment ?? name) === name ? [event.data] : [];
    });
  }

  /** By Unleash's own history, in which everything done from here stands under the token's user. */
  async function lastChange(flag: string, environment: string, signal: AbortSignal) {
    const [event] = await lastEvents(flag, environment, LAST_EVENTS, signal);
    if (event === undefined) return null;
    return { by: event.createdBy ?? '', at: new Date(event.createdAt).getTime() };
  }

  async function findOtherWriter(
    { flag, environment, from, to }: Pick<FlagWrite, 'flag' | 'environment' | 'from' | 'to'>,
    signal: AbortSignal,
  ) {
    const own = stepsBetween(from, to);
    const limit = LAST_EVENTS + 2 * own.length;
    const [events, { user }] = await Promise.all([
      lastEvents(flag, environment, limit, signal),
      http.json('/api/admin/user', WireUser, { signal }),
    ]);
    const inIt = events.filter((event) => event.environment);
    const me = user?.email || user?.username;
    return me ? otherWriter(inIt, own, me) : null;
  }

  /** Only some editions answer this; of the others it is learnt by the first write. */
  async function approval(environment: string, signal: AbortSignal) {
    const name = api.environmentName(environment);
    const path = `/api/admin/projects/${encodeURIComponent(project)}/change-requests/config`;
    try {
      const all = await http.json(path, WireChangeRequests, { signal });
      const found = all.find((one) => one.environment === name);
      if (found === undefined) return null;
      const needed = found.changeRequestEnabled;
      const count = found.requiredApprovals ?? 1;
      const how = needed
        ? `Unleash asks for ${count} approval${count === 1 ? '' : 's'} of a change request in ${name}.`
        : `Unleash asks for no change request in ${name}.`;
      return { needed, how };
    } catch (error) {
      const untold =
        error instanceof NightdeskError && ['not_found', 'forbidden'].includes(error.code);
      if (untold) return null;
      throw error;
    }
  }

  async function send(flag: string, environment: string, steps: Step[], signal: AbortSignal) {
    const name = api.environmentName(environment);
    const base = `${featurePath(project, flag)}/environments/${encodeURIComponent(name)}`;
    const added = new Map<number, string>();
    for (const [sent, step] of steps.entries()) {
      try {
        await sendOne(base, step, added, signal);
      } catch (error) {
        throw whileSending(error, sent, environment);
      }
    }
  }

  async function sendOne(
    base: string,
    step: Step,
    added: Map<number, string>,
    signal: AbortSignal,
  ) {
    switch (step.call) {
      case 'on':
      case 'off':
        await http.raw(`${base}/${step.call}`, { method: 'POST', signal });
        return;
      case 'add': {
        const body = {
          ...strategyBody(step.strategy),
          sortOrder: step.strategy.sortOrder ?? step.place,
        };
        const answer = await http.json(`${base}/strategies`, z.object({ id: z.string() }), {
          method: 'POST',
          body,
          signal,
        });
        added.set(step.place, answer.id);
        return;
      }
      case 'update':
        await http.raw(`${base}/strategies/${encodeURIComponent(step.id)}`, {
          method: 'PUT',
          body: strategyBody(step.strategy),
          signal,
        });
        return;
      case 'remove':
        await http.raw(`${base}/strategies/${encodeURIComponent(step.id)}`, {
          method: 'DELETE',
          signal,
        });
        return;
      case 'order':
        await http.raw(`${base}/strategies/set-sort-order`, {
          method: 'POST',
          body: step.of.map((id, sortOrder) => ({
            id: typeof id === 'string' ? id : added.get(id),
            sortOrder,
          })),
          signal,
        });
        return;
      case 'variants':
        await http.raw(`${base}/variants`, { method: 'PUT', body: step.variants, signal });
    }
  }

  /** A 403 that an approval workflow causes is not a lack of rights: that call changed nothing, and a person must ask. */
  function whileSending(error: unknown, sent: number, environment: string): unknown {
    if (!(error instanceof NightdeskError)) return error;
    const detail = { ...error.detail, sent, sending: true };
    if (error.code === 'forbidden' && /SKIP_CHANGE_REQUEST|change.?request/i.test(error.message)) {
      const unchanged = sent === 0 ? ': nothing was changed' : '';
      return new NightdeskError(
        'pending_approval',
        `Unleash asks for a change request in ${environment}${unchanged}. Open one and have it approved.`,
        {
          detail: {
            ...detail,
            link: `${http.address}/projects/${encodeURIComponent(project)}/change-requests`,
          },
          cause: error,
        },
      );
    }
    return new NightdeskError(error.code, error.message, {
      retryable: error.retryable,
      detail,
      cause: error,
    });
  }

  async function fetchServed(
    environment: string,
    signal: AbortSignal,
  ): Promise<WireClientFeatures> {
    const token = await api.clientToken(environment);
    if (token === null) {
      throw new NightdeskError(
        'unsupported',
        `No client token is configured for ${environment} (environments.${environment}.clientSecret), so what clients get cannot be evaluated.`,
      );
    }
    const last = lastServed.get(environment);
    const answer = await http.raw('/api/client/features', {
      headers: {
        accept: 'application/json',
        authorization: token,
        'unleash-client-spec': CLIENT_SPEC,
        ...(last === undefined ? {} : { 'if-none-match': last.etag }),
      },
      signal,
    });
    if (answer.status === 304 && last !== undefined) return last.served;
    const served = parseJson(answer.text, WireClientFeatures, 'GET /api/client/features', answer);
    const etag = answer.headers.get('etag');
    if (etag !== null) lastServed.set(environment, { etag, served });
    return served;
  }

  async function evaluate(
    flag: string,
    environment: string,
    probes: number,
    signal: AbortSignal,
  ): Promise<Served> {
    const served = await fetchServed(environment, signal);
    return evaluateAsClient(served, flag, api.environmentName(environment), probes);
  }

  return { read, write, isPartOf, evaluate, lastChange, otherWriter: findOtherWriter, approval };
}

/** Nothing was sent yet when this fails, which whoever asked must be able to know. */
async function beforeSending<T>(run: Promise<T>): Promise<T> {
  try {
    return await run;
  } catch (error) {
    if (!(error instanceof NightdeskError)) throw error;
    throw new NightdeskError(error.code, error.message, {
      retryable: error.retryable,
      detail: { ...error.detail, sent: 0, sending: false },
      cause: error,
    });
  }
}

/** Always with the variants: without them a PUT erases them. An empty title clears it, null would keep it. */
function strategyBody(strategy: Strategy) {
  return {
    name: strategy.name,
    title: strategy.title ?? '',
    disabled: strategy.disabled ?? false,
    parameters: strategy.parameters,
    constraints: strategy.constraints,
    segments: strategy.segments,
    variants: strategy.variants,
  };
}
