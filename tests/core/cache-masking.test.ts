/** Nothing personal is in the file: not in its tables, its word index, its free space or its log. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Cache } from '#core/cache/client.ts';
import { WriteDb } from '#core/cache/db.ts';
import { cacheMigrations } from '#core/cache/migrations/index.ts';
import { openCacheFile } from '#core/cache/open-file.ts';
import { commitBatch } from '#core/cache/queries/commit.ts';
import { maskOlder } from '#core/cache/queries/mask-older.ts';
import { settleMasking } from '#core/cache/queries/masked-by.ts';
import type { MaskingSettings } from '#core/masking/settings.ts';
import type { SpanRecord } from '#core/sources/connector.ts';
import type { ReplaySample } from '#shared/model/replay.ts';
import { PLACEHOLDERS } from '#shared/util/placeholder.ts';
import fc, { runs } from '../helpers/random.ts';
import { directDb, type TurnInput, tempDir, testCache, turn } from './cache-kit.ts';
import { KEY, unsigned } from './masking-kit.ts';

const T0 = 1_700_000_000_000;
const masking: MaskingSettings = { key: KEY, patterns: {}, fields: {} };
const search = { filter: {}, sort: 'newest', limit: 50, offset: 0 } as const;

const USER = {
  user_id: 'mia_lindqvist_3668',
  name: { first_name: 'Mia', last_name: 'Lindqvist' },
  email: 'mia.l3818@example.com',
  dob: '1990-04-05',
  phone: '+49 30 901820',
  reservations: ['NO6JO3'],
};
const RAW = ['Mia', 'Lindqvist', 'mia.l3818', '1990-04-05', '901820', 'mia_lindqvist', '4242 4242'];

/** A turn in which a tool tells who the user is. */
function telling(input: TurnInput): SpanRecord[] {
  const [root, chat] = turn(input);
  const tool: SpanRecord = {
    ...chat,
    span: {
      ...chat.span,
      spanId: `${input.trace}-tool`,
      name: 'execute_tool get_user_details',
      operation: 'tool',
      attributes: {
        'gen_ai.operation.name': 'execute_tool',
        'gen_ai.tool.name': 'get_user_details',
        'gen_ai.tool.call.id': 'call_1',
        'gen_ai.tool.call.arguments': '{"user_id":"mia_lindqvist_3668"}',
        'gen_ai.tool.call.result': JSON.stringify(USER),
      },
    },
  };
  return [root, chat, tool];
}

const commit = (cache: Cache, spans: SpanRecord[]) =>
  cache.write('commitBatch', { source: 'otlp', batch: { spans } });

function leaks(dir: string, raw: readonly string[] = RAW): string[] {
  return readdirSync(dir).flatMap((file) => {
    const bytes = readFileSync(join(dir, file));
    return raw.filter((text) => bytes.includes(text)).map((text) => `${text} in ${file}`);
  });
}

const first = {
  conversation: 'c-1',
  trace: 't1',
  at: T0,
  said: 'Hi, Mia Lindqvist here (mia_lindqvist_3668), card 4242 4242 4242 4242. Is flight HAT069 on time?',
  answer: 'Thank you, Mia. HAT069 leaves at 06:00, $121.',
};
const second = {
  conversation: 'c-1',
  trace: 't2',
  at: T0 + 60_000,
  said: 'Mia again, and NO6JO3?',
};
const third = {
  conversation: 'c-1',
  trace: 't3',
  at: T0 + 120_000,
  said: 'Is that Lindqvist or not?',
};

async function said(cache: Cache): Promise<string[]> {
  const found = await cache.read('readConversation', {
    id: 'c-1',
    service: null,
    environment: null,
    firstTurn: 0,
    maxTurns: 100,
  });
  return (found?.conversation.turns ?? []).map(({ messages }) =>
    messages
      .flatMap(({ role, parts }) =>
        parts.map((part) => (part.type === 'text' && role === 'user' ? part.content : '')),
      )
      .join(''),
  );
}

