/** Recorded conversations go the whole way: the real SDK, the real receiver, the cache on disk, search and re-run. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { parseMessages } from '#core/analysis/turn-parse.ts';
import type { Cache } from '#core/cache/client.ts';
import { createReplays } from '#core/replay/engine.ts';
import { Config, type ConfigInput } from '#shared/model/config.ts';
import type { Message } from '#shared/model/conversation.ts';
import { PLACEHOLDERS } from '#shared/util/placeholder.ts';
import { realClock, secretsOf, silentLog } from '../fixtures/deps.ts';
import { type AskedCompletion, startModelServer, type Told } from '../fixtures/model-server.ts';
import { receive, startSdk } from '../fixtures/otlp.ts';
import { holdConversation, type Recorded, recordedConversations } from '../fixtures/recorded.ts';
import { tempDir, testCache } from './cache-kit.ts';
import { KEY } from './masking-kit.ts';

const AIRLINE = fileURLToPath(
  new URL('../../../shared/data/conversations/airline.json', import.meta.url),
);
const absent = existsSync(AIRLINE) ? '' : ' (skipped: the recorded conversations are not here)';

const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

async function stored(): Promise<{ cache: Cache; dataDir: string; recorded: Recorded[] }> {
  const recorded = recordedConversations(AIRLINE);
  const dataDir = await tempDir();
  const cache = await testCache({ dataDir, masking: { key: KEY, patterns: {}, fields: {} } });
  const received = await receive({
    commit: async (batch) => {
      await cache.write('commitBatch', { source: 'otlp', batch });
    },
  });
  open.push(() => received.stop());
  const { tracer, flush, shutdown } = startSdk(received.url, 'protobuf', true);
  open.push(shutdown);
  for (const [index, one] of recorded.entries()) {
    holdConversation(tracer, one, Date.now() - 3_600_000 + index * 1000, true);
    // A few at a time, so that conversations come in several batches.
    if (index % 4 === 3) await flush();
  }
  await flush();
  return { cache, dataDir, recorded };
}

async function messagesOf(cache: Cache, id: string): Promise<Message[]> {
  const found = await cache.read('readConversation', {
    id,
    service: null,
    environment: null,
    firstTurn: 0,
    maxTurns: 2000,
  });
  return (found?.conversation.turns ?? []).flatMap(({ messages }) => messages);
}

/** What tools told of people, by field, over all conversations. */
function told(recorded: readonly Recorded[], field: string): Set<string> {
  const pattern = new RegExp(`\\\\*"${field}\\\\*": ?\\\\*"([^"\\\\]+)`, 'g');
  return new Set(
    recorded.flatMap(({ messages }) =>
      [...JSON.stringify(messages).matchAll(pattern)].map(([, value = '']) => value),
    ),
  );
}

/** The text with every mark in it as a wildcard. */
function fits(masked: string, raw: string): boolean {
  const pattern = masked
    .split(/⟦\p{L}[\p{L} _-]{0,29} [a-z2-9]{4}⟧/u)
    .map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
    .join('[\\s\\S]{1,80}?');
  return new RegExp(`^${pattern}$`, 'u').test(raw);
}

