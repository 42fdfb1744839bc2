/** Plans computed before anybody asks. */
import { describe, expect, it } from 'vitest';
import { FEATURES } from '../fixtures/flag-service.ts';
import { failure } from '../helpers/failure.ts';
import { actionKit, as, ROLLBACK, signal } from './action-kit.ts';

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

  it('of a flag that moved meanwhile is refused with both states', async () => {
    await kit.world.actions.prepare([ROLLBACK]);
    await kit.flags.admin('POST', `${FEATURES}/model/environments/production/off`);
    const error = await failure(kit.carryOut(ROLLBACK));
    expect(error).toMatchObject({ code: 'conflict', detail: { present: { enabled: false } } });
  });
});
