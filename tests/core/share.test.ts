/** Conversations from one console to another: two real cores, a bundle between them. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { SpanRecord } from '#core/sources/connector.ts';
import { NightdeskError } from '#shared/errors/index.ts';
import type { Span } from '#shared/model/conversation.ts';
import { BUNDLE_LIMITS } from '#shared/util/share-limits.ts';
import { turn } from './cache-kit.ts';
import {
  AT,
  consoleWith,
  exported,
  fileOf,
  flip,
  HOSTILE,
  imported,
  keyOf,
  lateFeedback,
  talk,
} from './share-kit.ts';

const search = { environment: 'production' };
const lines = (text: string) => text.trimEnd().split('\n');

/** A line with another text, and all hashes as if it had always read so: what a forger would send. */
function forged(text: string, change: (line: Record<string, unknown>, number: number) => unknown) {
  const sha = (before: string, body: string) =>
    createHash('sha256').update(`${before}\n${body}`).digest('hex');
  const zeros = '0'.repeat(64);
  const [first = '', ...rest] = lines(text);
  const open = (line: string) => {
    const { hash: _hash, ...body } = JSON.parse(line);
    return body;
  };
  let end = zeros;
  const hashed = (body: string, before: string) => {
    const own = sha(before, body);
    return { own, line: `{"hash":"${own}",${body.slice(1)}` };
  };
  const out = rest.map((line, at) => {
    const changed = change(open(line), at + 2);
    const body = typeof changed === 'string' ? changed : JSON.stringify(changed);
    const made = hashed(body, end);
    end = made.own;
    return made.line;
  });
  const manifest = { ...open(first), end, lines: out.length };
  const told = change(manifest, 1);
  const head = hashed(JSON.stringify(told), zeros).line;
  return `${[head, ...out].join('\n')}\n`;
}

async function refusal(work: Promise<unknown>): Promise<NightdeskError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof NightdeskError) return error;
    throw error;
  }
  throw new Error('it was taken');
}

describe('a bundle', () => {
  test('tells another console the same conversation, turn for turn and span for span', async () => {
    const here = await consoleWith(talk('c-share-1'), [flip]);
    const there = await consoleWith();
    const text = await exported(here, 'c-share-1');
    const { conversations, manifest } = await imported(there, text);
    expect(conversations).toEqual([
      { id: 'c-share-1', service: 'bot', from: 'production', was: 'added' },
    ]);
    expect(manifest).toMatchObject({ masked: { onExport: true }, conversations: 1, cut: null });

    const read = (from: typeof here) => from.viewer('conversations.read', { id: 'c-share-1' });
    const [mine, theirs] = [(await read(here)).conversation, (await read(there)).conversation];
    expect(theirs.summary.imported).toMatchObject({ by: 'mika', fileName: 'c.nightdesk.jsonl' });
    const plain = (turns: typeof mine.turns) =>
      turns.map((one) => ({ ...one, traceId: one.traceId.replace(/^imported:\w+:/, '') }));
    const masked = JSON.stringify(theirs);
    expect(masked).not.toContain('ana.perez');
    expect(masked).not.toContain('612 345');
    // The exporter masks what it stored with the same key: the turns it shows by then are what was sent.
    await expect
      .poll(async () => plain((await read(here)).conversation.turns), { timeout: 20_000 })
      .toEqual(plain(theirs.turns));
    for (const one of theirs.turns) {
      const spans = async (from: typeof here, traceId: string) => {
        const { spans: outlines } = await from.viewer('conversations.spans', { traceId });
        const asked = (outlines ?? []).map(({ spanId }) =>
          from.viewer('conversations.span', { traceId, spanId }),
        );
        return (await Promise.all(asked)).map(({ span }) => ({ ...span, traceId: '' }));
      };
      expect(await spans(there, one.traceId)).toEqual(
        await spans(here, one.traceId.replace(/^imported:\w+:/, '')),
      );
    }
    // And what the second console sends on is, line for line, what it was sent.
    expect(lines(await exported(there, 'c-share-1')).slice(1)).toEqual(lines(text).slice(1));
  });

  test('leaves no personal data in it, whatever an older version stored', async () => {
    const here = await consoleWith(talk('c-share-1'), [flip]);
    for (const format of ['bundle', 'html', 'markdown'] as const) {
      const text = await exported(here, 'c-share-1', format);
      for (const raw of ['ana.perez', '612 345', 'rosa@']) expect(text).not.toContain(raw);
    }
  });

  test('is the same text each time, but for the manifest', async () => {
    const here = await consoleWith(talk('c-share-1'));
    const twice = [await exported(here, 'c-share-1'), await exported(here, 'c-share-1')];
    expect(lines(twice[0] ?? '').slice(1)).toEqual(lines(twice[1] ?? '').slice(1));
  });

  test('of a search holds what it finds, and says where it was cut', async () => {
    const many = Array.from({ length: 203 }, (_, at) =>
      turn({ conversation: `c-many-${at}`, trace: `t-${at}`, at: AT + at, unsure: true }),
    ).flat();
    const here = await consoleWith(many);
    const what = { kind: 'set' as const, title: 'unsure', filter: { ...search, failing: true } };
    const made = await here.viewer('share.prepare', { what, format: 'bundle' });
    expect(made).toMatchObject({ conversations: 200, fileName: 'unsure.nightdesk.jsonl' });
    expect(made.cut).toMatch(/first 200 of 203/);
    const text = await fileOf(here, made.file);
    expect(JSON.parse(lines(text)[0] ?? '')).toMatchObject({
      conversations: 200,
      cut: { left: 3 },
      asked: { kind: 'set', title: 'unsure' },
    });
    const there = await consoleWith();
    expect((await imported(there, text)).conversations).toHaveLength(200);
  });
});

