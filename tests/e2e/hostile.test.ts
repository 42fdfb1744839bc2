/**
 * Hostile turns, sent by the real SDK to the console's receiver and shown wherever the text of a conversation comes up: nothing
 * of it runs, nothing is fetched, what hides is told, and the window stays usable. The same for what is very long.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { stringify } from 'yaml';
import type { ConfigInput } from '#shared/model/config.ts';
import { freePort } from '../backends/harness/process.ts';
import { HOSTILE, type HostileText } from '../fixtures/hostile.ts';
import { type Sdk, span, startSdk } from '../fixtures/otlp.ts';
import {
  launchBrowser,
  openWindow,
  type RunningConsole,
  startConsole,
  type Window,
} from './kit.ts';

const STEPS = 6000;

let folder: string;
let console: RunningConsole;
let browser: Browser;
let window: Window;
const asked: string[] = [];
const dialogs: string[] = [];

const idOf = (index: number) => `hostile-${String(index).padStart(2, '0')}`;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'nightdesk-hostile-'));
  const port = await freePort();
  const config: ConfigInput = {
    version: 1,
    environments: [{ name: 'production' }],
    services: [{ id: 'support-bot', environments: { production: { where: {} } } }],
    sources: [{ kind: 'otlp', id: 'transcripts', port }],
  };
  const file = path.join(folder, 'nightdesk.yml');
  await writeFile(file, stringify(config));
  console = await startConsole({ dataDir: path.join(folder, 'data'), args: ['--config', file] });
  const sdk = startSdk(`http://127.0.0.1:${port}`, 'json', true);
  for (const [index, one] of HOSTILE.entries()) say(sdk, idOf(index), one);
  await sdk.flush();
  await work(sdk, 'long-trace');
  await sdk.shutdown();
  browser = await launchBrowser();
  window = await openWindow(browser, console.address);
  window.page.on('request', (request) => asked.push(request.url()));
  window.page.on('dialog', (dialog) => {
    dialogs.push(dialog.message());
    void dialog.dismiss();
  });
});

afterAll(async () => {
  await browser?.close();
  await console?.stop();
  if (folder) await rm(folder, { recursive: true, force: true });
});

/** A failing turn that has the text in everything that a service can send. */
function say({ tracer }: Sdk, id: string, { text }: HostileText): void {
  const at = Date.now() - 60_000;
  const said = (role: string) =>
    JSON.stringify([{ role, parts: [{ type: 'text', content: text }] }]);
  const turn = span(tracer, text.slice(0, 2000), null, at, at + 900, {
    'gen_ai.operation.name': 'invoke_agent',
    'gen_ai.conversation.id': id,
    'gen_ai.input.messages': said('user'),
    'gen_ai.output.messages': said('assistant'),
    'ai.model.version': text.slice(0, 60),
    'ai.unsure': true,
  });
  span(tracer, `execute_tool ${text.slice(0, 200)}`, turn, at + 100, at + 200, {
    'gen_ai.operation.name': 'execute_tool',
    'gen_ai.conversation.id': id,
    'gen_ai.tool.name': text.slice(0, 200),
    'gen_ai.tool.call.arguments': JSON.stringify({ [text.slice(0, 300)]: text.slice(0, 5000) }),
    'gen_ai.tool.call.result': text,
  });
  span(tracer, 'retrieval', turn, at + 200, at + 300, {
    'gen_ai.operation.name': 'retrieval',
    'gen_ai.conversation.id': id,
    'ai.retrieval.query': text.slice(0, 5000),
    'ai.retrieval.documents': JSON.stringify([{ id: text.slice(0, 500), language: 'en' }]),
  });
}

