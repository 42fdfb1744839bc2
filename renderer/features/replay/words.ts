/** What is said of re-runs: pure, and tested. */
import type { Remark } from '#shared/model/basics.ts';
import {
  RECORDED,
  type Replay,
  type ReplayEndpoint,
  type ReplayRule,
  type ReplaySample,
  type ReplayState,
  type ReplayTotals,
} from '#shared/model/replay.ts';
import { uncountedWords } from '#shared/util/replay-counts.ts';
import {
  formatCount,
  formatDuration,
  formatNumber,
  formatPercent,
  formatUsd,
  NOTHING,
  type Tone,
} from '../../ui/index.ts';

export const RULE_WORD: Record<ReplayRule, { name: string; means: string }> = {
  answered: {
    name: 'answered',
    means: 'a whole answer with words in it, not cut off by its limit of tokens, and no refusal',
  },
  language: { name: 'same language', means: 'in the language of the question' },
  sure: { name: 'sure', means: 'it does not say that it is unsure' },
  tools: {
    name: 'same tool calls',
    means:
      'the recorded calls with the recorded arguments; where the recorded turn failed, they decide nothing',
  },
  schema: { name: 'valid arguments', means: 'arguments fit the recorded schema of their tool' },
};
export const RULES: readonly ReplayRule[] = ['answered', 'language', 'sure', 'tools', 'schema'];

export const STATE_WORD: Record<ReplayState, { word: string; tone: Tone }> = {
  running: { word: 'running', tone: 'info' },
  done: { word: 'done', tone: 'ok' },
  incomplete: { word: 'incomplete', tone: 'watch' },
  cancelled: { word: 'cancelled', tone: 'unknown' },
  budget_spent: { word: 'budget spent', tone: 'watch' },
  failed: { word: 'failed', tone: 'bad' },
  unfinished: { word: 'unfinished', tone: 'watch' },
};

export const KIND_WORD: Record<Replay['kind'], string> = {
  turn: 'one turn',
  conversation: 'whole conversation',
  batch: 'many',
  nightly: 'nightly sample',
};

/** How an endpoint is called on screen: by the version it answers as. */
export function endpointName(
  endpoints: readonly Pick<ReplayEndpoint, 'id' | 'version'>[],
  id: string,
): string {
  if (id === RECORDED) return 'recorded';
  const own = endpoints.find((one) => one.id === id);
  const version = own?.version ?? null;
  const shared = endpoints.filter((one) => one.version === version).length > 1;
  return version === null || shared ? id : version;
}

export function passedOf(
  totals: Pick<ReplayTotals, 'passed' | 'samples' | 'unasked' | 'unfinished'>,
): string {
  const { passed, samples } = totals;
  const rest = uncountedWords(totals);
  if (samples === 0) return rest === '' ? NOTHING : rest;
  const counted = `${formatCount(passed)} of ${formatCount(samples)}`;
  return rest === '' ? counted : `${counted}, ${rest}`;
}

export function toneOfTotals({ passed, samples }: Pick<ReplayTotals, 'passed' | 'samples'>): Tone {
  if (samples === 0) return 'unknown';
  return passed === samples ? 'ok' : passed === 0 ? 'bad' : 'watch';
}

/** Which rules failed, and how often where it was not always: "unsure ×3, other language". */
export function failedWords(totals: Pick<ReplayTotals, 'failed' | 'answers'>): string {
  const words: Record<ReplayRule, string> = {
    answered: 'no whole answer',
    language: 'other language',
    sure: 'unsure',
    tools: 'other tool calls',
    schema: 'arguments do not fit',
  };
  return RULES.filter((rule) => totals.failed[rule] > 0)
    .map((rule) =>
      totals.failed[rule] === totals.answers
        ? words[rule]
        : `${words[rule]} ×${totals.failed[rule]}`,
    )
    .join(', ');
}

/** One row of the numbers: what it is, and its text for one column. */
export interface Figure {
  id: string;
  label: string;
  hint?: string;
  text: (totals: ReplayTotals) => string;
  /** Left out where it is so for every column. */
  dull?: (totals: ReplayTotals) => boolean;
}

