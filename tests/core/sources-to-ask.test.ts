/** Whom a conversation's ID may be told, and what is remembered of where it came from. */
import { describe, expect, test } from 'vitest';
import { commitBatch } from '#core/cache/queries/commit.ts';
import { maskOlder } from '#core/cache/queries/mask-older.ts';
import { settleMasking } from '#core/cache/queries/masked-by.ts';
import { readConversation } from '#core/cache/queries/read-conversation.ts';
import { parseConfig } from '#core/config/load.ts';
import type { Config, Lookup } from '#shared/model/config.ts';
import { lookupsOf, sourcesToAsk } from '#shared/util/lookups.ts';
import { directDb, turn } from './cache-kit.ts';
import { KEY } from './masking-kit.ts';

const backend = (name: string, services?: string[]): Lookup => ({
  url: `http://${name}.invalid/{id}`,
  by: 'trace',
  ...(services ? { services } : {}),
});
const receivers = (lookups: Record<string, Lookup[]>): Pick<Config, 'sources'> => ({
  sources: Object.entries(lookups).map(([id, lookup]) => ({
    kind: 'otlp' as const,
    id,
    port: 4318,
    conversationAttributes: [],
    lookup,
  })),
});
const imported = { bundle: 'b', fileName: 'f', by: 'noor', at: 1 };

describe('a conversation is asked for again', () => {
  const two = receivers({ a: [backend('a')], b: [backend('b')] });
  test.each([
    ['where it came from', two, { sources: ['b'] }, ['b'], null],
    ['at both, where both sent some of it', two, { sources: ['b', 'a'] }, ['a', 'b'], null],
    ['at the only one, where it was not noted', receivers({ a: [backend('a')] }), {}, ['a'], null],
    ['nowhere, where several may be the one', two, {}, [], /before the console noted/],
    ['nowhere, when it was imported', two, { sources: ['a'], imported }, [], /imported/],
    ['nowhere, when the source is gone', two, { sources: ['c'] }, [], /came from c/],
    ['nowhere without a source', receivers({}), { sources: ['a'] }, [], /No source/],
    [
      'nowhere, when its lookups are of other services',
      receivers({ a: [backend('a', ['sales-assistant'])] }),
      { sources: ['a'] },
      [],
      /no lookup for support-bot/,
    ],
  ])('%s', (_, config, told, sources, why) => {
    const found = sourcesToAsk(config, { service: 'support-bot', ...told });
    expect(found.sources).toEqual(sources);
    if (why === null) expect(found.why).toBeNull();
    else expect(found.why).toMatch(why);
  });

  test('first of the backend that is said to have its service', () => {
    const any = backend('any');
    const own = backend('own', ['support-bot']);
    expect(lookupsOf([any, backend('other', ['x']), own], 'support-bot')).toEqual([own, any]);
  });
});

test('a lookup of a service that is not there is a problem of the configuration, with its place', () => {
  const { problems } = parseConfig(
    [
      'version: 1',
      'environments: [{ name: production }]',
      'services: [{ id: support-bot, environments: { production: { where: {} } } }]',
      'sources:',
      '  - kind: otlp',
      '    id: transcripts',
      '    lookup: [{ url: "http://127.0.0.1:1/{id}", services: [suport-bot] }]',
    ].join('\n'),
  );
  expect(problems).toMatchObject([
    {
      line: 7,
      key: 'sources[0].lookup[0].services[0]',
      hint: expect.stringContaining('support-bot'),
    },
  ]);
});

test('the sources of a conversation are remembered, also when its turns are masked again', async () => {
  const { db } = await directDb();
  settleMasking(db);
  const commit = (source: string, trace: string) => {
    const said = 'I am ana.perez@example.com';
    commitBatch(db, { source, batch: { spans: turn({ conversation: 'c-1', trace, said }) } });
  };
  const read = () => {
    const args = { id: 'c-1', service: null, environment: null, firstTurn: 0, maxTurns: 5 };
    return readConversation(db, args)?.conversation;
  };
  commit('a', 't1');
  expect(read()?.summary.sources).toEqual(['a']);
  commit('b', 't2');
  commit('a', 't3');
  expect(read()?.summary.sources).toEqual(['a', 'b']);
  db.settings = {
    slowTurnMs: {},
    flagServices: {},
    masking: { key: KEY, patterns: {}, fields: {} },
  };
  settleMasking(db);
  expect(maskOlder(db, {})).toEqual({ conversations: 1, more: false });
  expect(JSON.stringify(read()?.turns)).not.toContain('ana.perez');
  expect(read()?.summary.sources).toEqual(['a', 'b']);
});
