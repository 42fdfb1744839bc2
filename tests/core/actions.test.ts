/** One action from its plan to its end: planned, journaled, sent, and proven by what is seen. */
import { describe, expect, it } from 'vitest';
import { NightdeskError } from '#shared/errors/index.ts';
import type { Action, ActionRequest, Plan } from '#shared/model/action.ts';
import type { FlagState } from '#shared/model/flag.ts';
import { cell, facts } from '../fixtures/actions-world.ts';
import { FEATURES, OTHER_TOKEN, SECRETS } from '../fixtures/flag-service.ts';
import { failure } from '../helpers/failure.ts';
import { actionKit, as, ROLLBACK, signal, states, step } from './action-kit.ts';
import { testCache } from './cache-kit.ts';

const kit = actionKit();
const diffOf = (made: Plan) => made.changes.flatMap(({ diff }) => diff);

describe('a plan', () => {
  it('shows what changes, for whom, and the way back', async () => {
    kit.world.scene.versions = [
      facts('v41', [cell('latency_p95', 'ok', 2.1)], { trafficShare: 0.69 }),
      facts('v42', [cell('latency_p95', 'bad', 4.9)], { trafficShare: 0.31, requestsPerSecond: 3 }),
    ];
    const made = await kit.plan();
    expect(made.title).toBe('Roll back support-bot v42 → v41');
    expect(diffOf(made).map(({ sign, text }) => `${sign} ${text}`)).toEqual([
      '  production · flexibleRollout · variants',
      '- v42  weight 250',
      '+ v42  weight 0',
      '- v41  weight 750',
      '+ v41  weight 1000',
    ]);
    expect(made).toMatchObject({
      noop: false,
      fromVersions: ['v42'],
      toVersion: 'v41',
      affected: {
        rollout: 0.25,
        trafficShare: 0.31,
        conversationsLastHour: 412,
        requestsPerSecond: 3,
      },
      targetHealth: { version: 'v41' },
      outOfBand: [{ signal: 'latency_p95', version: 'v42', state: 'bad' }],
      blockers: [],
      unlocks: true,
      undo: 'Undo restores the weights above exactly.',
    });
    expect(kit.writes()).toEqual([]);
  });

  it('says that it is already so', async () => {
    await kit.plan({ ...ROLLBACK, to: 'v41' }).then(({ noop }) => expect(noop).toBe(false));
    const action = await kit.carryOut();
    await kit.stored(action.id);
    const again = await kit.plan();
    expect(again).toMatchObject({
      noop: true,
      changes: [{ diff: [] }],
      warnings: [{ code: 'already_so' }],
    });
  });

  it('is blocked when the flag does not offer the version', async () => {
    const made = await kit.plan({ ...ROLLBACK, to: 'v39' });
    expect(made.blockers.map(({ message }) => message).join()).toContain('none of them is v39');
    expect(made.warnings.map(({ code }) => code)).not.toContain('already_so');
    const error = await failure(kit.world.actions.execute(made.id, as()));
    expect(error.code).toBe('bad_input');
    expect(kit.writes()).toEqual([]);
  });

  it.each<[string, ActionRequest, string]>([
    ['an unknown service', { ...ROLLBACK, service: 'nope' }, 'not_found'],
    ['an environment it does not run in', { ...ROLLBACK, environment: 'staging' }, 'not_found'],
    ['a service without a flag', { ...ROLLBACK, service: 'docs' }, 'bad_input'],
    ['an unknown action', { kind: 'undo', action: 'a-99' }, 'not_found'],
    [
      'an unknown entry of the history',
      { kind: 'restore', source: 'flags', flag: 'model', environment: 'production', event: 'x' },
      'not_found',
    ],
  ])('is refused for %s', async (_what, request, code) => {
    expect((await failure(kit.plan(request))).code).toBe(code);
  });

  it('is refused while the flag cannot be read', async () => {
    await kit.flags.server.vanish();
    expect((await failure(kit.plan())).code).toBe('unreachable');
  });
});

