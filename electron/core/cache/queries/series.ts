import type { ReadDb } from '#core/cache/db.ts';
import type { SeriesKey } from '#shared/model/signal.ts';
import { bucketStart, HOUR, HOURS_3, MINUTES_5 } from './buckets.ts';
import { thin } from './thin.ts';
import type {
  FrameArgs,
  FrameColumns,
  FrameResult,
  LatestValue,
  Range,
  WindowStats,
} from './types.ts';

/** Up to here a view wants every point, however many there are. */
const ALWAYS_RAW = HOUR + MINUTES_5;

interface SeriesRow extends SeriesKey {
  id: number;
  rawFrom: number;
  fiveFrom: number;
}

function keyOf(row: SeriesKey): SeriesKey {
  const { signal, service, environment, version } = row;
  return { signal, service, environment, version };
}

function findSeries(
  db: ReadDb,
  args: { environment: string; signals: string[]; services?: string[]; versions?: string[] },
): SeriesRow[] {
  const rows = db.all<SeriesRow>(
    `SELECT id, environment, signal, service, version, raw_from AS rawFrom, five_from AS fiveFrom
     FROM series
     WHERE environment = ?1 AND signal IN (SELECT value FROM json_each(?2))
     ORDER BY signal, service, version`,
    args.environment,
    JSON.stringify(args.signals),
  );
  const services = new Set(args.services ?? []);
  const versions = new Set(args.versions ?? []);
  return rows.filter(
    (row) =>
      (services.size === 0 || services.has(row.service)) &&
      (versions.size === 0 || versions.has(row.version)),
  );
}

const POINTS = 'SELECT ts, value FROM samples WHERE series = ? AND ts >= ? AND ts < ? ORDER BY ts';
const buckets = (table: string) =>
  `SELECT ts, sum / count, min, max, count FROM ${table} WHERE series = ? AND ts >= ? AND ts < ? ORDER BY ts`;

interface Level {
  resolution: FrameResult['resolution'];
  /** Of a bucket; a point has none. */
  width: number;
  sql: string;
}

const RAW: Level = { resolution: 'raw', width: 0, sql: POINTS };
const FINE: Level = { resolution: '5m', width: MINUTES_5, sql: buckets('samples_5m') };
const MIDDLE: Level = { resolution: '1h', width: HOUR, sql: buckets('samples_1h') };
const COARSE: Level = { resolution: '3h', width: HOURS_3, sql: buckets('samples_3h') };

/** The finest level that answers with at most `maxPoints` points a series. */
function chooseLevel(db: ReadDb, series: SeriesRow[], args: Range & { maxPoints: number }): Level {
  const span = args.to - args.from;
  const rawComplete = series.every((one) => args.from >= one.rawFrom);
  const fiveComplete = series.every((one) => args.from >= one.fiveFrom);
  if (rawComplete && span <= ALWAYS_RAW) return RAW;
  // Sparse series fit raw over long ranges: no need to blur them.
  const fits = (one: SeriesRow) =>
    (db.value<number>(
      'SELECT count(*) FROM (SELECT 1 FROM samples WHERE series = ? AND ts >= ? AND ts < ? LIMIT ?)',
      one.id,
      args.from,
      args.to,
      args.maxPoints + 1,
    ) ?? 0) <= args.maxPoints;
  if (rawComplete && series.every(fits)) return RAW;
  if (fiveComplete && span / MINUTES_5 <= args.maxPoints) return FINE;
  return span / HOUR <= args.maxPoints ? MIDDLE : COARSE;
}

/** Columns of points per series, at most `maxPoints` each; a bucket's `ts` is its start. */
export function seriesFrame(db: ReadDb, args: FrameArgs): FrameResult {
  const series = findSeries(db, args);
  const { resolution, width, sql } = chooseLevel(db, series, args);
  // A bucket that began before `from` still holds points after it.
  const from = width === 0 ? args.from : bucketStart(args.from, width);
  const result: FrameColumns[] = [];
  for (const one of series) {
    const rows = db.rows(sql, one.id, from, args.to);
    if (rows.length === 0) continue;
    result.push({ key: keyOf(one), ...thin(rows, { from, to: args.to }, args.maxPoints) });
  }
  return { resolution, series: result };
}

/** The newest point of every series, where it is not older than `since`. */
export function latestValues(
  db: ReadDb,
  args: { environment: string; signals: string[]; since: number },
): LatestValue[] {
  const rows = db.all<SeriesKey & { ts: number; value: number }>(
    `SELECT s.signal, s.service, s.environment, s.version, p.ts, p.value
     FROM series s
     JOIN samples p ON p.series = s.id AND p.ts = (SELECT max(ts) FROM samples WHERE series = s.id)
     WHERE s.environment = ?1 AND s.signal IN (SELECT value FROM json_each(?2)) AND p.ts >= ?3`,
    args.environment,
    JSON.stringify(args.signals),
    args.since,
  );
  return rows.map((row) => ({ key: keyOf(row), ts: row.ts, value: row.value }));
}

interface StatsRow extends Omit<WindowStats, 'key'>, SeriesKey {}

/**
 * One line of statistics per series over a stretch of time; series without a point there are left out.
 * Beyond six hours the 5-minute buckets answer, beyond ten days the hours: whole buckets that began inside.
 */
export function windowStats(
  db: ReadDb,
  args: Range & { environment: string; signals: string[] },
): WindowStats[] {
  const span = args.to - args.from;
  const [table, sum, min, max, count] =
    span <= 6 * HOUR
      ? ['samples', 'sum(p.value)', 'min(p.value)', 'max(p.value)', 'count(*)']
      : [
          span <= 240 * HOUR ? 'samples_5m' : 'samples_1h',
          'sum(p.sum)',
          'min(p.min)',
          'max(p.max)',
          'sum(p.count)',
        ];
  const rows = db.all<StatsRow>(
    `SELECT signal, service, environment, version, sum / count AS avg, min, max, count,
       (SELECT value FROM samples WHERE series = id AND ts < ?4 ORDER BY ts DESC LIMIT 1) AS last,
       (SELECT ts FROM samples WHERE series = id AND ts < ?4 ORDER BY ts DESC LIMIT 1) AS lastTs
     FROM (
       SELECT s.id, s.signal, s.service, s.environment, s.version,
         ${sum} AS sum, ${min} AS min, ${max} AS max, ${count} AS count
       FROM series s JOIN ${table} p ON p.series = s.id AND p.ts >= ?3 AND p.ts < ?4
       WHERE s.environment = ?1 AND s.signal IN (SELECT value FROM json_each(?2))
       GROUP BY s.id
     )`,
    args.environment,
    JSON.stringify(args.signals),
    args.from,
    args.to,
  );
  return rows.map(({ signal, service, environment, version, ...stats }) => ({
    key: { signal, service, environment, version },
    ...stats,
    // The raw points may be pruned where the buckets are not.
    last: stats.last ?? stats.avg,
    lastTs: stats.lastTs ?? args.from,
  }));
}
