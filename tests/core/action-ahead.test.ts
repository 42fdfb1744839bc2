/** Plans computed before anybody asks. */
import { describe, expect, it } from 'vitest';
import { FEATURES } from '../fixtures/flag-service.ts';
import { failure } from '../helpers/failure.ts';
import { actionKit, as, flagOf, KILL, on, ROLLBACK, signal } from './action-kit.ts';

const kit = actionKit();

describe('a plan computed ahead', () => {
  it('is answered without asking anybody, is good for one action, and is read anew when asked', async () => {
    await kit.world.actions.prepare([ROLLBACK]);
    const asked = kit.flags.server.asked.length;
    const made = await kit.plan(ROLLBACK);
    const other = await kit.plan({ ...ROLLBACK, to: 'v41' });
    expect(kit.flags.server.asked).toHaveLength(asked);
    expect(other.id).not.toBe(made.id);
    await kit.world.actions.plan(ROLLBACK, signal(), true);
    expect(kit.flags.server.asked.length).toBeGreaterThan(asked);
    await kit.world.actions.execute(made.id, as());
    expect((await kit.plan(ROLLBACK)).noop).toBe(true);
  });

  it('while a drill ran is not answered once that is over', async () => {
    const turnOn = { ...KILL, on: true } as const;
    const { id } = await kit.carryOut({ kind: 'drill', ...on, drill: 'kill_switch' });
    await kit.stored(id);
    await kit.world.actions.prepare([turnOn]);
    expect(flagOf(await kit.plan(turnOn)).before.enabled).toBe(false);
    await kit.undo(id);
    await kit.world.ended(id);
    await expect.poll(async () => (await kit.plan(turnOn)).blockers).toEqual([]);
    expect(await kit.plan(turnOn)).toMatchObject({
      noop: true,
      changes: [{ before: { enabled: true } }],
    });
  });

  it('of a flag that moved meanwhile is refused with both states', async () => {
    await kit.world.actions.prepare([ROLLBACK]);
    await kit.flags.admin('POST', `${FEATURES}/model/environments/production/off`);
    const error = await failure(kit.carryOut(ROLLBACK));
    expect(error).toMatchObject({ code: 'conflict', detail: { present: { enabled: false } } });
  });
});
