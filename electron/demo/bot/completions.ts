/** The bot behind the OpenAI chat completions API, one model for each of its versions: for asking again what was asked. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Context, Hono } from 'hono';
import { type SSEStreamingApi, streamSSE } from 'hono/streaming';
import type { BotProfile } from '../world/bots.ts';
import { grade, JUDGE_MODEL } from '../world/grade.ts';
import { hashText } from '../world/random.ts';
import { type Reply, type ReplyMessage, reply } from '../world/reply.ts';
import type { Flags } from './flags.ts';
import { fieldsOf } from './request.ts';

const WORDS_A_PIECE = 3;

interface Asked {
  model: string;
  messages: ReplyMessage[];
  tools: string[];
  stream: boolean;
  usage: boolean;
  seed: string | null;
  temperature: number;
}

export function serveCompletions(
  app: Hono,
  bot: BotProfile,
  world: string,
  key: string,
  flags: Flags,
): void {
  const models = [...Object.keys(bot.models), JUDGE_MODEL];
  let served = 0;

  app.use('/v1/*', async (c, next) => {
    if (c.req.header('authorization') === `Bearer ${key}`) return next();
    return refuse(c, 401, 'Incorrect API key provided.');
  });
  app.get('/v1/models', (c) =>
    c.json({ object: 'list', data: models.map((id) => ({ id, object: 'model' })) }),
  );
  app.post('/v1/chat/completions', async (c) => {
    const asked = readRequest(await c.req.json().catch(() => null));
    if (asked === null) return refuse(c, 400, 'model and messages are needed.');
    if (!models.includes(asked.model)) {
      return refuse(c, 404, `The model ${asked.model} does not exist.`);
    }
    served += 1;
    const answer = asked.model === JUDGE_MODEL ? graded(asked) : answered(asked, served);
    if (answer.kind === 'failed') {
      await sleep(answer.ms, undefined, { signal: c.req.raw.signal });
      return refuse(c, 503, 'The model is overloaded.');
    }
    const id = `chatcmpl-${hashText(`${world} ${served}`).toString(16)}`;
    if (!asked.stream) {
      await sleep(answer.ms);
      return c.json(wholeAnswer(id, asked.model, answer));
    }
    return streamSSE(c, (stream) => streamAnswer(stream, id, asked, answer));
  });

  function answered(asked: Asked, count: number): Reply {
    const { messages, model, seed, temperature, tools } = asked;
    const who = { conversationId: 'completions', userId: 'completions', language: 'en' };
    const { multilingual } = flags.evaluate(who);
    return reply({
      bot,
      version: model,
      messages,
      tools,
      multilingual,
      world,
      seed: seed ?? `request ${count}`,
      temperature,
    });
  }
}

function graded({ messages }: Asked): Exclude<Reply, { kind: 'failed' }> {
  const text = JSON.stringify(
    grade(messages.at(-1)?.content ?? '') ?? { error: 'nothing to grade' },
  );
  const input = messages.reduce((sum, { content }) => sum + content.length, 0);
  const usage = { input: Math.ceil(input / 4), output: Math.ceil(text.length / 4) };
  return { kind: 'text', text, ms: 220, ttftMs: 120, finishReason: 'stop', usage };
}

async function streamAnswer(
  stream: SSEStreamingApi,
  id: string,
  asked: Asked,
  answer: Exclude<Reply, { kind: 'failed' }>,
): Promise<void> {
  const gone = new AbortController();
  stream.onAbort(() => gone.abort());
  const wait = (ms: number) => sleep(ms, undefined, { signal: gone.signal });
  const head = { id, object: 'chat.completion.chunk', created: 0, model: asked.model };
  const send = (delta: object, finish: string | null = null) => {
    const usage = asked.usage ? { usage: null } : {};
    const choices = [{ index: 0, delta, finish_reason: finish }];
    return stream.writeSSE({ data: JSON.stringify({ ...head, choices, ...usage }) });
  };
  try {
    const first = answer.kind === 'tool' ? answer.ms * 0.8 : answer.ttftMs;
    await wait(first);
    await send({ role: 'assistant', content: answer.kind === 'tool' ? null : '' });
    const pieces = answer.kind === 'tool' ? callPieces(id, answer) : textPieces(answer.text);
    for (const piece of pieces) {
      await send(piece);
      await wait(Math.max(0, answer.ms - first) / pieces.length);
    }
    await send({}, answer.kind === 'tool' ? 'tool_calls' : answer.finishReason);
    if (asked.usage) {
      const data = { ...head, choices: [], usage: usageOf(answer.usage) };
      await stream.writeSSE({ data: JSON.stringify(data) });
    }
    await stream.writeSSE({ data: '[DONE]' });
  } catch (cause) {
    // Whoever asked is gone.
    if (!gone.signal.aborted) throw cause;
  }
}

function textPieces(text: string): object[] {
  const words = text.split(/(?<=\s)/);
  const pieces: object[] = [];
  for (let i = 0; i < words.length; i += WORDS_A_PIECE) {
    pieces.push({ content: words.slice(i, i + WORDS_A_PIECE).join('') });
  }
  return pieces;
}

/** The name first, then the arguments in two halves, as models write them. */
function callPieces(id: string, { input, name }: Extract<Reply, { kind: 'tool' }>): object[] {
  const text = JSON.stringify(input);
  const half = Math.ceil(text.length / 2);
  const call = { index: 0, id: `call_${id.slice(9)}`, type: 'function' };
  return [
    { tool_calls: [{ ...call, function: { name, arguments: '' } }] },
    { tool_calls: [{ index: 0, function: { arguments: text.slice(0, half) } }] },
    { tool_calls: [{ index: 0, function: { arguments: text.slice(half) } }] },
  ];
}

