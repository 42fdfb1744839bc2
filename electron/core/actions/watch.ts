/** The last two steps, which take as long as the world takes: live traffic, and signals back in band. */
import { rolloutByVersion } from '#core/analysis/rollout.ts';
import type { Clock } from '#core/deps.ts';
import type { Newest, Plan } from '#shared/model/action.ts';
import type { Config, ServiceConfig } from '#shared/model/config.ts';
import type { FlagChange } from '#shared/model/planned-change.ts';
import type { Cell } from '#shared/model/signal.ts';
import { durationMs } from '#shared/util/duration.ts';
import type { ServiceFacts } from './facts.ts';
import { Patience } from './patience.ts';
import { movement } from './plan.ts';
import { type PlannerDeps, quietly } from './planner.ts';
import {
  expectedAnswers,
  judgeLive,
  judgeRecovered,
  type LiveJudgement,
  percent,
  seconds,
  TOO_FEW,
  type Watched,
} from './proof.ts';
import type { ActionRecord, StepKey } from './record.ts';

const LIVE: StepKey = ['live', null];
/** What tells of traffic. */
const REQUEST_RATE = 'request_rate';
const FALLBACK_RATE = 'fallback_rate';
const RECOVERED: StepKey = ['recovered', null];
const LIVE_WINDOW_MS = 20_000;
const LOOK_EVERY_MS = 1_000;
/** Above this share of fallbacks the AI path counts as off; below the rest as on. */
const FALLBACK_OFF = 0.95;

interface Limits {
  giveUpMs: number;
  holdMs: number;
  minRequests: number;
  windowMs: number;
}

function limitsOf(config: Config): Limits {
  return {
    giveUpMs: durationMs(config.actions.giveUp),
    holdMs: durationMs(config.actions.hold),
    minRequests: config.actions.minRequests,
    windowMs: durationMs(config.signals.window),
  };
}

export async function watchLive(
  deps: PlannerDeps,
  record: ActionRecord,
  signal: AbortSignal,
): Promise<void> {
  const { plan } = record.action;
  const service = deps.config().services.find((one) => one.id === plan.service);
  const look = service === undefined ? null : lookFor(deps, record, service);
  if (look === null) {
    const text = plan.changes.some(({ kind }) => kind === 'flag')
      ? 'no traffic is measured that would show this flag'
      : 'a silence changes no traffic';
    await record.set(LIVE, 'skipped', text);
    return;
  }
  const { giveUpMs } = limitsOf(deps.config());
  await record.set(LIVE, 'running', 'watching traffic');
  const patience = new Patience(deps.clock, signal, { first: LOOK_EVERY_MS, max: LOOK_EVERY_MS });
  for (;;) {
    const seen = await look();
    if (seen.proven) {
      await record.set(LIVE, 'done', seen.text);
      return;
    }
    if (patience.spent >= giveUpMs) {
      if (seen.untold !== null) {
        await record.set(LIVE, 'unknown', `${seen.text}: ${seen.untold}`, {
          next: 'Send a request yourself, or wait for traffic, and look at the share per version.',
        });
      } else {
        const off = await canTurnOff(deps, plan, service, signal);
        await record.set(LIVE, 'failed', `after ${seconds(giveUpMs)} still ${seen.text}`, {
          next: `The flag is stored and served, but the service does not follow it. Does it still read this flag? Restart it${off ? ', or turn the AI path off' : ''}.`,
        });
      }
      return;
    }
    await record.say(LIVE, seen.untold === null ? seen.text : `${seen.text}; waiting for more`);
    await patience.wait();
  }
}

/** What has arrived by now of what shows traffic. */
export function newestNow(
  { cache }: Pick<PlannerDeps, 'cache'>,
  { action: { plan } }: ActionRecord,
): Promise<Newest> {
  const { service, environment } = plan;
  return cache.read('newestOf', { service, environment, signals: [REQUEST_RATE, FALLBACK_RATE] });
}

