/** What is odd about how a conversation was told, in sentences, so that nobody takes it for what happened. Pure. */
import type { TurnMark } from '#shared/model/conversation.ts';
import { ON_ITS_WAY_MS } from '#shared/util/unanswered.ts';
import { formatDuration, plural } from '../../ui/index.ts';

/** Turns that are named; the rest are counted. */
const NAMED = 3;

export function oddSentences(marks: readonly TurnMark[], now: number): string[] {
  const [first] = marks;
  const sentences: string[] = [];
  const tell = (turns: readonly TurnMark[], words: (turns: string) => string) => {
    if (turns.length > 0) sentences.push(words(named(turns)));
  };
  const before = first?.turn === 0 ? first.odd?.toldBefore : undefined;
  if (before !== undefined) {
    sentences.push(
      `The model was told ${plural(before, 'earlier message')} of the user before the first turn here: the beginning of the conversation is missing, or these are examples in its prompt.`,
    );
  }
  tell(
    marks.filter(({ odd, endedAt }) => odd?.rootMissing && now - endedAt > ON_ITS_WAY_MS),
    (turns) =>
      `The span that began ${turns} never came: its times and what was said are as far as the other spans tell.`,
  );
  tell(
    unanswered(marks, now),
    (turns) =>
      `No answer was recorded in ${turns}: it never came, or the service does not tell what it said.`,
  );
  const skewed = marks.filter(({ odd }) => odd?.clockSkewMs !== undefined);
  const most = skewed.reduce((ms, { odd }) => Math.max(ms, odd?.clockSkewMs ?? 0), 0);
  tell(
    skewed,
    (turns) =>
      `The clocks of the machines behind ${turns} differ by ${formatDuration(most)} or more: steps may stand before what called them.`,
  );
  tell(
    marks.filter(({ odd }) => odd?.timesReplaced),
    (turns) =>
      `A span of ${turns} told times that cannot be; they were corrected, and the span says how.`,
  );
  const paused = marks.filter(({ pauseMs }) => pauseMs !== undefined);
  for (const { turn, pauseMs = 0 } of paused.slice(0, NAMED)) {
    sentences.push(
      `${formatDuration(pauseMs)} lie between turn ${turn} and turn ${turn + 1}: these may be two conversations under one ID.`,
    );
  }
  const more = paused.length - NAMED;
  if (more > 0) sentences.push(`So do hours before ${plural(more, 'later turn')}.`);
  return sentences;
}

/** What may still be on its way is not missed yet. */
export function unanswered(marks: readonly TurnMark[], now: number): TurnMark[] {
  return marks.filter(({ odd, endedAt }) => odd?.answerMissing && now - endedAt > ON_ITS_WAY_MS);
}

function named(marks: readonly TurnMark[]): string {
  const turns = marks.slice(0, NAMED).map(({ turn }) => String(turn + 1));
  const rest = marks.length - turns.length;
  const list = rest > 0 ? `${turns.join(', ')} and ${rest} more` : turns.join(' and ');
  return `${marks.length === 1 ? 'turn' : 'turns'} ${list}`;
}