describe('what is stored', () => {
  test('is masked also where a name was said before a tool told it, and where it is said after a restart', async () => {
    const dataDir = await tempDir();
    const cache = await testCache({ dataDir, masking });
    await commit(cache, turn(first));
    expect(await said(cache)).toMatchObject([expect.stringContaining('Mia Lindqvist here')]);
    await commit(cache, telling(second));
    const before = await said(cache);
    expect(before.map(unsigned)).toEqual([
      'Hi, ⟦name⟧ ⟦name⟧ here (⟦name⟧_⟦name⟧_3668), card ⟦card⟧. Is flight HAT069 on time?',
      '⟦name⟧ again, and NO6JO3?',
    ]);
    expect(leaks(dataDir)).toEqual([]);
    await cache.close();
    expect(leaks(dataDir)).toEqual([]);

    const reopened = await testCache({ dataDir, masking });
    await commit(reopened, turn(third));
    const [one, two, three] = await said(reopened);
    expect([one, two]).toEqual(before);
    const marks = (text = '') => [...text.matchAll(PLACEHOLDERS)].map(([mark]) => mark);
    expect(three).toBe(`Is that ${marks(one)[1]} or not?`);
    expect(marks(two)[0]).toBe(marks(one)[0]);
    expect(leaks(dataDir)).toEqual([]);
  });

  test.each([
    ['Soy Maria Garcia', 'María', 'García', 'Soy ⟦name⟧ ⟦name⟧'],
    ['Soy María García', 'Maria', 'Garcia', 'Soy ⟦name⟧ ⟦name⟧'],
    ['Juergen Mueller here', 'Jurgen', 'Muller', '⟦name⟧ ⟦name⟧ here'],
    ["Maria O'Brien-Aaberg", 'María', 'OBrien-Åberg', '⟦name⟧ ⟦name⟧-⟦name⟧'],
    ['https://x.invalid/?n=M%C3%BCller', 'Jurgen', 'Muller', 'https://x.invalid/?n=⟦name⟧'],
  ])(
    'is masked where a name was said in another spelling before: %s',
    async (text, first_name, last_name, masked) => {
      const cache = await testCache({ masking });
      await commit(cache, turn({ ...first, said: text }));
      expect(await said(cache)).toEqual([text]);
      const [root, chat, tool] = telling({ ...second, said: 'hello' });
      if (root && chat && tool) {
        const result = JSON.stringify({ first_name, last_name });
        const attributes = { ...tool.span.attributes, 'gen_ai.tool.call.result': result };
        await commit(cache, [root, chat, { ...tool, span: { ...tool.span, attributes } }]);
      }
      expect((await said(cache)).map(unsigned)).toEqual([masked, 'hello']);
    },
  );

  test('is found by what stays, and not by what is masked', async () => {
    const cache = await testCache({ masking });
    await commit(cache, [...turn(first), ...telling(second)]);
    for (const text of ['HAT069', 'NO6JO3', '"on time"']) {
      const { rows } = await cache.read('searchConversations', { ...search, text });
      expect(rows, text).toHaveLength(1);
      expect(unsigned(rows[0]?.title ?? '')).toContain('⟦name⟧ ⟦name⟧ here');
      expect(rows[0]?.snippet).not.toMatch(/Mia|4242 4242/);
    }
    for (const text of ['Mia', 'Lindqvist', 'mia.l3818', '901820']) {
      expect((await cache.read('searchConversations', { ...search, text })).rows, text).toEqual([]);
    }
    expect(await cache.read('findConversations', { ids: ['c-1'], limit: 5 })).toHaveLength(1);
  });

  test('fits together: the arguments of a call are masked as they are in what the user said', async () => {
    const cache = await testCache({ masking });
    await commit(cache, [...turn(first), ...telling(second)]);
    const { spans } = await cache.read('spansOfTrace', { traceId: 't2', limit: 10 });
    const tool = spans.find(({ operation }) => operation === 'tool');
    const given = JSON.parse(String(tool?.attributes['gen_ai.tool.call.arguments']));
    const [turnOne] = await said(cache);
    expect(turnOne).toContain(`(${given.user_id})`);
    const result = JSON.parse(String(tool?.attributes['gen_ai.tool.call.result']));
    expect(given.user_id).toBe(`${result.name.first_name}_${result.name.last_name}_3668`);
    expect(result.reservations).toEqual(['NO6JO3']);
  });

  test('a trace that names its conversation late knows the people of it, and they know its', async () => {
    const dataDir = await tempDir();
    const cache = await testCache({ dataDir, masking });
    const [root, chat, tool] = telling({ ...second, said: 'hello' });
    await commit(cache, turn({ ...first, said: 'Lindqvist is my name', answer: 'Hm.' }));
    if (chat && tool) {
      await commit(cache, [
        { ...chat, conversation: null },
        { ...tool, conversation: null },
      ]);
    }
    expect(await said(cache)).toEqual(['Lindqvist is my name']);
    if (root) await commit(cache, [root]);
    expect((await said(cache)).map(unsigned)).toEqual(['⟦name⟧ is my name', 'hello']);
    await commit(cache, turn(third));
    expect((await said(cache)).map(unsigned)[2]).toBe('Is that ⟦name⟧ or not?');
    expect(leaks(dataDir)).toEqual([]);
  });

  test('is the same, in whatever order, pieces and repetitions spans come', async () => {
    const all = [...turn(first), ...telling(second), ...turn(third)];
    const derived = (db: WriteDb) => ({
      conversations: db.column<string>('SELECT summary FROM conversations ORDER BY id'),
      turns: db.all('SELECT trace_id, facts, messages, text FROM turns ORDER BY trace_id'),
      spans: db.column<string>('SELECT record FROM spans ORDER BY span_id'),
    });
    const store = async (pieces: SpanRecord[][]) => {
      const { raw } = await directDb();
      const db = new WriteDb(raw, { slowTurnMs: {}, flagServices: {}, masking });
      for (const spans of pieces) {
        db.transaction(() => commitBatch(db, { source: 'otlp', batch: { spans } }));
      }
      db.run("INSERT INTO turns_fts (turns_fts) VALUES ('integrity-check')");
      return derived(db);
    };
    const expected = await store([all]);
    expect(JSON.stringify(expected)).not.toMatch(/Mia|Lindqvist|lindqvist/);
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray([...all.keys(), 0, 3, 4], { minLength: all.length + 3 }),
        fc.integer({ min: 1, max: 4 }),
        async (order, size) => {
          const pieces: SpanRecord[][] = [];
          for (let at = 0; at < order.length; at += size) {
            pieces.push(order.slice(at, at + size).flatMap((index) => all[index] ?? []));
          }
          expect(await store(pieces)).toEqual(expected);
        },
      ),
      runs(25),
    );
  });

  test('off, everything is stored as it came', async () => {
    const cache = await testCache({ masking: null });
    await commit(cache, [...turn(first), ...telling(second)]);
    expect(await said(cache)).toEqual([first.said, second.said]);
  });
});

