/** What is judged once the kill switch is thrown. */
import { describe, expect, it } from 'vitest';
import type { Action } from '#shared/model/action.ts';
import type { Cell } from '#shared/model/signal.ts';
import { cell, facts, fastClock } from '../fixtures/actions-world.ts';
import { FEATURES } from '../fixtures/flag-service.ts';
import { actionKit, KILL, step } from './action-kit.ts';

const kit = actionKit();
const SWITCH = `${FEATURES}/switch/environments/production`;

describe('with the AI path off', () => {
  /** The kill switch is pressed with `before` out of band; afterwards the signals are as in `after`. */
  async function turnedOff(before: Cell[], after: Cell[]): Promise<Action> {
    kit.world.scene.whole = facts('', before);
    const { id } = await kit.carryOut(KILL);
    await kit.served(id);
    const fallbacks = { ...cell('fallback_rate', 'bad', 1), at: kit.world.clock.now() + 5000 };
    kit.world.scene.whole = facts('', [fallbacks, ...after]);
    return kit.world.ended(id);
  }

  it('does not wait for what measures the model: its cost cannot come back into the forecast', async () => {
    const ended = await turnedOff(
      [cell('cost_per_day', 'bad', 900), cell('latency_p95', 'bad', 5)],
      [cell('cost_per_day', 'bad', 0), cell('latency_p95', 'ok', 0.1)],
    );
    expect(ended.outcome).toBe('recovered');
    expect(step(ended, 'recovered').text).not.toContain('cost');
  });

  it('says after how long it recovered, though the clock is set back meanwhile', async () => {
    await kit.world.actions.close();
    let back = 0;
    const clock = fastClock(20);
    const jumping = { ...clock, now: () => clock.now() - back };
    kit.begin(jumping);
    kit.world.scene.whole = facts('', [cell('latency_p95', 'bad', 5)]);
    const { id } = await kit.carryOut(KILL);
    await kit.served(id);
    back = 3_600_000;
    // Measured after the change, by the clock as it goes now.
    const fallbacks = { ...cell('fallback_rate', 'bad', 1), at: jumping.now() + 5000 };
    kit.world.scene.whole = facts('', [fallbacks, cell('latency_p95', 'ok', 0.1)]);
    const ended = await kit.world.ended(id);
    expect(step(ended, 'live').state).toBe('done');
    expect(ended.summary).toMatch(/ Recovered after \d/);
  });

  it.each([
    ['for all', / The kill switch turns the AI path off\.$/, /, or turn the AI path off\.$/],
    ['for nobody', /what do failing conversations say\?$/, / Restart it\.$/],
    ['off', /what do failing conversations say\?$/, / Restart it\.$/],
  ])(
    '(on before: %s) the kill switch is named as a way out only where it is one',
    async (on, recovery, live) => {
      if (on !== 'for all') await kit.flags.admin('POST', `${SWITCH}/off`);
      if (on === 'for nobody') {
        const [strategy] = (await kit.flags.admin('GET', `${SWITCH}/strategies`)) as {
          id: string;
        }[];
        await kit.flags.admin('PATCH', `${SWITCH}/strategies/${strategy?.id}`, [
          { op: 'replace', path: '/parameters/rollout', value: '0' },
        ]);
        await kit.flags.admin('POST', `${SWITCH}/on`);
      }
      kit.world.scene.whole = facts('', [cell('latency_p95', 'bad', 5)]);
      const first = await kit.carryOut();
      await kit.served(first.id);
      await kit.world.traffic({ v41: 50 });
      expect(step(await kit.world.ended(first.id), 'recovered').next).toMatch(recovery);
      await kit.stored((await kit.undo(first.id)).id);
      const again = await kit.carryOut();
      await kit.served(again.id);
      await kit.world.traffic({ v42: 50 });
      expect(step(await kit.world.ended(again.id), 'live').next).toMatch(live);
    },
  );

  it('claims no recovery where only what measures the model was out of band', async () => {
    const bad = [cell('cost_per_day', 'bad', 900), cell('eval_score', 'bad', 0.4)];
    const ended = await turnedOff(bad, bad);
    expect(ended.outcome).toBe('effective');
    expect(step(ended, 'recovered')).toMatchObject({
      state: 'skipped',
      text: 'what was out of band measures the model, which is off',
    });
    expect(ended.summary).toMatch(/Recovery is not judged: .* measures the model, which is off\.$/);
  });

  it('claims no recovery where nothing that was out of band is measured any more', async () => {
    const ended = await turnedOff([cell('latency_p95', 'bad', 5)], []);
    expect(ended.outcome).toBe('effective');
    expect(step(ended, 'recovered')).toMatchObject({
      state: 'skipped',
      text: 'nothing is left to judge it by: p95 no longer measured',
    });
  });
});
