/** The connector that is told: an OTLP/HTTP receiver whose spans and log events become conversations. */
import type { Batch, Connector } from '#core/sources/connector.ts';
import type { SourceContext } from '#core/sources/context.ts';
import { createHttp, type HttpRequest } from '#core/sources/http.ts';
import { NightdeskError } from '#shared/errors/index.ts';
import type { SourceConfigOf } from '#shared/model/config.ts';
import type { CheckReport } from '#shared/model/source.ts';
import { durationMs } from '#shared/util/duration.ts';
import { createLookup } from './lookup.ts';
import { conversationAttributes } from './map.ts';
import { type Receiver, startReceiver } from './receiver.ts';

const DEFAULT_EVERY = '10s';
const DEFAULT_TIMEOUT = '5s';
/** How long a pull waits for a receiver that is just starting. */
const STARTING_MS = 3_000;

export function createOtlpConnector(config: SourceConfigOf<'otlp'>, ctx: SourceContext): Connector {
  const timeoutMs = durationMs(config.timeout ?? DEFAULT_TIMEOUT);
  let receiver: Receiver | null = null;
  let problem: NightdeskError | null = null;
  let settled = Promise.withResolvers<void>();

  const address = () => `http://127.0.0.1:${receiver?.port ?? config.port}`;

  async function listen(emit: (batch: Batch) => Promise<void>, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    try {
      receiver = await startReceiver({
        port: config.port,
        config: ctx.config,
        conversationAttributes: conversationAttributes(config.conversationAttributes),
        now: () => ctx.clock.now(),
        log: ctx.log,
        emit,
      });
    } catch (error) {
      problem = asProblem(error);
      throw problem;
    } finally {
      settled.resolve();
    }
    problem = null;
    const running = receiver;
    const stop = (): void => void running.close();
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    try {
      await running.closed;
    } catch (error) {
      problem = asProblem(error);
      throw problem;
    } finally {
      signal.removeEventListener('abort', stop);
      receiver = null;
      settled = Promise.withResolvers();
    }
  }

  /** Yields nothing: what comes is committed as it comes. Throws while nothing can come. */
  async function* pull(_cursor: string | null, signal: AbortSignal): AsyncGenerator<Batch> {
    stopIfAborted(signal);
    if (receiver === null && problem === null) {
      const waited = new AbortController();
      const late = ctx.clock.sleep(STARTING_MS, AbortSignal.any([signal, waited.signal]));
      await Promise.race([settled.promise, late.catch(() => undefined)]);
      waited.abort();
      stopIfAborted(signal);
    }
    if (receiver === null) throw problem ?? notListening(config.port);
  }

  async function check(signal: AbortSignal): Promise<CheckReport> {
    const items: CheckReport['items'] = [];
    const ask = async (what: string, request: Pick<HttpRequest, 'body' | 'headers'>) => {
      const from = performance.now();
      let ok = true;
      let detail = `${address()} answers`;
      try {
        if (receiver === null) throw problem ?? notListening(config.port);
        const http = createHttp({ base: address(), timeoutMs });
        await http.raw('/v1/traces', { method: 'POST', signal, ...request });
      } catch (error) {
        ok = false;
        detail = asProblem(error).message;
      }
      items.push({ what, ok, detail, ms: Math.round(performance.now() - from) });
    };
    // Export requests with nothing in them, as an exporter would send them.
    await ask('takes traces as JSON', { body: { resourceSpans: [] } });
    await ask('takes traces as protobuf', {
      headers: { 'content-type': 'application/x-protobuf' },
    });
    return { ok: items.every((item) => item.ok), items };
  }

  return {
    id: config.id,
    kind: 'otlp',
    capabilities: ['conversations'],
    get address() {
      return address();
    },
    everyMs: durationMs(config.every ?? DEFAULT_EVERY),
    check,
    pull,
    listen,
    ...(config.lookup.length === 0
      ? {}
      : {
          lookup: createLookup(config.lookup, ctx, timeoutMs, () => ({
            conversationAttributes: conversationAttributes(config.conversationAttributes),
            now: ctx.clock.now(),
          })),
        }),
  };
}

function stopIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw new NightdeskError('cancelled', 'Cancelled.', { cause: signal.reason });
}

function notListening(port: number): NightdeskError {
  return new NightdeskError('unreachable', `Nothing is received on 127.0.0.1:${port} yet.`);
}

function asProblem(error: unknown): NightdeskError {
  if (error instanceof NightdeskError) return error;
  return new NightdeskError(
    'unreachable',
    'The receiver ended unexpectedly; it is started again.',
    {
      cause: error,
    },
  );
}