describe('a conversation that is too large for a bundle', () => {
  test('is shared up to where a file ends, says so, and what was shared is imported as a whole', async () => {
    const said = 'a long answer with many words in it. '.repeat(5000);
    const spans = Array.from({ length: 80 }, (_, at) =>
      turn({ conversation: 'c-large', trace: `l-${at}`, at: AT + at * 1000, answer: said }),
    ).flat();
    const here = await consoleWith(spans);
    const key = await keyOf(here, 'c-large');
    const what = { kind: 'conversation' as const, key };
    const made = await here.viewer('share.prepare', { what, format: 'bundle' });
    const [, kept = ''] = /^Its first (\d+) of 80 turns/.exec(made.cut ?? '') ?? [];
    expect(Number(kept)).toBeGreaterThan(40);
    const text = await fileOf(here, made.file);
    expect(text.length).toBeLessThan(BUNDLE_LIMITS.chars);
    expect(text.length).toBeGreaterThan(BUNDLE_LIMITS.chars / 2);
    const there = await consoleWith();
    expect((await imported(there, text)).manifest.cut).toMatchObject({ left: 80 - Number(kept) });
    const { conversation } = await there.viewer('conversations.read', { id: 'c-large' });
    expect(conversation.summary.turns).toBe(Number(kept));
    const last = conversation.turns.at(-1)?.messages.at(-1)?.parts[0];
    expect(last).toMatchObject({ content: said });
  });

  test('a file beyond the limit is refused before it is read, and what is sent after it is taken', async () => {
    const there = await consoleWith();
    const error = await refusal(imported(there, 'x'.repeat(BUNDLE_LIMITS.chars * 1.6)));
    expect(error.code).toBe('bad_input');
    expect(error.message).toMatch(/MB|characters|large/i);
    const here = await consoleWith(talk('c-share-1'));
    const { conversations } = await imported(there, await exported(here, 'c-share-1'));
    expect(conversations[0]?.was).toBe('added');
  });
});

