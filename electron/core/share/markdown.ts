/** A conversation as text for an incident channel: what went wrong first, short, and nothing in it that the channel would obey. Pure. */
import type { Message, MessagePart, Turn } from '#shared/model/conversation.ts';
import { costWords } from '#shared/util/cost-words.ts';
import { placeOf } from '#shared/util/place.ts';
import { STEERS } from '#shared/util/steering.ts';
import { cutText, plainString } from '#shared/util/visible-text.ts';
import type { SharedConversation, SharedTurn } from './gather.ts';

/** Characters of one message; beyond, a channel folds it or refuses it. */
const LONGEST = 700;
/** Turns after the first failing one. */
const MORE_TURNS = 2;

/** `wrongWith`: words for what went wrong in a turn, by its place. The first turn where nothing did. */
export function channelMarkdown(
  { summary, turns, changes }: SharedConversation,
  wrongWith: (turn: number) => readonly string[],
): string {
  const failing = turns.flatMap((_, at) => (wrongWith(at).length > 0 ? [at] : []));
  const shown = (failing.length > 0 ? failing : [0]).slice(0, 1 + MORE_TURNS);
  const [first = 0] = shown;
  const live = turns[first]?.turn.live;
  const link = `nightdesk:/${placeOf('conversation', summary.id)}`;
  const facts = [
    `${word(summary.service)} ${summary.versions.map(word).join(' → ')}`.trim(),
    word(summary.environment),
    `${summary.turns} ${summary.turns === 1 ? 'turn' : 'turns'}`,
    new Date(summary.startedAt).toISOString(),
    costWords(summary, dollars),
  ];
  const head = [
    `**Conversation** ${code(summary.id)}`,
    `${facts.join(' · ')}`,
    failing.length > 0
      ? `Failures: ${[...new Set(failing.flatMap(wrongWith))].join(', ')}`
      : 'No failures',
  ];
  const body = shown.flatMap((at) => {
    const one = turns[at];
    return one ? ['', ...turnMarkdown(one, at, wrongWith(at))] : [];
  });
  const left = summary.turns - shown.length;
  const tail = [
    ...(left > 0 ? [`… and ${left} more ${left === 1 ? 'turn' : 'turns'}`] : []),
    ...(live ? [`Live then: ${liveWords(live)}`] : []),
    ...changes
      .slice(-3)
      .map(({ at, title }) => `Change: ${new Date(at).toISOString()} ${code(cut(title, 120))}`),
    `Open: ${link}`,
    'Personal data is masked; names can slip through.',
  ];
  return [...head, ...body, '', ...tail, ''].join('\n');
}

function turnMarkdown(
  { turn, steers }: SharedTurn,
  at: number,
  wrong: readonly string[],
): string[] {
  const why = wrong.length > 0 ? ` · ${wrong.join(', ')}` : '';
  return [
    `**Turn ${at + 1}** · ${(turn.durationMs / 1000).toFixed(1)} s${why}`,
    ...(turn.error === null ? [] : [`Error: ${code(cut(turn.error, 200))}`]),
    ...(steers ? [`Something in this turn ${STEERS}`] : []),
    ...turn.messages.filter(({ role }) => role !== 'system').flatMap(messageMarkdown),
  ];
}

function messageMarkdown({ role, parts }: Message): string[] {
  return parts
    .filter(({ type }) => type !== 'reasoning')
    .flatMap((part) => [
      part.type === 'text' ? `${role}:` : `${role}, ${part.type}:`,
      fence(cut(partText(part), LONGEST)),
    ]);
}

function liveWords({ version, model, prompt, index, flags }: Turn['live']): string {
  const named = { version, model, prompt, index, ...flags };
  return Object.entries(named)
    .flatMap(([name, value]) => (value ? [code(`${name}=${value}`)] : []))
    .join(' ');
}

export const dollars = (usd: number): string => `$${usd.toFixed(4)}`;

/** The end of what does not fit is told; what would not be seen is told by its code. */
export function cut(text: string, length: number): string {
  const seen = plainString(text);
  return seen.length > length
    ? `${cutText(seen, length)} … (${seen.length.toLocaleString('en')} characters)`
    : seen;
}

/** What a user wrote stays in its block: the marks around it are longer than any run of them inside. */
function fence(text: string): string {
  const marks = '`'.repeat(Math.max(3, longestRun(text) + 1));
  return `${marks}\n${text}\n${marks}`;
}

/** In one line, the same way. A channel breaks a code at a line's end. */
function code(text: string): string {
  const line = cut(text, 300).replace(/\s+/g, ' ');
  const marks = '`'.repeat(longestRun(line) + 1);
  const pad = line.startsWith('`') || line.endsWith('`') ? ' ' : '';
  return `${marks}${pad}${line}${pad}${marks}`;
}

function longestRun(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map((run) => run[0].length));
}

/** Names that stand free: as they are where they are plain, else as code. */
function word(text: string): string {
  return /^[\w. -]*$/.test(text) ? text : code(text);
}

export function partText(part: MessagePart): string {
  switch (part.type) {
    case 'text':
    case 'reasoning':
      return part.content;
    case 'tool_call':
      return `${part.name}(${JSON.stringify(part.arguments) ?? ''})`;
    case 'tool_call_response':
      return typeof part.response === 'string'
        ? part.response
        : (JSON.stringify(part.response, null, 2) ?? 'null');
    case 'other':
      return part.json;
  }
}