describe('what was stored without masking', () => {
  async function maskAll(cache: Cache): Promise<number> {
    let conversations = 0;
    for (let more = true; more; ) {
      const piece = await cache.write('maskOlder', {});
      conversations += piece.conversations;
      more = piece.more;
    }
    return conversations;
  }
  const settings = { slowTurnMs: {}, flagServices: {} };

  test('is masked piece by piece once it is on, with its search text, titles and re-runs, and nothing of it stays in the file', async () => {
    const dataDir = await tempDir();
    const old = await testCache({ dataDir, masking: null });
    await old.write('configure', { ...settings, masking: null });
    expect(await old.write('maskOlder', {})).toEqual({ conversations: 0, more: false });
    await commit(old, [...turn(first), ...telling(second)]);
    for (let at = 0; at < 25; at++) {
      await commit(old, turn({ ...first, conversation: `other-${at}`, trace: `o${at}` }));
    }
    expect(leaks(dataDir)).not.toEqual([]);
    await old.close();

    const cache = await testCache({ dataDir, masking });
    await cache.write('configure', { ...settings, masking });
    expect(await cache.read('maskingUnderWay', {})).toBe(true);
    expect(await maskAll(cache)).toBe(26);
    expect(await cache.read('maskingUnderWay', {})).toBe(false);
    expect((await said(cache)).map(unsigned)).toEqual([
      'Hi, ⟦name⟧ ⟦name⟧ here (⟦name⟧_⟦name⟧_3668), card ⟦card⟧. Is flight HAT069 on time?',
      '⟦name⟧ again, and NO6JO3?',
    ]);
    await cache.close();
    // Nobody told who is named in the others: names slip through there, as the screens say.
    expect(leaks(dataDir, ['4242 4242', 'mia.l3818', '1990-04-05', '901820'])).toEqual([]);
  });

  test('by an older version of the console leaves nothing in unused space of the file either', async () => {
    const dataDir = await tempDir();
    const { db: raw } = openCacheFile(
      join(dataDir, 'cache.db'),
      0,
      null,
      cacheMigrations.slice(0, 6),
    );
    raw.pragma('secure_delete = OFF');
    const older = new WriteDb(raw, { ...settings, masking: null });
    for (let at = 0; at < 40; at++) {
      // An older version had no room for a cost that nobody told.
      const input = { ...second, conversation: `c-${at}`, trace: `t${at}`, cost: 0 };
      commitBatch(older, { source: 'otlp', batch: { spans: telling(input) } });
    }
    raw.close();
    expect(leaks(dataDir)).not.toEqual([]);

    const cache = await testCache({ dataDir, masking });
    await cache.write('configure', { ...settings, masking });
    expect(await maskAll(cache)).toBe(40);
    expect(leaks(dataDir)).toEqual([]);
    const { total } = await cache.read('searchConversations', { ...search, text: 'NO6JO3' });
    expect(total).toBe(40);
  });

  test('by other settings is masked again, and by the same is not', async () => {
    const cache = await testCache({ masking });
    await cache.write('configure', { ...settings, masking });
    await maskAll(cache);
    await commit(cache, turn(first));
    await cache.write('configure', { ...settings, masking });
    expect(await maskAll(cache)).toBe(0);
    const more = { ...masking, patterns: { flight: 'HAT\\d{3}' } };
    await cache.write('configure', { ...settings, masking: more });
    expect(await cache.read('maskingUnderWay', {})).toBe(true);
    expect(await maskAll(cache)).toBe(1);
    expect((await said(cache)).map(unsigned)[0]).toContain('Is flight ⟦flight⟧ on time?');
    expect(await maskAll(cache)).toBe(0);
  });

  test('by rules that found less is masked again', async () => {
    const { db } = await directDb();
    db.settings = { ...settings, masking: null };
    settleMasking(db);
    const card = '4242\u202f4242\u202f4242\u202f4242';
    commitBatch(db, { source: 'otlp', batch: { spans: turn({ ...first, said: card }) } });
    // As the version before this one noted the settings.
    const noted = createHash('sha256').update(JSON.stringify(masking)).digest('hex');
    db.run('UPDATE masked_by SET settings = ?, older = 0', noted);
    db.settings = { ...settings, masking };
    expect(maskOlder(db, {})).toEqual({ conversations: 1, more: false });
    expect(unsigned(db.value<string>('SELECT text FROM turns') ?? '')).toContain('⟦card⟧');
    expect(maskOlder(db, {})).toEqual({ conversations: 0, more: false });
  });

  test('while it was switched off counts as not masked, also by the settings from before', async () => {
    const { db } = await directDb();
    db.settings = { ...settings, masking };
    settleMasking(db);
    db.settings = { ...settings, masking: null };
    settleMasking(db);
    commitBatch(db, { source: 'otlp', batch: { spans: turn(first) } });
    db.settings = { ...settings, masking };
    settleMasking(db);
    expect(maskOlder(db, {})).toEqual({ conversations: 1, more: false });
    expect(db.value<string>('SELECT text FROM turns')).not.toContain('4242 4242');
  });
});