describe('what was imported', () => {
  test('counts for nothing of the live environment, and is found by its ID and its own filter', async () => {
    const here = await consoleWith(talk('c-share-1'), [flip]);
    const there = await consoleWith(
      turn({ conversation: 'c-own', trace: 'own', at: AT, unsure: true }),
    );
    await imported(there, await exported(here, 'c-share-1'));
    const found = async (filter: object) =>
      (await there.viewer('conversations.search', { filter })).rows.map(({ id }) => id);
    expect(await found({})).toEqual(['c-own']);
    expect(await found(search)).toEqual(['c-own']);
    expect(await found({ ...search, imported: true })).toEqual(['c-share-1']);
    const clusters = await there.viewer('conversations.clusters', {
      ...search,
      from: AT - 1,
      to: AT + 600_000,
    });
    expect([clusters.failing, clusters.healthy]).toEqual([1, 0]);
    const facets = await there.viewer('conversations.facets', search);
    expect(facets.versions).toEqual([{ value: 'v41', conversations: 1 }]);
    const changes = await there.viewer('changes.list', { ...search, from: 0, to: AT * 2 });
    expect(changes.changes.filter(({ id }) => id.includes('flip'))).toEqual([]);
    const { matches } = await there.viewer('conversations.find', { text: 'c-share-1' });
    expect(matches[0]).toMatchObject({ environment: 'imported/production', pinned: true });
    const { entries } = await there.viewer('journal.list', {});
    expect(entries.find(({ kind }) => kind === 'import')).toMatchObject({
      data: { fileName: 'c.nightdesk.jsonl', conversations: [{ id: 'c-share-1' }] },
    });
  });

  test('is said to be there when it comes again, and takes in what a later bundle knows more', async () => {
    const spans = talk('c-share-1');
    const early = await consoleWith(spans.slice(0, 2));
    const late = await consoleWith(spans);
    const there = await consoleWith();
    const was = async (text: string) => (await imported(there, text)).conversations[0]?.was;
    expect(await was(await exported(early, 'c-share-1'))).toBe('added');
    expect(await was(await exported(late, 'c-share-1'))).toBe('merged');
    expect(await was(await exported(late, 'c-share-1'))).toBe('already');
    expect(await was(await exported(early, 'c-share-1'))).toBe('already');
    const { conversation } = await there.viewer('conversations.read', { id: 'c-share-1' });
    expect(conversation.turns).toHaveLength(3);
    // In the console that has it from its source it is left alone.
    const own = await imported(late, await exported(early, 'c-share-1'));
    expect(own.conversations[0]?.was).toBe('live');
    expect((await late.viewer('conversations.read', { id: 'c-share-1' })).others).toEqual([]);
  });

  test('tells of people in a bundle without a word of a live conversation of the same ID being masked', async () => {
    const here = await consoleWith([
      ...turn({
        conversation: 'c-same',
        trace: 'x',
        said: '{"first_name":"Order","email":"a@b.example"}',
      }),
      ...turn({ conversation: 'c-same', trace: 'y', at: AT + 9, said: 'more' }),
    ]);
    const there = await consoleWith(
      turn({ conversation: 'c-same', trace: 'z', said: 'Where is Order nine' }),
    );
    expect((await imported(there, await exported(here, 'c-same'))).conversations[0]?.was).toBe(
      'added',
    );
    const { conversation } = await there.viewer('conversations.read', { id: 'c-same' });
    expect(conversation.summary).toMatchObject({ environment: 'production', turns: 1 });
    expect(conversation.summary.title).toBe('Where is Order nine');
  });
});

test('what editors and file shares add to a bundle of themselves does not matter', async () => {
  const text = await exported(await consoleWith(talk('c-share-1')), 'c-share-1');
  const there = await consoleWith();
  const was = async (changed: string) => (await imported(there, changed)).conversations[0]?.was;
  expect(await was(`\ufeff${text}`)).toBe('added');
  expect(await was(text.replaceAll('\n', '\r\n'))).toBe('already');
  expect(await was(`${text}\n\r\n\n`)).toBe('already');
  expect(await was(text.trimEnd())).toBe('already');
});

test('a bundle of the first format is read', async () => {
  const text = await exported(await consoleWith(talk('c-share-1')), 'c-share-1');
  const first = forged(text, (line, at) => (at === 1 ? { ...line, format: 1 } : line));
  expect((await imported(await consoleWith(), first)).conversations[0]?.was).toBe('added');
});