/** One turn of very many steps. */
async function work({ tracer, flush }: Sdk, id: string): Promise<void> {
  const at = Date.now() - 120_000;
  const turn = span(tracer, 'invoke_agent', null, at, at + STEPS, {
    'gen_ai.operation.name': 'invoke_agent',
    'gen_ai.conversation.id': id,
    'gen_ai.input.messages': JSON.stringify([
      { role: 'user', parts: [{ type: 'text', content: 'Do it all.' }] },
    ]),
  });
  for (let step = 1; step < STEPS; step++) {
    span(
      tracer,
      step === STEPS - 1 ? 'the last step' : `execute_tool step`,
      turn,
      at + step,
      at + step + 1,
      {
        'gen_ai.operation.name': 'execute_tool',
        'gen_ai.tool.name': 'step',
        'gen_ai.tool.call.result': `step ${step}`,
      },
    );
    if (step % 2000 === 0) await flush();
  }
  await flush();
}

async function open(id: string): Promise<void> {
  const { page } = window;
  await page.goto(`${console.origin}/conversation/${id}`);
  await page.getByRole('log', { name: 'Messages' }).getByText('bot · turn 1').waitFor();
  await page
    .getByRole('listbox', { name: 'Steps of this turn' })
    .getByRole('option')
    .first()
    .waitFor();
}

async function nothingHappened(): Promise<void> {
  const { page } = window;
  expect(await page.evaluate(() => 'owned' in globalThis)).toBe(false);
  expect(dialogs).toEqual([]);
  expect(asked.filter((url) => !url.startsWith(console.origin))).toEqual([]);
  expect(window.complaints).toEqual([]);
  expect(
    await page.locator('main iframe, main img, main form, main script, main style').count(),
  ).toBe(0);
  const links = await page
    .locator('main a')
    .evaluateAll((all) => all.map((one) => one.getAttribute('href') ?? ''));
  expect(links.filter((href) => /^[a-z]+:/i.test(href))).toEqual([]);
}

describe('a hostile conversation', () => {
  it.each(HOSTILE.map((one, index) => [one.name, index, one] as const))(
    'is shown plainly: %s',
    async (_, index, { shows }) => {
      const { page } = window;
      await open(idOf(index));
      const chat = page.getByRole('log', { name: 'Messages' });
      await chat.getByText(shows).first().waitFor();
      for (const step of await page.getByRole('option').all()) {
        await step.click();
        await page.getByRole('region', { name: 'What the step told' }).waitFor();
      }
      await nothingHappened();
      expect(await page.locator('*').count()).toBeLessThan(3000);
    },
  );

  it('is marked where it poses as something else or speaks to a model', async () => {
    const { page } = window;
    await open(idOf(HOSTILE.findIndex(({ name }) => name === 'a host that poses')));
    await page
      .getByTitle(/Letters of another alphabet/)
      .first()
      .waitFor();
    await open(idOf(HOSTILE.findIndex(({ name }) => name === 'a word to the model')));
    await page.getByText('speaks to a model').waitFor();
  });

  it('is listed, searched and found as plainly', async () => {
    const { page } = window;
    await page.goto(`${console.origin}/conversations?range=24h&env=production`);
    await page.locator('#conversation-0').waitFor();
    await nothingHappened();
    await page.goto(`${console.origin}/conversations?range=24h&env=production&q=beacon`);
    await page.locator('#conversation-0 mark').first().waitFor();
    await nothingHappened();
    await page.locator('#find').fill('<img src=https://beacon.invalid/x onerror=owned=1>');
    await page.keyboard.press('Enter');
    await page.getByRole('listbox', { name: 'Places found' }).waitFor();
    await nothingHappened();
  });
});

test('a turn of very many steps is whole, with few of them in the document', async () => {
  const { page } = window;
  await open('long-trace');
  await page.getByText(/^6,000\ssteps$/).waitFor();
  const steps = page.getByRole('listbox', { name: 'Steps of this turn' });
  await steps.evaluate((box) => box.scrollTo({ top: box.scrollHeight }));
  await steps.getByText('the last step').click();
  await page
    .getByRole('region', { name: 'What the step told' })
    .getByText(`step ${STEPS - 1}`)
    .waitFor();
  await page.getByRole('button', { name: /more between: show 200/ }).click();
  expect(await page.locator('*').count()).toBeLessThan(6000);
});
