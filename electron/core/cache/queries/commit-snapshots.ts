/** Snapshots: what a source says is now replaces what it said before. Each tells whether anything differs. */
import type { WriteDb } from '#core/cache/db.ts';
import type { Alert, Silence } from '#shared/model/alert.ts';
import type { Change } from '#shared/model/change.ts';
import type { Flag } from '#shared/model/flag.ts';
import type { Runbook } from '#shared/model/runbook.ts';
import { decode, storable } from './json.ts';

/** Rows by their id within the source, before and now. */
function difference(before: Map<string, string>, now: Map<string, string>) {
  const gone = [...before.keys()].filter((id) => !now.has(id));
  const fresh = [...now].filter(([id, body]) => before.get(id) !== body);
  return { gone, fresh, changed: gone.length > 0 || fresh.length > 0 };
}

function bodies(rows: { id: string; body: string }[]): Map<string, string> {
  return new Map(rows.map((row) => [row.id, row.body]));
}

export function replaceFlags(db: WriteDb, source: string, flags: readonly Flag[]): boolean {
  const id = (key: string, environment: string) => JSON.stringify([key, environment]);
  const rows = db.all<{ key: string; environment: string; body: string }>(
    'SELECT key, environment, body FROM flags WHERE source = ?',
    source,
  );
  const { gone, fresh, changed } = difference(
    bodies(rows.map((row) => ({ id: id(row.key, row.environment), body: row.body }))),
    new Map(
      flags.map((flag) => [
        id(storable(flag.key), storable(flag.environment)),
        JSON.stringify(flag),
      ]),
    ),
  );
  for (const one of gone) {
    const [key, environment] = decode<[string, string]>(one);
    db.run(
      'DELETE FROM flags WHERE environment = ? AND key = ? AND source = ?',
      environment,
      key,
      source,
    );
  }
  for (const [one, body] of fresh) {
    const [key, environment] = decode<[string, string]>(one);
    db.run(
      `INSERT INTO flags (source, key, environment, body) VALUES (?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET body = excluded.body`,
      source,
      key,
      environment,
      body,
    );
  }
  return changed;
}

/** An alert that is no longer named has ended: it stays, as history. */
export function replaceAlerts(db: WriteDb, source: string, alerts: readonly Alert[]): boolean {
  const id = (fingerprint: string, startedAt: number) => JSON.stringify([fingerprint, startedAt]);
  const open = db.all<{ fingerprint: string; started_at: number; body: string }>(
    "SELECT fingerprint, started_at, body FROM alerts WHERE source = ? AND state <> 'resolved'",
    source,
  );
  const named = new Set<string>();
  let changed = false;
  for (const alert of alerts) {
    const fingerprint = storable(alert.fingerprint);
    named.add(id(fingerprint, alert.startedAt));
    const { changes } = db.run(
      `INSERT INTO alerts (source, fingerprint, started_at, environment, state, ended_at, body)
       VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET environment = excluded.environment, state = excluded.state,
         ended_at = excluded.ended_at, body = excluded.body
       WHERE body <> excluded.body`,
      source,
      fingerprint,
      alert.startedAt,
      storable(alert.environment),
      alert.state,
      alert.endedAt,
      JSON.stringify(alert),
    );
    if (changes > 0) changed = true;
  }
  for (const row of open) {
    if (named.has(id(row.fingerprint, row.started_at))) continue;
    const ended: Alert = { ...decode<Alert>(row.body), state: 'resolved', endedAt: db.now };
    db.run(
      `UPDATE alerts SET state = 'resolved', ended_at = ?, body = ?
       WHERE source = ? AND fingerprint = ? AND started_at = ?`,
      db.now,
      JSON.stringify(ended),
      source,
      row.fingerprint,
      row.started_at,
    );
    changed = true;
  }
  return changed;
}

/** Also answers the changes: a silence that was not there before. */
export function replaceSilences(
  db: WriteDb,
  source: string,
  silences: readonly Silence[],
): { changed: boolean; changes: Change[] } {
  const before = bodies(
    db.all<{ id: string; body: string }>('SELECT id, body FROM silences WHERE source = ?', source),
  );
  const now = new Map(silences.map((one) => [storable(one.id), JSON.stringify(one)]));
  const { gone, fresh, changed } = difference(before, now);
  for (const id of gone) db.run('DELETE FROM silences WHERE source = ? AND id = ?', source, id);
  for (const [id, body] of fresh) {
    db.run(
      `INSERT INTO silences (source, id, body) VALUES (?, ?, ?)
       ON CONFLICT DO UPDATE SET body = excluded.body`,
      source,
      id,
      body,
    );
  }
  const changes = silences
    .filter((one) => !before.has(storable(one.id)))
    .map((one) => silenceChange(source, one));
  return { changed, changes };
}

function silenceChange(source: string, silence: Silence): Change {
  const label = (name: string) =>
    silence.matchers.find((one) => one.name === name && one.isEqual && !one.isRegex)?.value ?? '';
  return {
    id: `silence:${source}:${silence.id}`,
    at: silence.startsAt,
    kind: 'silence',
    service: label('service'),
    environment: label('environment'),
    versions: [],
    title: `Silenced: ${silence.matchers.map((one) => one.value).join(', ')}`,
    detail: silence.comment,
    by: silence.by,
    source,
    flag: null,
  };
}

/** Also answers the changes: a runbook that reads otherwise than before. */
export function replaceRunbooks(
  db: WriteDb,
  source: string,
  runbooks: readonly Runbook[],
): { changed: boolean; changes: Change[] } {
  const before = bodies(
    db.all<{ id: string; body: string }>('SELECT id, body FROM runbooks WHERE source = ?', source),
  );
  const now = new Map(runbooks.map((one) => [storable(one.id), JSON.stringify(one)]));
  const { gone, fresh, changed } = difference(before, now);
  for (const id of gone) db.run('DELETE FROM runbooks WHERE id = ? AND source = ?', id, source);
  for (const [id, body] of fresh) {
    db.run(
      `INSERT INTO runbooks (id, source, body) VALUES (?, ?, ?)
       ON CONFLICT DO UPDATE SET body = excluded.body`,
      id,
      source,
      body,
    );
  }
  const changes = runbooks.flatMap((one) => {
    const old = before.get(storable(one.id));
    if (old === undefined || decode<Runbook>(old).body === one.body) return [];
    return [runbookChange(source, one)];
  });
  return { changed, changes };
}

function runbookChange(source: string, runbook: Runbook): Change {
  return {
    id: `runbook:${source}:${runbook.id}:${runbook.modifiedAt}`,
    at: runbook.modifiedAt,
    kind: 'runbook',
    service: runbook.services.length === 1 ? (runbook.services[0] ?? '') : '',
    environment: '',
    versions: [],
    title: `Runbook edited: ${runbook.title}`,
    detail: runbook.id,
    by: '',
    source,
    flag: null,
  };
}