describe('a bundle that is not as it was written', () => {
  const spoilt: [string, (text: string) => string, number, RegExp][] = [
    ['with a changed line', (text) => text.replace('On its way', 'On its hay'), 3, /changed/],
    ['cut off', (text) => `${lines(text).slice(0, 6).join('\n')}\n`, 7, /: \d lines are missing/],
    ['without its last line', (text) => lines(text).slice(0, -1).join('\n'), 12, /: 1 line is/],
    ['that is only a byte order mark', () => '\ufeff\n', 1, /empty/],
    [
      'cut inside a line',
      (text) => lines(text).slice(0, 5).join('\n').slice(0, -10),
      5,
      /no JSON|changed/,
    ],
    [
      'with a line twice',
      (text) => [...lines(text).slice(0, 4), ...lines(text).slice(3)].join('\n'),
      5,
      /doubled/,
    ],
    ['with one line more', (text) => `${text}${lines(text).at(-1)}\n`, 13, /one more/],
    [
      'of another format',
      (text) => forged(text, (line, at) => (at === 1 ? { ...line, format: 3 } : line)),
      1,
      /format 3/,
    ],
    ['that is something else', () => '{"messages":[]}\n', 1, /no bundle/],
    ['that is empty', () => '', 1, /empty/],
    [
      'with a line of 5 MB',
      (text) => [...lines(text).slice(0, 3), 'x'.repeat(5_000_000)].join('\n'),
      4,
      /characters/,
    ],
    [
      'with JSON nested without end',
      (text) =>
        forged(text, (line, at) =>
          at === 4 ? `{"type":"span","x":${'['.repeat(100_000)}${']'.repeat(100_000)}}` : line,
        ),
      4,
      /nested/,
    ],
    [
      'with a line that fits no schema',
      (text) =>
        forged(text, (line, at) => (at === 3 ? { ...line, turn: { startedAt: 'now' } } : line)),
      3,
      /turn/,
    ],
    [
      'with a conversation twice',
      (text) =>
        forged(text, (line, at) =>
          at === 1
            ? { ...line, conversations: 2 }
            : at === 3
              ? { ...JSON.parse(lines(text)[1] ?? ''), hash: undefined, at: 1 }
              : line,
        ),
      3,
      /twice/,
    ],
    [
      'whose spans are of another service',
      (text) =>
        forged(text, (line) => (line.type === 'span' ? { ...line, service: 'other' } : line)),
      0,
      /no conversation of that name/,
    ],
  ];
  test.each(spoilt)(
    '%s is refused by its line, and nothing is stored',
    async (_, spoil, line, why) => {
      const here = await consoleWith(talk('c-share-1'), [flip]);
      const there = await consoleWith();
      const text = await exported(here, 'c-share-1');
      expect(lines(text)).toHaveLength(12);
      const error = await refusal(imported(there, spoil(text)));
      expect(error.code).toBe('bad_input');
      expect(error.message).toMatch(why);
      if (line > 0) expect(error.detail).toMatchObject({ line });
      expect((await there.viewer('conversations.find', { text: 'c-share-1' })).matches).toEqual([]);
      // The right one still goes in.
      expect((await imported(there, text)).conversations[0]?.was).toBe('added');
    },
  );

  test('is not taken from a viewer', async () => {
    const there = await consoleWith();
    const sent = refusal(there.viewer('share.upload', { upload: null, text: 'x' }));
    expect((await sent).code).toBe('forbidden');
    const evaluated = there.viewer('share.evaluate', {
      name: 'x',
      what: { kind: 'conversation', key: 1 },
    });
    expect((await refusal(evaluated)).code).toBe('forbidden');
  });
});

