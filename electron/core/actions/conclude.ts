/** The end of an action that was sent and stored: what its steps together prove, in one sentence. */
import type { Action, Plan, Step } from '#shared/model/action.ts';
import type { Config } from '#shared/model/config.ts';
import { seconds } from './proof.ts';
import type { ActionRecord } from './record.ts';
import { lookedAt } from './watch.ts';

export async function conclude(
  record: ActionRecord,
  { config }: { config: () => Config },
): Promise<void> {
  const { plan, title, kind } = record.action;
  if (kind === 'drill') return concludeDrill(record);
  const live = record.step(['live', null]);
  const recovered = record.step(['recovered', null]);
  const served = record.steps('served');
  // What traffic shows was served. Whatever it does not show must have been seen by itself.
  const service = config().services.find(({ id }) => id === plan.service);
  const inTraffic = service === undefined ? [] : lookedAt(plan, service);
  const shown = ({ change }: Step) =>
    live.state === 'done' && inTraffic.some((one) => one === plan.changes[change ?? 0]);
  const unserved = served.find((step) => step.state === 'failed' && !shown(step));
  const unproven = served.find((step) => step.state === 'unknown' && !shown(step));
  const what = whatCameAbout(record.action);
  const proof = proofOf(live, served);
  const took = seconds(record.elapsed);
  const failed = live.state === 'failed' ? live : unserved;
  if (failed !== undefined) {
    await record.end('failed', `${title}: stored, but not in effect: ${told(plan, failed)}.`);
  } else if (unproven !== undefined) {
    const seen = told(plan, unproven);
    await record.end('unknown', `${what}: stored, but not proven in effect. ${seen}`);
  } else if (recovered.state === 'done') {
    await record.end('recovered', `${what}.${proof} Recovered after ${took}.`);
  } else if (recovered.state === 'failed') {
    await record.end('not_recovered', `${what}.${proof} Not recovered: ${recovered.text}.`);
  } else if (live.state === 'unknown') {
    await record.end('unknown', `${what}.${proof}`);
  } else if (recovered.state === 'unknown') {
    const seen = recovered.text;
    await record.end('unknown', `${what}.${proof} Whether it recovered is not known: ${seen}.`);
  } else {
    const unjudged = plan.outOfBand.length > 0 ? ` Recovery is not judged: ${recovered.text}.` : '';
    await record.end('effective', `${what}.${proof}${unjudged}`);
  }
}

/** What shows that it is in effect; or that traffic did not, or that neither clients nor traffic could be asked. */
function proofOf(live: Step, served: readonly Step[]): string {
  if (live.state === 'done') return ` Live traffic confirms: ${live.text}.`;
  if (live.state === 'unknown') return ` Not seen in traffic: ${live.text}.`;
  const unasked = served.find(({ state }) => state === 'skipped');
  if (live.state !== 'skipped' || unasked === undefined) return '';
  return ` Stored; not proven served: ${unasked.text.replace(/\.$/, '')}.`;
}

/** What a step saw; with the change it is about where there are several. */
function told({ changes }: Plan, { change, text }: Step): string {
  return change === null || changes.length === 1 ? text : `${changes[change]?.what}: ${text}`;
}

/** A drill is passed when each step was proven and everything is as it was before. */
async function concludeDrill(record: ActionRecord): Promise<void> {
  const { title, steps, endedEarlyBy } = record.action;
  const restored = record.steps('restored');
  const lost = restored.find(({ state }) => state === 'failed');
  const weak = steps.find((step) => step.name !== 'restored' && isWeak(step));
  const times = steps
    .filter((step) => step.state === 'done')
    .map((step) => `${step.name} after ${seconds(step.afterMs ?? 0)}`)
    .join(', ');
  if (lost !== undefined) {
    await record.end('not_restored', `${title}: NOT restored: ${lost.text}.`);
  } else if (weak !== undefined) {
    const back = restored.some(({ state }) => state === 'done') ? ' Everything is restored.' : '';
    if (endedEarlyBy !== undefined && !steps.some(({ state }) => state === 'failed')) {
      const why = `ended early by ${endedEarlyBy}, before all of it was proven`;
      return record.end('unknown', `${title}: ${why}.${back}`);
    }
    await record.end('failed', `${title}: ${weak.name} was not proven: ${weak.text}.${back}`);
  } else {
    await record.end('drilled', `${title}: ${times}.`);
  }
}

/** Skipped counts as weak too: a drill that found nothing to send, or no traffic to look at, shows nothing. */
function isWeak({ name, state }: Step): boolean {
  return name !== 'recovered' && state !== 'done';
}

/**
 * What was done, as a sentence without its full stop. What somebody else had done already is not told as done here:
 * it comes first where it is all of it, and beside its change where it is a part.
 */
function whatCameAbout({ plan, title, steps }: Action): string {
  const done = plan.done ?? title;
  const already = steps.filter(({ name, state }) => name === 'sent' && state === 'skipped');
  if (already.length === 0) return done;
  if (already.length === plan.changes.length) {
    const by = [...new Set(already.map(({ text }) => text))].join('; ');
    return `${by.charAt(0).toUpperCase()}${by.slice(1)} (${title})`;
  }
  const parts = already.map((step) => told(plan, step)).join('; ');
  return `${done} (${parts})`;
}
