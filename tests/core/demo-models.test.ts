/** The bots behind the chat completions API: the same world as the live traffic, told by words alone. */
import { Hono } from 'hono';
import { describe, expect, test } from 'vitest';
import { serveCompletions } from '../../electron/demo/bot/completions.ts';
import { BOTS, botNamed } from '../../electron/demo/world/bots.ts';
import { dealer } from '../../electron/demo/world/deal.ts';
import { systemPrompt } from '../../electron/demo/world/prompt.ts';
import { type ReplyRequest, reply } from '../../electron/demo/world/reply.ts';
import { toolDefinitions } from '../../electron/demo/world/tools.ts';
import type { Intent } from '../../electron/demo/world/turn.ts';
import { understand } from '../../electron/demo/world/understand.ts';
import { say, type User } from '../../electron/demo/world/user.ts';

const WORLD = '42';
const SUPPORT = botNamed('support-bot');

test('what people say is understood by its words: language, topic, and which question', () => {
  let same = 0;
  let all = 0;
  for (const bot of BOTS) {
    const deal = dealer(WORLD, bot, 'live');
    for (let i = 0; i < 120; i++) {
      const user = deal.next();
      const said = [say(user, 'ask')];
      const found = understand(bot, said);
      all += 1;
      if (
        found.language === user.language &&
        found.topic === user.topic &&
        found.wish?.index === user.wish?.index
      )
        same += 1;
      for (const intent of ['more', 'language', 'human', 'thanks'] as const satisfies Intent[]) {
        const next = understand(bot, [...said, say(user, intent)]);
        expect([intent, next.language]).toEqual([intent, user.language]);
        expect(next.intent).toBe(intent);
      }
    }
  }
  expect(same / all).toBeGreaterThan(0.97);
});

function asking(user: User, version: string, more: Partial<ReplyRequest> = {}): ReplyRequest {
  return {
    bot: user.bot,
    version,
    messages: [
      { role: 'system', content: systemPrompt(user.bot, version, user), calls: false },
      { role: 'user', content: say(user, 'ask'), calls: false },
    ],
    tools: [],
    multilingual: false,
    world: WORLD,
    seed: '1',
    temperature: 1,
    ...more,
  };
}

const spanish = () => {
  const deal = dealer(WORLD, SUPPORT, 'test');
  return Array.from({ length: 20 }, () => deal.of({ language: 'es', topic: 'refund' }));
};

describe('a model version', () => {
  test('fails Spanish refund questions on v42 and answers them on v41; the flag mends it', () => {
    const texts = (version: string, multilingual = false) =>
      spanish().flatMap((user) => {
        const one = reply(asking(user, version, { multilingual }));
        return one.kind === 'text' ? [one.text] : [];
      });
    const english = (list: string[]) => list.filter((one) => /\b(?:refund|returns?)\b/.test(one));
    expect(english(texts('v41'))).toEqual([]);
    expect(english(texts('v42')).length).toBeGreaterThan(10);
    expect(english(texts('v42', true))).toEqual([]);
  });

  test('says the same under the same seed, another wording under another, and does not wander at temperature 0', () => {
    const [user] = spanish();
    if (!user) throw new Error('no user');
    const request = asking(user, 'v41');
    const at = (seed: string, temperature = 1) => reply({ ...request, seed, temperature });
    expect(at('1')).toEqual(at('1'));
    const said = (temperature: number) =>
      new Set(
        Array.from({ length: 12 }, (_, seed) => {
          const one = at(String(seed), temperature);
          return one.kind === 'text' ? one.text : '';
        }),
      );
    expect(said(1).size).toBeGreaterThan(3);
    expect(said(0).size).toBeLessThanOrEqual(2);
  });

  test('calls the tool of the topic with the order of the page, then answers from what it is told', () => {
    const user = spanish().find(
      (one) => reply(asking(one, 'v41', { tools: ['lookup_order'] })).kind === 'tool',
    );
    if (!user) throw new Error('nobody needs the tool');
    const request = asking(user, 'v41', { tools: ['lookup_order'] });
    expect(reply(request)).toMatchObject({
      name: 'lookup_order',
      input: { order_id: user.slots.order },
    });
    const toldBy = (content: string) =>
      reply({
        ...request,
        messages: [
          ...request.messages,
          { role: 'assistant', content: '', calls: true },
          { role: 'tool', content, calls: false },
        ],
      });
    expect(toldBy('{"status":"delivered"}')).toMatchObject({ kind: 'text', finishReason: 'stop' });
    expect(toldBy('{"error":"not_recorded"}')).toMatchObject({
      text: expect.stringMatching(/seguro|claro/),
    });
  });

  test('names tools whose arguments are described', () => {
    for (const bot of BOTS) {
      expect(
        toolDefinitions(bot)
          .map(({ name }) => name)
          .toSorted(),
      ).toEqual([...new Set(Object.values(bot.tools))].toSorted());
    }
  });
});

describe('over HTTP', () => {
  const flags = {
    evaluate: () => ({ enabled: true, version: 'v41', multilingual: false, flags: {} }),
    stop: () => undefined,
  };
  const app = new Hono();
  serveCompletions(app, SUPPORT, WORLD, 'key', flags);
  const post = (body: object, key = 'key') =>
    app.request('/v1/chat/completions', {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
      body: JSON.stringify(body),
    });
  const messages = [{ role: 'user', content: 'Gracias, todo claro.' }];

  test('streams the pieces, the finish reason, the usage, and the end', async () => {
    const answer = await post({
      model: 'v41',
      messages,
      stream: true,
      stream_options: { include_usage: true },
      seed: 3,
    });
    expect(answer.headers.get('content-type')).toContain('text/event-stream');
    const events = (await answer.text())
      .split('\n\n')
      .flatMap((event) => (event.startsWith('data: ') ? event.slice(6) : []));
    expect(events.at(-1)).toBe('[DONE]');
    expect(JSON.parse(events.at(-2) ?? '')).toMatchObject({
      choices: [],
      usage: { prompt_tokens: expect.any(Number) },
    });
    expect(JSON.parse(events.at(-3) ?? '').choices[0].finish_reason).toBe('stop');
    expect(JSON.parse(events[0] ?? '')).toMatchObject({
      choices: [{ delta: { role: 'assistant' } }],
      usage: null,
    });
  });

  test('answers at once where no stream is asked for', async () => {
    const answer = await (await post({ model: 'v41', messages })).json();
    expect(answer.choices[0]).toMatchObject({
      finish_reason: 'stop',
      message: { role: 'assistant' },
    });
  });

  test('refuses a wrong key, an unknown model, and a request without messages', async () => {
    expect((await post({ model: 'v41', messages }, 'other')).status).toBe(401);
    expect((await post({ model: 'v99', messages })).status).toBe(404);
    expect((await post({ model: 'v41' })).status).toBe(400);
    const models = await app.request('/v1/models', { headers: { authorization: 'Bearer key' } });
    expect((await models.json()).data.map(({ id }: { id: string }) => id)).toContain('v42');
  });

  test('grades what stands between the marks', async () => {
    const data = JSON.stringify({
      question: '¿Dónde está el pedido?',
      sources: [],
      answer: 'The order is on its way and that is within our policy.',
    });
    const answer = await (
      await post({
        model: 'tilia-judge',
        messages: [{ role: 'user', content: `<data mark="m1">\n${data}\n</data mark="m1">` }],
      })
    ).json();
    expect(JSON.parse(answer.choices[0].message.content)).toMatchObject({
      mark: 'm1',
      addressed: 0.35,
    });
  });
});
