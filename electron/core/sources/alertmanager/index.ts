/** Alerts and silences of an Alertmanager (API v2). */
import type { z } from 'zod';
import type { Batch, Connector, SilenceControl } from '#core/sources/connector.ts';
import type { SourceContext } from '#core/sources/context.ts';
import { createHttp } from '#core/sources/http.ts';
import { bearer } from '#core/sources/secret.ts';
import { NightdeskError, toWire } from '#shared/errors/index.ts';
import type { SourceConfigOf } from '#shared/model/config.ts';
import type { CheckReport } from '#shared/model/source.ts';
import { durationMs } from '#shared/util/duration.ts';
import { toAlert, toSilence } from './map.ts';
import { WireAlert, WireList, WireSilence, WireSilenceId, WireStatus } from './wire.ts';

const DEFAULT_EVERY = '10s';
const DEFAULT_TIMEOUT = '10s';

export function createAlertmanagerConnector(
  config: SourceConfigOf<'alertmanager'>,
  context: SourceContext,
): Connector {
  const http = createHttp({
    base: config.url,
    timeoutMs: durationMs(config.timeout ?? DEFAULT_TIMEOUT),
    headers: () => bearer(context.secrets, config.secret, `the source ${config.id}`),
  });
  const environments = context.config.environments.map((environment) => environment.name);

  async function* pull(_cursor: string | null, signal: AbortSignal): AsyncIterable<Batch> {
    const [wireAlerts, wireSilences] = await Promise.all([
      http.json('/api/v2/alerts', WireList, { signal }),
      http.json('/api/v2/silences', WireList, { signal }),
    ]);
    const alerts = readEach(wireAlerts, WireAlert, 'an alert that does not fit');
    const silences = readEach(wireSilences, WireSilence, 'a silence that does not fit');
    yield {
      alerts: alerts.good.map((alert) =>
        toAlert(config.id, alert, context.config.services, environments),
      ),
      silences: silences.good.map((silence) => toSilence(config.id, silence)),
      rejected: [...alerts.rejected, ...silences.rejected],
    };
  }

  const silences: SilenceControl = {
    async list(signal) {
      const wire = await http.json('/api/v2/silences', WireList, { signal });
      return readEach(wire, WireSilence, '').good.map((one) => toSilence(config.id, one));
    },
    async alerts(signal) {
      const wire = await http.json('/api/v2/alerts', WireList, { signal });
      return readEach(wire, WireAlert, '').good.map((one) =>
        toAlert(config.id, one, context.config.services, environments),
      );
    },
    create: ({ matchers, endsAt, by, comment }, signal) =>
      sending(async () => {
        const body = {
          matchers,
          startsAt: new Date(context.clock.now()).toISOString(),
          endsAt: new Date(endsAt).toISOString(),
          createdBy: by,
          comment,
        };
        const made = await http.json('/api/v2/silences', WireSilenceId, {
          method: 'POST',
          body,
          signal,
        });
        return made.silenceID;
      }),
    expire: (id, signal) =>
      sending(async () => {
        const path = `/api/v2/silence/${encodeURIComponent(id)}`;
        await http.raw(path, { method: 'DELETE', signal });
      }),
  };

  return {
    id: config.id,
    kind: 'alertmanager',
    capabilities: ['alerts', 'silences'],
    address: http.address,
    everyMs: durationMs(config.every ?? DEFAULT_EVERY),
    pull,
    silences,

    async check(signal): Promise<CheckReport> {
      const ask = async (what: string, question: () => Promise<string>) => {
        const started = context.clock.now();
        try {
          const detail = await question();
          return { what, ok: true, detail, ms: context.clock.now() - started };
        } catch (error) {
          return {
            what,
            ok: false,
            detail: toWire(error).message,
            ms: context.clock.now() - started,
          };
        }
      };
      const items = [
        await ask('Alertmanager answers', async () => {
          const { versionInfo } = await http.json('/api/v2/status', WireStatus, { signal });
          return versionInfo ? `version ${versionInfo.version}` : 'it does not tell its version';
        }),
        await ask('Alerts can be read', async () => {
          const list = await http.json('/api/v2/alerts', WireList, { signal });
          return `${list.length} active`;
        }),
        await ask('Silences can be read', async () => {
          const list = await http.json('/api/v2/silences', WireList, { signal });
          return `${list.length} kept`;
        }),
      ];
      return { ok: items.every((item) => item.ok), items };
    },
  };
}

/** Whoever asked must be able to know that a call which changes something had begun. */
async function sending<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof NightdeskError)) throw error;
    throw new NightdeskError(error.code, error.message, {
      retryable: error.retryable,
      detail: { ...error.detail, sent: 0, sending: true },
      cause: error,
    });
  }
}

/** A list in which nothing fits is another API's answer; single misfits are counted and left out. */
function readEach<S extends z.ZodType>(
  list: readonly unknown[],
  schema: S,
  reason: string,
): { good: z.output<S>[]; rejected: { reason: string; count: number }[] } {
  const good: z.output<S>[] = [];
  for (const one of list) {
    const parsed = schema.safeParse(one);
    if (parsed.success) good.push(parsed.data);
  }
  const bad = list.length - good.length;
  if (bad > 0 && good.length === 0) {
    throw new NightdeskError(
      'bad_answer',
      `Alertmanager answers ${bad} entries, and none is as expected.`,
    );
  }
  return { good, rejected: bad > 0 ? [{ reason, count: bad }] : [] };
}
