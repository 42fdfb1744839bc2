/** The row of a conversation is derived from its turns, in the transaction that touched them. */
import { summariseFacts, type TurnFacts } from '#core/analysis/conversation.ts';
import type { AssembledTurn } from '#core/analysis/turn.ts';
import type { WriteDb } from '#core/cache/db.ts';
import type { ConversationSummary, LiveCombination } from '#shared/model/conversation.ts';
import { failureBits, feedbackBits, turnRange } from './conversation-row.ts';
import type { FacetWriter } from './facet-writer.ts';
import { facetsOf } from './facets.ts';
import { decode, storable } from './json.ts';
import { decodeFacts } from './turn-row.ts';

const SLOW_TURN_MS = 5000;

/** A turn that was just written. */
export interface AddedTurn {
  assembled: AssembledTurn;
  facts: TurnFacts;
  /** The conversation had no turn before this batch. */
  begins: boolean;
}

interface Names {
  id: string;
  service: string;
  environment: string;
}

/**
 * `added` may be empty when a turn has left: then the conversation is derived again, or goes.
 * `source`: whose batch it is; '' = nobody's, what is stored was only written again.
 */
export function summariseConversation(
  db: WriteDb,
  facets: FacetWriter,
  key: number,
  added: readonly AddedTurn[],
  source: string,
): void {
  const first = added[0];
  const names: Names | undefined = first
    ? {
        id: storable(first.assembled.conversation),
        service: storable(first.assembled.service),
        environment: storable(first.assembled.environment),
      }
    : db.get<Names>('SELECT id, service, environment FROM conversations WHERE key = ?', key);
  if (!names) return;
  // Of a conversation that begins with this batch, all turns are at hand.
  const facts = first?.begins ? added.map((turn) => turn.facts) : factsOf(db, key);
  if (facts.length === 0) {
    facets.remove(key);
    db.run('DELETE FROM conversations WHERE key = ?', key);
    return;
  }
  const slowTurnMs = db.settings.slowTurnMs[names.service] ?? SLOW_TURN_MS;
  const summary = {
    ...names,
    ...summariseFacts(facts, slowTurnMs),
    ...cameFrom(first?.begins ? [] : sourcesOf(db, key), source),
  };
  const before = first?.begins ? null : facets.of(key);
  write(db, key, summary, facets.change(key, before, facetsOf(summary, facts)));
}

/** The one thing of a summary that its turns do not tell. */
function cameFrom(known: readonly string[] | null, source: string): { sources?: string[] } {
  // It began before this was noted: from where, nobody knows any more.
  if (known === null) return {};
  const sources = source === '' || known.includes(source) ? [...known] : [...known, source];
  return sources.length === 0 ? {} : { sources };
}

function sourcesOf(db: WriteDb, key: number): string[] | null {
  const summary = db.value<string>('SELECT summary FROM conversations WHERE key = ?', key);
  if (summary === undefined) return [];
  return decode<Pick<ConversationSummary, 'sources'>>(summary).sources ?? null;
}

function factsOf(db: WriteDb, key: number): TurnFacts[] {
  const { from, to } = turnRange(key);
  const rows = db.all<{ facts: string; combination: number }>(
    'SELECT facts, combination FROM turns WHERE id >= ? AND id < ?',
    from,
    to,
  );
  const lives = new Map<number, LiveCombination>();
  return rows.map(({ facts, combination }) => {
    let live = lives.get(combination);
    if (!live) {
      live = decode<LiveCombination>(
        db.value<string>('SELECT live FROM combinations WHERE id = ?', combination) ?? '{}',
      );
      lives.set(combination, live);
    }
    return decodeFacts(facts, live);
  });
}

function write(
  db: WriteDb,
  key: number,
  summary: Omit<ConversationSummary, 'key' | 'pinned'>,
  facets: string,
): void {
  db.run(
    `INSERT INTO conversations (key, id, service, environment, version, language, started_at, ended_at,
       slowest_ms, cost_usd, failures, feedback, facets, summary)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (key) DO UPDATE SET version = excluded.version, language = excluded.language,
       started_at = excluded.started_at, ended_at = excluded.ended_at,
       slowest_ms = excluded.slowest_ms, cost_usd = excluded.cost_usd,
       failures = excluded.failures, feedback = excluded.feedback,
       facets = excluded.facets, summary = excluded.summary`,
    key,
    summary.id,
    summary.service,
    summary.environment,
    storable(summary.version),
    summary.language === null ? null : storable(summary.language),
    summary.startedAt,
    summary.endedAt,
    summary.slowestTurnMs,
    summary.costUsd,
    failureBits(summary.failures),
    feedbackBits(summary.feedback),
    facets,
    JSON.stringify(summary),
  );
}