/** How traffic shows this action; null when nothing does. */
function lookFor(
  deps: PlannerDeps,
  record: ActionRecord,
  service: ServiceConfig,
): (() => Promise<LiveJudgement>) | null {
  const { killSwitch } = service;
  const looks = lookedAt(record.action.plan, service).map((change) => {
    if (change.source === killSwitch?.source && change.flag === killSwitch.flag) {
      return () => lookAtFallbacks(deps, record, change.after.enabled);
    }
    return () => lookAtVersions(deps, record, service, change);
  });
  if (looks.length === 0) return null;
  return async () => together(await Promise.all(looks.map((look) => look())));
}

/**
 * The changes that traffic shows: of the kill switch by the share of fallbacks, of the model's flag by the versions that
 * answer. With the AI path off no version answers.
 */
export function lookedAt(plan: Plan, { killSwitch, modelFlag }: ServiceConfig): FlagChange[] {
  const kill = changeOf(plan, killSwitch);
  const model = changeOf(plan, modelFlag);
  const aiOff = kill?.after.enabled === false;
  return [kill, aiOff || losing(plan, modelFlag, model).length === 0 ? null : model].filter(
    (change) => change !== null,
  );
}

/** Versions that lose users by the change of the model's flag. */
function losing(
  plan: Plan,
  ref: ServiceConfig['modelFlag'],
  change: FlagChange | null,
): readonly string[] {
  if (ref === undefined || change === null) return [];
  if (plan.fromVersions.length > 0) return plan.fromVersions;
  // With a kill switch among the changes the plan speaks of everybody, and names no version.
  return movement(ref, change.before, change.after).from;
}

/** Proven when each is; told when each can be, or one has failed. */
function together(looks: readonly LiveJudgement[]): LiveJudgement {
  const failed = looks.some(({ proven, untold }) => !proven && untold === null);
  return {
    proven: looks.every(({ proven }) => proven),
    requests: Math.min(...looks.map(({ requests }) => requests)),
    untold: failed ? null : (looks.find(({ untold }) => untold !== null)?.untold ?? null),
    text: looks.map(({ text }) => text).join('; '),
  };
}

/** Since when clients can have got the new answer, by the wall clock as it goes now: it may have been set since. */
function effectiveSince(record: ActionRecord, clock: Clock): number {
  const { plan, startedAt } = record.action;
  const after = plan.changes.map((_, place) => {
    const served = record.step(['served', place]);
    const { afterMs, endedAt } = served.state === 'done' ? served : record.step(['sent', place]);
    return afterMs ?? Math.max(0, (endedAt ?? startedAt) - startedAt);
  });
  return Math.floor(clock.now() - (record.elapsed - Math.max(...after)));
}

/** What had arrived when clients were last asked: an hour that the clock repeats holds what came before as well. */
function newestBy(record: ActionRecord): Newest {
  const all = record.steps('served').flatMap(({ newest }) => newest ?? []);
  const times = all.flatMap(({ sampleAt }) => sampleAt ?? []);
  return {
    span: Math.max(0, ...all.map(({ span }) => span)),
    sampleAt: times.length === 0 ? null : Math.max(...times),
  };
}

/** A sample has no order but its time: where times repeat it counts once it is later than all that were there. */
function cameAfter(
  cell: Cell | undefined,
  { sampleAt }: Newest,
): cell is Cell & { value: number; at: number } {
  return (
    cell?.value != null && cell.at !== null && cell.at > (sampleAt ?? Number.NEGATIVE_INFINITY)
  );
}

/** What the action does to a flag; null when it does nothing to it. */
function changeOf(
  plan: Plan,
  ref: { source: string; flag: string } | undefined,
): FlagChange | null {
  for (const change of plan.changes) {
    if (change.kind === 'flag' && change.flag === ref?.flag && change.source === ref.source) {
      return change;
    }
  }
  return null;
}

/** Whether the kill switch is a way out that is left: this action has not turned it, and it is not known to be off. */
async function canTurnOff(
  deps: PlannerDeps,
  plan: Plan,
  service: ServiceConfig | undefined,
  signal: AbortSignal,
): Promise<boolean> {
  const kill = service?.killSwitch;
  if (kill === undefined || changeOf(plan, kill) !== null) return false;
  const control = deps.control(kill.source);
  const present = control ? await quietly(control.read(kill.flag, plan.environment, signal)) : null;
  // Off, or on for nobody.
  return present === null || expectedAnswers(present).shares.get('off') !== 1;
}

