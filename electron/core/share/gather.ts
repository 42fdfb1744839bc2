/** Conversations as they may leave the console: masked once more, put together from their masked spans. */
import { summariseFacts, turnFacts } from '#core/analysis/conversation.ts';
import { assembleTurn } from '#core/analysis/turn.ts';
import type { Cache } from '#core/cache/client.ts';
import { Known } from '#core/masking/known.ts';
import type { Masker } from '#core/masking/masker.ts';
import { Breather } from '#core/sources/breather.ts';
import type { SpanRecord } from '#core/sources/connector.ts';
import { NightdeskError } from '#shared/errors/index.ts';
import type { Shared, SharedSummary } from '#shared/model/bundle.ts';
import type { Change } from '#shared/model/change.ts';
import type { ConversationSummary, Turn } from '#shared/model/conversation.ts';
import { importedFrom } from '#shared/util/imported.ts';
import { BUNDLE_LIMITS } from '#shared/util/share-limits.ts';
import { steersIn } from '#shared/util/steering.ts';
import { plainChange, plainTrace } from './apart.ts';

export interface SharedTurn {
  turn: Turn;
  records: SpanRecord[];
  /** Something in it speaks to whoever reads it. */
  steers: boolean;
}

export interface SharedConversation {
  summary: SharedSummary;
  turns: SharedTurn[];
  /** Of its service and environment, from shortly before it to its end; oldest first. */
  changes: Change[];
}

export interface Gathered {
  conversations: SharedConversation[];
  /** What was asked for and is not there; null = all is. */
  cut: { why: string; left: number } | null;
}

export interface GatherDeps {
  cache: Pick<Cache, 'read'>;
  masker: Masker;
  /** From which duration a turn of a service counts as slow, milliseconds. */
  slowTurnMs: (service: string) => number;
}

/** Characters of records and turns: a turn is told twice, in its spans and as itself. */
const STORED_CHARS = BUNDLE_LIMITS.chars / 3;
/** A change this long before the first turn may still explain it. */
const BEFORE_MS = 3_600_000;
const CHANGES = 50;

/** Throws `not_found` when nothing of what is asked for is cached. */
export async function gather(
  deps: GatherDeps,
  what: Shared,
  signal: AbortSignal,
): Promise<Gathered> {
  const { keys, total, totalIs } = await keysOf(deps, what);
  const breather = new Breather();
  const conversations: SharedConversation[] = [];
  let room = STORED_CHARS;
  for (const key of keys) {
    signal.throwIfAborted();
    const stored = await deps.cache.read('readShared', { key, chars: room });
    if (stored === null) continue;
    // A part of a conversation is worth something alone; in a set it is the next one that does not fit.
    if (!stored.whole && (conversations.length > 0 || stored.turns.length === 0)) {
      const left = total - conversations.length;
      return { conversations, cut: { why: tooLarge(conversations.length, total, totalIs), left } };
    }
    for (const records of stored.turns) for (const json of records) room -= json.length;
    conversations.push(await masked(deps, stored, breather));
    if (!stored.whole) {
      const left = stored.summary.turns - stored.turns.length;
      const why = `Its first ${stored.turns.length} of ${stored.summary.turns} turns: more than ${BUNDLE_LIMITS.chars / 1e6} MB are not shared in one file.`;
      return { conversations, cut: { why, left } };
    }
  }
  if (conversations.length === 0) {
    throw new NightdeskError('not_found', 'Nothing of it is cached any more.');
  }
  const left = total - keys.length;
  return { conversations, cut: left > 0 ? { why: tooMany(total, totalIs), left } : null };
}

async function keysOf({ cache }: GatherDeps, what: Shared) {
  if (what.kind === 'conversation')
    return { keys: [what.key], total: 1, totalIs: 'exact' as const };
  const { text, filter, sort } = what;
  const limit = BUNDLE_LIMITS.conversations;
  const found = await cache.read('searchConversations', { text, filter, sort, limit, offset: 0 });
  const { rows, total, totalIs } = found;
  return { keys: rows.map((row) => row.key), total, totalIs };
}

const amount = (total: number, totalIs: 'exact' | 'atLeast') =>
  `${totalIs === 'atLeast' ? 'at least ' : ''}${total}`;

function tooMany(total: number, totalIs: 'exact' | 'atLeast'): string {
  return `The first ${BUNDLE_LIMITS.conversations} of ${amount(total, totalIs)} conversations: a set ends there.`;
}

function tooLarge(done: number, total: number, totalIs: 'exact' | 'atLeast'): string {
  return `The first ${done} of ${amount(total, totalIs)} conversations: a file ends at ${BUNDLE_LIMITS.chars / 1e6} MB.`;
}

async function masked(
  { cache, masker, slowTurnMs }: GatherDeps,
  stored: { summary: ConversationSummary; people: Record<string, string>; turns: string[][] },
  breather: Breather,
): Promise<SharedConversation> {
  const { id, service } = stored.summary;
  const environment = importedFrom(stored.summary.environment) ?? stored.summary.environment;
  const known = new Known(stored.people);
  let turns = stored.turns.map((records) =>
    records.map((json) => asItself(JSON.parse(json), id, environment)),
  );
  // Twice: what a later turn tells of people holds for those before it.
  for (let round = 0; round < 2; round++) {
    const before = known.size;
    const next: SpanRecord[][] = [];
    for (const records of turns) {
      next.push(records.map((record) => masker.record(record, known)));
      await breather.rest();
    }
    turns = next;
    if (known.size === before) break;
  }
  const shared: SharedTurn[] = [];
  const facts = [];
  for (const records of turns) {
    const { turn, tools } = assembleTurn(records);
    shared.push({ turn, records, steers: turn.messages.some(steersIn) });
    facts.push({ ...turnFacts(turn), tools });
    await breather.rest();
  }
  const summary = {
    id,
    service,
    environment,
    ...summariseFacts(facts, slowTurnMs(service)),
  };
  const changes = await cache.read('listChanges', {
    environment: stored.summary.environment,
    service,
    from: summary.startedAt - BEFORE_MS,
    to: summary.endedAt + 1,
    limit: CHANGES,
  });
  const say = (text: string) => masker.text(text, known);
  return {
    summary,
    turns: shared,
    changes: changes
      .map((change) => plainChange(change, environment))
      .map((one) => ({ ...one, title: say(one.title), detail: say(one.detail), by: say(one.by) }))
      .sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1)),
  };
}

/** Whether it came from a source or in a bundle: a record says the same. */
function asItself(record: SpanRecord, conversation: string, environment: string): SpanRecord {
  const { span } = record;
  const traceId = plainTrace(span.traceId);
  return { ...record, conversation, environment, span: { ...span, traceId } };
}
