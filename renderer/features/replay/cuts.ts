/** Where a budget will cut a run: pure, and tested. */
import type { Output } from '#shared/contract/index.ts';
import { RECORDED, type ReplayBudget, type ReplayEndpoint } from '#shared/model/replay.ts';
import { formatCount, formatDuration, formatPercent, formatUsd } from '../../ui/index.ts';
import { endpointName } from './words.ts';

type Phase = Output<'replay.preview'>['phases'][number];

const MINUTE = 60_000;
/** One of what a run may use: of what a phase takes, of the budget, and in words. */
const LIMITS: readonly {
  id: string;
  takes: (phase: Phase) => number;
  limit: (budget: ReplayBudget) => number;
  words: (budget: ReplayBudget) => string;
}[] = [
  {
    id: 'requests',
    takes: ({ requests }) => requests,
    limit: ({ requests }) => requests,
    words: ({ requests }) => `${formatCount(requests)} requests`,
  },
  {
    id: 'tokens',
    takes: ({ tokens }) => tokens,
    limit: ({ tokens }) => tokens,
    words: ({ tokens }) => `${formatCount(tokens)} tokens`,
  },
  {
    id: 'usd',
    takes: ({ usd }) => usd,
    limit: ({ usd }) => usd,
    words: ({ usd }) => formatUsd(usd),
  },
  {
    id: 'minutes',
    takes: ({ ms }) => ms,
    limit: ({ minutes }) => minutes * MINUTE,
    words: ({ minutes }) => formatDuration(minutes * MINUTE),
  },
];

/** One sentence for each limit that the run is expected to reach before its end: during what, and who gets no answers then. */
export function cutsOf(
  phases: readonly Phase[],
  budget: ReplayBudget,
  endpoints: readonly Pick<ReplayEndpoint, 'id' | 'version'>[],
): { limit: string; sentence: string }[] {
  return LIMITS.flatMap(({ id, limit, takes, words }) => {
    let left = limit(budget);
    for (const [at, phase] of phases.entries()) {
      const taken = takes(phase);
      if (taken > left) {
        const cut = cutWords(phases, at, left / taken, endpoints);
        return [{ limit: id, sentence: `The budget of ${words(budget)} is spent ${cut}.` }];
      }
      left -= taken;
    }
    return [];
  });
}

function cutWords(
  phases: readonly Phase[],
  at: number,
  share: number,
  endpoints: readonly Pick<ReplayEndpoint, 'id' | 'version'>[],
): string {
  const answering = phases.filter(({ endpoint }) => endpoint !== RECORDED);
  const after = phases
    .slice(at + 1)
    .map(({ endpoint }) => endpointName(endpoints, endpoint))
    .join(' and ');
  const id = phases[at]?.endpoint ?? '';
  if (id === RECORDED) {
    return `while the recorded answers are scored: ${after} would get no answers`;
  }
  const name = endpointName(endpoints, id);
  const during = `during ${id === answering[0]?.endpoint ? `the baseline, ${name}` : name}`;
  return after === ''
    ? `${during}: it would get about ${formatPercent(share)} of its answers`
    : `${during}: ${after} would get no answers`;
}
