/** Reads signals from anything that speaks Prometheus' HTTP API; the engine there does the deriving. */
import { scopesOf, windowOf } from '#core/analysis/derive-selection.ts';
import { type SignalQuery, signalQueries } from '#core/analysis/promql.ts';
import { NightdeskError } from '#shared/errors/index.ts';
import type { SourceConfigOf } from '#shared/model/config.ts';
import { durationMs } from '#shared/util/duration.ts';
import type { Batch, Connector, SeriesPoints } from '../connector.ts';
import type { SourceContext } from '../context.ts';
import { createHttp } from '../http.ts';
import { inFlight } from '../in-flight.ts';
import { messageOf, Rejections } from '../rejections.ts';
import { bearer } from '../secret.ts';
import { isOnlyMetricsSource } from '../service-items.ts';
import { checkServer } from './check.ts';
import { type Matrix, parseMatrix } from './matrix.ts';
import { cursorAfter, parseCursor, type Stretch, stretches, writeCursor } from './range.ts';

const CONCURRENCY = 6;
const MAX_BYTES = 64 * 1024 * 1024;
const POINTS_PER_BATCH = 20_000;
const DEFAULT_TIMEOUT = '10s';
/** Silence of a pull is taken for a stall; progress is told at least this often. */
const TELL_MS = 5000;

/** Throws `config_invalid` for labels that PromQL cannot say. */
export function createPrometheusConnector(
  config: SourceConfigOf<'prometheus'>,
  context: SourceContext,
): Connector {
  const { clock, secrets } = context;
  const stepMs = Math.max(1000, durationMs(config.step));
  const historyMs = durationMs(config.history);
  const everyMs = config.every === undefined ? stepMs : durationMs(config.every);
  const scopes = scopesOf(context.config);
  const windowMs = windowOf(context.config);
  const queries = scopes.flatMap((scope) =>
    context.signals.flatMap((signal) => signalQueries(signal, scope, windowMs)),
  );
  const http = createHttp({
    base: config.url,
    timeoutMs: durationMs(config.timeout ?? DEFAULT_TIMEOUT),
    maxBytes: MAX_BYTES,
    headers: () => bearer(secrets, config.secret, `the source ${config.id}`),
  });

  async function queryRange(
    query: string,
    { start, end }: Stretch,
    signal: AbortSignal,
  ): Promise<Matrix> {
    const path = '/api/v1/query_range';
    const answer = await http.raw(path, {
      method: 'POST',
      form: {
        query,
        start: (start / 1000).toFixed(3),
        end: (end / 1000).toFixed(3),
        step: String(stepMs / 1000),
      },
      headers: { accept: 'application/json' },
      signal,
    });
    return parseMatrix(answer.bytes, `POST ${http.address}${path}`);
  }

  /** One query over one stretch; a query that the engine refuses does not end the pull. */
  async function ask(query: SignalQuery, stretch: Stretch, signal: AbortSignal) {
    try {
      return { query, matrix: await queryRange(query.query, stretch, signal), refused: null };
    } catch (error) {
      if (!(error instanceof NightdeskError) || error.code !== 'bad_input') throw error;
      return { query, matrix: null, refused: error };
    }
  }

  async function* pull(cursor: string | null, signal: AbortSignal): AsyncGenerator<Batch> {
    if (signal.aborted) throw new NightdeskError('cancelled', 'The pull was cancelled.');
    const before = parseCursor(cursor);
    const parts = stretches(before, clock.now(), historyMs, stepMs);
    const rejections = new Rejections();
    const total = parts.length * queries.length;
    // The small pulls of every day need no progress bar.
    const progress = (done: number): Pick<Batch, 'progress'> =>
      before === null || parts.length > 1 ? { progress: { what: 'history', done, total } } : {};
    let done = 0;
    let refusedFirst: NightdeskError | null = null;
    let answered = 0;
    let newest = Number.NEGATIVE_INFINITY;
    let toldAt = clock.now();

    for (const [index, stretch] of parts.entries()) {
      let points: SeriesPoints[] = [];
      let size = 0;
      const answers = inFlight(queries, CONCURRENCY, signal, (query, either) =>
        ask(query, stretch, either),
      );
      for await (const { query, matrix, refused } of answers) {
        done++;
        if (matrix === null) {
          refusedFirst ??= refused;
          rejections.add(`${query.signal}: ${messageOf(refused)}`);
          continue;
        }
        answered++;
        for (const one of seriesOf(query, matrix, rejections)) {
          newest = Math.max(newest, one.ts.at(-1) ?? newest);
          size += one.ts.length;
          points.push(one);
        }
        if (size < POINTS_PER_BATCH && clock.now() - toldAt < TELL_MS) continue;
        yield { points, rejected: rejections.take(), ...progress(done) };
        toldAt = clock.now();
        points = [];
        size = 0;
      }
      if (answered === 0 && refusedFirst !== null) throw refusedFirst;
      const last = index === parts.length - 1;
      yield {
        points,
        rejected: rejections.take(),
        cursor: writeCursor(cursorAfter(stretch, last, newest, before)),
        ...progress(done),
      };
    }
  }

  return {
    id: config.id,
    kind: 'prometheus',
    capabilities: ['signals'],
    address: http.address,
    everyMs,
    check: (signal) =>
      checkServer(
        queryRange,
        scopes,
        clock.now(),
        stepMs,
        isOnlyMetricsSource(context.config),
        signal,
      ),
    pull,
  };
}

/** The series of an answer as points of a signal. What is not per version, or not alone, is refused. */
function seriesOf(query: SignalQuery, matrix: Matrix, rejections: Rejections): SeriesPoints[] {
  const { signal, service, environment, by } = query;
  for (const warning of matrix.warnings) rejections.add(`${signal}: the server warns: ${warning}`);
  const byVersion = new Map<string, SeriesPoints>();
  for (const { metric, columns } of matrix.series) {
    const version = by === null ? '' : (metric[by] ?? '');
    if (columns.ts.length === 0 || (by !== null && version === '')) continue;
    if (byVersion.has(version)) {
      rejections.add(`${signal}: more than one series for ${version || 'the whole service'}`);
      continue;
    }
    byVersion.set(version, {
      key: { signal, service, environment, version },
      ts: columns.ts,
      value: columns.value,
    });
  }
  return [...byVersion.values()];
}
