import type { ReadDb } from '#core/cache/db.ts';
import type { Newest } from '#shared/model/action.ts';
import type { LiveCombination } from '#shared/model/conversation.ts';
import { decode } from './json.ts';
import type { CombinationCount, ObservedVersion, Range } from './types.ts';

type Of = { service: string; environment: string };

/** `arrived`: a condition on the lowest key of a turn's spans, which grow as they arrive. */
const counting = (arrived = '') => `
  SELECT version, live, count FROM (
    SELECT c.version, c.live,
      (SELECT count(*) FROM turns t
       WHERE combination = c.id AND started_at >= ?3 AND started_at < ?4 ${arrived}) AS count
    FROM combinations c WHERE c.service = ?1 AND c.environment = ?2
  ) WHERE count > 0 ORDER BY count DESC`;
const COUNTED = counting();
const FIRST_SPAN = '(SELECT min(key) FROM spans WHERE turn = t.id)';
const ARRIVED_AFTER = counting(`AND ${FIRST_SPAN} > ?5`);
const ARRIVED_BY = counting(`AND ${FIRST_SPAN} <= ?5`);

function counted(db: ReadDb, args: Range & Of, sql = COUNTED, ...more: number[]) {
  return db.all<{ version: string; live: string; count: number }>(
    sql,
    args.service,
    args.environment,
    args.from,
    args.to,
    ...more,
  );
}

/** What answered in a stretch of time, most turns first. */
export function liveCombinations(db: ReadDb, args: Range & Of): CombinationCount[] {
  return counted(db, args).map((row) => ({
    ...decode<LiveCombination>(row.live),
    turns: row.count,
  }));
}

/**
 * What is newest in the cache. Times repeat where a clock is set back: what arrived before a moment and what after it
 * is told by this.
 */
export function newestOf(db: ReadDb, args: Of & { signals: string[] }): Newest {
  const sampleAt = db.value<number | null>(
    `SELECT max((SELECT max(ts) FROM samples WHERE series = s.id)) FROM series s
     WHERE s.service = ?1 AND s.environment = ?2
       AND s.signal IN (SELECT value FROM json_each(?3))`,
    args.service,
    args.environment,
    JSON.stringify(args.signals),
  );
  const span = db.value<number | null>('SELECT max(key) FROM spans');
  return { span: span ?? 0, sampleAt: sampleAt ?? null };
}

/** Turns by model version in a stretch of time, most first: those that arrived after a span, or by it. */
export function turnsByVersion(
  db: ReadDb,
  args: Range & Of & { arrived: 'after' | 'by'; span: number },
): { version: string; turns: number }[] {
  const turns = new Map<string, number>();
  const sql = args.arrived === 'after' ? ARRIVED_AFTER : ARRIVED_BY;
  for (const row of counted(db, args, sql, args.span)) {
    turns.set(row.version, (turns.get(row.version) ?? 0) + row.count);
  }
  return [...turns]
    .map(([version, count]) => ({ version, turns: count }))
    .sort((a, b) => b.turns - a.turns);
}

interface Seen {
  service: string;
  version: string;
  first: number | null;
  last: number | null;
}

/**
 * Every model version that transcripts or signals have named, with when it was first and last seen, as far
 * back as the cache reaches. A conversation counts for the version of its last turn.
 */
export function observedVersions(db: ReadDb, args: { environment: string }): ObservedVersion[] {
  const seen = [
    ...db.all<Seen>(
      `SELECT service, version,
         (SELECT min(started_at) FROM turns WHERE combination = c.id) AS first,
         (SELECT max(started_at) FROM turns WHERE combination = c.id) AS last
       FROM combinations c WHERE environment = ? AND version <> ''`,
      args.environment,
    ),
    ...db.all<Seen>(
      `SELECT service, version,
         CASE raw_from WHEN 0 THEN (SELECT min(ts) FROM samples WHERE series = s.id)
           ELSE (SELECT min(ts) FROM samples_1h WHERE series = s.id) END AS first,
         (SELECT max(ts) FROM samples WHERE series = s.id) AS last
       FROM series s WHERE environment = ? AND version <> ''`,
      args.environment,
    ),
  ];
  const counts = new Map(
    db
      .all<{ service: string; version: string; count: number }>(
        `SELECT service, version, count(*) AS count FROM conversations
         WHERE environment = ? GROUP BY service, version`,
        args.environment,
      )
      .map((row) => [JSON.stringify([row.service, row.version]), row.count]),
  );
  const versions = new Map<string, ObservedVersion>();
  for (const { service, version, first, last } of seen) {
    if (first === null) continue;
    const id = JSON.stringify([service, version]);
    const known = versions.get(id);
    versions.set(id, {
      service,
      version,
      firstSeenAt: Math.min(known?.firstSeenAt ?? first, first),
      lastSeenAt: Math.max(known?.lastSeenAt ?? first, last ?? first),
      conversations: counts.get(id) ?? 0,
    });
  }
  return [...versions.values()].sort(
    (a, b) => a.service.localeCompare(b.service) || a.firstSeenAt - b.firstSeenAt,
  );
}
