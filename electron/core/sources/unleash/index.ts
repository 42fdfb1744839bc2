/** Flags, their history, and control over them, in an Unleash server. See README.md for the calls. */
import PQueue from 'p-queue';
import { z } from 'zod';
import type { Batch, Connector } from '#core/sources/connector.ts';
import type { SourceContext } from '#core/sources/context.ts';
import { createHttp } from '#core/sources/http.ts';
import { requireSecret } from '#core/sources/secret.ts';
import { NightdeskError } from '#shared/errors/index.ts';
import type { SourceConfigOf } from '#shared/model/config.ts';
import type { Flag } from '#shared/model/flag.ts';
import { durationMs } from '#shared/util/duration.ts';
import { checkUnleash } from './check.ts';
import { createControl, featurePath, type UnleashApi } from './control.ts';
import { toFlagEvents } from './history.ts';
import { toFlagState, WireEvent, WireEventPage, WireFeature, WireFeatureList } from './wire.ts';

const DEFAULT_EVERY = '15s';
const CONCURRENCY = 4;
const PAGE = 200;
/** How much history the first pull reads. */
const FIRST_EVENTS = 2000;
/** Details are read again when events name the flag, and all of them this often in case an event was missed. */
const REFRESH_MS = 10 * 60_000;

const Cursor = z.object({ event: z.number() });

export function createUnleashConnector(
  config: SourceConfigOf<'unleash'>,
  ctx: SourceContext,
): Connector {
  const secret = (name: string) => requireSecret(ctx.secrets, name, `the source ${config.id}`);
  const http = createHttp({
    base: config.url,
    timeoutMs: durationMs(config.timeout ?? '10s'),
    headers: async () => ({ authorization: await secret(config.secret) }),
  });
  const configured = (environment: string) => {
    const found = config.environments[environment];
    if (found !== undefined) return found;
    throw new NightdeskError(
      'not_found',
      `The source ${config.id} has no environment ${environment} in the configuration.`,
    );
  };
  const api: UnleashApi = {
    http,
    project: config.project,
    environmentName: (environment) => configured(environment).name,
    async clientToken(environment) {
      const name = configured(environment).clientSecret;
      return name === undefined ? null : secret(name);
    },
  };

  /** What is known of each flag since it last had an event. */
  const features = new Map<string, WireFeature>();
  let refreshedAt: number | null = null;

  async function* pull(cursor: string | null, signal: AbortSignal): AsyncIterable<Batch> {
    const since = readCursor(cursor);
    const rejected = new Map<string, number>();
    const reject = (reason: string) => rejected.set(reason, (rejected.get(reason) ?? 0) + 1);

    const list = await http.json(
      `/api/admin/projects/${encodeURIComponent(config.project)}/features`,
      WireFeatureList,
      { signal },
    );
    const events = await readEvents(since, signal, reject);
    const names = new Set(list.features.map((feature) => feature.name));
    for (const known of features.keys()) if (!names.has(known)) features.delete(known);

    const now = ctx.clock.now();
    const age = refreshedAt === null ? Number.POSITIVE_INFINITY : now - refreshedAt;
    const all = age >= REFRESH_MS || age < 0;
    const touched = new Set(events.map((event) => event.featureName));
    const wanted = [...names].filter((name) => all || !features.has(name) || touched.has(name));
    await readFeatures(wanted, signal, reject);
    if (all) refreshedAt = now;

    // By name, not in the order in which the answers came.
    const flags = [...names].sort().flatMap((name) => {
      const feature = features.get(name);
      return feature === undefined ? [] : toFlags(feature);
    });
    const present = new Map(
      flags.map((flag) => [`${flag.environment}\u0000${flag.key}`, flag.state]),
    );
    for (const [environment, { name }] of Object.entries(config.environments)) {
      if (flags.length > 0 && !flags.some((flag) => flag.environment === environment)) {
        reject(`no flag of the project has the environment ${name}`);
      }
    }
    const newest = events[0]?.id ?? since;
    yield {
      flags,
      flagEvents: toFlagEvents({
        source: config.id,
        environments: config.environments,
        events,
        present: (flag, environment) => present.get(`${environment}\u0000${flag}`) ?? null,
      }),
      ...(newest === null ? {} : { cursor: JSON.stringify({ event: newest }) }),
      ...(rejected.size === 0
        ? {}
        : { rejected: [...rejected].map(([reason, count]) => ({ reason, count })) }),
    };
  }

  /** Newer than `since`, newest first. */
  async function readEvents(
    since: number | null,
    signal: AbortSignal,
    reject: (reason: string) => void,
  ): Promise<WireEvent[]> {
    // By number: a page can move by one when an event arrives in between.
    const events = new Map<number, WireEvent>();
    let met = false;
    for (let offset = 0; offset < FIRST_EVENTS && !met; offset += PAGE) {
      const page = await http.json('/api/admin/search/events', WireEventPage, {
        query: { project: `IS:${config.project}`, limit: PAGE, offset },
        signal,
      });
      for (const value of page.events) {
        const { success, data } = WireEvent.safeParse(value);
        if (success && data.id > (since ?? 0)) events.set(data.id, data);
        // Events are listed by the beginnings of their transactions: a newer one may come after it.
        else if (success) met = true;
        else if (!met) reject('an event that does not fit its schema');
      }
      if (page.events.length < PAGE) break;
    }
    return [...events.values()].sort((a, b) => b.id - a.id);
  }

  async function readFeatures(
    names: string[],
    signal: AbortSignal,
    reject: (reason: string) => void,
  ): Promise<void> {
    const queue = new PQueue({ concurrency: CONCURRENCY });
    const failures: unknown[] = [];
    for (const name of names) {
      void queue.add(async () => {
        if (failures.length > 0) return;
        try {
          features.set(
            name,
            await http.json(featurePath(config.project, name), WireFeature, { signal }),
          );
        } catch (error) {
          const code = error instanceof NightdeskError ? error.code : null;
          // Archived since the list was read.
          if (code === 'not_found') features.delete(name);
          // What was known of it stays.
          else if (code === 'bad_answer') reject(`the flag ${name} does not fit its schema`);
          else failures.push(error);
        }
      });
    }
    await queue.onIdle();
    if (failures.length > 0) throw failures[0];
  }

  function toFlags(feature: WireFeature): Flag[] {
    const createdAt = Date.parse(feature.createdAt ?? '');
    return Object.entries(config.environments).flatMap(([environment, { name }]) => {
      const found = feature.environments.find((one) => one.name === name);
      if (found === undefined) return [];
      return {
        source: config.id,
        key: feature.name,
        environment,
        description: feature.description ?? '',
        type: feature.type ?? '',
        stale: feature.stale ?? false,
        createdAt: Number.isNaN(createdAt) ? null : createdAt,
        state: toFlagState(found),
      };
    });
  }

  return {
    id: config.id,
    kind: 'unleash',
    capabilities: ['flags', 'flag-history', 'flag-control'],
    address: http.address,
    everyMs: durationMs(config.every ?? DEFAULT_EVERY),
    check: (signal) => checkUnleash(api, config.environments, ctx.clock, signal),
    pull,
    control: createControl(api),
  };
}

function readCursor(cursor: string | null): number | null {
  if (cursor === null) return null;
  try {
    const parsed = Cursor.safeParse(JSON.parse(cursor));
    return parsed.success ? parsed.data.event : null;
  } catch {
    return null;
  }
}
