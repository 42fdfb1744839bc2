/** One batch of one source, in one transaction with the cursor that follows it. */
import type { WriteDb } from '#core/cache/db.ts';
import type { Topic } from '#shared/contract/index.ts';
import type { Change } from '#shared/model/change.ts';
import type { FlagEvent } from '#shared/model/flag.ts';
import { storePoints } from './commit-points.ts';
import {
  replaceAlerts,
  replaceFlags,
  replaceRunbooks,
  replaceSilences,
} from './commit-snapshots.ts';
import { storeSpans } from './commit-turns.ts';
import { flagChanges } from './flag-change.ts';
import { storable } from './json.ts';
import type { CommitArgs, CommitResult } from './types.ts';

/** Runs inside the transaction that the worker opens for every write. */
export function commitBatch(db: WriteDb, { source, batch, spanTexts }: CommitArgs): CommitResult {
  const topics = new Set<Topic>();
  const note = (changed: boolean, topic: Topic) => {
    if (changed) topics.add(topic);
  };
  let records = 0;
  if (batch.points) {
    const taken = storePoints(db, source, batch.points);
    records += taken;
    note(taken > 0, 'signals');
  }
  const changes: Change[] = [...(batch.changes ?? [])];
  const spans = spanTexts ?? batch.spans?.map((record) => JSON.stringify(record));
  if (spans) {
    const stored = storeSpans(db, source, spans);
    changes.push(...stored.changes);
    note(stored.changed, 'conversations');
  }
  if (batch.flags) note(replaceFlags(db, source, batch.flags), 'flags');
  if (batch.flagEvents) {
    const fresh = batch.flagEvents.filter((event) => putFlagEvent(db, event));
    changes.push(
      ...fresh.flatMap((event) => flagChanges(event, db.settings.flagServices[event.key] ?? [])),
    );
    note(fresh.length > 0, 'flags');
  }
  if (batch.alerts) note(replaceAlerts(db, source, batch.alerts), 'alerts');
  if (batch.silences) {
    const replaced = replaceSilences(db, source, batch.silences);
    changes.push(...replaced.changes);
    note(replaced.changed, 'alerts');
  }
  if (batch.runbooks) {
    const replaced = replaceRunbooks(db, source, batch.runbooks);
    changes.push(...replaced.changes);
    note(replaced.changed, 'runbooks');
  }
  // Not `some`: every change must be written.
  note(changes.filter((change) => putChange(db, change)).length > 0, 'changes');
  if (batch.cursor !== undefined) {
    db.run(
      `INSERT INTO sync_state (source, cursor) VALUES (?, ?)
       ON CONFLICT (source) DO UPDATE SET cursor = excluded.cursor`,
      source,
      storable(batch.cursor),
    );
  }
  for (const list of [
    spans,
    batch.flags,
    batch.flagEvents,
    batch.alerts,
    batch.silences,
    batch.runbooks,
    batch.changes,
  ]) {
    records += list?.length ?? 0;
  }
  return { topics: [...topics], records };
}

/** True when it is new or reads otherwise than before. */
function putFlagEvent(db: WriteDb, event: FlagEvent): boolean {
  const { changes } = db.run(
    `INSERT INTO flag_events (source, id, key, environment, at, body) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET key = excluded.key, environment = excluded.environment,
       at = excluded.at, body = excluded.body
     WHERE body <> excluded.body`,
    event.source,
    storable(event.id),
    storable(event.key),
    storable(event.environment),
    event.at,
    JSON.stringify(event),
  );
  return changes > 0;
}

/** True when it is new or reads otherwise than before. */
export function putChange(db: WriteDb, change: Change): boolean {
  const { changes } = db.run(
    `INSERT INTO changes (id, environment, service, at, body) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET environment = excluded.environment, service = excluded.service,
       at = excluded.at, body = excluded.body
     WHERE body <> excluded.body`,
    storable(change.id),
    storable(change.environment),
    storable(change.service),
    change.at,
    JSON.stringify(change),
  );
  return changes > 0;
}