export const FIGURES: readonly Figure[] = [
  {
    id: 'latency',
    label: 'latency',
    hint: 'median; recorded: the whole turn as the service took it',
    text: ({ latencyMs }) => formatDuration(latencyMs),
  },
  {
    id: 'first',
    label: 'first words',
    hint: 'median time until the user would see something',
    text: ({ endpoint, firstTokenMs }) =>
      firstTokenMs !== null && endpoint === RECORDED
        ? `${formatDuration(firstTokenMs)} into its model call`
        : formatDuration(firstTokenMs),
  },
  {
    id: 'tokens',
    label: 'tokens in, out',
    hint: 'mean of an answer',
    text: ({ inputTokens, outputTokens }) =>
      inputTokens === null && outputTokens === null
        ? NOTHING
        : `${formatNumber(inputTokens)}, ${formatNumber(outputTokens)}`,
  },
  {
    id: 'cost',
    label: 'cost',
    hint: 'mean of an answer, by the configured prices',
    text: ({ costUsd }) => formatUsd(costUsd),
  },
  { id: 'unsure', label: 'unsure', text: ({ answers, unsure }) => outOf(unsure, answers) },
  {
    id: 'refusals',
    label: 'refusals',
    text: ({ answers, refusals }) => outOf(refusals, answers),
    dull: ({ refusals }) => refusals === 0,
  },
  {
    id: 'language',
    label: 'language',
    text: ({ languages }) => languageWords(languages),
  },
  {
    id: 'tools',
    label: 'tool calls',
    hint: 'of an answer; stubbed: not in the recording, and not executed',
    text: ({ answers, stubbed, toolCalls }) =>
      answers === 0
        ? NOTHING
        : `${formatNumber(toolCalls / answers)}${stubbed > 0 ? `, ${formatCount(stubbed)} stubbed` : ''}`,
    dull: ({ toolCalls }) => toolCalls === 0,
  },
  {
    id: 'broken',
    label: 'broke off, failed',
    text: ({ answers, broken }) => outOf(broken, answers + broken),
    dull: ({ broken }) => broken === 0,
  },
  {
    id: 'wander',
    label: 'wanders by',
    hint: 'share of words in which two of its own answers to the same turn differ',
    text: ({ wander }) => (wander === null ? NOTHING : formatPercent(wander)),
    dull: ({ wander }) => wander === null,
  },
  {
    id: 'distance',
    label: 'differs by',
    hint: 'share of words in which it differs from the baseline’s answers',
    text: ({ distance }) => (distance === null ? NOTHING : formatPercent(distance)),
    dull: ({ distance }) => distance === null,
  },
];

export const SCORE: Figure = {
  id: 'score',
  label: 'judge’s score',
  hint: '0–1: addressed, grounded, tone; answers that speak to the judge are not counted',
  text: ({ injections, score, scored }) =>
    `${score === null ? NOTHING : score.toFixed(2)}${scored > 0 ? `, mean of ${formatCount(scored)}` : ''}${
      injections > 0 ? `, ${formatCount(injections)} speak to the judge` : ''
    }`,
};

function outOf(count: number, all: number): string {
  return all === 0 ? NOTHING : count === 0 ? '0' : `${formatCount(count)} of ${formatCount(all)}`;
}

function languageWords(languages: Readonly<Record<string, number>>): string {
  const told = Object.entries(languages).toSorted(([, a], [, b]) => b - a);
  if (told.length === 0) return NOTHING;
  const name = (code: string) => (code === '' ? 'cannot tell' : code);
  const [only] = told;
  if (told.length === 1 && only) return name(only[0]);
  return told.map(([code, count]) => `${name(code)} ×${count}`).join(', ');
}

/** How much of a difference means anything; '' while there is nothing to hold it against. */
export function wanderSentence(replay: Pick<Replay, 'endpoints' | 'totals'>): string {
  const [baseline, ...others] = replay.endpoints;
  const of = (id: string | undefined) => replay.totals.find((one) => one.endpoint === id);
  const wander = of(baseline?.id)?.wander ?? null;
  if (!baseline || wander === null) return '';
  const told = others.flatMap((endpoint) => {
    const distance = of(endpoint.id)?.distance ?? null;
    return distance === null
      ? []
      : [
          `${endpointName(replay.endpoints, endpoint.id)}’s from them in ${formatPercent(distance)}`,
        ];
  });
  const own = `${endpointName(replay.endpoints, baseline.id)}’s own answers differ from each other in ${formatPercent(wander)} of their words`;
  return `${[own, ...told].join(', ')}.`;
}

/** The rollback that the numbers speak for; null when they do not. */
export function rollbackOf(
  replay: Pick<Replay, 'endpoints' | 'totals' | 'state'>,
  flag: { stable: string; candidate?: string | undefined } | undefined,
): { from: string; to: string } | null {
  if (!flag || replay.state === 'running') return null;
  const share = (version: string | undefined) => {
    const endpoint = replay.endpoints.find((one) => one.version === version);
    const totals = replay.totals.find((one) => one.endpoint === endpoint?.id);
    return endpoint && totals && totals.samples > 0 ? totals.passed / totals.samples : null;
  };
  const stable = share(flag.stable);
  const worse = replay.endpoints.find((one) => {
    const other = one.version === flag.stable || one.version === null ? null : share(one.version);
    return stable !== null && other !== null && other < stable;
  });
  return worse?.version ? { from: worse.version, to: flag.stable } : null;
}

/** What a rule says of an answer. */
export function ruleWords(
  { language, verdict }: Pick<ReplaySample, 'language' | 'verdict'>,
  rule: ReplayRule,
): string {
  if (rule === 'tools' && verdict.besideFailed) {
    return verdict.besideFailed === 'same'
      ? 'the same calls as the failed recording'
      : 'other calls than the failed recording';
  }
  const result = verdict.rules[rule];
  const { name } = RULE_WORD[rule];
  const told =
    result === 'unknown' ? `${name}: cannot tell` : result === 'pass' ? name : `not ${name}`;
  return rule === 'language' && language ? `${told} (${language})` : told;
}

export function remarkWords(remarks: readonly Remark[]): string {
  return remarks.map(({ message }) => message).join(' ');
}