async function lookAtVersions(
  deps: PlannerDeps,
  record: ActionRecord,
  service: ServiceConfig,
  change: FlagChange,
): Promise<LiveJudgement> {
  const { plan } = record.action;
  const { modelFlag } = service;
  if (modelFlag === undefined) throw new Error('A look at versions without a flag for them.');
  const intended = rolloutByVersion(modelFlag, change.after);
  const before = rolloutByVersion(modelFlag, change.before);
  const from = losing(plan, modelFlag, change);
  const flagBefore = from.reduce((sum, version) => sum + (before.get(version) ?? 0), 0);
  const unfinishedMs = durationMs(service.slowTurn);
  const { minRequests, windowMs } = limitsOf(deps.config());
  const since = effectiveSince(record, deps.clock);
  const { startedAt } = record.action;
  const newest = newestBy(record);
  const turnsIn = (first: number, last: number, arrived: 'after' | 'by' = 'after') =>
    deps.cache.read('turnsByVersion', {
      service: plan.service,
      environment: plan.environment,
      from: first,
      to: last,
      arrived,
      span: newest.span,
    });
  const had = startedAt - unfinishedMs;
  const turnsBefore = await turnsIn(had - LIVE_WINDOW_MS, had, 'by');
  const judge = (turns: { version: string; turns: number }[], ms: number) =>
    judgeLive({
      turns,
      windowMs: ms,
      intended,
      from,
      flagBefore,
      turnsBefore,
      minRequests,
    });
  // Slow answers tell of themselves late: a window that reaches up to now would only hold the quick ones.
  const to = deps.clock.now() - unfinishedMs;
  if (to > since) {
    const recent = Math.max(since, to - LIVE_WINDOW_MS);
    const short = judge(await turnsIn(recent, to), to - recent);
    if (short.untold === null) return short;
    const long = judge(await turnsIn(since, to), to - since);
    if (long.requests > 0) return long;
  }
  const facts = await deps.facts.service(plan.service, plan.environment).catch(() => null);
  const byRate = facts === null ? null : turnsFromRates(facts, since, newest, windowMs);
  return judge(byRate ?? [], byRate === null ? Math.max(0, to - since) : windowMs);
}

/** Requests by version in the signals' window, once that window lies wholly after `since`. */
function turnsFromRates(facts: ServiceFacts, since: number, newest: Newest, windowMs: number) {
  const turns = facts.versions.flatMap(({ version, cells }) => {
    const cell = cells.get(REQUEST_RATE);
    const fresh = cameAfter(cell, newest) && cell.at - windowMs >= since;
    return fresh ? [{ version, turns: Math.round((cell.value * windowMs) / 1000) }] : [];
  });
  return turns.length === 0 ? null : turns;
}

async function lookAtFallbacks(
  deps: PlannerDeps,
  record: ActionRecord,
  on: boolean,
): Promise<LiveJudgement> {
  const { plan } = record.action;
  const { minRequests, windowMs } = limitsOf(deps.config());
  const facts = await deps.facts.service(plan.service, plan.environment).catch(() => null);
  const cell = facts?.whole.cells.get(FALLBACK_RATE);
  const requests = Math.round(((facts?.whole.requestsPerSecond ?? 0) * windowMs) / 1000);
  const untold = requests < minRequests ? TOO_FEW : null;
  if (!cameAfter(cell, newestBy(record)) || cell.at < effectiveSince(record, deps.clock)) {
    const text = 'no share of fallbacks measured since';
    return { proven: false, untold: TOO_FEW, requests, text };
  }
  const share = cell.value;
  const text = `${percent(share)} of about ${requests} requests answered without the AI path`;
  const proven = on ? share <= 1 - FALLBACK_OFF : share >= FALLBACK_OFF;
  return { proven: proven && untold === null, untold, requests, text };
}

