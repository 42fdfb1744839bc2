/** Single facts of a turn, read from the attributes and events of its steps. */
import type { Feedback, LiveCombination, Message } from '#shared/model/conversation.ts';
import { figureOf, type SpanFigure } from '#shared/util/span-figures.ts';
import type { Step, Steps } from './turn-steps.ts';

/** Names that services use for the conversation's id, best first. */
export const CONVERSATION_ATTRIBUTES: readonly string[] = [
  'gen_ai.conversation.id',
  'session.id',
  'langfuse.session.id',
  'thread_id',
];

/** The id that the best-known attribute names; the configured attributes come before the standard ones. */
export function conversationOf({ steps, entry, root }: Steps): string | null {
  let best: { id: string; rank: number } | null = null;
  const records = inOrder(steps, entry, root).flatMap(({ record, logs }) => [record, ...logs]);
  for (const { conversation: id, span } of records) {
    if (id === null) continue;
    const { attributes } = span;
    // An id under none of the standard names was found under a configured one: index -1.
    const rank = CONVERSATION_ATTRIBUTES.findIndex((name) => textOf(attributes[name]) === id);
    if (best === null || rank < best.rank) best = { id, rank };
  }
  return best?.id ?? null;
}

/** The steps that speak for the turn as a whole first, then the others by time. */
export function inOrder(steps: readonly Step[], entry: Step, root: Step | null): Step[] {
  const head = root === null || root === entry ? [entry] : [entry, root];
  return [...head, ...steps.filter((step) => !head.includes(step))];
}

/**
 * What the turn ran on. The version of the sender as a whole counts only once the root is here: until then a span
 * that names the model's own version may still come.
 */
export function liveOf(
  ordered: readonly Step[],
  chats: readonly Step[],
  root: Step | null,
): LiveCombination {
  const told = firstText(ordered, ['ai.model.version']);
  const stamped = root && ordered.find((step) => step.record.version !== '')?.record.version;
  const models = ['gen_ai.response.model', 'gen_ai.request.model'];
  return {
    version: told ?? stamped ?? '',
    model: firstText([...chats].reverse(), models) ?? firstText(ordered, models),
    prompt: firstText(ordered, ['ai.prompt.version', 'gen_ai.prompt.version']),
    index: firstText(ordered, ['ai.index.version']),
    flags: flagsOf(ordered),
  };
}

/** The last evaluation of each flag in the turn. */
function flagsOf(steps: readonly Step[]): Record<string, string> {
  const evaluations = steps
    .flatMap((step) => step.events)
    .filter((event) => event.name === 'feature_flag.evaluation' || event.name === 'feature_flag')
    .map(({ at, attributes }) => ({
      at,
      key: textOf(attributes['feature_flag.key']),
      variant: variantOf(
        attributes['feature_flag.result.variant'] ??
          attributes['feature_flag.variant'] ??
          attributes['feature_flag.result.value'],
      ),
    }))
    .sort((a, b) => a.at - b.at || (`${a.key} ${a.variant}` < `${b.key} ${b.variant}` ? -1 : 1));
  const flags: [string, string][] = [];
  for (const { key, variant } of evaluations) {
    if (key !== null && variant !== null) flags.push([key, variant]);
  }
  return Object.fromEntries(flags);
}

function variantOf(value: unknown): string | null {
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  return textOf(value);
}

/** Why the turn failed, in the service's words; null when it did not. Failed steps it recovered from do not count. */
export function errorOf(entry: Step, root: Step | null, lastChat: Step | null): string | null {
  for (const step of [root, entry, lastChat]) {
    if (step === null) continue;
    const { status, statusMessage } = step.record.span;
    if (!step.arrived || status === 'ok') continue;
    const exception = step.events.find((event) => event.name === 'exception');
    if (status !== 'error' && exception === undefined) continue;
    const said =
      textOf(exception?.attributes['exception.message']) ??
      textOf(exception?.attributes['exception.type']) ??
      textOf(step.attributes['error.type']);
    return statusMessage || said || 'failed without a message';
  }
  return null;
}

const FEEDBACK: Readonly<Record<string, Feedback>> = {
  thumbs_up: 'thumbs_up',
  thumbs_down: 'thumbs_down',
  regenerate: 'regenerate',
  ticket: 'ticket',
};

/** Each kind once, in the order it was given, with when that was. */
export function feedbackOf(steps: readonly Step[]): Map<Feedback, number> {
  const given = new Map<Feedback, number>();
  for (const step of steps) {
    const value = step.attributes['ai.feedback'];
    for (const item of Array.isArray(value) ? value : [value]) {
      const kind = typeof item === 'string' ? FEEDBACK[item.replaceAll('-', '_')] : undefined;
      if (kind !== undefined && !given.has(kind)) given.set(kind, step.startedAt);
    }
  }
  return given;
}

export function finishReasonOf(
  chats: readonly Step[],
  ordered: readonly Step[],
  messages: readonly Message[],
): string | null {
  for (const step of [...[...chats].reverse(), ...ordered]) {
    const value = step.attributes['gen_ai.response.finish_reasons'];
    const list = Array.isArray(value) ? value : typeof value === 'string' ? openList(value) : [];
    const reason = textOf(list.at(-1));
    if (reason !== null) return reason;
  }
  return messages.findLast((message) => message.finishReason !== undefined)?.finishReason ?? null;
}

function openList(text: string): unknown[] {
  if (!text.startsWith('[')) return [text];
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) ? list : [];
  } catch {
    return [text];
  }
}

/**
 * Summed over the model calls; where not all of them tell, what the turn as a whole tells, unless that is less. Null = not told.
 * `part`: some did not tell, and nothing tells the whole.
 */
export function sumOf(
  chats: readonly Step[],
  ordered: readonly Step[],
  figure: SpanFigure,
): { value: number | null; part: boolean } {
  const told = chats.flatMap(({ attributes }) => figureOf(attributes, figure) ?? []);
  const sum = told.reduce((total, one) => total + one, 0);
  if (told.length > 0 && told.length === chats.length) return { value: sum, part: false };
  const whole = firstFigure(
    ordered.filter((step) => !chats.includes(step)),
    figure,
  );
  if (told.length === 0 || (whole !== null && whole >= sum)) return { value: whole, part: false };
  return { value: sum, part: true };
}

export function firstFigure(steps: readonly Step[], figure: SpanFigure): number | null {
  for (const { attributes } of steps) {
    const value = figureOf(attributes, figure);
    if (value !== null) return value;
  }
  return null;
}

export function firstText(steps: readonly Step[], names: readonly string[]): string | null {
  for (const step of steps) {
    for (const name of names) {
      const value = textOf(step.attributes[name]);
      if (value !== null) return value;
    }
  }
  return null;
}

/** True when any step says so. */
export function anyTrue(steps: readonly Step[], name: string): boolean {
  return steps.some((step) => {
    const value = step.attributes[name];
    return value === true || value === 'true' || value === 1;
  });
}

function textOf(value: unknown): string | null {
  if (typeof value === 'string') return value === '' ? null : value;
  return typeof value === 'number' && Number.isFinite(value) ? String(value) : null;
}
