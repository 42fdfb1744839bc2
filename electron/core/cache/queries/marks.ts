/** What is known of the turns of a conversation before they are read: which failed and how, and what is odd about them. */
import type { ReadDb } from '#core/cache/db.ts';
import type { LiveCombination, TurnMark, TurnOdd } from '#shared/model/conversation.ts';
import { failuresOf } from '#shared/util/failures.ts';
import { turnRange } from './conversation-row.ts';
import { decodeFacts } from './turn-row.ts';

/** What the marks need of a turn does not depend on it. */
const UNKNOWN: LiveCombination = { version: '', model: null, prompt: null, index: null, flags: {} };

/** A longer silence than this may mean that an id was used again. */
const PAUSE_MS = 2 * 3_600_000;

/** A later turn has turns before it: that the model was told them is not odd. */
function withHistory(odd: TurnOdd | undefined): TurnOdd | undefined {
  if (odd?.toldBefore === undefined) return odd;
  const { toldBefore: _usual, ...rest } = odd;
  return Object.keys(rest).length > 0 ? rest : undefined;
}

/** Only of turns that have any; from facts alone, in the order in which the turns are read. */
export function conversationMarks(
  db: ReadDb,
  args: { key: number; slowTurnMs: number },
): TurnMark[] {
  const { from, to } = turnRange(args.key);
  const rows = db.column<string>(
    'SELECT facts FROM turns WHERE id >= ? AND id < ? ORDER BY started_at, id',
    from,
    to,
  );
  let heardUntil: number | null = null;
  return rows.flatMap((row, turn): TurnMark[] => {
    const facts = decodeFacts(row, UNKNOWN);
    const failures = failuresOf(facts, args.slowTurnMs);
    const toolFailed = facts.tools.failed.length > 0;
    const pauseMs = heardUntil === null ? 0 : facts.startedAt - heardUntil;
    const endedAt = facts.startedAt + facts.durationMs;
    heardUntil = Math.max(heardUntil ?? endedAt, endedAt);
    const odd = turn === 0 ? facts.odd : withHistory(facts.odd);
    const plain = failures.length === 0 && !toolFailed && odd === undefined && pauseMs < PAUSE_MS;
    if (plain) return [];
    return [
      {
        turn,
        endedAt,
        failures,
        toolFailed,
        ...(odd === undefined ? {} : { odd }),
        ...(pauseMs < PAUSE_MS ? {} : { pauseMs }),
      },
    ];
  });
}
