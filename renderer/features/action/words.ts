/** What is said of plans, steps and outcomes: pure, and tested. */
import type {
  Action,
  ActionOutcome,
  ActionRequest,
  Plan,
  Step,
  StepName,
} from '#shared/model/action.ts';
import type { FlagState } from '#shared/model/flag.ts';
import type { Cell } from '#shared/model/signal.ts';
import { tookEffect } from '#shared/util/took-effect.ts';
import { UNDRILLABLE } from '../../client/plan.ts';
import {
  formatClock,
  formatCount,
  formatDuration,
  formatPercent,
  plural,
  type Tone,
} from '../../ui/index.ts';

export const OUTCOME: Record<ActionOutcome, { word: string; tone: Tone }> = {
  recovered: { word: 'recovered', tone: 'ok' },
  effective: { word: 'effective', tone: 'ok' },
  drilled: { word: 'drill passed', tone: 'ok' },
  undone: { word: 'undone', tone: 'unknown' },
  not_restored: { word: 'NOT restored', tone: 'bad' },
  not_recovered: { word: 'not recovered', tone: 'watch' },
  pending_approval: { word: 'pending approval', tone: 'watch' },
  refused: { word: 'refused', tone: 'bad' },
  failed: { word: 'failed', tone: 'bad' },
  unknown: { word: 'unknown', tone: 'unknown' },
};

/** What an outcome means beyond the summary, in one sentence; null where the summary says it all. */
export function meaningOf({
  endedAt,
  outcome,
  steps,
}: Pick<Action, 'endedAt' | 'outcome' | 'steps'>): string | null {
  switch (outcome) {
    case 'not_restored':
      return 'What was done could not be taken back: the world is not as it was before. Look at it now.';
    case 'not_recovered': {
      const state = (name: StepName) => steps.find((step) => step.name === name)?.state;
      // In older versions what was undone before it was proven ended like this too.
      if (state('recovered') !== 'failed') return null;
      return state('live') === 'done'
        ? 'The change is live, and the signals stayed out of band: look for another cause.'
        : 'The signals stayed out of band, and traffic did not show that the change is live: look at that first.';
    }
    case 'pending_approval':
      return 'Nothing has changed yet: an approval stands between the call and its effect.';
    case 'refused':
      return 'Nothing was changed.';
    case 'unknown':
      // Once it has ended, the summary says what was not seen.
      return endedAt === null
        ? 'Whether it arrived is not known yet: the outside is read again.'
        : null;
    case 'recovered':
    case 'effective':
    case 'drilled':
    case 'undone':
    case 'failed':
    case null:
      return null;
  }
}

export const STEP_WORD: Record<StepName, string> = {
  sent: 'journaled, then handed to the source',
  stored: 'read back from the source',
  served: 'evaluated as a client would',
  live: 'seen in the traffic by version',
  recovered: 'signals back in band',
  restored: 'taken back, and read back equal to before',
};

export function toneOfStep(state: Step['state']): Tone {
  switch (state) {
    case 'done':
      return 'ok';
    case 'failed':
      return 'bad';
    case 'running':
      return 'info';
    case 'unknown':
      return 'watch';
    case 'waiting':
    case 'skipped':
      return 'unknown';
  }
}

/** When a step was proven, counted from the confirmation: "0.14 s"; '' while it has not ended. */
export function stepTime(step: Step, startedAt: number): string {
  if (step.endedAt === null || step.state === 'skipped') return '';
  const ms = step.afterMs ?? Math.max(0, step.endedAt - startedAt);
  return ms < 1000 ? `${(ms / 1000).toFixed(2)}\u00a0s` : formatDuration(ms);
}

/** `sent`; with the change it is about where there are several. */
export function stepName(action: Pick<Action, 'plan'>, step: Step): string {
  const { changes } = action.plan;
  return step.change === null || changes.length === 1
    ? step.name
    : `${changes[step.change]?.what}: ${step.name}`;
}

/** More than this and a step's text is told by its telling parts. */
const LONG_TEXT = 150;

/**
 * A step's text, shortened where it lists many signals one by one: those that are not yet in band come
 * first, of the others the first two and their number.
 */
