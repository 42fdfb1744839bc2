/**
 * One suite for every kind of connector: what it does with a world that is well, and with every way an
 * outside world goes wrong. See README.md for how to call it.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Batch, Connector } from '#core/sources/connector.ts';
import { type ErrorCode, NightdeskError } from '#shared/errors/index.ts';
import type { Fault, FaultyServer } from '../fixtures/faulty-server.ts';
import { apply, type Collected, collect, nothingCollected, records } from './collected.ts';

/** A connector and the outside that it looks at. Made anew for every test. */
export interface World {
  /**
   * A fresh connector on this world, as after a restart of the console. `timeout` is what its configuration
   * should say: long, so that a busy machine fails no test, and short where the world hangs.
   */
  connector(timeout: string): Connector;
  /** What the connector asks; undefined for those that ask nobody over HTTP. */
  server?: FaultyServer;
  /** Texts that must never be in a message, a report or a rejection. */
  secrets: string[];
  /** Let the outside and the clock go on a little, so that another pull finds something. */
  advance?(): void | Promise<void>;
  close(): Promise<void>;
}

export interface ConformanceOptions {
  /** Answers that have the right form but the wrong types; tried besides `[]`, `7` and `{"status":7}`. */
  wrongTypes?: string[];
  /** An empty list is a good answer of this source: nothing is there. */
  emptyListIsGood?: boolean;
}

const PATIENT = '15s';
const IMPATIENT = '500ms';

const REFUSALS: [string, Fault, ErrorCode][] = [
  ['401', { kind: 'status', status: 401 }, 'unauthorized'],
  ['403', { kind: 'status', status: 403 }, 'forbidden'],
  ['404', { kind: 'status', status: 404 }, 'not_found'],
  ['429', { kind: 'status', status: 429, headers: { 'retry-after': '7' } }, 'rate_limited'],
  ['500', { kind: 'status', status: 500 }, 'unreachable'],
  ['503', { kind: 'status', status: 503 }, 'unreachable'],
  ['a web page', { kind: 'html' }, 'bad_answer'],
  ['a body that is cut off', { kind: 'cut-off' }, 'unreachable'],
  ['a connection that is closed', { kind: 'reset' }, 'unreachable'],
  ['a server that hangs', { kind: 'hang' }, 'timeout'],
  ['a body that stalls', { kind: 'stall' }, 'timeout'],
  ['JSON that ends early', { kind: 'text', body: '{"status": "succ' }, 'bad_answer'],
  ['an empty body', { kind: 'text', body: '' }, 'bad_answer'],
];

