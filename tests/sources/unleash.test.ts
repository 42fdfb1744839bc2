import { SUPPORTED_SPEC_VERSION } from 'unleash-client/lib/repository/index.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Batch, Connector } from '#core/sources/connector.ts';
import { otherWriter } from '#core/sources/unleash/at-once.ts';
import { createUnleashConnector } from '#core/sources/unleash/index.ts';
import { isPartOf, problemsOf, stepsBetween } from '#core/sources/unleash/steps.ts';
import type { FlagEvent, FlagState, Strategy, Variant } from '#shared/model/flag.ts';
import { flagStateText, inOrder } from '#shared/util/flag-state.ts';
import { realClock } from '../fixtures/deps.ts';
import { startFaultyServer } from '../fixtures/faulty-server.ts';
import {
  FEATURES,
  type FlagService,
  makeModelFlag,
  makeSwitch,
  SECRETS,
  startFlagService,
} from '../fixtures/flag-service.ts';
import { contextFor, sourceOf, watchedConfig } from '../fixtures/watched.ts';
import { failure } from '../helpers/failure.ts';
import fc, { runs } from '../helpers/random.ts';
import { conformance } from './conformance.ts';

function connectTo(
  url: string,
  secrets: Record<string, string> = SECRETS,
  timeout = '15s',
): Connector {
  const config = watchedConfig({
    id: 'flags',
    kind: 'unleash',
    url,
    secret: 'UNLEASH_ADMIN',
    timeout,
    environments: { production: { name: 'production', clientSecret: 'UNLEASH_CLIENT' } },
  });
  return createUnleashConnector(
    sourceOf(config, 'unleash'),
    contextFor(config, realClock, secrets),
  );
}

conformance('unleash', async () => {
  const service = await startFlagService();
  await makeModelFlag(service.admin, 'model');
  return {
    connector: (timeout) => connectTo(service.server.url, SECRETS, timeout),
    server: service.server,
    secrets: Object.values(SECRETS),
    advance: async () => {
      await service.admin('POST', `${FEATURES}/model/environments/production/off`);
    },
    close: () => service.close(),
  };
});

const ready = async () => undefined;