test('what a model answers in a re-run is masked as the recording is, and its marks stay', async () => {
  const cache = await testCache({ masking });
  await commit(cache, [...turn(first), ...telling(second)]);
  const [found] = await cache.read('findConversations', { ids: ['c-1'], limit: 1 });
  const [mark = ''] = [...((await said(cache))[0] ?? '').matchAll(PLACEHOLDERS)].map(
    ([all]) => all,
  );
  const sample: ReplaySample = {
    endpoint: 'new',
    sample: 0,
    turn: 0,
    state: 'done',
    text: `Hello ${mark}, or Mia, write to help@example.com about HAT069`,
    finishReason: 'stop',
    refusal: false,
    unsure: false,
    language: 'en',
    latencyMs: 1,
    firstTokenMs: 1,
    inputTokens: 1,
    outputTokens: 1,
    costUsd: 0,
    requests: 1,
    toolCalls: [
      {
        name: 'book',
        arguments: '{"first_name":"Bob","flight":"HAT069"}',
        answer: 'stubbed',
        result: '{"error":"not in the recording"}',
        schemaErrors: ['/x must be +49 30 901820'],
      },
    ],
    error: null,
    verdict: {
      pass: true,
      rules: { answered: 'pass', language: 'pass', sure: 'pass', tools: 'fail', schema: 'fail' },
      besideFailed: null,
    },
    judgement: {
      addressed: 1,
      grounded: null,
      tone: 1,
      score: 1,
      injection: false,
      why: 'Mia is greeted',
    },
    judgeError: 'asked ana@example.com',
  };
  await saveSample(cache, found?.key ?? -1, sample);
  const stored = (await cache.read('readReplayCase', { id: 'r-1', number: 0 }))?.samples[0];
  expect(stored?.text).toContain(`Hello ${mark}, or ${mark}, write to ⟦email `);
  expect(JSON.parse(unsigned(JSON.stringify(stored)))).toMatchObject({
    text: 'Hello ⟦name⟧, or ⟦name⟧, write to ⟦email⟧ about HAT069',
    toolCalls: [
      {
        arguments: '{"first_name":"⟦name⟧","flight":"HAT069"}',
        result: '{"error":"not in the recording"}',
        schemaErrors: ['/x must be ⟦phone⟧'],
      },
    ],
    judgement: { why: '⟦name⟧ is greeted' },
    judgeError: 'asked ⟦email⟧',
  });
});

async function saveSample(cache: Cache, conversation: number, sample: ReplaySample): Promise<void> {
  const about = { conversationId: 'c-1', title: '', version: 'v41', language: 'en', category: '' };
  await cache.write('saveReplayCases', {
    id: 'r-1',
    cases: [
      {
        case: { ...about, number: 0, conversation, totals: [], turns: [0], remarks: [] },
        turns: [],
      },
    ],
  });
  await cache.write('saveReplaySamples', { id: 'r-1', number: 0, samples: [sample] });
}
