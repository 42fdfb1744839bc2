/**
 * Hostile calls by somebody who was let in, through both adapters and a real core: whatever stands in a call, the
 * answer is one of the closed set of errors, in words that are not the attacker's, and never "internal".
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { contract } from '#shared/contract/index.ts';
import { ERROR_CODES, NightdeskError } from '#shared/errors/index.ts';
import type { RunningAdapter } from './adapters/adapter.ts';
import { browserAdapter } from './adapters/browser.ts';
import { electronIpcAdapter } from './adapters/electron-ipc.ts';
import { configuration, type Folder, temporaryFolder } from './fixtures.ts';

/** What leaves the machine, or waits for a person there, when it is taken up. */
const REACHES_OUT = ['session.signIn'];

describe.each([browserAdapter, electronIpcAdapter])('through $name', (adapter) => {
  let running: RunningAdapter;
  let folder: Folder;

  beforeAll(async () => {
    folder = temporaryFolder();
    const config = folder.write('nightdesk.yml', configuration('http://127.0.0.1:9'));
    running = await adapter.start({ data: folder.dir, config });
  });
  afterAll(async () => {
    await running.close();
    folder.remove();
  });

  /** The code of the refusal, or 'answered'. Who is too fast for the host waits, so that each attack gets through to the core. */
  async function outcome(operation: string, input: unknown): Promise<string> {
    try {
      await running.transport.call(operation, input);
      return 'answered';
    } catch (error) {
      if (!(error instanceof NightdeskError)) throw error;
      if (error.code === 'rate_limited') {
        await sleep(100);
        return outcome(operation, input);
      }
      expect(ERROR_CODES).toContain(error.code);
      expect(error.message.length).toBeLessThan(1000);
      expect(error.message).not.toMatch(/node_modules|\bat .*:\d+:\d+|SQLITE_|undefined is not/);
      return error.code;
    }
  }

  test.each([
    ...['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf'],
    ...['', ' ', 'session.read ', 'Session.Read', 'session.read\0', 'session', '../session.read'],
    ...['<script>alert(1)</script>', '\u202esession.read'],
  ])('there is no operation %j', async (operation) => {
    expect(await outcome(operation, {})).toBe('bad_input');
  });

  test('nor one with an endless name', async () => {
    expect(await outcome('x'.repeat(1_000_000), {})).toBe('bad_input');
  });

  const hostile: [string, () => unknown][] = [
    ['nothing', () => undefined],
    ['null', () => null],
    ['text', () => 'text'],
    ['a list', () => [[[]]]],
    ['huge numbers', () => everyKey(Number.MAX_VALUE)],
    ['negative numbers', () => everyKey(-1)],
    ['fractions', () => everyKey(0.5)],
    ['empty texts', () => everyKey('')],
    ['a way up', () => everyKey('../../../../etc/passwd')],
    ['SQL', () => everyKey("x'; DROP TABLE turns; --")],
    ['a full-text query gone wrong', () => everyKey('" AND NEAR( * ) OR ^')],
    ['markup', () => everyKey('<img src=x onerror=alert(1)>')],
    ['control characters', () => everyKey('\u0000\u001b[2J\u202e\ufeff')],
    ['half a character', () => everyKey('\ud800')],
    ['long texts', () => everyKey('x'.repeat(20_000))],
    ['lists', () => everyKey([])],
    ['objects', () => everyKey({})],
    ['prototypes as names', () => everyKey('__proto__')],
    [
      'a prototype of its own',
      () => JSON.parse('{"__proto__":{"role":"admin"},"constructor":{"prototype":{"x":1}}}'),
    ],
    ['depth', () => everyKey(nested(1000))],
    [
      'thousands of keys',
      () => Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`k${i}`, i])),
    ],
  ];

  test.each(hostile)('every operation refuses or bears %s', async (_name, make) => {
    const outcomes = new Map<string, string>();
    for (const operation of Object.keys(contract)) {
      if (REACHES_OUT.includes(operation)) continue;
      outcomes.set(operation, await outcome(operation, make()));
    }
    expect([...outcomes].filter(([, code]) => code === 'internal')).toEqual([]);
    expect(Object.hasOwn(Object.prototype, 'role') || Object.hasOwn(Object.prototype, 'x')).toBe(
      false,
    );
    expect(await outcome('session.read', {})).toBe('answered');
  });
});

const KEYS = [
  ...new Set(
    Object.values(contract).flatMap(({ input }) =>
      'shape' in input ? Object.keys(input.shape) : [],
    ),
  ),
];

/** An input that has every key any operation knows, each with this value. */
function everyKey(value: unknown): Record<string, unknown> {
  return Object.fromEntries(KEYS.map((key) => [key, value]));
}

function nested(depth: number): unknown {
  let value: unknown = 'bottom';
  for (let i = 0; i < depth; i++) value = i % 2 === 0 ? [value] : { value };
  return value;
}