describe('unleash', () => {
  let service: FlagService;
  let connector: Connector;
  const signal = () => AbortSignal.timeout(5000);
  beforeEach(async () => {
    service = await startFlagService();
    await makeModelFlag(service.admin, 'model');
    await makeSwitch(service.admin, 'switch');
    connector = connectTo(service.server.url);
  });
  afterEach(() => service.close());

  async function pull(cursor: string | null = null): Promise<Batch> {
    for await (const batch of connector.pull(cursor, signal())) return batch;
    throw new Error('nothing came');
  }
  function control() {
    if (!connector.control) throw new Error('no control');
    return connector.control;
  }
  const read = (flag: string) => control().read(flag, 'production', signal());
  const write = (from: FlagState, to: FlagState) =>
    control().write(
      { flag: 'model', environment: 'production', from, to, comment: '', ready },
      signal(),
    );

  it('reads a flag again only when it has events', async () => {
    const first = await pull();
    const details = () =>
      service.server.asked.filter(({ path }) => path.startsWith(`${FEATURES}/`)).length;
    expect(details()).toBe(2);
    const second = await pull(first.cursor);
    expect(second.flags).toEqual(first.flags);
    expect(second.flagEvents).toEqual([]);
    expect(details()).toBe(2);
    await service.admin('POST', `${FEATURES}/model/environments/production/off`);
    const third = await pull(second.cursor);
    expect(details()).toBe(3);
    expect(third.flagEvents).toEqual([
      expect.objectContaining({ key: 'model', type: 'disabled', by: 'admin' }),
    ]);
    expect(third.flags?.find((flag) => flag.key === 'model')?.state.enabled).toBe(false);
  });

  it('tells the exact state before and after every entry of the history', async () => {
    const states: FlagState[] = [await read('model')];
    const base = `${FEATURES}/model/environments/production`;
    const id = states[0]?.strategies[0]?.id ?? '';
    const note = async () => states.push(await read('model'));
    await service.admin('PATCH', `${base}/strategies/${id}`, [
      { op: 'replace', path: '/variants/0/weight', value: 500 },
      { op: 'replace', path: '/variants/1/weight', value: 500 },
    ]);
    await note();
    await service.admin('POST', `${base}/off`);
    await note();
    await service.admin('POST', `${base}/strategies`, { name: 'default' });
    await note();
    await service.admin('DELETE', `${base}/strategies/${id}`);
    await note();
    const { flagEvents = [] } = await pull();
    const told = flagEvents.filter((event) => event.key === 'model').slice(0, 4);
    expect(told.map((event) => event.type)).toEqual([
      'strategy_removed',
      'strategy_added',
      'disabled',
      'variants',
    ]);
    const text = (state: FlagState | null | undefined) => state && flagStateText(state);
    expect(told.map((event) => text(event.after))).toEqual(states.slice(1).reverse().map(text));
    expect(told.map((event) => text(event.before))).toEqual(
      states.slice(0, -1).reverse().map(text),
    );
    expect(told[3]?.summary).toBe('v41 75 % → 50 %, v42 25 % → 50 %');
  });

  it('goes on telling them before the strategies were put in another order', async () => {
    const base = `${FEATURES}/model/environments/production`;
    await service.admin('POST', `${base}/strategies`, { name: 'default' });
    const before = await read('model');
    await write(before, {
      ...before,
      strategies: before.strategies.toReversed().map((one, sortOrder) => ({ ...one, sortOrder })),
    });
    const between = await read('model');
    expect(flagStateText(between)).not.toBe(flagStateText(before));
    await service.admin('POST', `${base}/off`);
    const { flagEvents = [] } = await pull();
    const told = flagEvents.filter((event) => event.key === 'model').slice(0, 3);
    expect(told.map((event) => [event.type, event.summary])).toEqual([
      ['disabled', 'Switched off'],
      ['strategy', 'Strategies put in another order'],
      ['strategy_added', 'Strategy added: default'],
    ]);
    const text = (state: FlagState | null | undefined) => state && flagStateText(state);
    expect(text(told[1]?.after)).toBe(text(between));
    expect(text(told[1]?.before)).toBe(text(before));
    expect(text(told[2]?.before)).toBe(
      text({ ...before, strategies: before.strategies.slice(0, 1) }),
    );
  });

  it('keeps what it knew of a flag whose answer does not fit, and counts it', async () => {
    const first = await pull();
    await service.admin('POST', `${FEATURES}/model/environments/production/off`);
    service.server.fault({ kind: 'text', body: '{"name":7}' }, ({ path }) =>
      path.startsWith(`${FEATURES}/model`),
    );
    const second = await pull(first.cursor);
    expect(second.flags).toEqual(first.flags);
    expect(second.rejected).toEqual([
      { reason: 'the flag model does not fit its schema', count: 1 },
    ]);
  });

  it('writes only what differs and never loses a variant', async () => {
    const from = await read('model');
    const to = structuredClone(from);
    for (const variant of to.strategies[0]?.variants ?? []) {
      variant.weight = variant.name === 'v41' ? 1000 : 0;
    }
    service.server.asked.length = 0;
    await write(from, to);
    expect(service.server.asked.map(({ method }) => method)).toEqual(['GET', 'PUT']);
    expect(await read('model')).toEqual(to);
  });

  it('refuses with both states when the flag moved', async () => {
    const from = await read('model');
    await service.admin('POST', `${FEATURES}/model/environments/production/off`);
    const error = await failure(write(from, { ...from, strategies: [] }));
    expect(error.code).toBe('conflict');
    expect(error.detail).toMatchObject({ expected: from, present: { enabled: false }, sent: 0 });
  });

  it.each([
    ['150', 'not a whole number from 0 to 100'],
    ['abc', 'not a whole number from 0 to 100'],
    ['-1', 'not a whole number from 0 to 100'],
  ])('does not send a rollout of %s', async (rollout, words) => {
    const from = await read('model');
    const to = structuredClone(from);
    for (const strategy of to.strategies) strategy.parameters.rollout = rollout;
    service.server.asked.length = 0;
    const error = await failure(write(from, to));
    expect(error.code).toBe('bad_input');
    expect(error.message).toContain(words);
    expect(service.server.asked).toEqual([]);
  });

  it('says pending approval when a change request is asked for, never that it was done', async () => {
    const from = await read('model');
    const refusing = await startRefusing(service);
    const error = await failure(
      (connectTo(refusing.url).control ?? control()).write(
        {
          flag: 'model',
          environment: 'production',
          from,
          to: { ...from, enabled: false },
          comment: '',
          ready,
        },
        signal(),
      ),
    );
    expect(error.code).toBe('pending_approval');
    expect(error.detail?.link).toBe(`${refusing.url}/projects/default/change-requests`);
    expect((await read('model')).enabled).toBe(true);
    await refusing.close();
  });

  it('evaluates as clients do', async () => {
    const { counts, probes } = await control().evaluate('model', 'production', 400, signal());
    // In their words too: the server keeps what it serves by how it was asked.
    const served = service.server.asked.find(({ path }) => path === '/api/client/features');
    expect(served?.headers['unleash-client-spec']).toBe(SUPPORTED_SPEC_VERSION);
    expect(probes).toBe(400);
    expect((counts.v41 ?? 0) + (counts.v42 ?? 0)).toBe(400);
    expect(Math.abs((counts.v42 ?? 0) - 100)).toBeLessThan(40);
    const again = await control().evaluate('model', 'production', 400, signal());
    expect(again.counts).toEqual(counts);
    await service.admin('POST', `${FEATURES}/model/environments/production/off`);
    const off = await control().evaluate('model', 'production', 50, signal());
    expect(off.counts).toEqual({ off: 50 });
    const on = await control().evaluate('switch', 'production', 50, signal());
    expect(on.counts).toEqual({ on: 50 });
  });

  it('says which secret is missing', async () => {
    const bare = connectTo(service.server.url, {});
    const error = await failure(bare.pull(null, signal())[Symbol.asyncIterator]().next());
    expect(error.code).toBe('unauthorized');
    expect(error.message).toContain('UNLEASH_ADMIN');
  });

  it('says which rights a token lacks that could end a change half-way', async () => {
    const held = ['UPDATE_FEATURE_ENVIRONMENT', 'UPDATE_FEATURE_STRATEGY'];
    const body = JSON.stringify({ permissions: held.map((permission) => ({ permission })) });
    service.server.fault({ kind: 'text', body }, ({ path }) => path === '/api/admin/user');
    const report = await connector.check(signal());
    expect(report.items.filter((item) => !item.ok).map((item) => item.detail)).toEqual([
      'It lacks UPDATE_FEATURE_ENVIRONMENT_VARIANTS, CREATE_FEATURE_STRATEGY, DELETE_FEATURE_STRATEGY.',
    ]);
  });

  it('says what a check found missing: the client token', async () => {
    const report = await connectTo(service.server.url, {
      ...SECRETS,
      UNLEASH_CLIENT: 'default:production.wrong',
    }).check(signal());
    expect(report.items.filter((item) => !item.ok).map((item) => item.what)).toEqual([
      'what clients get in production can be evaluated',
    ]);
  });
});

