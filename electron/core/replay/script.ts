/**
 * A recorded conversation as something that can be asked again: what the user said turn by turn, what each turn was
 * answered under, and the answers of tools. Pure.
 */
import { isFields } from '#core/analysis/turn-parse.ts';
import type { Remark } from '#shared/model/basics.ts';
import type { Conversation, Message, Span, Turn } from '#shared/model/conversation.ts';
import {
  type Answered,
  type Briefing,
  briefingOf,
  byName,
  type RecordedCall,
  textOf,
} from './model-call.ts';
import { type RetrievedDocument, retrievedOf } from './retrieved.ts';
import { unpacked } from './values.ts';
import type { Sampling, ToolDefinition } from './wire.ts';

export interface ScriptTurn extends Answered {
  /** Place in the conversation, from 0. */
  number: number;
  recorded: Turn;
  /** The system prompt that this turn was answered under; where it tells none, that of the nearest turn. */
  system: string | null;
  /** What the user said as it is sent again: with what the model was given beside it, where that was recorded. */
  asked: string[];
  /** What the model may call: what was defined, and what was called without a recorded definition. */
  tools: readonly ToolDefinition[];
  /** Of these the ones with a recorded definition, by which arguments are checked. */
  defined: readonly ToolDefinition[];
  sampling: Sampling;
  /** What was looked up for it; known where its spans were read. */
  retrieved: RetrievedDocument[];
}

export interface Script {
  turns: ScriptTurn[];
  /** What a reader should know of how true to the original a re-run can be. */
  remarks: Remark[];
}

/**
 * `spansOf`: the spans of a turn's trace; those of the turns that are answered again are enough. `first`: the place of the
 * first of these turns in the conversation.
 */
export function makeScript(
  conversation: Pick<Conversation, 'turns'>,
  spansOf: (turn: Turn) => readonly Span[],
  first = 0,
): Script {
  const said = conversation.turns.map(saidInTurn);
  const spans = said.map((turn) => spansOf(turn.recorded));
  const briefings = said.map((turn, place) => briefingOf(turn, spans[place] ?? []));
  const near = neighbours(briefings);
  const guessed = guessedTools(said.flatMap(({ calls }) => calls));
  const turns = said.map((turn, place): ScriptTurn => {
    const own = briefings[place] ?? null;
    const system = own?.system ?? near.withPrompt(place)?.system ?? null;
    const beside = own === null ? near.withTools(place) : near.withToolsUnder(system, place);
    const defined = own !== null && own.tools.length > 0 ? own.tools : (beside?.tools ?? []);
    // A call that no definition covers can be made again too.
    const called = guessed.filter(({ name }) => turn.calls.some((call) => call.name === name));
    const question = own?.question ?? null;
    return {
      ...turn,
      number: first + place,
      system,
      asked: question === null ? turn.said : [...turn.said.slice(0, -1), question],
      tools: near.defines ? byName([...defined, ...called]) : guessed,
      defined,
      sampling: own?.sampling ?? near.any(place)?.sampling ?? {},
      retrieved: retrievedOf(spans[place] ?? []),
    };
  });
  return { turns, remarks: remarksOn(turns, briefings) };
}

function saidInTurn(recorded: Turn): Answered & { recorded: Turn; said: string[] } {
  const texts = (role: Message['role']) =>
    recorded.messages
      .filter((message) => message.role === role)
      .map(textOf)
      .filter((text) => text !== '');
  return {
    recorded,
    said: texts('user'),
    calls: recordedCalls(recorded.messages),
    answer: texts('assistant').at(-1) ?? '',
  };
}

/** What the turns beside one were answered under, for what it tells nothing of itself. */
function neighbours(briefings: readonly (Briefing | null)[]) {
  const told = [...briefings.entries()].flatMap(([place, one]) => (one ? [{ place, one }] : []));
  const placesOf = (fits: (briefing: Briefing) => boolean) =>
    told.flatMap(({ place, one }) => (fits(one) ? [place] : []));
  const withTools = placesOf(({ tools }) => tools.length > 0);
  const under = Map.groupBy(withTools, (place) => briefings[place]?.system ?? null);
  const finder = (places: readonly number[]) => (place: number) =>
    briefings[nearest(places, place) ?? -1] ?? null;
  return {
    defines: withTools.length > 0,
    any: finder(placesOf(() => true)),
    withPrompt: finder(placesOf(({ system }) => system !== null)),
    withTools: finder(withTools),
    withToolsUnder: (system: string | null, place: number) =>
      finder(under.get(system) ?? [])(place),
  };
}

