/** The candidate’s share, rung by rung. */
import { describe, expect, it } from 'vitest';
import type { ActionRequest } from '#shared/model/action.ts';
import type { Role } from '#shared/model/session.ts';
import { cell, facts } from '../fixtures/actions-world.ts';
import { failure } from '../helpers/failure.ts';
import { actionKit, as, on } from './action-kit.ts';

const kit = actionKit();
const ramp = (to: number | 'next'): ActionRequest => ({ kind: 'ramp', ...on, to });

describe('a ramp', () => {
  it.each([
    [Number.NaN, 'from 0 to 100'],
    [-1, 'from 0 to 100'],
    [101, 'from 0 to 100'],
    [33.55, 'at most one decimal'],
  ])('to %s is refused with what would be right', async (to, words) => {
    const error = await failure(kit.plan(ramp(to)));
    expect(error).toMatchObject({ code: 'bad_input' });
    expect(error.message).toContain(words);
  });

  it('to the next rung is sent and proven when the candidate does well', async () => {
    // The demo's flag stands at 25 %.
    healthy();
    const made = await kit.plan(ramp('next'));
    expect(made.title).toBe('Ramp support-bot v42 25 → 50 %');
    expect(made).toMatchObject({ blockers: [], fromVersions: ['v41'], toVersion: 'v42' });
    const { id } = await kit.world.actions.execute(made.id, as());
    const proven = await kit.served(id);
    expect(await kit.weights()).toEqual({ v41: 500, v42: 500 });
    expect(proven.steps.find(({ name }) => name === 'served')?.text).toMatch(/as planned$/);
    await kit.world.traffic({ v41: 50, v42: 50 });
    expect((await kit.world.ended(id)).outcome).toBe('effective');
  });

  it('is refused for its reasons, which an admin may override in words', async () => {
    kit.world.scene.versions = [
      facts('v41', [cell('latency_p95', 'ok', 2)]),
      facts('v42', [{ ...cell('latency_p95', 'bad', 4.1), high: 2.4 }], { requestsPerSecond: 3.5 }),
    ];
    const made = await kit.plan(ramp('next'));
    expect(made.blockers).toEqual([
      {
        code: 'out_of_band',
        message: 'v42 p95 4.1 s over 2.4 s in 210 requests in the last 60 s.',
        overridable: true,
        signals: ['latency_p95'],
      },
    ]);
    expect((await failure(kit.world.actions.execute(made.id, as()))).code).toBe('bad_input');
    const words = { override: 'only our own staff is on it' };
    const refused = await failure(kit.world.actions.execute(made.id, as(words)));
    expect(refused).toMatchObject({ code: 'forbidden' });
    const role: Role = 'admin';
    const action = await kit.world.actions.execute(made.id, as({ ...words, role }));
    expect(action.override).toBe(words.override);
    const { entries } = await kit.cache.journal('list', { action: action.id, limit: 100 });
    expect(entries.find(({ kind }) => kind === 'intent')?.data).toMatchObject({
      override: words.override,
      role: 'admin',
      plan: { blockers: [{ code: 'out_of_band' }] },
    });
  });

  it('is refused when another signal went out of band since, which nobody went over', async () => {
    const bad = { ...cell('latency_p95', 'bad', 4.1), high: 2.4 };
    const scene = (...cells: ReturnType<typeof cell>[]) => {
      kit.world.scene.versions = [
        facts('v41', [cell('latency_p95', 'ok', 2)]),
        facts('v42', cells, { requestsPerSecond: 3.5 }),
      ];
    };
    scene(bad);
    const made = await kit.plan(ramp('next'));
    scene(bad, { ...cell('error_rate', 'bad', 0.4), high: 0.02 });
    const confirmed = as({ override: 'only our own staff is on it', role: 'admin' });
    const refused = await failure(kit.world.actions.execute(made.id, confirmed));
    expect(refused).toMatchObject({
      code: 'conflict',
      detail: { blockers: [{ code: 'out_of_band', signals: ['latency_p95', 'error_rate'] }] },
    });
    scene({ ...bad, value: 4.3 });
    await kit.world.actions.execute(made.id, confirmed);
  });

  it.each<[string, () => void, number, string]>([
    ['a rung is skipped', healthy, 100, 'rung_skipped'],
    ['there is no such rung', healthy, 33, 'no_rung'],
    ['the candidate had too few requests', few, 50, 'too_few'],
    ['it was out of band lately', lately, 50, 'out_of_band_lately'],
  ])('is refused when %s', async (_what, scene, to, code) => {
    scene();
    expect((await kit.plan(ramp(to))).blockers.map((one) => one.code)).toEqual([code]);
  });

  it('must hold its rung, and may always go down', async () => {
    healthy();
    const first = await kit.carryOut(ramp(50));
    await kit.stored(first.id);
    expect((await kit.plan(ramp('next'))).blockers).toMatchObject([{ code: 'too_early' }]);
    expect((await kit.plan(ramp(5))).blockers).toEqual([]);
  });

  it('is what gives the candidate users: a rollback to it is refused', async () => {
    const error = await failure(kit.plan({ kind: 'rollback', ...on, to: 'v42' }));
    expect(error.code).toBe('bad_input');
    expect(error.message).toContain('v42 is the candidate of support-bot');
    expect(error.message).toContain('Ramp it');
  });

  it('has no rung after the last', async () => {
    healthy();
    await kit.giveAllTo('v42');
    const error = await failure(kit.plan(ramp('next')));
    expect(error.message).toContain('the ladder ends at 100 %');
  });

  function healthy(): void {
    kit.world.scene.versions = [
      facts('v41', [cell('latency_p95', 'ok', 2)]),
      facts('v42', [cell('latency_p95', 'ok', 2)]),
    ];
  }
  function few(): void {
    kit.world.scene.versions = [
      facts('v42', [cell('latency_p95', 'few', 2)], { requestsPerSecond: 0.05 }),
    ];
  }
  function lately(): void {
    healthy();
    const at = kit.world.clock.now() - 60_000;
    kit.world.scene.breaches = [{ signal: 'latency_p95', at, value: 5, limit: 2.4 }];
  }
});
