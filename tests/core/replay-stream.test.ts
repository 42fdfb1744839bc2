/** Reading a model's answer off the wire: events in any pieces, and everything an endpoint can do wrong. */

import { afterEach, describe, expect, test } from 'vitest';
import { withoutReasoning } from '#core/replay/answer-text.ts';
import { createCompletions } from '#core/replay/completion.ts';
import { readEvents } from '#core/replay/sse.ts';
import { EndpointConfig } from '#shared/model/config.ts';
import { chunk, type ModelServer, startModelServer, type Told } from '../fixtures/model-server.ts';
import fc from '../helpers/random.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

function eventsIn(pieces: readonly Uint8Array[]): string[] {
  const events: string[] = [];
  const read = readEvents((data) => events.push(data));
  for (const piece of pieces) read(piece);
  return events;
}

describe('events of a stream', () => {
  test('end in LF, CR or CRLF; comments, other fields and empty events are passed over', () => {
    const text =
      '\ufeff: hello\r\ndata: one\r\n\r\nevent: x\rid: 7\rdata:two\rdata:  three\r\rretry: 5\n\n: keep-alive\n\ndata\n\ndata: four\n\n';
    expect(eventsIn([bytes(text)])).toEqual(['one', 'two\n three', '', 'four']);
  });

  test('an event that the stream breaks off in is not handed on', () => {
    expect(eventsIn([bytes('data: whole\n\ndata: half\n')])).toEqual(['whole']);
  });

  test('come out the same however the bytes are cut', () => {
    const event = fc
      .string({ unit: 'grapheme', maxLength: 20 })
      .filter((text) => !/[\r\n]/.test(text));
    const ending = fc.constantFrom('\n', '\r', '\r\n');
    fc.assert(
      fc.property(
        fc.array(fc.tuple(event, ending), { maxLength: 12 }),
        fc.array(fc.nat(400), { maxLength: 20 }),
        (events, cuts) => {
          const whole = bytes(
            events.map(([text, end]) => `: c${end}data: ${text}${end}${end}`).join(''),
          );
          const places = [...new Set(cuts.map((cut) => Math.min(cut, whole.length)))].sort(
            (a, b) => a - b,
          );
          const pieces = [0, ...places].map((from, at) =>
            whole.subarray(from, places[at] ?? whole.length),
          );
          expect(eventsIn(pieces)).toEqual(eventsIn([whole]));
          expect(eventsIn([whole])).toEqual(events.map(([text]) => text.toWellFormed()));
        },
      ),
    );
  });

  test('one that never ends is refused before it fills the memory', () => {
    const read = readEvents(() => undefined);
    const much = bytes(`data: ${'x'.repeat(400_000)}`);
    expect(() => {
      for (let i = 0; i < 5; i++) read(much);
    }).toThrow(/larger than a megabyte/);
  });
});

let server: ModelServer | null = null;
afterEach(() => server?.close());

async function ask(told: Told | (() => Promise<Told>), signal = new AbortController().signal) {
  server = await startModelServer(() => (typeof told === 'function' ? told() : told));
  const endpoint = EndpointConfig.parse({
    id: 'm',
    baseUrl: server.baseUrl,
    model: 'm-1',
    timeout: '1s',
  });
  const completions = createCompletions(endpoint, async () => 'sk-very-secret');
  return completions.ask(
    { messages: [{ role: 'user', content: 'Hi' }], tools: [], sampling: {} },
    signal,
  );
}

