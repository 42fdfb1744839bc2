/** The demo's flag service against the calls and answers of the real one, without the rest of the fleet. */
import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';

const MODULE = fileURLToPath(new URL('../../electron/demo/processes/flags.ts', import.meta.url));
const STARTED_AT = Date.UTC(2026, 4, 6, 3, 4);
const F = '/api/admin/projects/default/features/support-bot-model';

let dir: string;
let base: string;
let child: ChildProcess;
let port: number;

beforeAll(async () => {
  dir = mkdtempSync(path.join(tmpdir(), 'demo-flags-'));
  port = await freePort();
  base = `http://127.0.0.1:${port}`;
  child = await start();
}, 20_000);

afterAll(async () => {
  await end(child);
  rmSync(dir, { recursive: true, force: true });
});

test('a wrong token is 401, a client’s token on the admin API is 403', async () => {
  expect((await call(F, { token: 'wrong' })).status).toBe(401);
  expect((await call(F, { token: 'client' })).status).toBe(403);
  expect((await call('/api/client/features', { token: 'wrong' })).status).toBe(401);
  expect((await call('/api/admin/projects/default/features/none')).status).toBe(404);
});

test('history tells the ramp from 10 to 25 % with what was before and after', async () => {
  const { events } = await json('/api/admin/search/events?feature=IS:support-bot-model&limit=1');
  const [ramp] = events;
  expect(ramp).toMatchObject({
    type: 'feature-strategy-update',
    createdBy: 'release-bot',
    environment: 'production',
  });
  expect(STARTED_AT - Date.parse(ramp.createdAt)).toBe(150_000);
  expect(weights(ramp.preData.variants)).toEqual({ v41: 900, v42: 100 });
  expect(weights(ramp.data.variants)).toEqual({ v41: 750, v42: 250 });
  const all = await json('/api/admin/search/events?feature=IS:support-bot-model&limit=3&offset=2');
  expect(all.total).toBeGreaterThan(5);
  expect(all.events).toHaveLength(3);
});

test('writing a strategy without its variants erases them; writing them back restores them', async () => {
  const strategy = await strategyNow();
  const { variants, ...without } = strategy;
  expect(
    (
      await call(`${F}/environments/production/strategies/${strategy.id}`, {
        method: 'PUT',
        body: without,
      })
    ).status,
  ).toBe(200);
  expect((await strategyNow()).variants).toEqual([]);
  await call(`${F}/environments/production/strategies/${strategy.id}`, {
    method: 'PUT',
    body: { ...without, variants },
  });
  expect(await strategyNow()).toEqual(strategy);
});

test('variable variants share what the fixed ones leave, and a rollout of "abc" is taken as it comes', async () => {
  const strategy = await strategyNow();
  const place = `${F}/environments/production/strategies/${strategy.id}`;
  const patch = [
    { op: 'replace', path: '/variants/1/weight', value: 400 },
    { op: 'replace', path: '/parameters/rollout', value: 'abc' },
  ];
  expect((await call(place, { method: 'PATCH', body: patch })).status).toBe(200);
  const now = await strategyNow();
  expect(weights(now.variants)).toEqual({ v41: 600, v42: 400 });
  expect(now.parameters.rollout).toBe('abc');
  await call(place, { method: 'PUT', body: strategy });
});

test('off twice is one event, and clients get 304 until something changes', async () => {
  const events = async () =>
    (await json('/api/admin/search/events?feature=IS:support-bot-enabled')).total;
  const before = await events();
  const first = await call('/api/client/features', { token: 'client' });
  const etag = first.headers.get('etag') ?? '';
  const again = () =>
    call('/api/client/features', { token: 'client', headers: { 'if-none-match': etag } });
  expect((await again()).status).toBe(304);
  for (let i = 0; i < 2; i++) {
    expect(
      (
        await call(
          '/api/admin/projects/default/features/support-bot-enabled/environments/production/off',
          { method: 'POST' },
        )
      ).status,
    ).toBe(200);
  }
  expect(await events()).toBe(before + 1);
  const changed = await again();
  expect(changed.status).toBe(200);
  const { features } = await changed.json();
  expect(features.find((one: { name: string }) => one.name === 'support-bot-enabled').enabled).toBe(
    false,
  );
});

test('killed and started again, it comes back as it went', async () => {
  const before = await json(F.replace('model', 'enabled'));
  child.kill('SIGKILL');
  await new Promise((resolve) => child.once('exit', resolve));
  child = await start({ DEMO_RESUME: '1' });
  expect(await json(F.replace('model', 'enabled'))).toEqual(before);
});

async function start(extra: Record<string, string> = {}): Promise<ChildProcess> {
  const process = fork(MODULE, [], {
    execArgv: [],
    env: {
      DEMO_SEED: '1',
      DEMO_DIR: dir,
      DEMO_STARTED_AT: String(STARTED_AT),
      DEMO_PORT: String(port),
      DEMO_PARENT_PID: String(globalThis.process.pid),
      DEMO_ADMIN_TOKEN: 'admin',
      DEMO_CLIENT_TOKEN: 'client',
      ...extra,
    },
  });
  for (let tries = 0; tries < 300; tries++) {
    if ((await fetch(`${base}/health`).catch(() => null))?.ok) return process;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('The flag service does not answer.');
}

async function end(process: ChildProcess): Promise<void> {
  if (process.exitCode !== null) return;
  process.kill('SIGTERM');
  await new Promise((resolve) => process.once('exit', resolve));
}

interface CallOptions {
  method?: string;
  token?: string;
  body?: unknown;
  headers?: Record<string, string>;
}

function call(
  place: string,
  { method = 'GET', token = 'admin', body, headers = {} }: CallOptions = {},
): Promise<Response> {
  return fetch(base + place, {
    method,
    headers: { authorization: token, 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

async function json(place: string) {
  return (await call(place)).json();
}

async function strategyNow() {
  const [strategy] = await json(`${F}/environments/production/strategies`);
  return strategy;
}

function weights(variants: { name: string; weight: number }[]): Record<string, number> {
  return Object.fromEntries(variants.map((one) => [one.name, one.weight]));
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