describe('an action', () => {
  it('is journaled, sent, and proven step by step until the signals are back in band', async () => {
    kit.world.scene.whole = facts('', [cell('latency_p95', 'bad', 4.2)]);
    kit.world.scene.versions = [
      facts('v41', [cell('latency_p95', 'ok', 2.1)], { trafficShare: 0.69 }),
      facts('v42', [cell('latency_p95', 'bad', 4.9)], { trafficShare: 0.31 }),
    ];
    const { id } = await kit.carryOut();
    await kit.served(id);
    await kit.world.traffic({ v42: 4, v41: 16 });
    const moving = await kit.world.until(id, (one) => step(one, 'live').text.includes('4 of 20'));
    expect(states(moving)).toMatchObject({ live: 'running', recovered: 'waiting' });
    // The old conversations end; twenty seconds later only v41 is left.
    for (
      let i = 0;
      i < 40 && step(await kit.world.actions.read(id), 'live').state !== 'done';
      i++
    ) {
      await kit.world.traffic({ v41: 20 });
      await new Promise((resolve) => setTimeout(resolve, 60));
    }
    const live = await kit.world.until(id, (one) => step(one, 'recovered').state === 'running');
    expect(step(live, 'live').text).toMatch(
      /^0 of \d+ requests on v42 in the last \d+ s \(was 25 %\)$/,
    );
    await kit.world.until(id, (one) => step(one, 'recovered').text.includes('p95 4.2 s still out'));
    kit.world.scene.whole = facts('', [cell('latency_p95', 'ok', 2.2)]);
    const ended = await kit.world.ended(id);
    expect(ended.outcome).toBe('recovered');
    expect(states(ended)).toEqual({
      sent: 'done',
      stored: 'done',
      served: 'done',
      live: 'done',
      recovered: 'done',
    });
    expect(step(ended, 'served').text).toBe('200 of 200 evaluations answer v41');
    expect(ended.summary).toMatch(/^Rolled back to v41\. Live traffic confirms: 0 of /);
    expect(await kit.kinds(id)).toEqual(['intent', ...Array(8).fill('step'), 'outcome']);
    expect(await kit.cache.audit('verify', {})).toMatchObject({ ok: true });
    expect(new Set(kit.world.topics)).toEqual(new Set(['session', 'actions', 'journal']));
  });

  it('loses no variant, payload or stickiness, and the weights sum to 1000', async () => {
    const before = await kit.present();
    const { id } = await kit.carryOut();
    await kit.stored(id);
    const after = await kit.present();
    const shape = (state: FlagState) =>
      state.strategies.flatMap(({ variants }) =>
        variants.map(({ weight: _weight, ...rest }) => rest),
      );
    expect(shape(after)).toEqual(shape(before));
    expect(after.strategies[0]?.variants.map(({ weight }) => weight)).toEqual([1000, 0]);
  });

  it('sends nothing that could not be journaled before', async () => {
    const broken = kit.another({
      ...kit.cache,
      journal: (name, args) =>
        name === 'append'
          ? Promise.reject(new NightdeskError('storage_full', 'The disk is full.'))
          : kit.cache.journal(name, args),
    });
    const made = await broken.actions.plan(ROLLBACK, signal());
    expect((await failure(broken.actions.execute(made.id, as()))).code).toBe('storage_full');
    expect(kit.writes()).toEqual([]);
  });

  it('is one action however often it is confirmed', async () => {
    const made = await kit.plan();
    const [one, two] = await Promise.all([
      kit.world.actions.execute(made.id, as()),
      kit.world.actions.execute(made.id, as()),
    ]);
    const three = await kit.world.actions.execute(made.id, as());
    expect(new Set([one?.id, two?.id, three.id]).size).toBe(1);
    expect(kit.writes()).toHaveLength(1);
  });

  it('unlocks the environment with the confirmation, and says so in the journal', async () => {
    expect(kit.world.locks.isUnlocked('production')).toBe(false);
    await kit.carryOut();
    expect(kit.world.locks.isUnlocked('production')).toBe(true);
    const { entries } = await kit.cache.journal('list', { limit: 100 });
    const newest = entries.find((entry) => entry.kind !== 'step');
    expect(newest?.kind).toBe('intent');
    expect(entries.find((entry) => entry.seq === (newest?.seq ?? 0) - 1)).toMatchObject({
      kind: 'unlock',
      actor: 'mika',
    });
    expect((await kit.plan()).unlocks).toBe(false);
  });

  it('is refused, with both states, when the flag moved since the plan', async () => {
    const made = await kit.plan();
    await kit.flags.admin('POST', `${FEATURES}/model/environments/production/off`);
    const error = await failure(kit.world.actions.execute(made.id, as()));
    expect(error.code).toBe('conflict');
    expect(error.detail).toMatchObject({
      expected: { enabled: true },
      present: { enabled: false },
      diff: [{ sign: ' ' }, { sign: '-', text: 'on' }, { sign: '+', text: 'off' }],
    });
    expect(kit.writes()).toEqual([]);
    const [action] = await kit.world.actions.list({ limit: 1 });
    expect(action).toMatchObject({ outcome: 'refused', endedAt: expect.any(Number) });
  });

  it('of a second console finds it already so, and changes nothing', async () => {
    const other = kit.another(await testCache());
    const [mine, theirs] = [await kit.plan(), await other.actions.plan(ROLLBACK, signal())];
    const first = await kit.world.actions.execute(mine.id, as());
    const second = await other.actions.execute(theirs.id, as({ by: 'noor' }));
    expect(step(first, 'sent').state).toBe('done');
    const proven = await other.until(second.id, (one) => step(one, 'served').state === 'done');
    expect(step(proven, 'sent')).toMatchObject({
      state: 'skipped',
      text: expect.stringMatching(/^already done by admin .* ago; nothing was sent$/),
    });
    expect(kit.writes()).toHaveLength(1);
  });

  describe('of two consoles at once', () => {
    /** How each was sent, once both are proven served. */
    async function atOnce(secrets: Record<string, string>): Promise<string[]> {
      const other = kit.another(await testCache(), secrets);
      const [mine, theirs] = [await kit.plan(), await other.actions.plan(ROLLBACK, signal())];
      const [first, second] = await Promise.all([
        kit.world.actions.execute(mine.id, as()),
        other.actions.execute(theirs.id, as({ by: 'noor' })),
      ]);
      expect(kit.writes()).toHaveLength(2);
      const proven = (one: Action) => step(one, 'live').state === 'running';
      const ends = [await kit.world.until(first.id, proven), await other.until(second.id, proven)];
      return ends.map((one) => `${step(one, 'sent').state}: ${step(one, 'sent').text}`).sort();
    }

    it('one did it, and the other says by whom it was done', async () => {
      expect(await atOnce({ ...SECRETS, UNLEASH_ADMIN: OTHER_TOKEN })).toEqual([
        'done: 1 change, journaled before it left',
        expect.stringMatching(
          /^skipped: already done by (admin|noor) at the same moment; what was sent changed nothing$/,
        ),
      ]);
    });

    it('under one name neither claims to have done it alone', async () => {
      const both =
        'done: 1 change, journaled before it left; at the same moment the same was sent from elsewhere, also as admin: one change in effect';
      expect(await atOnce(SECRETS)).toEqual([both, both]);
    });
  });

  it('is proven on signals alone where no transcripts arrive', async () => {
    const { id } = await kit.carryOut();
    const after = kit.world.clock.now() + 10 * 60_000;
    kit.world.scene.versions = [
      facts('v41', [{ ...cell('request_rate', 'ok', 3), at: after }]),
      facts('v42', [{ ...cell('request_rate', 'ok', 0), at: after }]),
    ];
    const ended = await kit.world.ended(id);
    expect(step(ended, 'live')).toMatchObject({
      state: 'done',
      text: '0 of 180 requests on v42 in the last 60 s (was 25 %)',
    });
    expect(ended.outcome).toBe('effective');
  });

  it('goes by the traffic of before where that did not follow the flag', async () => {
    await kit.world.traffic({ v42: 50 });
    await new Promise((resolve) => setTimeout(resolve, 20));
    const { id } = await kit.carryOut();
    await kit.served(id);
    await kit.world.traffic({ v41: 50 });
    expect(step(await kit.world.ended(id), 'live')).toMatchObject({
      state: 'done',
      text: expect.stringMatching(/^0 of 50 requests on v42 .* \(was 100 %\)$/),
    });
  });

  it('says when there were too few requests to tell', async () => {
    const { id } = await kit.carryOut();
    await kit.served(id);
    await kit.world.traffic({ v41: 2 });
    const ended = await kit.world.ended(id);
    expect(step(ended, 'live').state).toBe('unknown');
    expect(step(ended, 'live').text).toContain('0 of 2 requests on v42');
    expect(step(ended, 'live').text).toContain('too few requests to tell');
    expect(ended.outcome).toBe('unknown');
  });

  it('fails when traffic does not follow', async () => {
    const { id } = await kit.carryOut();
    await kit.served(id);
    const feed = (async () => {
      while ((await kit.world.actions.read(id)).endedAt === null) {
        await kit.world.traffic({ v41: 3, v42: 3 });
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    })();
    const ended = await kit.world.ended(id);
    await feed;
    expect(ended.outcome).toBe('failed');
    expect(step(ended, 'live').next).toContain('does not follow');
    expect(states(ended).recovered).toBe('skipped');
  });

  it('says not recovered, and what is still out of band', async () => {
    kit.world.scene.whole = facts('', [
      cell('error_rate', 'bad', 0.04),
      cell('latency_p95', 'bad', 5),
    ]);
    const { id } = await kit.carryOut({
      kind: 'kill_switch',
      service: 'support-bot',
      environment: 'production',
      on: false,
    });
    await kit.served(id);
    kit.world.scene.whole = facts('', [
      { ...cell('fallback_rate', 'bad', 1), at: kit.world.clock.now() + 5000 },
      cell('error_rate', 'bad', 0.03),
      cell('latency_p95', 'ok', 1),
    ]);
    const ended = await kit.world.ended(id);
    expect(ended.outcome).toBe('not_recovered');
    expect(ended.summary).toContain('errors 3 % still out of band');
    expect(ended.summary).toContain('answered without the AI path');
    expect((await kit.present('switch')).enabled).toBe(false);
  });
});