/** Reads pass through; every write is refused as Unleash refuses while change requests are on. */
async function startRefusing(service: FlagService) {
  return startFaultyServer(async (asked) => {
    if (asked.method !== 'GET') {
      return {
        status: 403,
        body: {
          name: 'PermissionError',
          message:
            'You don\'t have the required permissions to perform this operation. To perform this action, you need the "SKIP_CHANGE_REQUEST" permission.',
        },
      };
    }
    return { body: (await service.admin('GET', asked.path)) ?? {} };
  });
}

let next = 1000;
/** What the server would hold after the steps, or after the first `count` of them. */
function carriedOut(from: FlagState, to: FlagState, count = Number.POSITIVE_INFINITY): FlagState {
  let state = structuredClone(from);
  const added = new Map<number, string>();
  for (const step of stepsBetween(from, to).slice(0, count)) {
    if (step.call === 'on' || step.call === 'off')
      state = { ...state, enabled: step.call === 'on' };
    if (step.call === 'variants') state = { ...state, variants: step.variants };
    if (step.call === 'add') {
      const id = `new-${next++}`;
      added.set(step.place, id);
      const sortOrder = step.strategy.sortOrder ?? step.place;
      state.strategies.push({ ...step.strategy, id, sortOrder });
    }
    if (step.call === 'remove') {
      state.strategies = state.strategies.filter((one) => one.id !== step.id);
    }
    if (step.call === 'update') {
      // As Unleash does: the sort order stays.
      state.strategies = state.strategies.map((one) =>
        one.id === step.id
          ? {
              ...step.strategy,
              id: one.id,
              ...(one.sortOrder === undefined ? {} : { sortOrder: one.sortOrder }),
            }
          : one,
      );
    }
    if (step.call === 'order') {
      const ids = step.of.map((of) => (typeof of === 'string' ? of : added.get(of)));
      state.strategies = state.strategies.map((one) => ({
        ...one,
        sortOrder: ids.indexOf(one.id),
      }));
    }
  }
  return { ...state, strategies: inOrder(state.strategies) };
}

