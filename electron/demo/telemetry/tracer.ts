/** The real OpenTelemetry SDK, as a bot's operator would set it up. */
import type { Tracer } from '@opentelemetry/api';
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtobufExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  type ReadableSpan,
  type SpanExporter,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { type Random, randomStream } from '../world/random.ts';
import type { TraceStore } from './traces.ts';

export interface Telemetry {
  tracer: Tracer;
  shutdown(): Promise<void>;
}

type ExportResult = Parameters<Parameters<SpanExporter['export']>[1]>[0];

export interface TelemetryOptions {
  service: string;
  environment: string;
  /** Of the deployment; the model version is on each turn. */
  release: string;
  /** `http://127.0.0.1:PORT/v1/traces`. Compression: OTEL_EXPORTER_OTLP_COMPRESSION, as the SDK reads it. */
  url: string;
  protocol: 'json' | 'protobuf';
  seed: string;
}

/** Spans of now: sent every half second, and kept in `traces`. */
export function liveTelemetry(options: TelemetryOptions, traces: TraceStore): Telemetry {
  const exporter = keeping(traces, patient(exporterFor(options)));
  return provide(
    options,
    'live',
    new BatchSpanProcessor({
      exporter,
      scheduledDelayMillis: 500,
      maxQueueSize: 16_384,
      maxExportBatchSize: 256,
      exportTimeoutMillis: 60_000,
    }),
  );
}

/** Spans of the past: gathered, and sent by `send` in parcels with pauses, so that the present is not held up. */
export function pastTelemetry(
  options: TelemetryOptions,
  traces: TraceStore,
): Telemetry & { send(): Promise<void> } {
  const exporter = keeping(traces, patient(exporterFor(options)));
  let ended: ReadableSpan[] = [];
  const telemetry = provide(options, 'past', {
    onStart: () => {},
    onEnd: (span: ReadableSpan) => {
      ended.push(span);
    },
    forceFlush: () => Promise.resolve(),
    shutdown: () => exporter.shutdown(),
  });
  return {
    ...telemetry,
    send: async () => {
      const spans = ended;
      ended = [];
      await new Promise<void>((resolve) => exporter.export(spans, () => resolve()));
    },
  };
}

function provide(
  options: TelemetryOptions,
  stream: string,
  processor: NonNullable<
    NonNullable<ConstructorParameters<typeof TracerProvider>[0]>['spanProcessors']
  >[number],
): Telemetry {
  const random = randomStream(options.seed, options.service, 'ids', stream);
  const provider = new TracerProvider({
    resource: resourceFromAttributes({
      'service.name': options.service,
      'service.version': options.release,
      'deployment.environment.name': options.environment,
    }),
    idGenerator: {
      generateTraceId: () => nonZeroHex(random, 32),
      generateSpanId: () => nonZeroHex(random, 16),
    },
    spanProcessors: [processor],
  });
  return { tracer: provider.getTracer('tilia-bots', '1.4.0'), shutdown: () => provider.shutdown() };
}

const nonZeroHex = (random: Random, length: number) =>
  `${1 + random.int(9)}${random.hex(length - 1)}`;

function exporterFor({ protocol, url }: TelemetryOptions): SpanExporter {
  const config = { url, timeoutMillis: 10_000 };
  return protocol === 'json' ? new JsonExporter(config) : new ProtobufExporter(config);
}

function keeping(traces: TraceStore, inner: SpanExporter): SpanExporter {
  return {
    export: (spans, done) => {
      traces.add(spans);
      inner.export(spans, done);
    },
    shutdown: () => inner.shutdown(),
  };
}

/** Tries again until the receiver takes the spans: it may start after the bots, or be away for a while. */
function patient(inner: SpanExporter): SpanExporter {
  let stopped = false;
  const attempt = (spans: ReadableSpan[], done: (result: ExportResult) => void, waitMs: number) => {
    inner.export(spans, (result) => {
      if (result.code === 0 || stopped) return done(result);
      setTimeout(() => attempt(spans, done, Math.min(waitMs * 1.5, 3000)), waitMs);
    });
  };
  return {
    export: (spans, done) => attempt(spans, done, 300),
    shutdown: () => {
      stopped = true;
      return inner.shutdown();
    },
  };
}