describe('a page', () => {
  async function dataOf(spans: SpanRecord[]) {
    const html = await exported(await consoleWith(spans), 'c-page', 'html');
    return JSON.parse(/id="data">(.*)<\/script>/.exec(html)?.[1] ?? '').conversations[0];
  }

  test('says what it cut, and how many steps it left out', async () => {
    const [root, chat] = turn({ conversation: 'c-page', trace: 't', answer: 'a'.repeat(25_013) });
    const steps = Array.from({ length: 319 }, (_, at) => ({
      ...chat,
      span: { ...chat.span, spanId: `s-${at}` },
    }));
    const { turns } = await dataOf([root, ...steps]);
    const answer = turns[0].messages.at(-1).text;
    expect(answer.startsWith('a'.repeat(20_000))).toBe(true);
    expect(answer.slice(20_000)).toBe(' … (25,013 characters)');
    expect(turns[0].spans).toHaveLength(300);
    expect(turns[0].moreSpans).toBe(20);
  });

  test('plays by the times of the steps, and tells what each of them told', async () => {
    const [root, chat] = turn({ conversation: 'c-page', trace: 't', at: AT, ms: 24_000 });
    const step = (id: string, operation: Span['operation'], at: number, attributes: object) => ({
      ...chat,
      span: {
        ...chat.span,
        spanId: id,
        name: id,
        operation,
        startedAt: AT + at,
        durationMs: 500,
        attributes: { ...attributes },
      },
    });
    const { turns, playTotal, realTotal } = await dataOf([
      root,
      step('find', 'retrieval', 100, {
        'gen_ai.retrieval.documents': [{ id: 'kb-1', content: 'In 14 days.' }],
      }),
      step('early', 'other', -4000, {}),
      step('look', 'tool', 22_000, {
        'gen_ai.tool.name': 'look',
        'gen_ai.tool.call.arguments': '{"order":1}',
        'gen_ai.tool.call.result': 'sent',
      }),
      step('write', 'chat', 23_000, {
        'gen_ai.usage.input_tokens': 80,
        'gen_ai.usage.output_tokens': 9,
        'ai.cost_usd': 0.02,
        'gen_ai.server.time_to_first_token': 0.25,
        'gen_ai.response.finish_reasons': ['stop'],
      }),
      ...turn({ conversation: 'c-page', trace: 'u', at: AT + 600_000 }),
    ]);
    expect(turns[0].messages.map((one: { at: number }) => one.at)).toEqual([
      0, 22_000, 22_500, 23_250,
    ]);
    // Ten minutes until the next question are played in moments, and said.
    expect(turns[1].at).toBe(25_500);
    expect(turns[1].messages[0].skippedMs).toBe(574_500);
    expect([playTotal, realTotal]).toEqual([26_400, 600_900]);
    const told = new Map(turns[0].spans.map((one: { name: string }) => [one.name, one]));
    expect(told.get('early')).toMatchObject({
      began: { ms: 4000, words: 'before its caller (clocks differ)' },
    });
    expect(told.get('find')).toMatchObject({ texts: [['documents', 'kb-1\nIn 14 days.']] });
    expect(told.get('look')).toMatchObject({
      texts: [
        ['arguments', '{\n  "order": 1\n}'],
        ['result', 'sent'],
      ],
    });
    expect(told.get('write')).toMatchObject({
      facts: [
        ['first token', '250 ms'],
        ['tokens in / out', '80 / 9'],
        ['cost', '$0.0200'],
        ['ended by', 'stop'],
      ],
    });
  });

  test('goes on to feedback that was given a day later, and shows it then', async () => {
    const { turns, playTotal, realTotal } = await dataOf(lateFeedback('c-page'));
    expect(turns.map((one: { feedback: object[] }) => one.feedback)).toEqual([
      [{ text: 'thumbs-down', at: playTotal, skippedMs: 86_400_000 - 60_900 - 1500 }],
      [],
    ]);
    expect(realTotal).toBe(86_400_000);
  });
});

