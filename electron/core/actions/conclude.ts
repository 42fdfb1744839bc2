/** The end of an action that was sent and stored: what its steps together prove, in one sentence. */
import type { Clock } from '#core/deps.ts';
import type { Plan, Step } from '#shared/model/action.ts';
import { seconds } from './proof.ts';
import type { ActionRecord } from './record.ts';

export async function conclude(record: ActionRecord, clock: Clock): Promise<void> {
  const { plan, title, startedAt, kind } = record.action;
  if (kind === 'drill') return concludeDrill(record);
  const live = record.step(['live', null]);
  const recovered = record.step(['recovered', null]);
  const unserved = record.steps('served').find(({ state }) => state === 'failed');
  const what = whatWasDone(plan, title);
  const proof = live.state === 'done' ? ` Live traffic confirms: ${live.text}.` : '';
  const took = seconds(clock.now() - startedAt);
  if (live.state === 'failed' || (unserved !== undefined && live.state !== 'done')) {
    const failed = live.state === 'failed' ? live : unserved;
    await record.end('failed', `${title}: stored, but not in effect: ${failed?.text}.`);
  } else if (recovered.state === 'done') {
    await record.end('recovered', `${what}.${proof} Recovered after ${took}.`);
  } else if (recovered.state === 'failed') {
    await record.end('not_recovered', `${what}.${proof} Not recovered: ${recovered.text}.`);
  } else if (live.state === 'unknown') {
    await record.end('unknown', `${what}. Not seen in traffic: ${live.text}.`);
  } else {
    const unjudged = plan.outOfBand.length > 0 ? ` Recovery is not judged: ${recovered.text}.` : '';
    await record.end('effective', `${what}.${proof}${unjudged}`);
  }
}

/** A drill is passed when each step was proven and everything is as it was before. */
async function concludeDrill(record: ActionRecord): Promise<void> {
  const { title, startedAt, steps } = record.action;
  const restored = record.steps('restored');
  const lost = restored.find(({ state }) => state === 'failed');
  const weak = steps.find((step) => step.name !== 'restored' && isWeak(step));
  const times = steps
    .filter((step) => step.state === 'done' && step.endedAt !== null)
    .map((step) => `${step.name} after ${seconds((step.endedAt ?? startedAt) - startedAt)}`)
    .join(', ');
  if (lost !== undefined) {
    await record.end('not_restored', `${title}: NOT restored: ${lost.text}.`);
  } else if (weak !== undefined) {
    const back = restored.some(({ state }) => state === 'done') ? ' Everything is restored.' : '';
    await record.end('failed', `${title}: ${weak.name} was not proven: ${weak.text}.${back}`);
  } else {
    await record.end('drilled', `${title}: ${times}.`);
  }
}

/** Skipped counts as weak too: a drill that found nothing to send, or no traffic to look at, shows nothing. */
function isWeak({ name, state }: Step): boolean {
  return name !== 'recovered' && state !== 'done';
}

/** What was done, as a sentence without its full stop. */
function whatWasDone(plan: Plan, title: string): string {
  const { request } = plan;
  switch (request.kind) {
    case 'rollback':
      return plan.toVersion === null ? title : `Rolled back to ${plan.toVersion}`;
    case 'kill_switch':
      return `Turned ${request.on ? 'on' : 'off'} the AI path of ${plan.service}`;
    case 'several':
      return title.split(', then ').map(past).join(', then ');
    case 'restore':
    case 'undo':
    case 'silence':
    case 'ramp':
    case 'drill':
      return past(title);
  }
}

const PAST = {
  Restore: 'Restored',
  Undo: 'Undid',
  Silence: 'Silenced',
  Ramp: 'Ramped',
  silence: 'silenced',
  restore: 'restored',
  ramp: 'ramped',
  'Roll back': 'Rolled back',
  'roll back': 'rolled back',
  'Turn o': 'Turned o',
  'turn o': 'turned o',
} as const;

/** The title of a change that is done, told as such. */
function past(title: string): string {
  const verb = Object.entries(PAST).find(([now]) => title.startsWith(now));
  return verb ? verb[1] + title.slice(verb[0].length) : title;
}
