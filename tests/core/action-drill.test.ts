/** Drills: the same path on trial. */
import { describe, expect, it } from 'vitest';
import type { ActionRequest } from '#shared/model/action.ts';
import type { Change } from '#shared/model/change.ts';
import { Config } from '#shared/model/config.ts';
import { cell, facts, fastClock } from '../fixtures/actions-world.ts';
import { FEATURES } from '../fixtures/flag-service.ts';
import { failure } from '../helpers/failure.ts';
import { actionKit, as, isWrite, KILL, on, signal, step } from './action-kit.ts';

const kit = actionKit();

describe('a drill', () => {
  const drill: ActionRequest = { kind: 'drill', ...on, drill: 'kill_switch' };

  it('carries the path out, verifies the fallback, restores, and stamps it', async () => {
    expect((await kit.plan(KILL)).drilled).toMatchObject({ at: null, overdue: true });
    const before = await kit.present('switch');
    const { id } = await kit.carryOut(drill);
    await kit.served(id);
    expect((await kit.present('switch')).enabled).toBe(false);
    kit.world.scene.whole = facts('', [
      { ...cell('fallback_rate', 'bad', 1), at: kit.world.clock.now() + 5000 },
    ]);
    const ended = await kit.world.ended(id);
    expect(ended.outcome).toBe('drilled');
    expect(ended.summary).toMatch(/: sent after .*, live after .*, restored after /);
    expect(await kit.present('switch')).toEqual(before);
    const { drills } = await kit.world.actions.readiness('production', signal());
    expect(drills).toEqual([
      expect.objectContaining({ action: id, at: ended.endedAt, overdue: false, failed: null }),
    ]);
    expect((await kit.plan(KILL)).drilled).toMatchObject({ action: id, overdue: false });
  });

  it('tells by what really passed how long it took, though the clock is set back meanwhile', async () => {
    await kit.world.actions.close();
    const clock = fastClock(20);
    let back = 0;
    kit.begin({ ...clock, now: () => clock.now() - back });
    const { id, startedAt } = await kit.carryOut(drill);
    await kit.served(id);
    back = 3_600_000;
    const fallback = cell('fallback_rate', 'bad', 1);
    kit.world.scene.whole = facts('', [{ ...fallback, at: clock.now() + 5000 }]);
    const ended = await kit.world.ended(id);
    expect(ended.endedAt).toBeLessThan(startedAt);
    expect(ended.summary).toMatch(/: sent after \d.*, live after \d.*, restored after \d/);
    const after = ended.steps.map(({ afterMs }) => afterMs ?? -1);
    expect(after).toEqual(after.toSorted((a, b) => a - b));
    expect(after[0]).toBeGreaterThan(0);
    expect(ended.tookMs).toBeGreaterThanOrEqual(after.at(-1) ?? 0);
    const { entries } = await kit.cache.journal('list', { action: id, limit: 1 });
    expect(entries).toMatchObject([{ kind: 'outcome', data: { tookMs: ended.tookMs } }]);
  });

  it('is told to the next person as done by who asked for it, not by the token', async () => {
    const ended = await kit.world.ended((await kit.carryOut(drill)).id);
    const change = (at: number): Change => ({
      id: `c${at}`,
      at,
      kind: 'flag',
      service: on.service,
      environment: on.environment,
      versions: [],
      title: 'switch: on',
      detail: '',
      by: 'token-user',
      source: 'unleash',
      flag: 'switch',
    });
    const restored = ended.steps.find(({ name }) => name === 'restored')?.endedAt ?? 0;
    kit.world.scene.changes = [change(restored + 200), change(restored + 60_000)];
    const told = (await kit.plan(KILL)).warnings.filter(({ code }) => code === 'changed_lately');
    expect(told.map(({ message }) => message.replace(/ changed.*/, ''))).toEqual([
      `mika (${ended.id})`,
      'token-user',
    ]);
  });

  it('fails when no fallback answers are seen, and restores all the same', async () => {
    const before = await kit.present('switch');
    const ended = await kit.world.ended((await kit.carryOut(drill)).id);
    expect(ended.outcome).toBe('failed');
    expect(ended.summary).toContain('live was not proven');
    expect(ended.summary).toContain('Everything is restored');
    expect(await kit.present('switch')).toEqual(before);
    const { drills } = await kit.world.actions.readiness('production', signal());
    expect(drills[0]).toMatchObject({ at: null, overdue: true, failed: ended.id });
  });

  it('that the console died in is restored at the next start', async () => {
    const before = await kit.present('switch');
    const { id } = await kit.carryOut(drill);
    await kit.world.until(id, (one) => step(one, 'live').state === 'running');
    await kit.world.actions.close();
    kit.begin();
    await kit.world.actions.reconcile();
    await kit.world.ended(id);
    expect(await kit.present('switch')).toEqual(before);
  });

  it('is ended early by whoever needs its flag, and then tells nothing of the path', async () => {
    const before = await kit.present('switch');
    // Nobody answers as clients are answered: it would be watched for long.
    await kit.world.actions.close();
    kit.begin(fastClock(1));
    kit.flags.server.fault({ kind: 'hang' }, ({ path }) => path.startsWith('/api/client'));
    const { id } = await kit.carryOut(drill);
    await kit.world.until(id, (one) => step(one, 'served').state !== 'waiting');
    const turnOn: ActionRequest = { ...KILL, on: true };
    for (const request of [turnOn, { kind: 'undo', action: id } as const]) {
      expect((await kit.plan(request)).blockers).toEqual([
        {
          code: 'busy',
          message: `mika is drilling this flag (${id}). End the drill, which brings back what was before, and plan again.`,
          overridable: false,
          action: id,
        },
      ]);
    }
    await kit.world.locks.lock('production', 'mika');
    const undo = await kit.undo(id, { by: 'kim' });
    expect(undo).toMatchObject({ id, endedEarlyBy: 'kim' });
    const ended = await kit.world.ended(id);
    expect(ended.outcome).toBe('unknown');
    expect(ended.summary).toMatch(
      /: ended early by kim, before all of it was proven\. Everything is restored\.$/,
    );
    expect(ended.steps.map(({ name, state }) => [name, state])).toEqual([
      ['sent', 'done'],
      ['stored', 'done'],
      ['served', 'skipped'],
      ['live', 'skipped'],
      ['restored', 'done'],
    ]);
    expect(await kit.present('switch')).toEqual(before);
    const { entries } = await kit.cache.journal('list', { action: id, limit: 100 });
    expect(entries.filter(({ kind }) => kind === 'ended_early')).toMatchObject([{ actor: 'kim' }]);
    expect((await kit.plan(turnOn)).blockers).toEqual([]);
    const { drills } = await kit.world.actions.readiness('production', signal());
    expect(drills[0]).toMatchObject({ at: null, failed: null });
  });

  it('that is ended early is first read back, also by the next start', async () => {
    const before = await kit.present('switch');
    let written = false;
    kit.flags.server.fault({ kind: 'reset' }, (asked) => {
      const answers = !written;
      if (isWrite(asked)) written = true;
      return !answers;
    });
    const { id } = await kit.carryOut(drill);
    await kit.world.until(id, (one) => step(one, 'stored').state === 'unknown');
    await kit.undo(id, { by: 'kim' });
    expect(step(await kit.world.actions.read(id), 'restored').state).toBe('waiting');
    await kit.world.actions.close();
    kit.flags.server.fault(null);
    kit.begin();
    await kit.world.actions.reconcile();
    const ended = await kit.world.ended(id);
    expect(ended).toMatchObject({ outcome: 'unknown', endedEarlyBy: 'kim' });
    expect(step(ended, 'stored').state).toBe('done');
    expect(step(ended, 'restored').state).toBe('done');
    expect(await kit.present('switch')).toEqual(before);
  });

  it('asks again while the credentials are refused, says which to mend, and restores with those', async () => {
    const before = await kit.present('switch');
    let writes = 0;
    kit.flags.server.fault(
      { kind: 'status', status: 401 },
      (asked) => isWrite(asked) && ++writes > 1,
    );
    const { id } = await kit.carryOut(drill);
    const open = await kit.world.until(id, (one) => step(one, 'restored').state === 'unknown');
    expect(open.endedAt).toBeNull();
    expect(open.steps.find(({ name }) => name === 'restored')?.next).toBe(
      'Mend the secret UNLEASH_ADMIN of the source flags: it is asked again until that is accepted.',
    );
    kit.flags.server.fault(null);
    const ended = await kit.world.ended(id);
    expect(step(ended, 'restored').state).toBe('done');
    expect(await kit.present('switch')).toEqual(before);
  });

  it('says that there is nothing to drill where that is so, and is not sent', async () => {
    const { config } = kit;
    const named = { ...on, kind: 'rollback' };
    kit.begin(fastClock(20), Config.parse({ ...config, drills: [...config.drills, named] }));
    const rollback: ActionRequest = { kind: 'drill', ...on, drill: 'rollback' };
    expect((await kit.plan(rollback)).blockers).toEqual([]);
    await kit.giveAllTo('v41');
    const made = await kit.plan(rollback);
    expect(made).toMatchObject({
      noop: false,
      blockers: [
        {
          message:
            'No candidate is served in production: there is nothing to roll back. ' +
            'Ramp a candidate there first, or drill the kill switch.',
          overridable: false,
        },
      ],
    });
    expect((await failure(kit.world.actions.execute(made.id, as()))).code).toBe('bad_input');
    await kit.flags.admin('POST', `${FEATURES}/switch/environments/production/off`);
    expect((await kit.plan(drill)).blockers).toMatchObject([
      { message: expect.stringContaining('The AI path is off in production') },
    ]);
    expect(await kit.world.actions.list({ limit: 5 })).toEqual([]);
  });

  it('of a protected environment is refused unless the configuration names it', async () => {
    const error = await failure(kit.plan({ kind: 'drill', ...on, drill: 'rollback' }));
    expect(error.code).toBe('forbidden');
  });
});
