import { describe, expect, test } from 'vitest';
import type { Batch } from '#core/sources/connector.ts';
import type { Alert } from '#shared/model/alert.ts';
import type { Flag, FlagEvent, FlagState } from '#shared/model/flag.ts';
import type { Runbook } from '#shared/model/runbook.ts';
import { testCache } from './cache-kit.ts';

const NOW = 1_700_000_000_000;

function state(weights: Record<string, number>, rollout = '100', enabled = true): FlagState {
  const variants = Object.entries(weights).map(([name, weight]) => ({ name, weight }));
  const strategy = {
    id: 's',
    name: 'flexibleRollout',
    parameters: { rollout },
    constraints: [],
    segments: [],
    variants,
  };
  return { enabled, strategies: [strategy], variants: [] };
}

function flag(key: string, extra: Partial<Flag> = {}): Flag {
  return {
    source: 'flags',
    key,
    environment: 'production',
    description: '',
    type: 'release',
    stale: false,
    createdAt: null,
    state: state({ v41: 750, v42: 250 }),
    ...extra,
  };
}

function event(id: string, before: FlagState | null, after: FlagState | null): FlagEvent {
  return {
    id,
    source: 'flags',
    key: 'bot-model',
    environment: 'production',
    at: NOW + Number(id),
    by: 'ana',
    type: 'updated',
    summary: 'edited',
    before,
    after,
  };
}

function alert(fingerprint: string, extra: Partial<Alert> = {}): Alert {
  return {
    source: 'alerts',
    fingerprint,
    name: 'High latency',
    service: 'bot',
    environment: 'production',
    severity: 'critical',
    state: 'firing',
    startedAt: NOW,
    endedAt: null,
    summary: '',
    labels: {},
    annotations: {},
    silencedBy: [],
    url: null,
    ...extra,
  };
}

async function cacheWith(options = {}) {
  const cache = await testCache({ now: () => NOW + 60_000, ...options });
  const send = (source: string, batch: Batch) => cache.write('commitBatch', { source, batch });
  const timeline = async () =>
    cache.read('listChanges', {
      environment: 'production',
      service: 'bot',
      from: 0,
      to: Number.MAX_SAFE_INTEGER,
      limit: 100,
    });
  return { cache, send, timeline };
}

describe('flags', () => {
  test('a snapshot replaces what its source said, and nobody else', async () => {
    const { cache, send } = await cacheWith();
    await send('flags', { flags: [flag('a'), flag('b'), flag('b', { environment: 'staging' })] });
    await send('other', { flags: [flag('c', { source: 'other' })] });
    await send('flags', { flags: [flag('b', { description: 'new' })] });
    const keys = async (environment: string) =>
      (await cache.read('listFlags', { environment })).map((one) => one.key + one.description);
    expect(await keys('production')).toEqual(['bnew', 'c']);
    expect(await keys('staging')).toEqual([]);
    const found = { source: 'flags', environment: 'production' };
    expect(await cache.read('readFlag', { ...found, key: 'b' })).toEqual(
      flag('b', { description: 'new' }),
    );
    expect(await cache.read('readFlag', { ...found, key: 'a' })).toBeNull();
  });

  test('the same snapshot again asks no view to read again', async () => {
    const { send } = await cacheWith();
    expect((await send('flags', { flags: [flag('a')] })).topics).toEqual(['flags']);
    expect((await send('flags', { flags: [flag('a')] })).topics).toEqual([]);
    expect((await send('flags', { flags: [] })).topics).toEqual(['flags']);
  });

  test('a source that did not speak of flags keeps them', async () => {
    const { cache, send } = await cacheWith();
    await send('flags', { flags: [flag('a')] });
    await send('flags', { cursor: '2' });
    expect(await cache.read('listFlags', { environment: 'production' })).toHaveLength(1);
  });

  test('its history shows on the timeline of the services it steers, in numbers', async () => {
    const flagServices = { 'bot-model': [{ service: 'bot' }] };
    const { cache, send, timeline } = await cacheWith({ flagServices });
    const a = state({ v41: 900, v42: 100 });
    const b = state({ v41: 750, v42: 250 });
    const flagEvents = [
      event('1', a, b),
      event('2', b, { ...b, enabled: false }),
      event('3', state({}, '10'), state({}, '25')),
      event('4', null, null),
    ];
    await send('flags', { flagEvents });
    const changes = (await timeline()).map((one) => [one.kind, one.title, one.versions]);
    expect(changes).toEqual([
      ['flag', 'bot-model: edited', []],
      ['rollout', 'bot-model: rollout 10 → 25 %', []],
      ['flag', 'bot-model switched off', []],
      ['variant', 'bot-model: v42 10 → 25 %', ['v42']],
    ]);
    expect((await send('flags', { flagEvents })).topics).toEqual([]);
    const events = { source: null, key: 'bot-model', environment: 'production', limit: 2 };
    expect((await cache.read('listFlagEvents', events)).map((one) => one.id)).toEqual(['4', '3']);
    expect(await cache.read('readFlagEvent', { id: '1' })).toEqual(flagEvents[0]);
  });

  test('a flag that steers no service is a change of none', async () => {
    const { cache, send } = await cacheWith();
    await send('flags', { flagEvents: [event('1', null, null)] });
    const changes = await cache.read('listChanges', {
      environment: 'production',
      service: null,
      from: 0,
      to: Number.MAX_SAFE_INTEGER,
      limit: 10,
    });
    expect(changes.map((one) => one.service)).toEqual(['']);
  });
});

