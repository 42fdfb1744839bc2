/** From what a person asks for to the cases of a run: which conversations, which of their turns, on what script. */
import type { Cache } from '#core/cache/client.ts';
import type { ReplayTarget } from '#shared/contract/replay.ts';
import { NightdeskError } from '#shared/errors/index.ts';
import type { Remark } from '#shared/model/basics.ts';
import type { Config } from '#shared/model/config.ts';
import type {
  Conversation,
  ConversationSummary,
  Span,
  Turn,
  TurnMark,
} from '#shared/model/conversation.ts';
import { failingsOf, failuresOf, slowTurnOf, tellingTurn } from '#shared/util/failures.ts';
import { languageOf } from './language.ts';
import { makeScript, type Script, type ScriptTurn } from './script.ts';

/** Turns of a conversation that are answered again at most, and that go along as history. */
const MOST_TURNS = 50;
const MOST_HISTORY = 200;
const SPANS_OF_A_TURN = 500;
/** Turns beside one that tells of no model call, which are asked for what it was answered under. */
const NEIGHBOURS = 5;

export interface PreparedCase {
  summary: ConversationSummary;
  category: string;
  script: Script;
  /** The turns to answer, in order; at least one. */
  turns: ScriptTurn[];
  /** The numbers of those that failed as they were recorded. */
  failed: ReadonlySet<number>;
  remarks: Remark[];
}

export interface Prepared {
  cases: PreparedCase[];
  title: string;
  service: string;
  environment: string;
  /** Of conversations that cannot be asked again. */
  remarks: Remark[];
}

/** Which of a conversation's turns are answered again, and from which one on it is read for that. */
interface Choice {
  firstTurn: number;
  choose: (turns: readonly ScriptTurn[]) => readonly ScriptTurn[];
}

export interface PrepareDeps {
  cache: Cache;
  config: () => Config;
}

/** Throws `not_found` when the conversation is not cached any more. */
export async function prepare(
  deps: PrepareDeps,
  target: ReplayTarget,
  signal?: AbortSignal,
): Promise<Prepared> {
  if (target.kind === 'batch') {
    const { rows } = await deps.cache.read('searchConversations', {
      text: '',
      filter: {
        ...target.filter,
        services: [target.service],
        environment: target.environment,
      },
      sort: 'newest',
      limit: target.conversations,
      offset: 0,
    });
    const slow = slowTurnOf(deps.config(), target.service);
    const choiceFor = async ({ key }: ConversationSummary) =>
      target.turns === 'all'
        ? { firstTurn: 0, choose: (turns: readonly ScriptTurn[]) => turns }
        : firstFailing(await deps.cache.read('conversationMarks', { key, slowTurnMs: slow }), slow);
    const title = `${rows.length} ${rows.length === 1 ? 'conversation' : 'conversations'} of ${target.service}`;
    return prepareMany(deps, rows, { ...target, choiceFor, signal }, title);
  }
  const wanted = target.kind === 'turn' ? target.turn : null;
  const first = Math.max(0, (wanted ?? 0) - MOST_HISTORY);
  const conversation = await readByKey(deps.cache, target.conversation, first);
  const { summary } = conversation;
  const made = await prepareCase(
    deps,
    conversation,
    (turns) => (wanted === null ? turns : turns.filter((turn) => turn.number === wanted)),
    '',
    first,
  );
  const place = wanted === null ? '' : `, turn ${wanted + 1}`;
  return {
    cases: 'why' in made ? [] : [made],
    title: `${summary.id}${place}`,
    service: summary.service,
    environment: summary.environment,
    remarks: 'why' in made ? [made.why] : [],
  };
}

/** One case for each conversation; those that cannot be asked again are counted in the remarks. */
export async function prepareMany(
  deps: PrepareDeps,
  rows: readonly ConversationSummary[],
  about: {
    service: string;
    environment: string;
    choiceFor: (summary: ConversationSummary) => Promise<Choice>;
    signal?: AbortSignal | undefined;
  },
  title: string,
  categoryOf: (summary: ConversationSummary) => string = () => '',
): Promise<Prepared> {
  const cases: PreparedCase[] = [];
  const left = new Map<string, number>();
  for (const row of rows) {
    about.signal?.throwIfAborted();
    const { choose, firstTurn } = await about.choiceFor(row);
    const made = await readByKey(deps.cache, row.key, firstTurn).then(
      (conversation) => prepareCase(deps, conversation, choose, categoryOf(row), firstTurn),
      notCached,
    );
    if ('why' in made) left.set(made.why.message, (left.get(made.why.message) ?? 0) + 1);
    else cases.push(made);
  }
  return {
    cases,
    title,
    service: about.service,
    environment: about.environment,
    remarks: [...left].map(([message, count]) => ({
      code: 'left_out',
      message: `${count} left out: ${message}`,
    })),
  };
}

