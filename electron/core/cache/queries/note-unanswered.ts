import type Database from 'better-sqlite3';
import type { Message, Turn } from '#shared/model/conversation.ts';
import { answerMissing } from '#shared/util/unanswered.ts';
import { decode } from './json.ts';

/** Finds the turns without an answer among those that an older version stored. Few have messages that end so that they are read. */
export function noteUnanswered(db: Database.Database): void {
  const after = db.prepare<[number], { id: number; facts: string; messages: string }>(
    `SELECT id, facts, messages FROM turns WHERE id > ?
       AND CASE WHEN json_valid(messages) THEN
         messages ->> '$[#-1].role' <> 'assistant' OR messages ->> '$[#-1].parts[#-1].type' <> 'text'
         OR messages ->> '$[#-1].parts[#-1].content' = '' END
     ORDER BY id LIMIT 1000`,
  );
  const update = db.prepare('UPDATE turns SET facts = ? WHERE id = ?');
  let last = -1;
  for (;;) {
    const rows = after.all(last);
    for (const row of rows) {
      last = row.id;
      const facts = decode<Partial<Turn>>(row.facts);
      if (!answerMissing({ ...facts, messages: decode<Message[]>(row.messages) })) continue;
      update.run(JSON.stringify({ ...facts, odd: { ...facts.odd, answerMissing: true } }), row.id);
    }
    if (rows.length === 0) return;
  }
}