describe.skipIf(absent !== '')(`24 recorded conversations${absent}`, () => {
  test('are message for message what was held, but for the masks', async () => {
    const { cache, recorded } = await stored();
    expect(recorded).toHaveLength(24);
    let marks = 0;
    for (const { id, messages } of recorded) {
      const held = parseMessages(messages, 'user');
      const kept = await messagesOf(cache, id);
      expect(kept).toHaveLength(held.length);
      for (const [at, message] of kept.entries()) {
        const [masked, raw] = [JSON.stringify(message), JSON.stringify(held[at])];
        expect(fits(masked, raw), `${id}, message ${at}: ${masked}`).toBe(true);
        marks += [...masked.matchAll(PLACEHOLDERS)].length;
      }
    }
    // By kind: names 629, dates of birth 165, addresses 34, ends of cards 31, postcodes 17, e-mails 17.
    expect(marks).toBe(893);
  });

  test('leave nothing personal in any file, and everything else', async () => {
    const { cache, dataDir, recorded } = await stored();
    for (const one of recorded) {
      const kept = JSON.stringify(await messagesOf(cache, one.id));
      const texts = ['last_four', 'zip', 'user_id'].flatMap((field) => [...told([one], field)]);
      const said = texts.filter((text) => new RegExp(`(?<![\\d$.])${text}(?!\\d)`).test(kept));
      expect(said, one.id).toEqual([]);
    }
    await cache.close();
    const files = readdirSync(dataDir).map((file) => readFileSync(join(dataDir, file), 'utf8'));
    const bytes = files.join('\n');
    const texts = ['email', 'dob', 'address1', 'address2'].flatMap((field) => [
      ...told(recorded, field),
    ]);
    expect(texts.length).toBeGreaterThan(50);
    expect(texts.filter((text) => bytes.includes(text))).toEqual([]);
    const namesIn = (list: readonly Recorded[]) =>
      new Set([...told(list, 'first_name'), ...told(list, 'last_name')]);
    const names = [...namesIn(recorded)];
    expect(names.length).toBeGreaterThan(25);
    const says = (text: string, name: string) =>
      new RegExp(`(?<!\\p{L})${name}(?!\\p{L})`, 'u').test(text);
    // Said in a conversation in which no tool tells of them: the limit that the screens speak of.
    const slipped = names.filter((name) =>
      recorded.some((one) => says(JSON.stringify(one), name) && !namesIn([one]).has(name)),
    );
    expect(slipped).toEqual(['Aarav']);
    expect(names.filter((name) => says(bytes, name))).toEqual(slipped);
    const things = ['flight_number', 'reservation_id', 'payment_id', 'created_at', 'date', 'cabin'];
    const stay = things.flatMap((field) => [...told(recorded, field)]);
    expect(stay.length).toBeGreaterThan(150);
    expect(stay.filter((text) => !bytes.includes(text))).toEqual([]);
  });

  test('keep flights, reservations, prices, airports and days in what is read back', async () => {
    const { cache, recorded } = await stored();
    const things =
      /\bHAT\d{3}\b|\$\d[\d,.]*|\b20\d\d-\d\d-\d\d\b(?!")|\b\d\d:\d\d(?::\d\d)?\b|"(?:price|amount)\\*": ?-?\d+|\b(?:MIA|JFK|SEA|DEN|ORD)\b|(?:gift_card|credit_card|certificate)_\d+/g;
    for (const { id, messages } of recorded) {
      const births = told([{ id, model: '', messages }], 'dob');
      const of = (text: string) =>
        [...text.matchAll(things)].map(([all]) => all).filter((one) => !births.has(one));
      const held = JSON.stringify(parseMessages(messages, 'user'));
      expect(of(JSON.stringify(await messagesOf(cache, id)))).toEqual(of(held));
    }
  });

  test('are found by their words', async () => {
    const { cache } = await stored();
    const search = { filter: {}, sort: 'newest', limit: 50, offset: 0 } as const;
    const count = async (text: string) =>
      (await cache.read('searchConversations', { ...search, text })).rows.length;
    expect(await count('HAT136')).toBeGreaterThan(1);
    expect(await count('"basic economy" insurance')).toBeGreaterThan(3);
    for (const name of ['Gonzalez', 'mia.li3818', '"1990-04-05"'])
      expect(await count(name)).toBe(0);
  });

  test('find their recorded tools in a re-run, call for call', async () => {
    const { cache } = await stored();
    const [found] = await cache.read('findConversations', { ids: ['airline-0-0'], limit: 1 });
    const messages = await messagesOf(cache, 'airline-0-0');
    const server = await startModelServer((asked) => saidAgain(asked, messages));
    open.push(() => server.close());
    const config = Config.parse({
      version: 1,
      environments: [{ name: 'production' }],
      services: [{ id: 'support-bot', environments: { production: { where: {} } } }],
      sources: [{ id: 'otlp', kind: 'otlp' }],
      endpoints: [{ id: 'same', baseUrl: server.baseUrl, model: 'm' }],
    } satisfies ConfigInput);
    const replays = createReplays({
      cache,
      clock: realClock,
      log: silentLog,
      secrets: secretsOf({}),
      config: () => config,
      publish: () => undefined,
    });
    open.push(() => replays.close());
    const { id } = await replays.run(
      {
        target: { kind: 'conversation', conversation: found?.key ?? -1 },
        endpoints: ['same'],
        samples: 1,
        history: 'recorded',
        judge: false,
        budget: {},
      },
      'ana',
    );
    for (;;) {
      const { replay } = await replays.read(id);
      if (replay.state !== 'running') break;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const { turns } = await replays.case(id, 0);
    const calls = turns.flatMap(({ samples }) => samples.flatMap(({ toolCalls }) => toolCalls));
    expect(calls.length).toBeGreaterThan(5);
    expect(calls.filter(({ answer }) => answer !== 'recorded')).toEqual([]);
    expect(calls.some((call) => call.arguments.includes('⟦name '))).toBe(true);
    for (const { recorded, samples } of turns) {
      const made = (list: typeof recorded.toolCalls) =>
        list.map((call) => [call.name, call.result]);
      for (const sample of samples)
        expect(made(sample.toolCalls)).toEqual(made(recorded.toolCalls));
    }
  });
});

/** A model that makes the recorded calls of a turn one after the other, and then says something. */
function saidAgain({ body }: AskedCompletion, messages: readonly Message[]): Told {
  const users = body.messages.filter(({ role }) => role === 'user').length;
  const rounds =
    body.messages.length - 1 - body.messages.findLastIndex(({ role }) => role === 'user');
  let turn = 0;
  const calls = messages.flatMap(({ role, parts }) => {
    if (role === 'user') turn++;
    if (turn !== users) return [];
    return parts.flatMap((part) => (part.type === 'tool_call' ? [part] : []));
  });
  const next = calls[rounds / 2];
  if (next === undefined || !body.tools) return { kind: 'text', text: 'All done, thank you.' };
  const given =
    typeof next.arguments === 'string' ? next.arguments : JSON.stringify(next.arguments);
  return { kind: 'calls', calls: [{ name: next.name, arguments: given }] };
}