const variants = fc
  .uniqueArray(fc.constantFrom('v40', 'v41', 'v42', 'v43'), { maxLength: 4 })
  .chain((names) =>
    fc
      .record({ pick: fc.nat(3), stickiness: fc.constantFrom('default', 'sessionId') })
      .map(({ pick, stickiness }): Variant[] =>
        names.map((name, index) => ({
          name,
          weight: index === pick % names.length ? 1000 : 0,
          weightType: index === pick % names.length ? 'variable' : 'fix',
          stickiness,
        })),
      ),
  );
const strategy = (id: string): fc.Arbitrary<Strategy> =>
  fc.record({
    id: fc.constant(id),
    name: fc.constantFrom('flexibleRollout', 'default'),
    disabled: fc.boolean(),
    parameters: fc.record({ rollout: fc.nat(100).map(String) }),
    constraints: fc.constant([]),
    segments: fc.constant([]),
    variants,
  });
const state: fc.Arbitrary<FlagState> = fc
  .tuple(fc.boolean(), fc.shuffledSubarray(['a', 'b', 'c', 'd']), variants)
  .chain(([enabled, ids, own]) =>
    fc.tuple(...ids.map(strategy)).map((list) => ({
      enabled,
      strategies: list.map((one, sortOrder) => ({ ...one, sortOrder })),
      variants: own,
    })),
  );

describe('the steps between two states', () => {
  it('always lead from the one to the other, and back to exactly the first', () => {
    fc.assert(
      fc.property(state, state, (a, b) => {
        const there = carriedOut(a, b);
        expect(flagStateText(there)).toBe(flagStateText(b));
        const back = carriedOut(there, a);
        expect(flagStateText(back)).toBe(flagStateText(a));
      }),
      runs(500),
    );
  });

  it('that were only partly carried out, there or back, are told from what somebody else wrote', () => {
    fc.assert(
      fc.property(state, state, fc.nat(10), fc.nat(10), (a, b, there, back) => {
        const part = structuredClone(carriedOut(a, b, there));
        expect(isPartOf(a, b, part)).toBe(true);
        expect(isPartOf(a, b, carriedOut(part, a, back))).toBe(true);
        const foreign: Strategy = {
          ...{ id: 'x', name: 'userWithId', parameters: { userIds: 'noor' } },
          ...{ constraints: [], segments: [], variants: [] },
        };
        expect(isPartOf(a, b, { ...part, strategies: [...part.strategies, foreign] })).toBe(false);
        const [first] = part.strategies;
        if (first) first.parameters.rollout = 'by somebody else';
        expect(isPartOf(a, b, part)).toBe(first === undefined);
      }),
      runs(500),
    );
  });

  it('are none between equal states', () => {
    fc.assert(
      fc.property(state, (a) => {
        expect(stepsBetween(a, structuredClone(a))).toEqual([]);
      }),
    );
  });

  it('never leave a flag that is on without a strategy on the way to one that has some', () => {
    fc.assert(
      fc.property(state, state, (a, b) => {
        let count = a.strategies.length;
        for (const step of stepsBetween(a, b)) {
          if (step.call === 'add') count++;
          if (step.call === 'remove') count--;
          if (a.strategies.length > 0 && b.strategies.length > 0) {
            expect(count).toBeGreaterThan(0);
          }
        }
      }),
    );
  });
});

