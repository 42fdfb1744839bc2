/** What the page of shared conversations shows and plays: texts of bounded length, and where each lies on the player's clock. Pure. */
import { orderSteps, type Step } from '#core/analysis/turn-steps.ts';
import type { SpanRecord } from '#core/sources/connector.ts';
import type { Turn } from '#shared/model/conversation.ts';
import { beganAt } from '#shared/util/began.ts';
import { costWords } from '#shared/util/cost-words.ts';
import { FEEDBACK_WORD } from '#shared/util/failure-words.ts';
import { type RetrievedDocument, readSpan } from '#shared/util/read-span.ts';
import { STEERS } from '#shared/util/steering.ts';
import { type Cue, makeTimeline } from '#shared/util/timeline.ts';
import { asText } from '#shared/util/unpacked.ts';
import type { Gathered, SharedConversation } from './gather.ts';
import { cut, dollars, partText } from './markdown.ts';

/** Characters of one part of a message, of one text of a step, and steps of one turn, that the page shows. */
const LONGEST = 20_000;
const LONGEST_OF_STEP = 4000;
const STEPS = 300;

export interface PageFacts {
  title: string;
  app: string;
  exportedAt: number;
  exportedBy: string;
  /** Words for what went wrong in a turn, by its place. */
  wrongWith: (conversation: SharedConversation, turn: number) => string[];
}

/** What viewer.ts reads, which imports nothing: both say the same. */
export function dataOf(gathered: Gathered, facts: PageFacts) {
  return {
    title: facts.title,
    about: `Exported ${new Date(facts.exportedAt).toISOString()} by ${facts.exportedBy} with Nightdesk ${facts.app}. Personal data is masked; names can slip through.`,
    cut: gathered.cut?.why ?? '',
    conversations: gathered.conversations.map((one) => conversationOf(one, facts)),
  };
}

function conversationOf(one: SharedConversation, facts: PageFacts) {
  const timeline = makeTimeline(one.turns.map(({ turn }) => turn));
  const { clock, playTotal, realTotal } = timeline;
  const cuesOf = Map.groupBy(timeline.cues, (cue) => cue.turn);
  const feedbackOf = Map.groupBy(timeline.feedback, (given) => given.turn);
  return {
    id: one.summary.id,
    service: one.summary.service,
    environment: one.summary.environment,
    versions: one.summary.versions.join(' → '),
    failures: [...new Set(one.turns.flatMap((_, at) => facts.wrongWith(one, at)))],
    title: one.summary.title,
    cost: costWords(one.summary, dollars),
    changes: one.changes.map(({ at, title, detail, by }) => ({ at, title, detail, by })),
    clock: clock.map(({ playAt, realAt }) => [playAt, realAt]),
    playTotal,
    realTotal,
    turns: one.turns.map(({ turn, records, steers }, at) => ({
      at: cuesOf.get(at)?.[0]?.playAt ?? 0,
      startedAt: turn.startedAt,
      durationMs: turn.durationMs,
      failures: facts.wrongWith(one, at),
      feedback: (feedbackOf.get(at) ?? []).flatMap(({ place, playAt, skippedMs }) => {
        const kind = turn.feedback[place];
        return kind ? [{ text: FEEDBACK_WORD[kind], at: playAt, skippedMs }] : [];
      }),
      error: turn.error ?? '',
      warning: steers ? STEERS : '',
      live: [
        ['version', turn.live.version],
        ['model', turn.live.model],
        ['prompt', turn.live.prompt],
        ['index', turn.live.index],
        ...Object.entries(turn.live.flags),
      ].filter(([, value]) => value !== null && value !== ''),
      messages: messagesOf(turn, cuesOf.get(at) ?? []),
      ...stepsOf(records, turn.startedAt),
    })),
  };
}

function messagesOf({ messages }: Turn, cues: readonly Cue[]) {
  return messages.flatMap(({ role, parts }, message) => {
    const cue = cues[message];
    return parts.map((part, at) => ({
      role,
      type: part.type,
      text: cut(partText(part), LONGEST),
      at: cue?.playAt ?? 0,
      skippedMs: at === 0 ? (cue?.skippedMs ?? 0) : 0,
      estimated: cue?.estimated ?? false,
    }));
  });
}

function stepsOf(records: readonly SpanRecord[], from: number) {
  const { steps } = orderSteps(records);
  const parents = new Map(steps.map(({ id, record }) => [id, record.span.parentId]));
  const starts = new Map(steps.map(({ id, startedAt }) => [id, startedAt]));
  const depthOf = (id: string) => {
    let depth = 0;
    // Bounded: hostile spans may be each other's parents.
    for (let at = parents.get(id) ?? null; at !== null && depth < 12; depth++) {
      at = parents.get(at) ?? null;
    }
    return Math.max(0, depth - 1);
  };
  return {
    spans: steps.slice(0, STEPS).map((step) => ({
      name: step.record.span.name,
      at: step.startedAt - from,
      began: beganAt(step.startedAt, starts.get(step.record.span.parentId ?? '') ?? null, from),
      ms: step.record.span.durationMs,
      failed: step.record.span.status === 'error',
      depth: depthOf(step.id),
      ...toldBy(step),
    })),
    moreSpans: Math.max(0, steps.length - STEPS),
  };
}

/** Facts in a few words each, and texts of several lines. */
function toldBy({ record: { span }, attributes }: Step) {
  const told = readSpan({ ...span, attributes });
  const { inputTokens, outputTokens, guardrailBlocked: blocked } = told;
  const facts: [string, string | null][] = [
    ['model', told.model],
    ['first token', told.firstTokenMs === null ? null : `${Math.round(told.firstTokenMs)} ms`],
    [
      'tokens in / out',
      inputTokens === null && outputTokens === null
        ? null
        : `${inputTokens ?? '–'} / ${outputTokens ?? '–'}`,
    ],
    ['cost', told.costUsd === null ? null : dollars(told.costUsd)],
    ['ended by', told.finishReason],
    ['guardrail', blocked === null ? null : blocked ? 'blocked' : 'passed'],
    ['query', told.query],
    ['filter', told.filter],
    ['error', span.statusMessage || null],
  ];
  const texts: [string, unknown][] = [
    ['documents', told.documents?.map(documentText).join('\n\n')],
    ['arguments', told.toolArguments],
    ['result', told.toolResult],
  ];
  return {
    facts: facts.flatMap(([name, value]) => (value === null ? [] : [[name, cut(value, 500)]])),
    texts: texts.flatMap(([name, value]) => {
      const text = value === undefined || value === null ? '' : asText(value);
      return text === '' ? [] : [[name, cut(text, LONGEST_OF_STEP)]];
    }),
  };
}

function documentText({ id, title, source, language, score, content }: RetrievedDocument): string {
  const head = [id, title, source, language, score === null ? null : score.toFixed(2)];
  return [head.filter((one) => one !== null).join(' · '), ...(content ? [content] : [])].join('\n');
}
