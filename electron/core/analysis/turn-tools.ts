/** Tool spans beside what the model calls told: calls and responses that only a span knows. */
import type { MessagePart } from '#shared/model/conversation.ts';
import { Line } from './turn-lines.ts';
import { callArguments } from './turn-parse.ts';
import type { Step } from './turn-steps.ts';

/** A call that the model calls told of, until a tool span is found for it. */
interface Told {
  call: MessagePart;
  line: Line;
  /** Which of its message's calls it is. */
  place: number;
  taken: boolean;
}

/**
 * Adds the calls and responses of tool spans where the model calls did not tell them. Call ids repeat within
 * a conversation in the wild, even within a turn: each span is given the first call that none has yet.
 */
export function addToolSpans(lines: Line[], steps: readonly Step[]): void {
  const told = new Map<string, Told[]>();
  for (const line of lines) {
    const calls = line.message.parts.filter((part) => part.type === 'tool_call');
    for (const [place, call] of calls.entries()) {
      const entry = { call, line, place, taken: false };
      const keys = call.id === null ? [] : [`${call.id} ${call.name}`, `${call.id} `];
      for (const key of [...keys, ` ${call.name}`]) {
        const list = told.get(key);
        if (list === undefined) told.set(key, [entry]);
        else list.push(entry);
      }
    }
  }
  for (const list of told.values()) list.reverse();
  const timed = new Set<Line>();
  for (const step of steps) addToolSpan(lines, step, told, timed);
}

/** `timed`: messages that a tool span has told the time of. */
function addToolSpan(
  lines: Line[],
  step: Step,
  told: ReadonlyMap<string, Told[]>,
  timed: Set<Line>,
): void {
  const id = textOf(step.attributes['gen_ai.tool.call.id']);
  const name = textOf(step.attributes['gen_ai.tool.name']) ?? toolName(step.record.span.name);
  const result = step.attributes['gen_ai.tool.call.result'] ?? failureOf(step);
  const answer: MessagePart = { type: 'tool_call_response', id, name, response: result };
  const response =
    // Placed by its beginning, so that a call and its response stay together among parallel ones.
    result === undefined
      ? []
      : [new Line({ role: 'tool', parts: [answer] }, step.startedAt, step.endedAt)];
  const keys = id === null ? [` ${name}`] : [`${id} ${name}`, `${id} `];
  const known = firstFree(keys, told) ?? firstFree([` ${name}`], told, id);
  if (known !== null) {
    known.taken = true;
    // Spans come by their beginning: of several calls in one message the first tells when it came.
    if (!timed.has(known.line)) known.line.cameAt = step.startedAt;
    timed.add(known.line);
    const index = lines.indexOf(known.line);
    const answers = responsesAfter(lines, index);
    const callId = known.call.type === 'tool_call' ? known.call.id : null;
    const there =
      id === null || callId === null
        ? answers[known.place]
        : answers.find(({ part }) => part.type === 'tool_call_response' && part.id === id);
    if (there) {
      const before = timed.has(there.line) ? (there.line.cameAt ?? 0) : 0;
      there.line.cameAt = Math.max(before, step.endedAt);
      timed.add(there.line);
    } else lines.splice(index + 1 + Math.min(known.place, answers.length), 0, ...response);
    return;
  }
  const args = callArguments(step.attributes['gen_ai.tool.call.arguments']);
  const call: MessagePart = { type: 'tool_call', id, name, arguments: args };
  const later = lines.findIndex(
    ({ message, at }) => message.role !== 'user' && at > step.startedAt,
  );
  lines.splice(
    later < 0 ? lines.length : later,
    0,
    new Line({ role: 'assistant', parts: [call] }, step.startedAt, step.startedAt),
    ...response,
  );
}

/** With `unlessId`, only a call that tells no id: one with another id is another call. */
function firstFree(
  keys: readonly string[],
  told: ReadonlyMap<string, Told[]>,
  unlessId: string | null = null,
): Told | null {
  for (const key of keys) {
    const list = told.get(key) ?? [];
    while (list.at(-1)?.taken) list.pop();
    const first = list.at(-1);
    if (first === undefined) continue;
    if (unlessId !== null && first.call.type === 'tool_call' && first.call.id !== null) continue;
    return first;
  }
  return null;
}

/** The responses between a message with calls and the next message that is not a tool's. */
function responsesAfter(
  lines: readonly Line[],
  index: number,
): { part: MessagePart; line: Line }[] {
  const found: { part: MessagePart; line: Line }[] = [];
  for (let i = index + 1; ; i++) {
    const line = lines[i];
    if (line?.message.role !== 'tool') return found;
    for (const part of line.message.parts) found.push({ part, line });
  }
}

/** A tool that failed answered that: the model read it, and reads it again in a re-run. */
function failureOf({ record }: Step): { error: string } | undefined {
  const { status, statusMessage } = record.span;
  return status === 'error' ? { error: statusMessage || 'The tool failed.' } : undefined;
}

function toolName(spanName: string): string {
  return spanName.replace(/^execute_tool /, '');
}

function textOf(value: unknown): string | null {
  if (typeof value === 'string' && value !== '') return value;
  return typeof value === 'number' ? String(value) : null;
}
