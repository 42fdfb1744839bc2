/** The end of an action that was sent and stored: what its steps together prove, in one sentence. */
import type { Clock } from '#core/deps.ts';
import type { Plan } from '#shared/model/action.ts';
import { seconds } from './proof.ts';
import type { ActionRecord } from './record.ts';

export async function conclude(record: ActionRecord, clock: Clock): Promise<void> {
  const { plan, title, startedAt } = record.action;
  const [served, live, recovered] = [
    record.step('served'),
    record.step('live'),
    record.step('recovered'),
  ];
  const what = whatWasDone(plan, title);
  const proof = live.state === 'done' ? ` Live traffic confirms: ${live.text}.` : '';
  const took = seconds(clock.now() - startedAt);
  if (live.state === 'failed' || (served.state === 'failed' && live.state !== 'done')) {
    const failed = live.state === 'failed' ? live : served;
    await record.end('failed', `${title}: stored, but not in effect: ${failed.text}.`);
  } else if (recovered.state === 'done') {
    await record.end('recovered', `${what}.${proof} Recovered after ${took}.`);
  } else if (recovered.state === 'failed') {
    await record.end('not_recovered', `${what}.${proof} Not recovered: ${recovered.text}.`);
  } else if (live.state === 'unknown') {
    await record.end('unknown', `${what}. Not seen in traffic: ${live.text}.`);
  } else {
    await record.end('effective', `${what}.${proof}`);
  }
}

/** What was done, as a sentence without its full stop. */
function whatWasDone(plan: Plan, title: string): string {
  switch (plan.request.kind) {
    case 'rollback':
      return plan.toVersion === null ? title : `Rolled back to ${plan.toVersion}`;
    case 'kill_switch':
      return `Turned ${plan.after.enabled ? 'on' : 'off'} the AI path of ${plan.service}`;
    case 'restore':
      return title.replace(/^Restore/, 'Restored');
    case 'undo':
      return title.replace(/^Undo/, 'Undid');
  }
}