describe('an answer of an endpoint', () => {
  test('is put together from its pieces, with its usage, and asked for as a stream', async () => {
    const result = await ask({
      kind: 'text',
      text: 'Hello there, friend',
      usage: { prompt_tokens: 9, completion_tokens: 3 },
    });
    expect(result).toMatchObject({
      text: 'Hello there, friend',
      finishReason: 'stop',
      usage: { input: 9, output: 3 },
      brokeOff: null,
    });
    expect(result.firstTokenMs).toBeLessThanOrEqual(result.latencyMs);
    expect(server?.asked[0]).toMatchObject({
      path: '/v1/chat/completions',
      authorization: 'Bearer sk-very-secret',
      body: { model: 'm-1', stream: true, stream_options: { include_usage: true } },
    });
    expect(server?.asked[0]?.body).not.toHaveProperty('tools');
    expect(server?.asked[0]?.body).not.toHaveProperty('seed');
  });

  test('keeps parallel tool calls apart by their index, whatever order the pieces come in', async () => {
    const call = (index: number, fields: object) => chunk({ tool_calls: [{ index, ...fields }] });
    const result = await ask({
      kind: 'raw',
      body:
        call(1, { id: 'b', function: { name: 'two', arguments: '{"x"' } }) +
        call(0, { id: 'a', function: { name: 'one', arguments: '' } }) +
        call(1, { function: { arguments: ':2}' } }) +
        call(0, { function: { arguments: '{}' } }) +
        chunk({}, 'tool_calls') +
        'data: [DONE]\n\n',
    });
    expect(result.toolCalls).toEqual([
      { id: 'a', type: 'function', function: { name: 'one', arguments: '{}' } },
      { id: 'b', type: 'function', function: { name: 'two', arguments: '{"x":2}' } },
    ]);
    expect(result.finishReason).toBe('tool_calls');
  });

  const THOUGHT = '<think>I am not sure about this at all</think>\n\nYour order is cancelled now.';

  test('has no reasoning in it, however its pieces are cut', async () => {
    for (let size = 1; size < 12; size++) {
      const pieces = THOUGHT.match(new RegExp(`[\\s\\S]{1,${size}}`, 'g')) ?? [];
      const body = pieces.map((content) => chunk({ content })).join('');
      const result = await ask({ kind: 'raw', body: `${body}${chunk({}, 'stop')}` });
      expect(result.text).toBe('Your order is cancelled now.');
      server?.close();
    }
  });

  test('is none where the reasoning never ends, and where there is nothing else', async () => {
    for (const fields of [{ content: '<think>Let me see' }, { reasoning_content: 'Let me see' }]) {
      const result = await ask({ kind: 'raw', body: chunk(fields) + chunk({}, 'length') });
      expect(result).toMatchObject({ text: '', firstTokenMs: null, finishReason: 'length' });
      server?.close();
    }
  });

  test('may speak of such marks itself', async () => {
    const message = { content: 'Models write <think> before </think>.' };
    const body = JSON.stringify({ choices: [{ message, finish_reason: 'stop' }] });
    expect((await ask({ kind: 'status', status: 200, body })).text).toBe(message.content);
    expect(withoutReasoning('<thinks> & <think>')).toBe('<thinks> & <think>');
    expect(withoutReasoning('<think>a</think> <think>b</think>\nc')).toBe('c');
    expect(withoutReasoning('<think></think>'.repeat(50_000))).toBe('');
  });

  test('may come at once, from a server that does not stream', async () => {
    const message = { role: 'assistant', content: 'All at once' };
    const body = JSON.stringify({ choices: [{ message, finish_reason: 'stop' }] });
    const result = await ask({ kind: 'status', status: 200, body });
    expect(result).toMatchObject({ text: 'All at once', finishReason: 'stop', brokeOff: null });
  });

  test.each([
    ['connection is cut', { kind: 'raw', body: chunk({ content: 'Half an ' }), cut: true }],
    ['stream just ends', { kind: 'raw', body: chunk({ content: 'Half an ' }) }],
    [
      'next piece is no JSON',
      { kind: 'raw', body: `${chunk({ content: 'Half an ' })}data: {"ch\n\n` },
    ],
    [
      'server tells an error inside it',
      {
        kind: 'raw',
        body: `${chunk({ content: 'Half an ' })}data: {"error":{"message":"out of memory"}}\n\n`,
      },
    ],
  ] satisfies [string, Told][])('is kept as far as it came when the %s', async (_, told) => {
    const result = await ask(told);
    expect(result.text).toBe('Half an ');
    expect(result.brokeOff?.message).toMatch(/ended before|cut off|not JSON|out of memory|reset/);
  });

  test.each([
    [
      'unauthorized',
      { kind: 'status', status: 401, body: '{"error":{"message":"Bad key sk-very-secret"}}' },
      /credentials \(401\): Bad key \*\*\*/,
    ],
    [
      'not_found',
      { kind: 'status', status: 404, body: '{"error":{"message":"No such model"}}' },
      /No such model/,
    ],
    ['rate_limited', { kind: 'status', status: 429, body: '{}' }, /slow down/],
    [
      'unreachable',
      { kind: 'status', status: 502, body: '<html>Bad gateway</html>' },
      /fails \(502\)/,
    ],
    [
      'bad_answer',
      { kind: 'status', status: 200, body: '<!doctype html><p>Sign in' },
      /web page instead of JSON/,
    ],
    ['bad_answer', { kind: 'status', status: 200, body: '' }, /empty answer/],
    ['bad_answer', { kind: 'raw', body: '' }, /empty answer/],
    ['timeout', { kind: 'hang' }, /within 1000 ms/],
  ] satisfies [string, Told, RegExp][])('that does not come is %s', async (code, told, words) => {
    const failed = ask(told);
    await expect(failed).rejects.toMatchObject({ code });
    await expect(failed).rejects.toThrow(words);
    await expect(failed).rejects.not.toThrow(/sk-very-secret/);
  });

  test('is not waited for when nobody wants it any more, and the server sees that', async () => {
    const stop = new AbortController();
    const asking = ask({ kind: 'hang' }, stop.signal);
    setTimeout(() => stop.abort(), 50);
    await expect(asking).rejects.toMatchObject({ code: 'cancelled' });
    await expect.poll(() => server?.goneAway()).toBe(1);
  });
});