describe('alerts', () => {
  test('one that vanishes from the snapshot has ended, and stays as history', async () => {
    const { cache, send } = await cacheWith();
    await send('alerts', { alerts: [alert('x'), alert('y', { state: 'suppressed' })] });
    await send('alerts', { alerts: [alert('y', { state: 'suppressed' })] });
    const states = async (...wanted: Alert['state'][]) =>
      (await cache.read('listAlerts', { environment: 'production', states: wanted })).map((one) => [
        one.fingerprint,
        one.endedAt,
      ]);
    expect(await states('firing')).toEqual([]);
    expect(await states('suppressed')).toEqual([['y', null]]);
    expect(await states('resolved')).toEqual([['x', NOW + 60_000]]);
    expect(
      (await send('alerts', { alerts: [alert('y', { state: 'suppressed' })] })).topics,
    ).toEqual([]);
  });

  test('one that fires again is a second episode', async () => {
    const { cache, send } = await cacheWith();
    await send('alerts', { alerts: [alert('x')] });
    await send('alerts', { alerts: [alert('x', { startedAt: NOW + 50_000 })] });
    const all = await cache.read('listAlerts', {
      environment: null,
      states: ['firing', 'resolved'],
    });
    expect(all.map((one) => [one.startedAt - NOW, one.state])).toEqual([
      [50_000, 'firing'],
      [0, 'resolved'],
    ]);
  });

  test('a new silence and an edited runbook are changes', async () => {
    const { send, timeline, cache } = await cacheWith();
    const silence = {
      source: 'alerts',
      id: 's1',
      state: 'active' as const,
      startsAt: NOW,
      endsAt: NOW + 1,
      by: 'ana',
      comment: 'known',
      matchers: [
        { name: 'service', value: 'bot', isRegex: false, isEqual: true },
        { name: 'environment', value: 'production', isRegex: false, isEqual: true },
      ],
    };
    await send('alerts', { silences: [silence] });
    await send('alerts', { silences: [{ ...silence, state: 'expired' }] });
    const runbook: Runbook = {
      source: 'books',
      id: 'a.md',
      title: 'Quality drop',
      services: ['bot'],
      alerts: [],
      owner: null,
      flags: [],
      signals: [],
      links: [],
      body: 'one',
      modifiedAt: NOW,
      problem: null,
    };
    await send('books', { runbooks: [runbook] });
    await send('books', { runbooks: [{ ...runbook, body: 'two', modifiedAt: NOW + 5 }] });
    expect((await timeline()).map((one) => [one.kind, one.service])).toEqual([
      ['runbook', 'bot'],
      ['silence', 'bot'],
    ]);
    expect((await cache.read('listSilences', {})).map((one) => one.state)).toEqual(['expired']);
    expect((await cache.read('readRunbook', { id: 'a.md' }))?.body).toBe('two');
  });
});

describe('sync state', () => {
  test('the cursor is committed with its batch, and what is saved beside leaves it', async () => {
    const { cache, send } = await cacheWith();
    await send('m', { cursor: '{"at":5}' });
    await cache.write('saveSyncState', {
      source: 'm',
      cursor: null,
      lastSuccessAt: 7,
      lastAttemptAt: 8,
      failures: 2,
      error: { code: 'timeout', message: 'No answer.' },
    });
    expect(await cache.read('readSyncStates', {})).toEqual([
      {
        source: 'm',
        cursor: '{"at":5}',
        lastSuccessAt: 7,
        lastAttemptAt: 8,
        failures: 2,
        error: { code: 'timeout', message: 'No answer.' },
      },
    ]);
  });

  test('a removed source says nothing more of now, but what happened stays', async () => {
    const { cache, send } = await cacheWith();
    await send('s', {
      cursor: '1',
      flags: [flag('a')],
      flagEvents: [event('1', null, null)],
      alerts: [alert('x')],
    });
    await cache.write('removeSource', { source: 's' });
    expect(await cache.read('readSyncStates', {})).toEqual([]);
    expect(await cache.read('listFlags', { environment: 'production' })).toEqual([]);
    const alerts = await cache.read('listAlerts', { environment: null, states: ['resolved'] });
    expect(alerts[0]).toMatchObject({ state: 'resolved', endedAt: NOW + 60_000 });
    expect(await cache.read('readFlagEvent', { id: '1' })).not.toBeNull();
  });

  test('a batch that cannot be stored whole is not stored at all', async () => {
    const { cache, send } = await cacheWith();
    const broken = JSON.parse('{"fingerprint":"x","state":"firing","environment":"p"}');
    await expect(
      send('s', { cursor: '9', flags: [flag('a')], alerts: [broken] }),
    ).rejects.toThrow();
    expect(await cache.read('readSyncStates', {})).toEqual([]);
    expect(await cache.read('listFlags', { environment: 'production' })).toEqual([]);
  });
});