describe('two writers at once', () => {
  const before: FlagState = {
    enabled: true,
    strategies: [
      {
        ...{ id: 's', name: 'default', sortOrder: 0, parameters: { rollout: '100' } },
        ...{ constraints: [], segments: [], variants: [] },
      },
    ],
    variants: [],
  };
  const after = structuredClone(before);
  for (const one of after.strategies) one.parameters.rollout = '40';
  const own = stepsBetween(before, after);
  const update = (id: number, createdBy: string, data: unknown = after.strategies[0]) => ({
    ...{ id, type: 'feature-strategy-update', createdBy, createdAt: 0, data },
    preData: before.strategies[0],
  });
  const older = update(1, 'kim', before.strategies[0]);

  it('are told apart by their names, the first by its number', () => {
    // As Unleash lists them: by the beginning of their transactions.
    const both = [update(10, 'mika'), update(11, 'noor'), older];
    expect(otherWriter(both, own, 'mika')).toBeNull();
    expect(otherWriter(both, own, 'noor')).toEqual({ by: 'mika', first: true });
  });

  it('are told apart where the second, which changed nothing, is no event', () => {
    expect(otherWriter([update(10, 'mika'), older], own, 'mika')).toBeNull();
    expect(otherWriter([update(10, 'mika'), older], own, 'noor')).toEqual({
      by: 'mika',
      first: true,
    });
  });

  it('under one name are known to be two, not which is which', () => {
    expect(otherWriter([update(11, 'admin'), update(10, 'admin'), older], own, 'admin')).toEqual({
      by: 'admin',
      first: null,
    });
    expect(otherWriter([update(10, 'admin'), older], own, 'admin')).toBeNull();
  });

  it('leave a history that goes on before them, in whichever order they are listed', async () => {
    const events = [update(10, 'mika'), update(11, 'noor'), older];
    const flag = {
      ...{ name: 'model', project: 'default' },
      environments: [{ name: 'production', ...after }],
    };
    const named = events.map((event) => ({
      ...event,
      ...{ featureName: 'model', environment: 'production' },
    }));
    const server = await startFaultyServer(({ path }) => {
      if (path.includes('/search/events')) return { body: { events: named } };
      return { body: path.endsWith('/features') ? { features: [flag] } : flag };
    });
    const pulled = connectTo(server.url).pull(null, AbortSignal.timeout(5000));
    const { value } = await pulled[Symbol.asyncIterator]().next();
    await server.close();
    const rollout = (state: FlagState | null) => state?.strategies[0]?.parameters.rollout;
    const told: FlagEvent[] = value.flagEvents;
    expect(told.map((one) => [one.id, rollout(one.before), rollout(one.after)])).toEqual([
      ['flags:11', '100', '40'],
      ['flags:10', '100', '40'],
      ['flags:1', '100', '100'],
    ]);
  });

  it('do not include who wrote the same long before', () => {
    const events = [update(12, 'mika'), update(11, 'kim', before.strategies[0]), update(10, 'kim')];
    expect(otherWriter(events, own, 'mika')).toBeNull();
  });
});

describe('what is not sent', () => {
  const withVariants = (list: Partial<Variant>[]): FlagState => ({
    enabled: true,
    variants: [],
    strategies: [
      {
        id: 'a',
        name: 'flexibleRollout',
        parameters: { rollout: '100' },
        constraints: [],
        segments: [],
        variants: list.map((one, index) => ({ name: `v${index}`, weight: 0, ...one })),
      },
    ],
  });
  it.each([
    ['weights that do not sum to 1000', [{ weight: 400 }, { weight: 500 }], 'sum to 900'],
    ['a weight above 1000', [{ weight: 1001 }, { weight: -1 }], 'not a whole number'],
    ['half a weight', [{ weight: 999.5 }, { weight: 0.5 }], 'not a whole number'],
    [
      'two of one name',
      [
        { name: 'a', weight: 500 },
        { name: 'a', weight: 500 },
      ],
      'same name',
    ],
    [
      'computed weights that the server would compute otherwise',
      [
        { weight: 1000, weightType: 'variable' },
        { weight: 0, weightType: 'variable' },
      ],
      'divide 1000 evenly',
    ],
    [
      'only fixed weights',
      [
        { weight: 500, weightType: 'fix' },
        { weight: 500, weightType: 'fix' },
      ],
      'no variant has a variable weight',
    ],
  ])('%s', (_what, list, words) => {
    expect(problemsOf(withVariants(list)).join()).toContain(words);
  });
  it('but what the server stores as it is', () => {
    const list = [
      { weight: 334, weightType: 'variable' },
      { weight: 333, weightType: 'variable' },
      { weight: 333, weightType: 'fix' },
    ];
    expect(problemsOf(withVariants(list))).toEqual([]);
    expect(problemsOf(withVariants([]))).toEqual([]);
  });
});