test('Markdown for a channel begins with the failing turn and lets nothing out of its block', async () => {
  const here = await consoleWith(talk('c-share-1'), [flip]);
  const text = await exported(here, 'c-share-1', 'markdown');
  expect(text).toContain('**Conversation** `c-share-1`');
  expect(text).toContain('nightdesk://conversation/c-share-1');
  expect(text.indexOf('**Turn 3**')).toBeGreaterThan(0);
  expect(text).not.toContain('**Turn 1**');
  expect(text).toContain('`version=v42`');
  const outside = text.replaceAll(/^(`{3,})\n[\s\S]*?\n\1$/gm, '');
  expect(outside).not.toContain('Not a heading');
  expect(text).toContain(HOSTILE.split('\n')[1]);
  expect(text).toContain('[U+202E]');
  expect(outside).toContain('Something in this turn speaks to a model or its reader');
  expect(text.length).toBeLessThan(3000);
});

test('a cost that nobody told is not one of $0 in what is shared, and a part of it is said to be one', async () => {
  const silent = turn({ conversation: 'c-silent', trace: 'silent', at: AT });
  const here = await consoleWith([...talk('c-share-1'), ...silent]);
  for (const format of ['markdown', 'html'] as const) {
    expect(await exported(here, 'c-silent', format)).toContain('cost not told');
    expect(await exported(here, 'c-share-1', format)).toContain('at least $0.0100');
  }
  const there = await consoleWith([]);
  await imported(there, await exported(here, 'c-silent'));
  const { rows } = await there.viewer('conversations.search', {
    text: '',
    filter: { ...search, imported: true },
  });
  expect(rows.map(({ costUsd }) => costUsd)).toEqual([null]);
});

test('half a conversation is not shared as one without failures', async () => {
  const silent = turn({ conversation: 'c-half', trace: 'half', at: AT });
  delete silent[0].span.attributes['gen_ai.output.messages'];
  const here = await consoleWith(silent);
  const text = await exported(here, 'c-half', 'markdown');
  expect(text).toContain('Failures: no answer recorded');
  expect(text).toContain('**Turn 1** · 0.9 s · no answer recorded');
  expect(await exported(here, 'c-half', 'html')).toContain('"failures":["no answer recorded"]');
});

test('a set that is found by a text without a word in it is empty, not everything', async () => {
  const here = await consoleWith(talk('c-share-1'));
  const what = { kind: 'set' as const, title: 'all', text: '???', filter: search };
  const error = await refusal(here.viewer('share.prepare', { what, format: 'bundle' }));
  expect(error.code).toBe('not_found');
});

test('an evaluation set takes each conversation once, in the form of chat messages', async () => {
  const here = await consoleWith([...talk('c-share-1'), ...talk('c-share-2', AT + 600_000)]);
  const first = { kind: 'conversation' as const, key: await keyOf(here, 'c-share-1') };
  const all = { kind: 'set' as const, title: 'all', filter: search };
  const add = (what: typeof first | typeof all) =>
    here.responder('share.evaluate', { name: 'night', what });
  expect(await add(first)).toMatchObject({ added: 1, already: 0, total: 1 });
  // At the same time, as two windows may.
  const both = await Promise.all([add(all), add(all)]);
  expect(both.map(({ added, already }) => `${added} added, ${already} there`).sort()).toEqual([
    '0 added, 2 there',
    '1 added, 1 there',
  ]);
  const path = join(here.dataDir, 'evaluation-sets', 'night.jsonl');
  const text = await readFile(path, 'utf8');
  const { sets } = await here.viewer('share.evaluationSets', {});
  expect(sets).toMatchObject([{ name: 'night', conversations: 2, bytes: Buffer.byteLength(text) }]);
  const { file, fileName } = await here.viewer('share.evaluationSet', { name: 'night' });
  expect([fileName, await fileOf(here, file)]).toEqual(['night.jsonl', text]);
  const [one] = lines(text).map((line) => JSON.parse(line));
  expect(one.metadata).toMatchObject({ id: 'c-share-1', version: 'v42', failures: 'unsure' });
  expect(one.messages.map(({ role }: { role: string }) => role)).toEqual([
    'system',
    'user',
    'assistant',
    'user',
    'assistant',
    'tool',
    'assistant',
    'user',
    'assistant',
  ]);
  const [called, told] = one.messages.slice(4);
  expect(called).toMatchObject({
    content: null,
    tool_calls: [
      { type: 'function', function: { name: 'find_order', arguments: '{"order":"A-1"}' } },
    ],
  });
  expect(told.tool_call_id).toBe(called.tool_calls[0].id);
  expect(one.tools).toMatchObject([{ type: 'function', function: { name: 'find_order' } }]);
  expect(text).not.toContain('ana.perez');
  for (const name of ['../x', 'A', '', 'a/b', 'a.b']) {
    const error = await refusal(here.responder('share.evaluate', { name, what: all }));
    expect(error.code).toBe('bad_input');
  }
});

test('a conversation that has grown since it was added gets a newer line, which is said', async () => {
  const spans = talk('c-share-1');
  const early = await consoleWith(spans.filter(({ span }) => span.traceId !== 'c-share-1-3'));
  const add = async (here: typeof early) =>
    here.responder('share.evaluate', {
      name: 'night',
      what: { kind: 'conversation', key: await keyOf(here, 'c-share-1') },
    });
  expect(await add(early)).toMatchObject({ added: 1, grown: 0 });
  await early.close();
  const late = await consoleWith(spans, [], early.dataDir);
  expect(await add(late)).toMatchObject({ added: 0, grown: 1, already: 0, total: 1 });
  expect(await add(late)).toMatchObject({ added: 0, grown: 0, already: 1, total: 1 });
  const path = join(late.dataDir, 'evaluation-sets', 'night.jsonl');
  const told = lines(await readFile(path, 'utf8')).map((line) => JSON.parse(line));
  expect(told.map(({ metadata }) => metadata.failures)).toEqual(['', 'unsure']);
  const { sets } = await late.viewer('share.evaluationSets', {});
  expect(sets).toMatchObject([{ conversations: 1 }]);
});