/** Runs the suite for one kind of connector; call it at the top level of a test file. */
export function conformance(
  name: string,
  makeWorld: () => Promise<World>,
  options: ConformanceOptions = {},
): void {
  describe(`${name} conformance`, () => {
    let world: World;
    let server: FaultyServer | undefined;
    beforeEach(async () => {
      world = await makeWorld();
      server = world.server;
    });
    afterEach(() => world.close());

    it('describes itself without credentials', () => {
      const { id, address, everyMs, capabilities } = world.connector(PATIENT);
      expect(id).not.toBe('');
      expect(capabilities.length).toBeGreaterThan(0);
      expect(everyMs).toBeGreaterThan(0);
      expectNoSecret(world, { address });
    });

    it('checks a healthy world and says so item by item', async () => {
      const report = await world.connector(PATIENT).check(never());
      expect(report.items.filter((item) => !item.ok)).toEqual([]);
      expect(report.ok).toBe(true);
      expect(report.items.length).toBeGreaterThan(0);
      expectNoSecret(world, report);
    });

    it('pulls a healthy world twice without a difference', async () => {
      const once = await collect(world.connector(PATIENT));
      const twice = await collect(world.connector(PATIENT), nothingCollected());
      expect(records(twice)).toEqual(records(once));
      const both = await collect(world.connector(PATIENT), { ...once });
      expect(records(both)).toEqual(records(twice));
    });

    it('goes on from its cursor after a restart and keeps what it had', async () => {
      const before = await collect(world.connector(PATIENT));
      const kept = structuredClone(before.points);
      await world.advance?.();
      const after = await collect(world.connector(PATIENT), before);
      for (const [series, points] of kept) {
        for (const [at, value] of points) expect(after.points.get(series)?.get(at)).toBe(value);
      }
    });

    it('never stores a number that is not finite', async () => {
      const connector = world.connector(PATIENT);
      const all = await collect(connector);
      await world.advance?.();
      await collect(connector, all);
      for (const series of all.points.values()) {
        for (const [at, value] of series) expect([at, value].every(Number.isFinite)).toBe(true);
      }
    });

    it('stops at once when cancelled before the pull', async () => {
      const outcome = await settled(
        world.connector(PATIENT),
        nothingCollected(),
        AbortSignal.abort(),
      );
      expect(['cancelled', 'done']).toContain(outcome.code);
    });

    const faults: [string, Fault, ErrorCode][] = [
      ...REFUSALS,
      ...[
        ...(options.emptyListIsGood ? [] : ['[]']),
        '7',
        '{"status":7}',
        ...(options.wrongTypes ?? []),
      ].map((body): [string, Fault, ErrorCode] => [
        `wrong types: ${body.slice(0, 60)}`,
        { kind: 'text', body },
        'bad_answer',
      ]),
    ];

    for (const [what, fault, code] of faults) {
      it(`answers ${what} with ${code} and loses nothing`, async (context) => {
        if (server === undefined) return context.skip();
        const patient = world.connector(PATIENT);
        const before = await collect(patient);
        const kept = structuredClone(records(before));
        await world.advance?.();
        server.fault(fault);
        const connector = code === 'timeout' ? world.connector(IMPATIENT) : patient;
        const outcome = await settled(connector, before);
        expect(outcome.code).toBe(code);
        expect(records(before)).toEqual(kept);
        if (code === 'rate_limited') expect(outcome.error?.detail?.retryAfterMs).toBe(7000);
        expectNoSecret(world, outcome);

        const report = await connector.check(never());
        expect(report.ok).toBe(false);
        expectNoSecret(world, report);

        server.fault(null);
        expect((await settled(patient, before)).code).toBe('done');
      });
    }

    it('answers a server that is gone with unreachable and finds it again', async (context) => {
      if (server === undefined) return context.skip();
      const connector = world.connector(PATIENT);
      await server.vanish();
      const state = nothingCollected();
      const outcome = await settled(connector, state);
      expect(outcome.code).toBe('unreachable');
      expect(outcome.error?.retryable).toBe(true);
      expect((await connector.check(never())).ok).toBe(false);
      await server.comeBack();
      expect((await settled(connector, state)).code).toBe('done');
    });

    it('stops soon when cancelled while the server hangs', async (context) => {
      if (server === undefined) return context.skip();
      server.fault({ kind: 'hang' });
      const controller = new AbortController();
      const asked = server.asked.length;
      const pull = settled(world.connector(PATIENT), nothingCollected(), controller.signal);
      while (server.asked.length === asked) await new Promise((resolve) => setTimeout(resolve, 5));
      controller.abort();
      expect((await pull).code).toBe('cancelled');
    });
  });
}

interface Outcome {
  code: ErrorCode | 'done' | 'other';
  message: string;
  rejected: { reason: string; count: number }[];
  error: NightdeskError | null;
}

/** One pull to its end, good or bad; whatever it yielded is applied to `state`. */
async function settled(
  connector: Connector,
  state: Collected,
  signal: AbortSignal = never(),
): Promise<Outcome> {
  const rejected: { reason: string; count: number }[] = [];
  const take = (batch: Batch): void => {
    apply(state, batch);
    rejected.push(...(batch.rejected ?? []));
  };
  try {
    for await (const batch of connector.pull(state.cursor, signal)) take(batch);
    return { code: 'done', message: '', rejected, error: null };
  } catch (error) {
    if (error instanceof NightdeskError) {
      return { code: error.code, message: error.message, rejected, error };
    }
    return { code: 'other', message: String(error), rejected, error: null };
  }
}

function expectNoSecret(world: World, said: object): void {
  const text = JSON.stringify(said, (_key, value: unknown) =>
    value instanceof NightdeskError ? { message: value.message, detail: value.detail } : value,
  );
  for (const secret of world.secrets) expect(text).not.toContain(secret);
}

function never(): AbortSignal {
  return new AbortController().signal;
}
