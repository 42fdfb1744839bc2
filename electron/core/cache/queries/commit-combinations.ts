/** What turns ran on, each combination once; a part that is seen for the first time is a change. */
import type { AssembledTurn } from '#core/analysis/turn.ts';
import type { WriteDb } from '#core/cache/db.ts';
import type { Change } from '#shared/model/change.ts';
import type { LiveCombination } from '#shared/model/conversation.ts';
import { storable } from './json.ts';

const PARTS = [
  { column: 'version', kind: 'model', word: 'model' },
  { column: 'prompt', kind: 'deploy', word: 'prompt' },
  { column: 'index_version', kind: 'deploy', word: 'index' },
] as const;

export interface StoredCombinations {
  ids: Map<AssembledTurn, number>;
  /** What the first sights amount to. */
  changes: Change[];
}

/** `turns` in order of time. */
export function storeCombinations(
  db: WriteDb,
  source: string,
  turns: readonly AssembledTurn[],
): StoredCombinations {
  const known = new Set(
    db
      .all<{ service: string; environment: string }>(
        'SELECT DISTINCT service, environment FROM combinations',
      )
      .map((row) => JSON.stringify([row.service, row.environment])),
  );
  const ids = new Map<AssembledTurn, number>();
  /** Of this batch: most of its turns ran on the same few. */
  const seen = new Map<string, number>();
  const changes: Change[] = [];
  for (const assembled of turns) {
    const service = storable(assembled.service);
    const environment = storable(assembled.environment);
    const live = ordered(assembled.turn.live);
    const json = JSON.stringify(live);
    const name = JSON.stringify([service, environment, json]);
    const id =
      seen.get(name) ??
      db.value<number>(
        'SELECT id FROM combinations WHERE service = ? AND environment = ? AND live = ?',
        service,
        environment,
        json,
      );
    if (id !== undefined) {
      seen.set(name, id);
      ids.set(assembled, id);
      continue;
    }
    if (known.has(JSON.stringify([service, environment]))) {
      changes.push(...firstSights(db, source, { ...assembled, service, environment }, live));
    }
    const { lastInsertRowid } = db.run(
      `INSERT INTO combinations (service, environment, version, prompt, index_version, live)
       VALUES (?, ?, ?, ?, ?, ?)`,
      service,
      environment,
      storable(live.version),
      live.prompt === null ? null : storable(live.prompt),
      live.index === null ? null : storable(live.index),
      json,
    );
    ids.set(assembled, Number(lastInsertRowid));
  }
  return { ids, changes };
}

/** Equal combinations as equal JSON. */
function ordered({ version, model, prompt, index, flags }: LiveCombination): LiveCombination {
  const names = Object.entries(flags).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return { version, model, prompt, index, flags: Object.fromEntries(names) };
}

/**
 * A part counts as new when the service had answered before without it: what the first batch of a service
 * ran on, and what older turns that come in later ran on, changed nothing that was seen.
 */
function firstSights(
  db: WriteDb,
  source: string,
  assembled: AssembledTurn,
  live: LiveCombination,
): Change[] {
  const { service, environment, turn } = assembled;
  const values = { version: live.version, prompt: live.prompt, index_version: live.index };
  const changes: Change[] = [];
  for (const { column, kind, word } of PARTS) {
    const value = values[column];
    if (value === null || value === '') continue;
    const before = db.value<number>(
      `SELECT 1 FROM combinations c
       WHERE c.service = ?1 AND c.environment = ?2 AND ifnull(c.${column}, '') NOT IN ('', ?3)
         AND EXISTS (SELECT 1 FROM turns WHERE combination = c.id AND started_at < ?4)
         AND NOT EXISTS (SELECT 1 FROM combinations
           WHERE service = ?1 AND environment = ?2 AND ${column} = ?3)
       LIMIT 1`,
      service,
      environment,
      storable(value),
      turn.startedAt,
    );
    if (before === undefined) continue;
    changes.push({
      id: `seen:${word}:${environment}:${service}:${value}`,
      at: turn.startedAt,
      kind,
      service,
      environment,
      versions: live.version === '' ? [] : [live.version],
      title: `${service}: ${kind === 'model' ? value : `${word} ${value}`} first answered`,
      detail: 'First seen in a conversation.',
      by: '',
      source,
      flag: null,
    });
  }
  return changes;
}
