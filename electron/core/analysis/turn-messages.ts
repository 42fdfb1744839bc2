/**
 * The messages that are new in a turn. Services repeat the history: every model call is sent the whole
 * conversation so far, and the agent's span often has it too. New is what begins with the last run of user
 * messages: those, then tool calls and their responses, then the answer. System prompts repeat as well;
 * they stay on their span.
 */
import type { Message } from '#shared/model/conversation.ts';
import { FIRST_TOKEN_MS, figureOf } from '#shared/util/span-figures.ts';
import { identity, Line } from './turn-lines.ts';
import { type Said, saidIn } from './turn-said.ts';
import type { Step } from './turn-steps.ts';
import { addToolSpans } from './turn-tools.ts';

export interface Told {
  messages: Message[];
  /** When each came, milliseconds since the epoch; null = no step tells. */
  cameAt: (number | null)[];
  /** Messages of the user that some step was told, and that are not of this turn. */
  before: number;
}

/** `steps` by time; `entry` is the step that answers the user. */
export function turnMessages(steps: readonly Step[], entry: Step): Told {
  // While the agent's span is missing, the first step stands for it; a model call is told with the others.
  const whole = entry.operation === 'chat' ? { input: [], output: [] } : saidIn(entry);
  const calls = modelCalls(steps, entry);
  const { talk: userSource, before: earlier } = newest(whole.input);
  let before = earlier;
  const asked = (message: Message) => (message.role === 'user' ? entry.startedAt : null);
  const lines: Line[] = userSource.map(
    (message) => new Line(message, entry.startedAt, asked(message)),
  );
  const hasUser = userSource.some((message) => message.role === 'user');

  const lastSaid = calls.findLastIndex(({ said }) => said.output.length > 0);
  calls.forEach(({ step, said }, index) => {
    // A model call's prompt may wrap the user's words in a template; the entry knows what was really said.
    const latest = newest(said.input);
    before = Math.max(before, latest.before);
    const seen = latest.talk.filter((message) => !(hasUser && message.role === 'user'));
    const users = lines.some(({ message }) => message.role === 'user');
    const known = users ? seen.filter((message) => message.role !== 'user') : seen;
    // The model had a tool's result by then, at the latest; of its own words, retold, that says nothing.
    const from = merge(lines, known, 0, step.startedAt, (message) =>
      message.role === 'tool' ? step.startedAt : asked(message),
    );
    // Words between calls (a router, a rewriter) are not what the user read, unless they come with a tool call.
    const last = whole.output.length === 0 && index === lastSaid;
    const output = said.output.filter((message) => last || hasCall(message));
    const end = known.length > 0 ? from : lines.length;
    merge(lines, output, end, step.endedAt, (message) =>
      hasCall(message) ? step.endedAt : firstTokenOf(step),
    );
  });

  addToolSpans(
    lines,
    steps.filter((step) => step.operation === 'tool'),
  );
  const answerFrom =
    whole.output.length > 1
      ? Math.min(userSource.length, lines.length)
      : lines.length - trailingMatch(lines, whole.output);
  merge(lines, whole.output, answerFrom, entry.endedAt);
  const answer = lines.at(-1);
  if (answer?.message.role === 'assistant') {
    const chat = calls[lastSaid]?.step ?? steps.findLast(({ operation }) => operation === 'chat');
    // A turn may tell the first token of its first model call, which only asked for a tool.
    const soonest = lines.at(-2)?.cameAt ?? entry.startedAt;
    const begun = [entry, chat].map((step) => (step ? firstTokenOf(step) : null));
    answer.cameAt ??= begun.find((at) => at !== null && at >= soonest) ?? answer.at;
  }
  return {
    messages: lines.map(({ message }) => message),
    cameAt: lines.map(({ cameAt }) => cameAt),
    before,
  };
}

function firstTokenOf({ attributes, startedAt }: Step): number | null {
  const waited = figureOf(attributes, FIRST_TOKEN_MS);
  return waited === null ? null : startedAt + waited;
}

/** Model calls with messages; where none has any, the agent calls inside the entry. */
function modelCalls(steps: readonly Step[], entry: Step): { step: Step; said: Said }[] {
  const of = (operation: Step['operation']) =>
    steps
      .filter((step) => step.operation === operation && (operation === 'chat' || step !== entry))
      .map((step) => ({ step, said: saidIn(step) }))
      .filter(({ said }) => said.input.length + said.output.length > 0);
  const chats = of('chat');
  return chats.length > 0 ? chats : of('turn');
}

/** From the last run of user messages to the end; everything where the user has not spoken before it. */
function newest(input: readonly Message[]): { talk: readonly Message[]; before: number } {
  const talk = input.filter((message) => message.role !== 'system');
  let end = talk.length - 1;
  while (end >= 0 && talk[end]?.role !== 'user') end--;
  if (end < 0) return { talk, before: 0 };
  let start = end;
  while (start > 0 && talk[start - 1]?.role === 'user') start--;
  const before = talk.slice(0, start).filter((message) => message.role === 'user').length;
  return { talk: before > 0 ? talk.slice(start) : talk, before };
}

/**
 * Brings `messages` into `lines` from index `from` on, keeping both orders: what is there already is passed,
 * what is not is put in. `cameAt` tells when a message came. Answers the index behind the last one.
 */
function merge(
  lines: Line[],
  messages: readonly Message[],
  from: number,
  at: number,
  cameAt: (message: Message) => number | null = () => null,
): number {
  if (from >= lines.length) {
    for (const message of messages) lines.push(new Line(message, at, cameAt(message)));
    return lines.length;
  }
  if (messages.length === 0) return from;
  const places = new Map<string, number[]>();
  for (let index = lines.length - 1; index >= from; index--) {
    const known = lines[index];
    if (known === undefined) continue;
    const list = places.get(known.key);
    if (list === undefined) places.set(known.key, [index]);
    else list.push(index);
  }
  const merged = lines.slice(0, from);
  let next = from;
  let behind = from;
  for (const message of messages) {
    const key = identity(message);
    const list = places.get(key) ?? [];
    while (list.length > 0 && (list.at(-1) ?? 0) < next) list.pop();
    const found = list.pop();
    if (found === undefined) {
      merged.push(new Line(message, at, cameAt(message)));
    } else {
      const known = lines[found];
      if (known) known.cameAt ??= cameAt(message);
      merged.push(...lines.slice(next, found + 1));
      next = found + 1;
    }
    behind = merged.length;
  }
  merged.push(...lines.slice(next));
  lines.splice(0, lines.length, ...merged);
  return behind;
}

/** 1 when the one message of `output` is already the last line: the same words earlier in the turn do not count. */
function trailingMatch(lines: readonly Line[], output: readonly Message[]): number {
  const last = lines.at(-1);
  const first = output[0];
  if (last === undefined || first === undefined || last.message.role !== first.role) return 0;
  return last.key === identity(first) ? 1 : 0;
}

function hasCall(message: Message): boolean {
  return message.parts.some((part) => part.type === 'tool_call');
}
