/**
 * Whether an approval workflow stands in the way, found out before an incident: the source is asked where it tells;
 * else what the last write there taught.
 */
import type { Action, Approval, StepName } from '#shared/model/action.ts';
import type { PlannerDeps } from './planner.ts';
import { seconds } from './proof.ts';

/** Asked again after this long. */
const KEPT_MS = 5 * 60_000;
/** A plan does not wait longer for it. */
const WITHIN_MS = 2_000;
const LOOKED_AT = 200;

/** Per source and environment what was last answered; forgotten with the process. */
const asked = new WeakMap<object, Map<string, { at: number; answer: Promise<Told> }>>();
type Told = { needed: boolean; how: string } | null;

export async function approvalOf(
  deps: Pick<PlannerDeps, 'cache' | 'clock' | 'control'>,
  source: string,
  environment: string,
  signal: AbortSignal,
): Promise<Approval> {
  const now = deps.clock.now();
  const kept = await ask(deps, source, environment, signal);
  if (kept.told !== null) return { source, environment, ...kept.told, at: kept.at };
  const actions = await deps.cache.journal('listActions', { environment, limit: LOOKED_AT });
  const last = actions.find((action) => taught(action, source));
  if (last === undefined) {
    const how = `${source} does not tell whether it asks for approval, and nothing was written there yet.`;
    return { source, environment, needed: null, how, at: null };
  }
  const needed = last.outcome === 'pending_approval';
  const ago = seconds(Math.max(0, now - last.startedAt));
  const how = needed
    ? `The last write, ${ago} ago (${last.id}), was answered with a request for approval.`
    : `The last write, ${ago} ago (${last.id}), took effect without one.`;
  return { source, environment, needed, how, at: last.startedAt };
}

async function ask(
  { control: find, clock }: Pick<PlannerDeps, 'control' | 'clock'>,
  source: string,
  environment: string,
  signal: AbortSignal,
): Promise<{ told: Told; at: number }> {
  const now = clock.now();
  const control = find(source);
  if (control?.approval === undefined) return { told: null, at: now };
  const known = asked.get(control) ?? new Map<string, { at: number; answer: Promise<Told> }>();
  asked.set(control, known);
  const kept = known.get(environment);
  if (kept !== undefined && now - kept.at < KEPT_MS && now >= kept.at) {
    return { told: await kept.answer, at: kept.at };
  }
  const within = AbortSignal.any([signal, AbortSignal.timeout(WITHIN_MS)]);
  const answer = control.approval(environment, within).catch(() => {
    // No answer is no knowledge: the next plan asks again.
    known.delete(environment);
    return null;
  });
  known.set(environment, { at: now, answer });
  return { told: await answer, at: now };
}

/** A call that was taken teaches nothing by itself: only what was read back took effect. */
function taught(action: Action, source: string): boolean {
  const isDone = (name: StepName, place: number) =>
    action.steps.some(
      (step) => step.name === name && step.change === place && step.state === 'done',
    );
  const wrote = action.plan.changes.some(
    (change, place) =>
      change.kind === 'flag' &&
      change.source === source &&
      isDone('sent', place) &&
      isDone('stored', place),
  );
  const asked = action.plan.changes.some(({ source: one }) => one === source);
  return wrote || (asked && action.outcome === 'pending_approval');
}
