/** An unknown conversation is fetched from where it lies, masked; what was masked is revealed once, and kept nowhere. */
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { Config } from '#shared/model/config.ts';
import { freePort } from '../backends/harness/process.ts';
import { type RunningCore, runningCore } from '../fixtures/running-core.ts';
import { tempDir } from './cache-kit.ts';

const ID = 'c-lost-1';
const EMAIL = 'ana.perez@example.com';
const open: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

const text = (key: string, stringValue: string) => ({ key, value: { stringValue } });
const said = (role: string, content: string) =>
  JSON.stringify([{ role, parts: [{ type: 'text', content }] }]);
const TRACES = {
  resourceSpans: [
    {
      resource: {
        attributes: [
          text('service.name', 'support-bot'),
          text('deployment.environment.name', 'production'),
        ],
      },
      scopeSpans: [
        {
          spans: [
            {
              traceId: 'ab'.repeat(16),
              spanId: 'cd'.repeat(8),
              name: 'invoke_agent',
              startTimeUnixNano: `${Date.now() - 5000}000000`,
              endTimeUnixNano: `${Date.now() - 4000}000000`,
              attributes: [
                text('gen_ai.operation.name', 'invoke_agent'),
                text('gen_ai.conversation.id', ID),
                text('gen_ai.input.messages', said('user', `I am ${EMAIL}, where is my order?`)),
              ],
            },
          ],
        },
      ],
    },
  ],
};

async function consoleBesideBackend(): Promise<RunningCore & { dataDir: string }> {
  const server = createServer((request, response) => {
    if (request.url === `/traces/${ID}`) response.end(JSON.stringify(TRACES));
    else response.writeHead(404).end('no such conversation');
  });
  const backend = await freePort();
  await new Promise<void>((done) => server.listen(backend, '127.0.0.1', done));
  open.push(() => new Promise((done) => server.close(done)));
  const dataDir = await tempDir();
  const config = Config.parse({
    version: 1,
    environments: [{ name: 'production' }],
    services: [{ id: 'support-bot', environments: { production: { where: {} } } }],
    sources: [
      {
        kind: 'otlp',
        id: 'transcripts',
        port: await freePort(),
        lookup: [{ url: `http://127.0.0.1:${backend}/traces/{id}`, by: 'conversation' }],
      },
    ],
  });
  const running = await runningCore(dataDir, config);
  open.push(running.close);
  return { ...running, dataDir };
}

const admin = { name: 'ada', role: 'admin' } as const;

test('what is fetched is stored masked; revealed it is on record, and in no file', async () => {
  const { core, responder, viewer, dataDir } = await consoleBesideBackend();
  await expect(viewer('conversations.fetch', { id: ID })).rejects.toMatchObject({
    code: 'forbidden',
  });
  expect((await responder('conversations.fetch', { id: 'c-nowhere' })).asked).toEqual([
    { source: 'transcripts', spans: 0, problem: expect.stringContaining('No lookup knows') },
  ]);
  expect((await responder('conversations.fetch', { id: ID })).asked).toEqual([
    { source: 'transcripts', spans: 1, problem: null },
  ]);
  const { conversation } = await viewer('conversations.read', { id: ID });
  expect(JSON.stringify(conversation)).toContain('⟦email ');
  expect(JSON.stringify(conversation)).not.toContain(EMAIL);

  const asked = { key: conversation.summary.key, reason: 'The customer asks for it' };
  await expect(responder('conversations.reveal', asked)).rejects.toMatchObject({
    code: 'forbidden',
  });
  const revealed = await core.call('conversations.reveal', asked, admin);
  expect(JSON.stringify(revealed)).toContain(EMAIL);
  const { entries } = await viewer('journal.list', { limit: 5 });
  expect(entries.filter(({ kind }) => kind === 'reveal')).toMatchObject([
    { actor: expect.stringContaining('ada'), data: { id: ID, reason: asked.reason } },
  ]);
  for (const name of readdirSync(dataDir).filter((file) => !file.endsWith('.sock'))) {
    expect(readFileSync(join(dataDir, name)).includes(EMAIL), name).toBe(false);
  }
});

test('a reason is needed, and what the source does not have any more is said', async () => {
  const { core, responder, viewer } = await consoleBesideBackend();
  await responder('conversations.fetch', { id: ID });
  const { conversation } = await viewer('conversations.read', { id: ID });
  const { key } = conversation.summary;
  await expect(
    core.call('conversations.reveal', { key, reason: '  ' }, admin),
  ).rejects.toMatchObject({ code: 'bad_input' });
  await expect(
    core.call('conversations.reveal', { key: key + 1, reason: 'testing' }, admin),
  ).rejects.toMatchObject({ code: 'not_found' });
});