async function prepareCase(
  deps: PrepareDeps,
  conversation: Conversation,
  choose: (turns: readonly ScriptTurn[]) => readonly ScriptTurn[],
  category = '',
  first = 0,
): Promise<PreparedCase | { why: Remark }> {
  const { summary } = conversation;
  const silent = conversation.turns.every((turn) => turn.messages.length === 0);
  if (silent) {
    return why('no_messages', 'Its messages were not recorded: there is nothing to ask again.');
  }
  // Which turns, before the spans are read: a long conversation has many.
  const askable = makeScript(conversation, () => [], first).turns.filter(
    (turn) => turn.said.length > 0,
  );
  if (askable.length === 0) return why('no_user', 'No message of a user was recorded in it.');
  const chosen = choose(askable);
  const readInPart = first + conversation.turns.length < summary.turns;
  const remarks: Remark[] = [];
  if (chosen.length === 0) {
    return why('no_user', 'The user said nothing in this turn: there is nothing to ask again.');
  }
  if (chosen.length > MOST_TURNS) {
    remarks.push({
      code: 'long',
      message: `Only the first ${MOST_TURNS} of its ${Math.max(chosen.length, readInPart ? summary.turns : 0)} turns are answered again.`,
    });
  }
  if (first > 0) {
    remarks.push({
      code: 'history',
      message: `The turns before turn ${first + 1} do not go along with what is asked.`,
    });
  }
  const numbers = new Set(chosen.slice(0, MOST_TURNS).map((turn) => turn.number));
  const spans = await spansFor(deps.cache, conversation.turns, (place) =>
    numbers.has(first + place),
  );
  // Tools of later turns answer too: a model may ask for something sooner than the recorded one did.
  const script = makeScript(conversation, (turn) => spans.get(turn) ?? [], first);
  const turns = script.turns.filter((turn) => numbers.has(turn.number));
  const slow = slowTurnOf(deps.config(), summary.service);
  const failed = turns.filter(({ recorded }) => failuresOf(failingsOf(recorded), slow).length > 0);
  return {
    summary,
    category,
    script,
    turns,
    failed: new Set(failed.map(({ number }) => number)),
    remarks: [...script.remarks, ...remarks],
  };
}

/**
 * The spans that tell what the chosen turns were answered under: their own, and where a turn tells of no model call (a
 * guardrail had stopped it, say) those of the nearest turn that does.
 */
async function spansFor(
  cache: Cache,
  turns: readonly Turn[],
  isChosen: (place: number) => boolean,
): Promise<ReadonlyMap<Turn, readonly Span[]>> {
  const known = new Map<Turn, readonly Span[]>();
  async function tells(place: number): Promise<boolean> {
    const turn = turns[place];
    if (turn === undefined) return false;
    const asked = { traceId: turn.traceId, limit: SPANS_OF_A_TURN, only: 'model' } as const;
    const spans = known.get(turn) ?? (await cache.read('spansOfTrace', asked)).spans;
    known.set(turn, spans);
    return spans.some(({ operation }) => operation === 'chat');
  }
  for (const place of turns.keys()) {
    if (!isChosen(place) || (await tells(place))) continue;
    for (let away = 1; away <= NEIGHBOURS; away++) {
      if ((await tells(place - away)) || (await tells(place + away))) break;
    }
  }
  return known;
}

/** The language that the answer to a turn should be in. */
export function askedLanguage(turn: ScriptTurn): string | null {
  return turn.recorded.language ?? languageOf(turn.said.join('\n'));
}

/** By what is known of all its turns, of which a long conversation has more than are read here. */
function firstFailing(marks: readonly TurnMark[], slowMs: number): Choice {
  const telling = tellingTurn(marks);
  return {
    firstTurn: Math.max(0, (telling ?? 0) - MOST_HISTORY),
    choose(turns) {
      const asked = turns.filter(({ number }) => number === telling);
      if (asked.length > 0) return asked;
      // Its user said nothing in that one.
      const read = turns.map(({ recorded }, turn) => ({
        turn,
        failures: failuresOf(failingsOf(recorded), slowMs),
      }));
      return turns.slice(tellingTurn(read) ?? -1).slice(0, 1);
    },
  };
}

/** Between the list and here it may have been pruned; whatever else fails is no such case. */
function notCached(error: unknown): { why: Remark } {
  if (error instanceof NightdeskError && error.code === 'not_found') {
    return why('not_found', error.message);
  }
  throw error;
}

async function readByKey(cache: Cache, key: number, firstTurn = 0): Promise<Conversation> {
  const conversation = await cache.read('readConversationByKey', {
    key,
    firstTurn,
    maxTurns: MOST_HISTORY + MOST_TURNS,
  });
  if (conversation) return conversation;
  throw new NightdeskError('not_found', 'This conversation is no longer cached.');
}

function why(code: string, message: string): { why: Remark } {
  return { why: { code, message } };
}