export function stepText(text: string): string {
  const parts = text.split('; ');
  if (text.length <= LONG_TEXT || parts.length < 4) return text;
  const isCalm = (part: string) => /\bin band\b/.test(part);
  const off = parts.filter((part) => !isCalm(part));
  const calm = parts.filter(isCalm);
  // The last part carries what is still waited for: "…, 5.9 s more to be sure".
  const wait = /,\s*([^,]*more[^,]*)$/.exec(parts.at(-1) ?? '')?.[1];
  const shown = [...off.slice(0, 4), ...calm.slice(0, 2).map((part) => part.replace(/, .*$/, ''))];
  const rest = parts.length - shown.length;
  return `${shown.join('; ')}${rest > 0 ? `; ${rest} more${off.length <= 4 ? ' in band' : ''}` : ''}${wait ? `; ${wait}` : ''}`;
}

/** Who feels it, in one sentence. What is not known is left out; what is worked out from a part is said to be so. */
export function affectedSentence(plan: Pick<Plan, 'affected' | 'fromVersions'>): string {
  const { rollout, trafficShare, conversationsLastHour, requestsPerSecond } = plan.affected;
  const estimated = plan.affected.estimated === true;
  const users = rollout === null ? null : `${formatPercent(rollout)} of users`;
  const rest = [
    trafficShare === null ? null : `${formatPercent(trafficShare)} of traffic`,
    conversationsLastHour === null
      ? null
      : `${plural(conversationsLastHour, 'conversation')} in the last hour`,
    requestsPerSecond === null ? null : `${perSecond(requestsPerSecond)} requests per second`,
  ].filter((part) => part !== null);
  const versions = plan.fromVersions.join(', ');
  if (users === null && rest.length === 0) return 'Whom it affects is not known.';
  if (estimated && users !== null && rest.length > 0) {
    const now = versions === '' ? '' : `, now on ${versions}`;
    return `Affects ${users}${now}: by estimate ${rest.join(', ')}.`;
  }
  const parts = users === null ? rest : [users, ...rest];
  return `Affects ${parts.join(', ')}${versions === '' ? '' : ` on ${versions}`}.`;
}

function perSecond(rate: number): string {
  if (rate > 0 && rate < 0.05) return 'under 0.1';
  return rate < 10 ? rate.toFixed(1) : formatCount(rate);
}

/** How the version that takes over does, in one sentence, as of the moment `at` of the plan. */
export function targetSentence(health: NonNullable<Plan['targetHealth']>, at: number): string {
  const { version, cells } = health;
  if (health.at === null) return `${version} has not served here: nothing is known of its health.`;
  const when =
    at - health.at < 60_000 ? '' : ` when it last served, ${formatClock(health.at, { now: at })}`;
  const bad = cells.filter((cell) => cell.state === 'bad').length;
  if (bad > 0) return `${version} has ${plural(bad, 'signal')} out of band${when}.`;
  const judged = cells.filter((cell) => cell.state === 'ok' || cell.state === 'watch').length;
  // A version with hardly any traffic is judged on next to nothing: that is no health.
  if (judged * 2 < cells.length || judged === 0) {
    return `${version} has too few requests to tell how it does${when}.`;
  }
  return `${version} is in band on ${judged === cells.length ? 'all ' : ''}${plural(judged, 'signal')}${when}.`;
}

/** A flag's state in lines, for showing two side by side. */
export function stateLines(state: FlagState): string[] {
  const lines = [state.enabled ? 'on' : 'off'];
  for (const strategy of state.strategies) {
    const rollout = strategy.parameters.rollout;
    lines.push(
      `${strategy.name}${rollout === undefined ? '' : ` ${rollout} %`}${strategy.disabled ? ' (disabled)' : ''}`,
    );
    for (const variant of strategy.variants)
      lines.push(`  ${variant.name}  weight ${variant.weight}`);
  }
  for (const variant of state.variants) lines.push(`${variant.name}  weight ${variant.weight}`);
  return lines;
}

/** Reads a flag's state out of an error's detail, which is not typed; null when it is none. */
export function flagStateOf(value: unknown): FlagState | null {
  return isFlagState(value) ? value : null;
}

function isFlagState(value: unknown): value is FlagState {
  return (
    typeof value === 'object' &&
    value !== null &&
    'enabled' in value &&
    typeof value.enabled === 'boolean' &&
    'strategies' in value &&
    Array.isArray(value.strategies) &&
    'variants' in value &&
    Array.isArray(value.variants)
  );
}

