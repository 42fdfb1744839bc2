/** The connector and the whole of an action on a real Unleash, and on one that is killed in the middle. */
import { once } from 'node:events';
import { InMemStorageProvider, Unleash as UnleashClient } from 'unleash-client';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Confirmation } from '#core/actions/permission.ts';
import type { Cache } from '#core/cache/client.ts';
import type { Connector } from '#core/sources/connector.ts';
import { createUnleashConnector } from '#core/sources/unleash/index.ts';
import { NightdeskError } from '#shared/errors/index.ts';
import type { Action, ActionRequest } from '#shared/model/action.ts';
import type { FlagState } from '#shared/model/flag.ts';
import { flagStateText } from '#shared/util/flag-state.ts';
import { testCache } from '../core/cache-kit.ts';
import {
  type ActionsWorld,
  actionsConfig,
  actionsWorld,
  fastClock,
} from '../fixtures/actions-world.ts';
import { type Asked, type FaultyServer, startFaultyServer } from '../fixtures/faulty-server.ts';
import { FEATURES, makeModelFlag, makeSwitch } from '../fixtures/flag-service.ts';
import { contextFor, sourceOf } from '../fixtures/watched.ts';
import { conformance } from '../sources/conformance.ts';
import { missing, startUnleash, type Unleash } from './harness/index.ts';
import { execute, findProgram } from './harness/process.ts';

const why = await missing('unleash');
const PRODUCTION = 'environments/production';
const ROLLBACK: ActionRequest = {
  kind: 'rollback',
  service: 'support-bot',
  environment: 'production',
};
/** With the word that is typed where everyone is affected; where it is not asked for it does no harm. */
const as = (by: string, reason = ''): Confirmation => ({
  by,
  role: 'responder',
  reason,
  typed: 'support-bot',
});
const ready = async () => undefined;
const KILL: ActionRequest = { ...ROLLBACK, kind: 'kill_switch', on: false };
const isWrite = ({ method }: Asked) => method !== 'GET';
const signal = () => AbortSignal.timeout(30_000);