/**
 * Of places in order the nearest one but `place` itself; the one before where two are as near: what was said later need
 * not have been known yet.
 */
function nearest(places: readonly number[], place: number): number | null {
  let low = 0;
  for (let high = places.length; low < high; ) {
    const middle = (low + high) >> 1;
    if ((places[middle] ?? place) < place) low = middle + 1;
    else high = middle;
  }
  const before = places[low - 1] ?? null;
  const after = places[places[low] === place ? low + 1 : low] ?? null;
  if (before === null || after === null) return before ?? after;
  return place - before <= after - place ? before : after;
}

function remarksOn(
  turns: readonly ScriptTurn[],
  briefings: readonly (Briefing | null)[],
): Remark[] {
  const remarks: Remark[] = [];
  if (turns.every(({ system }) => system === null)) {
    remarks.push({
      code: 'no_system_prompt',
      message: 'No system prompt was recorded: the answers are given without one.',
    });
  }
  if (briefings.some((one) => one?.guessed)) {
    remarks.push({
      code: 'call_guessed',
      message:
        'Which of several model calls gave the answer is not told: prompt, tools and settings of the likeliest one are sent.',
    });
  }
  if (turns.some(({ defined, tools }) => tools.length > defined.length)) {
    const none = turns.every(({ defined }) => defined.length === 0);
    remarks.push({
      code: 'tools_guessed',
      message: `${none ? 'No tool definitions' : 'Not all tool definitions'} were recorded: ${none ? 'they' : 'the others'} were made from the recorded calls, whose arguments are held against no schema.`,
    });
  }
  if (turns.some(({ asked, said }) => asked !== said)) {
    remarks.push({
      code: 'context',
      message: 'What the model was given beside the user’s words goes along as it was recorded.',
    });
  }
  const unsent = turns.filter(notSent).reduce((sum, { retrieved }) => sum + retrieved.length, 0);
  if (unsent > 0) {
    const [them, were] = unsent === 1 ? ['document', 'was'] : ['documents', 'were'];
    remarks.push({
      code: 'not_retrieved',
      message: `${unsent} ${them} that ${were} looked up do not go along: what the model was sent of them was not recorded. An endpoint that looks nothing up by itself answers without.`,
    });
  }
  if (turns.some(({ recorded }) => recorded.messages.some(hasOther))) {
    remarks.push({
      code: 'not_text',
      message: 'Parts that are not text (images, files) cannot be sent again and are left out.',
    });
  }
  return remarks;
}

/** How much of a document is looked for in what is sent. */
const TELLING = 60;

function notSent({ asked, calls, retrieved, said, system }: ScriptTurn): boolean {
  if (retrieved.length === 0 || asked !== said) return false;
  const sent = [system, ...calls.map(({ result }) => JSON.stringify(result))].join('\n');
  return !retrieved.some(({ text }) => text !== null && sent.includes(text.slice(0, TELLING)));
}

/** Calls with their answers: by id where both tell it, else the first open call of that name. */
export function recordedCalls(messages: readonly Message[]): RecordedCall[] {
  const calls: (RecordedCall & { id: string | null })[] = [];
  for (const part of messages.flatMap((message) => message.parts)) {
    if (part.type === 'tool_call') {
      calls.push({
        id: part.id,
        name: part.name,
        arguments: unpacked(part.arguments),
        result: undefined,
      });
    } else if (part.type === 'tool_call_response') {
      const open = calls.filter((call) => call.result === undefined);
      const call =
        open.find(({ id }) => id !== null && id === part.id) ??
        open.find(({ id, name }) => (id === null || part.id === null) && name === part.name) ??
        open.find(({ id }) => id === null || part.id === null);
      if (call) call.result = part.response ?? null;
    }
  }
  return calls.map(({ id: _id, ...call }) => call);
}

/** A definition for each tool that was called, so that the model can call it again. */
function guessedTools(calls: readonly RecordedCall[]): ToolDefinition[] {
  const properties = new Map<string, Record<string, object>>();
  for (const call of calls) {
    if (call.name === '') continue;
    const known = properties.get(call.name) ?? {};
    for (const key of isFields(call.arguments) ? Object.keys(call.arguments) : []) known[key] = {};
    properties.set(call.name, known);
  }
  return [...properties].map(([name, known]) => ({
    name,
    parameters: { type: 'object', properties: known },
  }));
}

function hasOther(message: Message): boolean {
  return message.parts.some((part) => part.type === 'other');
}