/** The signal that tells best whether it recovers: latency, when that broke; else the first that did. */
export function tellingSignal(plan: Pick<Plan, 'outOfBand'>): (Cell & { version: string }) | null {
  return plan.outOfBand.find((cell) => cell.signal === 'latency_p95') ?? plan.outOfBand[0] ?? null;
}

/** The words on the one button that sends it. */
export function confirmLabel(plan: Plan): string {
  const verb = verbOf(plan.request);
  return plan.unlocks
    ? `Unlock ${plan.environment} and ${verb}`
    : `${verb.charAt(0).toUpperCase()}${verb.slice(1)}`;
}

function verbOf(request: ActionRequest): string {
  switch (request.kind) {
    case 'rollback':
      return 'roll back';
    case 'kill_switch':
      return request.on ? 'turn on' : 'turn off';
    case 'ramp':
      return 'ramp';
    case 'several':
      return [...new Set(request.requests.map(verbOf))].join(', then ');
    case 'restore':
    case 'silence':
    case 'undo':
    case 'drill':
      return request.kind;
  }
}

/** What the plan writes to, in a few words. */
export function whereOf({ changes }: Pick<Plan, 'changes'>): string {
  const [first] = changes;
  return changes.length > 1 || first === undefined
    ? `${plural(changes.length, 'change')}, in this order`
    : `${first.what} in ${first.source}`;
}

/** When the path was last drilled, in one sentence; null when there is none to drill. */
export function drilledSentence(drilled: Plan['drilled'], now: number): string | null {
  if (drilled === null) return null;
  const where = drilled.environment === null ? '' : ` in ${drilled.environment}`;
  const idle = drilled.idle === undefined ? '' : `; it ${UNDRILLABLE}: ${drilled.idle}`;
  if (drilled.at === null) {
    const due = drilled.overdue ? ': a drill is overdue' : idle;
    return drilled.everyMs === null
      ? 'This path was never drilled.'
      : `This path was never drilled${where}${due}.`;
  }
  const ago = formatDuration(Math.max(0, now - drilled.at));
  const late = drilled.overdue ? ': a drill is overdue' : idle;
  const failed = drilled.failed === null ? '' : ` The latest drill failed (${drilled.failed}).`;
  return `Last drilled ${ago} ago${where}${late}.${failed}`;
}

/** Why there is nothing to undo, in one sentence; null where there is. The core judges it anew, by the same rule. */
export function whyNoUndo(action: Action): string | null {
  if (action.undoneBy !== null) return `It was already undone by ${action.undoneBy}.`;
  const isDrill = action.kind === 'drill';
  const takesBack = isDrill && action.endedAt === null;
  if (!takesBack && action.plan.changes.some((_, place) => tookEffect(action, place))) return null;
  if (isDrill) return 'A drill takes back what it did by itself.';
  const named = (name: StepName) => action.steps.filter((step) => step.name === name);
  if (named('restored').some(({ state }) => state === 'done')) {
    return 'What was done was taken back already.';
  }
  return named('sent').every(({ state }) => state === 'skipped')
    ? 'This action sent nothing: it was already so.'
    : 'Nothing is known to have been sent by this action.';
}

/** What is pasted into the channel: what was done, by whom, whether it is proven, where it stands. */
export function toMarkdown(action: Action, address: string): string {
  const outcome = action.outcome === null ? 'in progress' : OUTCOME[action.outcome].word;
  const lines = [
    `**${action.title}** (${action.environment}): ${outcome}`,
    action.summary === action.title ? '' : action.summary,
    '',
    ...action.steps
      .filter((step) => step.state !== 'waiting' && step.state !== 'skipped')
      .map((step) => {
        const time = stepTime(step, action.startedAt);
        return `- ${MARK[step.state]} ${stepName(action, step)}${time ? ` after ${time}` : ''}${step.text ? `: ${stepText(step.text)}` : ''}`;
      }),
    '',
    `Started ${new Date(action.startedAt).toISOString()} by ${action.by}${action.reason ? `: ${action.reason}` : ''}. Action \`${action.id}\`, ${address}`,
  ];
  return lines
    .filter((line, index) => line !== '' || lines[index - 1] !== '')
    .join('\n')
    .replaceAll('\u00a0', ' ');
}

const MARK: Record<Step['state'], string> = {
  done: '✓',
  failed: '✗',
  unknown: '?',
  running: '…',
  waiting: '·',
  skipped: '·',
};
