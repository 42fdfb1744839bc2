/** Re-runs are written, with what models answered masked. */
import type { WriteDb } from '#core/cache/db.ts';
import { Known } from '#core/masking/known.ts';
import type { Replay, ReplaySample } from '#shared/model/replay.ts';
import { decode, storable } from './json.ts';
import { maskerOf } from './people.ts';
import type { StoredCase } from './replays.ts';

export function saveReplay(db: WriteDb, args: { replay: Replay }): void {
  // Endpoints may say in a failure what they were asked.
  const note = maskerOf(db)?.text(args.replay.note, new Known()) ?? args.replay.note;
  const replay = { ...args.replay, note };
  db.run(
    `INSERT INTO replays (id, environment, started_at, state, body) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET state = excluded.state, body = excluded.body`,
    replay.id,
    storable(replay.environment),
    replay.startedAt,
    replay.state,
    JSON.stringify(replay),
  );
}

/** A conversation that was pruned in the meantime takes its case with it. */
export function saveReplayCases(db: WriteDb, args: { id: string; cases: StoredCase[] }): void {
  for (const stored of args.cases) {
    db.run(
      `INSERT INTO replay_cases (replay, number, conversation, body)
       SELECT ?1, ?2, key, ?4 FROM conversations WHERE key = ?3
       ON CONFLICT (replay, number) DO UPDATE SET body = excluded.body`,
      args.id,
      stored.case.number,
      stored.case.conversation,
      JSON.stringify(stored),
    );
  }
}

export function saveReplaySamples(
  db: WriteDb,
  args: { id: string; number: number; samples: ReplaySample[] },
): void {
  const mask = masking(db, args.id, args.number);
  for (const told of args.samples) {
    const sample = mask(told);
    db.run(
      `INSERT INTO replay_samples (replay, number, turn, endpoint, sample, body)
       SELECT replay, number, ?3, ?4, ?5, ?6 FROM replay_cases WHERE replay = ?1 AND number = ?2
       ON CONFLICT (replay, number, turn, endpoint, sample) DO UPDATE SET body = excluded.body`,
      args.id,
      args.number,
      sample.turn,
      sample.endpoint,
      sample.sample,
      JSON.stringify(sample),
    );
  }
}

/** What a model answers is masked as what it was asked: it may say again what it was told, or make somebody up. */
function masking(db: WriteDb, id: string, number: number): (sample: ReplaySample) => ReplaySample {
  const masker = maskerOf(db);
  if (masker === null) return (sample) => sample;
  const people = db.value<string>(
    `SELECT c.people FROM replay_cases r JOIN conversations c ON c.key = r.conversation
     WHERE r.replay = ? AND r.number = ?`,
    id,
    number,
  );
  return (one) => {
    // Whom a model makes up is nobody of the conversation.
    const known = new Known(decode(people ?? '{}'));
    const text = (said: string) => masker.text(said, known);
    return {
      ...one,
      toolCalls: one.toolCalls.map((call) => ({
        ...call,
        arguments: text(call.arguments),
        result: text(call.result),
        schemaErrors: call.schemaErrors?.map(text) ?? null,
      })),
      text: text(one.text),
      error: one.error === null ? null : { ...one.error, message: text(one.error.message) },
      judgement: one.judgement === null ? null : { ...one.judgement, why: text(one.judgement.why) },
      judgeError: one.judgeError === null ? null : text(one.judgeError),
    };
  };
}

/** What still says that it runs ended with the console. Answers how many did. */
export function endRunningReplays(db: WriteDb, args: { at: number; note: string }): number {
  return db.run(
    `UPDATE replays SET state = 'unfinished',
       body = json_set(body, '$.state', 'unfinished', '$.endedAt', ?, '$.note', ?)
     WHERE state = 'running'`,
    args.at,
    args.note,
  ).changes;
}

/** With its conversation goes what was said of it again. */
export function removeReplayCases(db: WriteDb, conversation: number): void {
  db.run(
    `DELETE FROM replay_samples WHERE (replay, number) IN
       (SELECT replay, number FROM replay_cases WHERE conversation = ?)`,
    conversation,
  );
  db.run('DELETE FROM replay_cases WHERE conversation = ?', conversation);
}

/** Old runs, but for those that have a case of a conversation that is still there. */
export function removeOldReplays(db: WriteDb, before: number): number {
  return db.run(
    `DELETE FROM replays WHERE started_at < ? AND state <> 'running'
       AND NOT EXISTS (SELECT 1 FROM replay_cases c WHERE c.replay = id)`,
    before,
  ).changes;
}
