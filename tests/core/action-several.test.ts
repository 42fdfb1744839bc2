/** Several changes as one action. */
import { describe, expect, it } from 'vitest';
import type { ActionRequest } from '#shared/model/action.ts';
import { FEATURES } from '../fixtures/flag-service.ts';
import { failure } from '../helpers/failure.ts';
import { actionKit, as, isWrite, KILL, on, ROLLBACK, step } from './action-kit.ts';

const kit = actionKit();

describe('several', () => {
  const both: ActionRequest = { kind: 'several', requests: [ROLLBACK, KILL] };

  it('are one plan, one confirmation, one action, and one undo', async () => {
    const before = [await kit.present('model'), await kit.present('switch')];
    const made = await kit.plan(both);
    expect(made.title).toBe(
      'Roll back support-bot v42 → v41, then turn off the AI path of support-bot',
    );
    expect(made.done).toBe('Rolled back to v41, then turned off the AI path of support-bot');
    // With the kill switch in it, it is about everybody: not about the users of one version.
    expect(made.fromVersions).toEqual([]);
    expect(made.affected).toEqual((await kit.plan(KILL)).affected);
    const { id } = await kit.world.actions.execute(made.id, as());
    const proven = await kit.served(id, 1);
    expect(step(proven, 'served', 0).state).toBe('done');
    expect(await kit.weights()).toEqual({ v41: 1000, v42: 0 });
    expect((await kit.present('switch')).enabled).toBe(false);
    const undo = await kit.undo(id, { typed: 'support-bot' });
    await kit.stored(undo.id, 1);
    expect([await kit.present('model'), await kit.present('switch')]).toEqual(before);
  });

  it('are undone in reverse when a later one fails, and say so', async () => {
    const before = await kit.present('model');
    const made = await kit.plan(both);
    kit.flags.server.fault({ kind: 'status', status: 403 }, (asked) =>
      Boolean(isWrite(asked) && asked.path.includes('/switch/')),
    );
    const { id } = await kit.world.actions.execute(made.id, as());
    const ended = await kit.world.ended(id);
    expect(ended.outcome).toBe('failed');
    expect(ended.summary).toMatch(/what was done before it was undone\. .*does not allow this/);
    expect(ended.summary).not.toContain('nothing was changed');
    expect(step(ended, 'sent', 1).state).toBe('failed');
    expect(step(ended, 'restored', 0).state).toBe('done');
    expect(await kit.present('model')).toEqual(before);
    expect((await failure(kit.plan({ kind: 'undo', action: id }))).code).toBe('bad_input');
    const { entries } = await kit.cache.journal('list', { action: id, limit: 100 });
    expect(entries.map(({ summary }) => summary).join('\n')).toContain(
      'flag model: restored done: read back equal to what was before',
    );
  });

  it('end loudly when what was done cannot be undone', async () => {
    const made = await kit.plan(both);
    let changed = false;
    kit.flags.server.fault({ kind: 'status', status: 403 }, (asked) => {
      if (!isWrite(asked) || !asked.path.includes('/switch/')) return false;
      // Somebody else changes the first flag in that moment.
      if (!changed) void kit.flags.admin('POST', `${FEATURES}/model/environments/production/off`);
      changed = true;
      return true;
    });
    const ended = await kit.world.ended((await kit.world.actions.execute(made.id, as())).id);
    expect(ended.outcome).toBe('not_restored');
    expect(ended.summary).toMatch(/could NOT be taken back\. Look at each change yourself\. /);
    expect(ended.summary).not.toContain('nothing was changed');
    expect(ended.steps.find(({ name }) => name === 'restored')?.next).toContain('NOT as it was');
    expect((await kit.present('model')).enabled).toBe(false);
  });

  it('interrupted between two of them are undone at the next start, and never go on', async () => {
    const before = await kit.present('model');
    const made = await kit.plan(both);
    kit.flags.server.fault({ kind: 'hang' }, (asked) =>
      Boolean(isWrite(asked) && asked.path.includes('/switch/')),
    );
    const { id } = await kit.world.actions.execute(made.id, as());
    await kit.world.until(id, (one) => step(one, 'sent', 1).state === 'running');
    await kit.world.actions.close();
    kit.flags.server.fault(null);
    kit.begin();
    await kit.world.actions.reconcile();
    const ended = await kit.world.ended(id);
    expect(ended.outcome).toBe('failed');
    expect(await kit.present('model')).toEqual(before);
    expect((await kit.present('switch')).enabled).toBe(true);
  });

  it.each<[string, ActionRequest[]]>([
    ['the same thing twice', [ROLLBACK, { kind: 'rollback', ...on, to: 'v41' }]],
    [
      'things of two services',
      [
        ROLLBACK,
        { kind: 'restore', source: 'flags', flag: 'x', environment: 'production', event: '1' },
      ],
    ],
  ])('about %s are refused', async (_what, requests) => {
    const parsed = requests.flatMap((one) =>
      one.kind === 'rollback' || one.kind === 'restore' ? [one] : [],
    );
    const error = await failure(kit.plan({ kind: 'several', requests: parsed }));
    expect(['bad_input', 'not_found']).toContain(error.code);
  });
});