function wholeAnswer(id: string, model: string, answer: Exclude<Reply, { kind: 'failed' }>) {
  const message =
    answer.kind === 'text'
      ? { role: 'assistant', content: answer.text }
      : {
          role: 'assistant',
          content: null,
          tool_calls: [
            {
              id: `call_${id.slice(9)}`,
              type: 'function',
              function: { name: answer.name, arguments: JSON.stringify(answer.input) },
            },
          ],
        };
  const finish = answer.kind === 'text' ? answer.finishReason : 'tool_calls';
  return {
    id,
    object: 'chat.completion',
    created: 0,
    model,
    choices: [{ index: 0, message, finish_reason: finish }],
    usage: usageOf(answer.usage),
  };
}

function usageOf({ input, output }: { input: number; output: number }) {
  return { prompt_tokens: input, completion_tokens: output, total_tokens: input + output };
}

function readRequest(body: unknown): Asked | null {
  const fields = fieldsOf(body);
  if (typeof fields.model !== 'string' || !Array.isArray(fields.messages)) return null;
  const { seed, temperature } = fields;
  return {
    model: fields.model,
    messages: fields.messages.map((message: unknown) => {
      const { content, role, tool_calls: calls } = fieldsOf(message);
      return {
        role: typeof role === 'string' ? role : '',
        content: typeof content === 'string' ? content : '',
        calls: Array.isArray(calls) && calls.length > 0,
      };
    }),
    tools: (Array.isArray(fields.tools) ? fields.tools : []).flatMap((tool: unknown) => {
      const { name } = fieldsOf(fieldsOf(tool).function);
      return typeof name === 'string' ? [name] : [];
    }),
    stream: fields.stream === true,
    usage: fieldsOf(fields.stream_options).include_usage === true,
    seed: typeof seed === 'number' ? String(seed) : null,
    temperature: typeof temperature === 'number' ? temperature : 1,
  };
}

function refuse(c: Context, status: 400 | 401 | 404 | 503, message: string) {
  return c.json({ error: { message, type: 'invalid_request_error' } }, status);
}
