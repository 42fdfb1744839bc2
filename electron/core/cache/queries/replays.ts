/** Re-runs as they are read: the run, its cases (one conversation each) and the answers to them. Written in save-replays.ts. */
import type { ReadDb } from '#core/cache/db.ts';
import type { Replay, ReplayCase, ReplaySample, ReplayTurn } from '#shared/model/replay.ts';
import { decode, storable } from './json.ts';

/** A case with what its turns need beside their answers. */
export interface StoredCase {
  case: ReplayCase;
  turns: Pick<ReplayTurn, 'turn' | 'traceId' | 'question' | 'asked'>[];
}

export function readReplay(db: ReadDb, args: { id: string }): Replay | null {
  const body = db.value<string>('SELECT body FROM replays WHERE id = ?', storable(args.id));
  return body === undefined ? null : decode<Replay>(body);
}

/** Newest first. */
export function listReplays(
  db: ReadDb,
  args: { environment: string | null; conversation: number | null; limit: number },
): Replay[] {
  const { conversation, environment, limit } = args;
  const bodies =
    conversation !== null
      ? db.column<string>(
          `SELECT r.body FROM replay_cases c JOIN replays r ON r.id = c.replay
           WHERE c.conversation = ? ORDER BY r.started_at DESC LIMIT ?`,
          conversation,
          limit,
        )
      : environment !== null
        ? db.column<string>(
            'SELECT body FROM replays WHERE environment = ? ORDER BY started_at DESC LIMIT ?',
            environment,
            limit,
          )
        : db.column<string>('SELECT body FROM replays ORDER BY started_at DESC LIMIT ?', limit);
  return bodies.map((body) => decode<Replay>(body));
}

export function listReplayCases(db: ReadDb, args: { id: string }): StoredCase[] {
  return db
    .column<string>(
      'SELECT body FROM replay_cases WHERE replay = ? ORDER BY number',
      storable(args.id),
    )
    .map((body) => decode<StoredCase>(body));
}

export function readReplayCase(
  db: ReadDb,
  args: { id: string; number: number },
): { stored: StoredCase; samples: ReplaySample[] } | null {
  const id = storable(args.id);
  const body = db.value<string>(
    'SELECT body FROM replay_cases WHERE replay = ? AND number = ?',
    id,
    args.number,
  );
  if (body === undefined) return null;
  const samples = db.column<string>(
    `SELECT body FROM replay_samples WHERE replay = ? AND number = ?
     ORDER BY replay, number, turn, endpoint, sample`,
    id,
    args.number,
  );
  return { stored: decode(body), samples: samples.map((one) => decode<ReplaySample>(one)) };
}