export async function watchRecovery(
  deps: PlannerDeps,
  record: ActionRecord,
  signal: AbortSignal,
): Promise<void> {
  const { plan } = record.action;
  if (plan.outOfBand.length === 0) {
    const text =
      plan.mends === false ? 'it was not meant to mend anything' : 'nothing was out of band';
    await record.set(RECOVERED, 'skipped', text);
    return;
  }
  if (record.step(LIVE).state === 'failed') {
    await record.set(RECOVERED, 'skipped', 'not looked at: the change is not live');
    return;
  }
  const { giveUpMs, holdMs } = limitsOf(deps.config());
  const service = deps.config().services.find((one) => one.id === plan.service);
  const aiOff = changeOf(plan, service?.killSwitch)?.after.enabled === false;
  if (judgedSignals(deps, plan, aiOff).length === 0) {
    await record.set(
      RECOVERED,
      'skipped',
      aiOff
        ? 'what was out of band measures the model, which is off'
        : 'what was out of band is not among the signals any more',
    );
    return;
  }
  await record.set(RECOVERED, 'running', 'watching the signals that were out of band');
  const patience = new Patience(deps.clock, signal, { first: LOOK_EVERY_MS, max: LOOK_EVERY_MS });
  let heldFrom: number | null = null;
  for (;;) {
    const facts = await deps.facts.service(plan.service, plan.environment).catch(() => null);
    // That nothing is measured any more can only be said by one who could look.
    const verdict = judgeRecovered(watched(deps, record, facts, aiOff), aiOff && facts !== null);
    if (!verdict.inBand) heldFrom = null;
    else heldFrom ??= patience.spent;
    const held = heldFrom === null ? 0 : patience.spent - heldFrom;
    if (verdict.inBand && held >= holdMs) {
      if (!verdict.measured) {
        await record.set(RECOVERED, 'skipped', `nothing is left to judge it by: ${verdict.text}`);
        return;
      }
      await record.set(RECOVERED, 'done', `${verdict.text}, for ${seconds(held)}`);
      return;
    }
    if (patience.spent >= giveUpMs + holdMs) {
      const { out, untold } = verdict;
      if (out.length > 0) {
        const off = await canTurnOff(deps, plan, service, signal);
        await record.set(RECOVERED, 'failed', [...out, ...untold].join('; '), {
          next: `Look for another cause: what else changed, and what do failing conversations say?${off ? ' The kill switch turns the AI path off.' : ''}`,
        });
      } else {
        await record.set(RECOVERED, 'unknown', untold.join('; ') || verdict.text, {
          next: 'Nothing is seen out of band, and not everything could be seen: wait for traffic, or look whether the source of these signals answers.',
        });
      }
      return;
    }
    const rest = verdict.inBand ? `, ${seconds(holdMs - held)} more to be sure` : '';
    await record.say(RECOVERED, `${verdict.text}${rest}`);
    await patience.wait();
  }
}

/** The signals that were out of band; with the AI path off those that measure the model are left out. */
function judgedSignals({ facts }: PlannerDeps, { outOfBand }: Plan, aiOff: boolean) {
  const ids = new Set(outOfBand.map((cell) => cell.signal));
  return facts.signals().filter(({ id, ofModel }) => ids.has(id) && !(aiOff && ofModel));
}

/**
 * Each signal that is judged, of the service as a whole and of the version that now answers; of the latter
 * only where it was not out of band by itself before.
 */
function watched(
  deps: PlannerDeps,
  record: ActionRecord,
  facts: ServiceFacts | null,
  aiOff: boolean,
): Watched[] {
  const { plan } = record.action;
  const target = plan.toVersion;
  const before = plan.targetHealth?.version === target ? plan.targetHealth.cells : [];
  return judgedSignals(deps, plan, aiOff).flatMap((definition) => {
    const whole = facts?.whole.cells.get(definition.id) ?? null;
    const result: Watched[] = [{ definition, version: '', cell: whole }];
    const was = before.find((cell) => cell.signal === definition.id)?.state;
    if (target !== null && was === 'ok') {
      const own = facts?.versions.find((one) => one.version === target)?.cells.get(definition.id);
      // Where it answers all of the traffic both are the same figure: said once.
      const same = own?.state === whole?.state && own?.value === whole?.value;
      if (own === undefined || !same)
        result.push({ definition, version: target, cell: own ?? null });
    }
    return result;
  });
}
