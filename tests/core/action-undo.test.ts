/** The way back: to what an action recorded, or to an entry of a flag’s history. */
import { describe, expect, it } from 'vitest';
import type { Cell } from '#shared/model/signal.ts';
import { flagStateText } from '#shared/util/flag-state.ts';
import { cell, facts } from '../fixtures/actions-world.ts';
import { FEATURES } from '../fixtures/flag-service.ts';
import { failure } from '../helpers/failure.ts';
import { actionKit, as, flagOf, isWrite, KILL, ROLLBACK, signal, step } from './action-kit.ts';

const kit = actionKit();

describe('undo', () => {
  it('restores exactly the state that was recorded, and both actions say so', async () => {
    const before = await kit.present();
    const { id } = await kit.carryOut();
    await kit.stored(id);
    const undo = await kit.undo(id, { by: 'noor', reason: 'wrong bot' });
    await kit.stored(undo.id);
    expect(await kit.present()).toEqual(before);
    expect(undo).toMatchObject({ kind: 'undo', undoes: id });
    const first = await kit.world.ended(id);
    expect(first).toMatchObject({ undoneBy: undo.id, outcome: 'undone' });
    expect(first.summary).toContain('Undone by noor');
    expect((await failure(kit.plan({ kind: 'undo', action: id }))).code).toBe('conflict');
  });

  it('proves that traffic is divided again as before', async () => {
    const { id } = await kit.carryOut();
    await kit.stored(id);
    const undo = await kit.undo(id);
    await kit.served(undo.id);
    await kit.world.traffic({ v41: 75, v42: 25 });
    const ended = await kit.world.ended(undo.id);
    expect(step(ended, 'live').text).toMatch(
      /^v41 75 % \(planned 75 %\), v42 25 % \(planned 25 %\)/,
    );
    expect(ended.outcome).toBe('effective');
  });

  it('that gives the candidate its users back mends nothing, and claims no recovery', async () => {
    const v42 = (state: Cell['state']) => [
      facts('v41', [cell('latency_p95', 'ok', 2)]),
      facts('v42', [cell('latency_p95', state, 7.4)]),
    ];
    kit.world.scene.whole = facts('', [cell('latency_p95', 'bad', 5)]);
    kit.world.scene.versions = v42('bad');
    const { id, plan: rolledBack } = await kit.carryOut();
    expect(rolledBack).toMatchObject({ mends: true });
    expect(rolledBack.outOfBand).not.toEqual([]);
    await kit.stored(id);
    expect(await kit.plan({ kind: 'undo', action: id })).toMatchObject({
      mends: false,
      outOfBand: [],
    });
    const undo = await kit.undo(id);
    // The rollback had mended it: what is seen now is none of the undo's doing.
    kit.world.scene.whole = facts('', [cell('latency_p95', 'ok', 2)]);
    kit.world.scene.versions = v42('ok');
    const ended = await kit.world.ended(undo.id);
    expect(step(ended, 'recovered')).toMatchObject({
      state: 'skipped',
      text: 'it was not meant to mend anything',
    });
    expect(ended.outcome).not.toBe('recovered');
    expect((await kit.plan({ kind: 'undo', action: undo.id })).mends).toBe(true);
  });

  it('of an action that ends at that moment leaves its end as it was', async () => {
    const ends = Promise.withResolvers<void>();
    const goOn = Promise.withResolvers<void>();
    kit.begin(kit.clock, kit.config, {
      ...kit.cache,
      async journal(name, args) {
        if (JSON.stringify(args).includes('"kind":"outcome"')) {
          ends.resolve();
          await goOn.promise;
        }
        return kit.cache.journal(name, args);
      },
    });
    const { id } = await kit.carryOut();
    await kit.served(id);
    await kit.world.traffic({ v41: 50 });
    await ends.promise;
    // It is sent, and waits for what it undoes to be through.
    const { id: undoneBy } = await kit.undo(id, { by: 'noor' });
    goOn.resolve();
    const ended = await kit.world.until(id, (one) => one.undoneBy !== null);
    expect(ended).toMatchObject({ outcome: 'effective', undoneBy });
    expect((await kit.kinds(id)).slice(-2)).toEqual(['outcome', 'undone']);
  });

  it('of the undo repeats the action', async () => {
    const { id } = await kit.carryOut();
    await kit.stored(id);
    const after = await kit.present();
    const undo = await kit.undo(id);
    await kit.stored(undo.id);
    const redo = await kit.undo(undo.id);
    await kit.stored(redo.id);
    expect(await kit.present()).toEqual(after);
  });

  it('is refused with both states when somebody changed the flag since', async () => {
    const { id } = await kit.carryOut();
    await kit.stored(id);
    await kit.flags.admin('POST', `${FEATURES}/model/environments/production/off`);
    const error = await failure(kit.undo(id));
    expect(error.code).toBe('conflict');
    expect(error.detail).toMatchObject({
      expected: { enabled: true },
      present: { enabled: false },
    });
  });

  it.each(['a source that took the call and did nothing', 'somebody who put it back'])(
    'has nothing to do where the flag stands as before already, by %s',
    async (what) => {
      const made = await kit.plan();
      if (what.startsWith('a source')) kit.flags.server.fault({ kind: 'html' }, isWrite);
      const { id } = await kit.world.actions.execute(made.id, as());
      await kit.world.until(id, (one) => ['done', 'failed'].includes(step(one, 'stored').state));
      kit.flags.server.fault(null);
      if (what.startsWith('somebody')) await kit.put('model', flagOf(made).before);
      for (const undo of [() => kit.plan({ kind: 'undo', action: id }), () => kit.undo(id)]) {
        expect(await failure(undo())).toMatchObject({
          code: 'bad_input',
          message: `There is nothing to undo: flag model already stands as it did before ${id}.`,
        });
      }
    },
  );

  it('of several leaves out what stands as before already', async () => {
    const made = await kit.plan({ kind: 'several', requests: [ROLLBACK, KILL] });
    const { id } = await kit.world.actions.execute(made.id, as());
    await kit.stored(id, 1);
    await kit.put('model', flagOf(made).before);
    const undo = await kit.plan({ kind: 'undo', action: id });
    expect(undo.changes.map(({ what, noop }) => [what, noop])).toEqual([
      ['flag switch', false],
      ['flag model', true],
    ]);
    await kit.stored((await kit.undo(id)).id, 1);
    expect((await kit.present('switch')).enabled).toBe(true);
  });

  it('is refused for what changed nothing', async () => {
    kit.flags.server.fault({ kind: 'status', status: 403 }, isWrite);
    const { id } = await kit.carryOut();
    kit.flags.server.fault(null);
    await kit.world.ended(id);
    expect((await failure(kit.plan({ kind: 'undo', action: id }))).code).toBe('bad_input');
  });
});

describe('restore', () => {
  it('brings a flag back to the state after an entry of its history', async () => {
    const wanted = await kit.present();
    const pull = kit.world.connector.pull(null, signal());
    for await (const batch of pull)
      await kit.cache.write('commitBatch', { source: 'flags', batch });
    const events = await kit.cache.read('listFlagEvents', {
      source: 'flags',
      key: 'model',
      environment: 'production',
      limit: 10,
    });
    await kit.flags.admin('POST', `${FEATURES}/model/environments/production/off`);
    const id = wanted.strategies[0]?.id;
    await kit.flags.admin('DELETE', `${FEATURES}/model/environments/production/strategies/${id}`);
    const event = events.find(({ type }) => type === 'enabled')?.id ?? '';
    const made = await kit.plan({
      kind: 'restore',
      source: 'flags',
      flag: 'model',
      environment: 'production',
      event,
    });
    // From nobody on the candidate to 25 %: as for a ramp, an admin says why.
    const role = 'admin' as const;
    const override = 'it was off by mistake';
    const action = await kit.world.actions.execute(made.id, { ...as(), role, override });
    await kit.stored(action.id);
    expect(flagStateText(await kit.present())).toBe(flagStateText(wanted));
  });
});