describe.skipIf(why)('real Unleash', () => {
  let unleash: Unleash;
  let secrets: Record<string, string>;
  beforeAll(async () => {
    unleash = await startUnleash();
    secrets = { UNLEASH_ADMIN: unleash.adminToken, UNLEASH_CLIENT: unleash.clientToken };
    await makeModelFlag(unleash.admin, 'model');
    await makeSwitch(unleash.admin, 'switch');
  });
  afterAll(() => unleash?.stop());

  conformance('unleash', async () => {
    const server = await startFaultyServer(unleash.url);
    return {
      connector: (timeout) => {
        const config = actionsConfig(server.url, timeout);
        return createUnleashConnector(
          sourceOf(config, 'unleash'),
          contextFor(config, fastClock(1), secrets),
        );
      },
      server,
      secrets: Object.values(secrets),
      advance: async () => {
        await unleash.admin('POST', `${FEATURES}/switch/${PRODUCTION}/off`);
        await unleash.admin('POST', `${FEATURES}/switch/${PRODUCTION}/on`);
      },
      close: () => server.close(),
    };
  });

  describe('an action', () => {
    let front: FaultyServer;
    let cache: Cache;
    let world: ActionsWorld;
    let original: { model: FlagState; switch: FlagState };

    beforeEach(async () => {
      front = await startFaultyServer(unleash.url);
      cache = await testCache();
      world = actionsWorld(cache, actionsConfig(front.url, '2s'), secrets, fastClock(5));
      original = { model: await present('model'), switch: await present('switch') };
    });
    afterEach(async () => {
      await world.actions.close();
      front.fault(null);
      for (const flag of ['model', 'switch'] as const) {
        const from = await present(flag);
        const to = original[flag];
        await controlOf(world.connector).write(
          { flag, environment: 'production', from, to, comment: 'back', ready },
          signal(),
        );
      }
      await front.close();
    });

    function controlOf(connector: Connector) {
      if (!connector.control) throw new Error('no control');
      return connector.control;
    }
    const present = (flag: string) => controlOf(world.connector).read(flag, 'production', signal());
    async function carryOut(request: ActionRequest): Promise<Action> {
      const made = await world.actions.plan(request, signal());
      return world.actions.execute(made.id, as('mika', 'p95 above 4 s'));
    }
    const step = (action: Action, name: string) => {
      const found = action.steps.find((one) => one.name === name);
      if (!found) throw new Error(name);
      return found;
    };
    /** The share of users that the vendor's own client, fed by the server, gives an answer to. */
    async function share(flag: string, answer: string): Promise<number> {
      const client = new UnleashClient({
        appName: 'judge',
        url: `${unleash.url}/api/`,
        customHeaders: { Authorization: unleash.clientToken },
        refreshInterval: 1000,
        disableMetrics: true,
        disableAutoStart: true,
        storageProvider: new InMemStorageProvider(),
        skipInstanceCountWarning: true,
      });
      client.on('error', () => undefined);
      try {
        const fetched = once(client, 'synchronized', { signal: signal() });
        await client.start();
        await fetched;
        const users = 1000;
        let got = 0;
        for (let user = 0; user < users; user++) {
          const context = { userId: `u-${user}`, sessionId: `u-${user}` };
          const { name } = client.getVariant(flag, context);
          const own = !client.isEnabled(flag, context) ? 'off' : name === 'disabled' ? 'on' : name;
          if (own === answer) got++;
        }
        return got / users;
      } finally {
        client.destroy();
      }
    }
    const until = (id: string, name: string, state: string) =>
      world.until(id, (one) => step(one, name).state === state);

    it('rolls back, is served to a real client, and is undone to the exact state', async () => {
      const action = await carryOut(ROLLBACK);
      const served = await until(action.id, 'served', 'done');
      expect(step(served, 'served').text).toBe('200 of 200 evaluations answer v41');
      expect((await present('model')).strategies[0]?.variants).toEqual([
        {
          name: 'v41',
          weight: 1000,
          weightType: 'fix',
          stickiness: 'sessionId',
          payload: { type: 'string', value: 'bot:v41' },
        },
        { name: 'v42', weight: 0, weightType: 'variable', stickiness: 'sessionId' },
      ]);
      const undo = await world.actions.undo(action.id, as('mika', ''), signal());
      const back = await until(undo.id, 'served', 'done');
      expect(step(back, 'served').text).toMatch(/^1\d\d v41, \d\d v42 of 200 evaluations/);
      expect(await present('model')).toEqual(original.model);
    });

    it('rolls back where Unleash computes all weights itself', async () => {
      await unleash.admin('POST', FEATURES, { name: 'even', type: 'release' });
      await unleash.admin('POST', `${FEATURES}/even/${PRODUCTION}/strategies`, {
        name: 'flexibleRollout',
        parameters: { rollout: '100', stickiness: 'default', groupId: 'even' },
        variants: ['v41', 'v42', 'v43'].map((name, index) => ({
          name,
          weight: index === 0 ? 334 : 333,
          weightType: 'variable',
          stickiness: 'default',
        })),
      });
      await unleash.admin('POST', `${FEATURES}/even/${PRODUCTION}/on`);
      const config = actionsConfig(front.url, '2s');
      const even = structuredClone(config);
      for (const service of even.services) if (service.modelFlag) service.modelFlag.flag = 'even';
      const other = actionsWorld(cache, even, secrets, fastClock(5));
      const before = await present('even');
      const made = await other.actions.plan(ROLLBACK, signal());
      const action = await other.actions.execute(made.id, as('mika', ''));
      await other.until(action.id, (one) => step(one, 'served').state === 'done');
      expect((await present('even')).strategies[0]?.variants.map(({ weight }) => weight)).toEqual([
        1000, 0, 0,
      ]);
      const undo = await other.actions.undo(action.id, as('mika', ''), signal());
      await other.until(undo.id, (one) => step(one, 'stored').state === 'done');
      expect(await present('even')).toEqual(before);
      await other.actions.close();
    });

    it('turns the AI path off, and clients see it', async () => {
      const action = await carryOut(KILL);
      const served = await until(action.id, 'served', 'done');
      expect(step(served, 'served').text).toBe('200 of 200 evaluations answer off');
      const undo = await world.actions.undo(action.id, as('mika', ''), signal());
      await until(undo.id, 'served', 'done');
      expect(await present('switch')).toEqual(original.switch);
    });

    it('turns on a kill switch that never had a strategy, and undoes it whole', async () => {
      await unleash.admin('POST', FEATURES, { name: 'bare', type: 'kill-switch' });
      const config = structuredClone(actionsConfig(front.url, '2s'));
      for (const service of config.services)
        if (service.killSwitch) service.killSwitch.flag = 'bare';
      const other = actionsWorld(cache, config, secrets, fastClock(5));
      const made = await other.actions.plan({ ...KILL, on: true }, signal());
      const action = await other.actions.execute(made.id, as('mika', ''));
      await other.until(action.id, (one) => step(one, 'served').state === 'done');
      const undo = await other.actions.undo(action.id, as('mika', ''), signal());
      await other.until(undo.id, (one) => step(one, 'stored').state === 'done');
      expect(await present('bare')).toEqual({ enabled: false, strategies: [], variants: [] });
      await other.actions.close();
    });

    it('restores a flag to what an entry of its real history says', async () => {
      const id = original.model.strategies[0]?.id ?? '';
      const strategy = `${FEATURES}/model/${PRODUCTION}/strategies/${id}`;
      await unleash.admin('PATCH', strategy, [
        { op: 'replace', path: '/parameters/rollout', value: '40' },
      ]);
      await unleash.admin('DELETE', strategy);
      const pull = world.connector.pull(null, signal());
      for await (const batch of pull) await cache.write('commitBatch', { source: 'flags', batch });
      const events = await cache.read('listFlagEvents', {
        source: 'flags',
        key: 'model',
        environment: 'production',
        limit: 100,
      });
      // Unleash itself turns a flag off whose last strategy goes.
      expect(events.slice(0, 3).map(({ type, summary }) => [type, summary])).toEqual([
        ['disabled', 'Switched off'],
        ['strategy_removed', expect.stringContaining('rollout 40 %')],
        ['rollout', 'Rollout 100 % → 40 %'],
      ]);
      const event = events[2];
      expect(event?.before && flagStateText(event.before)).toBe(flagStateText(original.model));
      const request = {
        kind: 'restore' as const,
        source: 'flags',
        flag: 'model',
        environment: 'production',
        event: event?.id ?? '',
      };
      const made = await world.actions.plan(request, signal());
      expect(made.blockers.map(({ code }) => code)).toEqual(['no_rung']);
      const role = 'admin' as const;
      const override = 'it was deleted by mistake';
      const action = await world.actions.execute(made.id, { ...as('mika'), role, override });
      await until(action.id, 'stored', 'done');
      const restored = await present('model');
      expect(restored.strategies[0]?.parameters.rollout).toBe('40');
      expect(restored.strategies[0]?.variants).toEqual(original.model.strategies[0]?.variants);
    });

    it('ramps by variants and by rollout, and a real client gets what was ramped to', async () => {
      const role = 'admin' as const;
      const override = 'nothing is measured in this test';
      const made = await world.actions.plan({ ...ROLLBACK, kind: 'ramp', to: 'next' }, signal());
      expect(made.title).toBe('Ramp support-bot v42 25 → 50 %');
      expect(made.blockers.map(({ code }) => code)).toEqual(['unmeasured']);
      const action = await world.actions.execute(made.id, { ...as('mika'), role, override });
      await until(action.id, 'served', 'done');
      expect(await share('model', 'v42')).toBeCloseTo(0.5, 1);
      const undo = await world.actions.undo(action.id, as('mika'), signal());
      await until(undo.id, 'served', 'done');
      expect(await share('model', 'v42')).toBeCloseTo(0.25, 1);

      await unleash.admin('POST', FEATURES, { name: 'share', type: 'release' });
      await unleash.admin('POST', `${FEATURES}/share/${PRODUCTION}/strategies`, {
        name: 'flexibleRollout',
        parameters: { rollout: '5', stickiness: 'default', groupId: 'share' },
      });
      await unleash.admin('POST', `${FEATURES}/share/${PRODUCTION}/on`);
      const config = actionsConfig(front.url, '2s');
      for (const { modelFlag } of config.services) {
        if (modelFlag) Object.assign(modelFlag, { flag: 'share', by: 'rollout' });
      }
      const other = actionsWorld(cache, config, secrets, fastClock(5));
      const to = (percent: number) =>
        other.actions.plan({ ...ROLLBACK, kind: 'ramp', to: percent }, signal());
      await expect(to(33.5)).rejects.toMatchObject({ code: 'bad_input' });
      const second = await other.actions.execute((await to(25)).id, {
        ...as('mika'),
        role,
        override,
      });
      await other.until(second.id, (one) => step(one, 'served').state === 'done');
      expect(await share('share', 'on')).toBeCloseTo(0.25, 1);
      await other.actions.close();
    });

    it('reads what is served as clients do who know segments', async () => {
      const segment = (await unleash.admin('POST', '/api/admin/segments', {
        name: 'two of the probes',
        constraints: [
          { contextName: 'userId', operator: 'IN', values: ['nightdesk-probe-1', 'u-7', 'u-8'] },
        ],
      })) as { id: number };
      await unleash.admin('POST', FEATURES, { name: 'few', type: 'release' });
      await unleash.admin('POST', `${FEATURES}/few/${PRODUCTION}/strategies`, {
        name: 'flexibleRollout',
        parameters: { rollout: '100', stickiness: 'default', groupId: 'few' },
        segments: [segment.id],
      });
      await unleash.admin('POST', `${FEATURES}/few/${PRODUCTION}/on`);
      const served = () => controlOf(world.connector).evaluate('few', 'production', 200, signal());
      await expect
        .poll(async () => (await served()).counts, { timeout: 15_000 })
        .toEqual({ on: 1, off: 199 });
      expect(await share('few', 'on')).toBe(0.002);
    });

    it('carries several out in order, and takes back what was done when a later one fails', async () => {
      const both: ActionRequest = {
        kind: 'several',
        requests: [
          { ...ROLLBACK, kind: 'rollback' },
          { ...ROLLBACK, kind: 'kill_switch', on: false },
        ],
      };
      const done = await carryOut(both);
      await world.until(
        done.id,
        ({ steps }) =>
          steps.filter((one) => one.name === 'served' && one.state === 'done').length > 1,
      );
      expect(await share('model', 'v41')).toBe(1);
      expect(await share('switch', 'off')).toBe(1);
      const undo = await world.actions.undo(done.id, as('mika'), signal());
      await world.until(
        undo.id,
        ({ steps }) =>
          steps.filter((one) => one.name === 'stored' && one.state === 'done').length > 1,
      );
      expect([await present('model'), await present('switch')]).toEqual([
        original.model,
        original.switch,
      ]);

      // A person who may change strategies, but not turn anything off.
      const made = await world.actions.plan(both, signal());
      front.fault({ kind: 'status', status: 403 }, (asked) => asked.path.endsWith('/off'));
      const half = await world.ended((await world.actions.execute(made.id, as('mika'))).id);
      expect(half.outcome).toBe('failed');
      expect(half.steps.find((one) => one.name === 'restored')?.state).toBe('done');
      expect(await present('model')).toEqual(original.model);
      // Unleash serves its clients what it noticed a moment ago.
      await expect.poll(() => share('model', 'v42'), { timeout: 15_000 }).toBeCloseTo(0.25, 1);
    });

    it('is refused with both states when somebody else wrote meanwhile', async () => {
      const made = await world.actions.plan(ROLLBACK, signal());
      await unleash.admin('POST', `${FEATURES}/model/${PRODUCTION}/off`);
      front.asked.length = 0;
      await expect(world.actions.execute(made.id, as('mika', ''))).rejects.toMatchObject({
        code: 'conflict',
        detail: { expected: { enabled: true }, present: { enabled: false } },
      });
      expect(front.asked.filter(isWrite)).toEqual([]);
    });

    it('of two consoles at once is done by one of them, and the other says by whom', async () => {
      const noor = { ...secrets, UNLEASH_ADMIN: await personToken('noor', 2) };
      const config = actionsConfig(front.url, '2s');
      const other = actionsWorld(await testCache(), config, noor, fastClock(5));
      const [mine, theirs] = await Promise.all([
        world.actions.plan(ROLLBACK, signal()),
        other.actions.plan(ROLLBACK, signal()),
      ]);
      front.asked.length = 0;
      const [first, second] = await Promise.all([
        world.actions.execute(mine.id, as('mika', '')),
        other.actions.execute(theirs.id, as('noor', '')),
      ]);
      expect(front.asked.filter(isWrite)).toHaveLength(2);
      const proven = (one: Action) =>
        step(one, 'served').state === 'done' && step(one, 'live').state !== 'waiting';
      const ends = await Promise.all([
        world.until(first.id, proven),
        other.until(second.id, proven),
      ]);
      const told = ends.map((one) => `${step(one, 'sent').state}: ${step(one, 'sent').text}`);
      expect(told.sort()).toEqual([
        'done: 1 change, journaled before it left',
        expect.stringMatching(
          /^skipped: already done by (admin|noor@example\.com) at the same moment; what was sent changed nothing$/,
        ),
      ]);
      await other.actions.close();
    });

    it('of two consoles in turn ends in one change and one already so', async () => {
      const other = actionsWorld(
        await testCache(),
        actionsConfig(front.url, '2s'),
        secrets,
        fastClock(5),
      );
      const [mine, theirs] = await Promise.all([
        world.actions.plan(ROLLBACK, signal()),
        other.actions.plan(ROLLBACK, signal()),
      ]);
      const first = await world.actions.execute(mine.id, as('mika', ''));
      const second = await other.actions.execute(theirs.id, as('noor', ''));
      expect([step(first, 'sent').state, step(second, 'sent').state]).toEqual(['done', 'skipped']);
      // Unleash knows the token's user, not the person at the other console.
      expect(step(second, 'sent').text).toMatch(/^already done by \S+ .* ago; nothing was sent$/);
      expect(front.asked.filter(isWrite)).toHaveLength(1);
      await other.actions.close();
    });

    it('with a bad token says so, and changes nothing', async () => {
      const made = await world.actions.plan(ROLLBACK, signal());
      secrets.UNLEASH_ADMIN = '*:*.revoked';
      const action = await world.actions.execute(made.id, as('mika', ''));
      const report = await world.connector.check(signal());
      secrets.UNLEASH_ADMIN = unleash.adminToken;
      expect(action).toMatchObject({ outcome: 'failed' });
      expect(step(action, 'sent').text).toContain('does not accept the credentials');
      expect(report.ok).toBe(false);
      expect(await present('model')).toEqual(original.model);
    });

    it('finds out by itself when Unleash is killed before it answers', async () => {
      const made = await world.actions.plan(ROLLBACK, signal());
      front.fault({ kind: 'cut-off' }, isWrite);
      const running = world.actions.execute(made.id, as('mika', ''));
      while (!front.asked.some(isWrite)) await new Promise((resolve) => setTimeout(resolve, 1));
      await unleash.kill();
      const { id } = await running;
      const unknown = await world.until(id, (one) => one.outcome === 'unknown');
      expect(unknown.endedAt).toBeNull();
      front.fault(null);
      await unleash.restart();
      const settled = await world.until(
        id,
        (one) => one.endedAt !== null || step(one, 'served').state === 'done',
      );
      // Whether the write came before the kill is for Unleash to say: both are truthful ends.
      const arrived = (await present('model')).strategies[0]?.variants[0]?.weight === 1000;
      expect(step(settled, 'sent').state).toBe(arrived ? 'done' : 'failed');
      expect(settled.outcome).toBe(arrived ? null : 'failed');
      expect(front.asked.filter(isWrite)).toHaveLength(1);
    });

    it('is taken up by the next start when console and Unleash both died', async () => {
      const { id } = await carryOut(ROLLBACK);
      await until(id, 'stored', 'done');
      await world.actions.close();
      await unleash.kill();
      const patient = actionsConfig(front.url, '2s');
      patient.actions.giveUp = '10m';
      world = actionsWorld(cache, patient, secrets, world.clock);
      await world.actions.reconcile();
      if (step(await world.actions.read(id), 'served').state !== 'done') {
        await world.until(id, (one) => one.outcome === 'unknown');
      }
      await unleash.restart();
      await until(id, 'served', 'done');
      expect(front.asked.filter(isWrite)).toHaveLength(1);
    });

    it('waits for approval where change requests are on, and nothing is changed', async () => {
      const psql = findProgram(['psql'], ['/usr/lib/postgresql/15/bin']);
      if (!psql) throw new Error('psql is not installed');
      const sql = (text: string) =>
        execute(psql, [
          ...['-h', '127.0.0.1', '-p', String(unleash.databasePort), '-U', 'postgres'],
          ...['-d', 'unleash', '-c', text],
        ]);
      const made = await world.actions.plan(ROLLBACK, signal());
      secrets.UNLEASH_ADMIN = await editorToken();
      try {
        await sql(
          "INSERT INTO change_request_settings (project, environment) VALUES ('default', 'production')",
        );
        const action = await world.actions.execute(made.id, as('mika', ''));
        expect(step(action, 'sent').text).toContain('change request');
        expect(action.outcome).toBe('pending_approval');
        expect(step(action, 'sent').link).toBe(`${front.url}/projects/default/change-requests`);
        expect(await present('model')).toEqual(original.model);
        // Learnt by that, and shown from now on before anybody presses.
        const { approvals } = await world.actions.readiness('production', signal());
        expect(approvals).toMatchObject([{ source: 'flags', needed: true }]);
        expect(approvals[0]?.how).toContain(action.id);
      } finally {
        await sql('DELETE FROM change_request_settings');
      }
      const report = await world.connector.check(signal());
      expect(report.items.filter((item) => !item.ok)).toEqual([]);
      secrets.UNLEASH_ADMIN = unleash.adminToken;
    });

    it('is refused for a person who may only look, and the check says so before', async () => {
      secrets.UNLEASH_ADMIN = await personToken('viewer', 3);
      const report = await world.connector.check(signal());
      expect(report.items.filter((item) => !item.ok).map((item) => item.detail)).toEqual([
        'It lacks UPDATE_FEATURE_ENVIRONMENT, UPDATE_FEATURE_ENVIRONMENT_VARIANTS, CREATE_FEATURE_STRATEGY, UPDATE_FEATURE_STRATEGY, DELETE_FEATURE_STRATEGY.',
      ]);
      const action = await carryOut(ROLLBACK);
      secrets.UNLEASH_ADMIN = unleash.adminToken;
      expect(action.outcome).toBe('failed');
      expect(step(action, 'sent').text).toContain('UPDATE_FEATURE_STRATEGY');
      expect(await present('model')).toEqual(original.model);
    });

    it('does not send what Unleash would store although it is wrong', async () => {
      const control = controlOf(world.connector);
      const from = await present('model');
      const to = structuredClone(from);
      for (const strategy of to.strategies) strategy.parameters.rollout = '150';
      await expect(
        control.write(
          { flag: 'model', environment: 'production', from, to, comment: '', ready },
          signal(),
        ),
      ).rejects.toBeInstanceOf(NightdeskError);
      expect(await present('model')).toEqual(original.model);
    });

    const editorToken = () => personToken('editor', 2);
    /** A personal token, which changes made with it are named after. */
    async function personToken(name: string, rootRole: number): Promise<string> {
      const password = 'Long-enough-1234!';
      let why = '';
      await unleash.admin('POST', '/api/admin/user-admin', {
        username: name,
        email: `${name}@example.com`,
        password,
        rootRole,
        sendEmail: false,
      });
      const login = await fetch(`${unleash.url}/auth/simple/login`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ username: name, password }),
      });
      const cookie = login.headers
        .getSetCookie()
        .map((one) => one.split(';')[0])
        .join('; ');
      // A person's very first session may not be readable at once by the server that has just written it.
      for (let attempt = 0; attempt < 20; attempt++) {
        const response = await fetch(`${unleash.url}/api/admin/user/tokens`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', cookie },
          body: JSON.stringify({ description: name, expiresAt: '2099-01-01T00:00:00.000Z' }),
        });
        const { secret }: { secret?: string } = await response.json();
        if (secret !== undefined) return secret;
        why = `${response.status}`;
        await new Promise((resolve) => setTimeout(resolve, 250));
      }
      throw new Error(`Unleash gives ${name} no token: login ${login.status}, token ${why}`);
    }
  });
});
