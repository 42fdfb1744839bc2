/**
 * A conversation that only the demo's own tracing backend has, fetched and revealed in a real browser. What the bots export
 * goes elsewhere: the console knows nothing that it has not asked for.
 */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { stringify } from 'yaml';
import type { JournalEntry } from '#shared/model/action.ts';
import { at, MODELS_SECRET } from '../../electron/demo/config.ts';
import { type DemoFleet, startDemoFleet } from '../../electron/demo/fleet.ts';
import { freePort } from '../../electron/host/free-port.ts';
import { type OtlpSink, otlpSink } from '../fixtures/otlp-sink.ts';
import {
  launchBrowser,
  openWindow,
  type RunningConsole,
  spawnDemo,
  startConsole,
  type Window,
} from './kit.ts';
import { goTo } from './screens.ts';

const ID = 'c-reveal-1';
const EMAIL = 'ana.perez@example.com';
const REASON = 'The customer asks what we hold';

let folder: string;
let sink: OtlpSink;
let fleet: DemoFleet;
let console: RunningConsole;
let browser: Browser;
let window: Window;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'nightdesk-reveal-'));
  sink = await otlpSink();
  fleet = await startDemoFleet({
    dir: path.join(folder, 'fleet'),
    otlpPort: sink.port,
    seed: 7,
    spawn: spawnDemo,
  });
  const file = path.join(folder, 'nightdesk.yml');
  const port = await freePort();
  const sources = fleet.config.sources.filter(({ kind }) => kind === 'otlp');
  await writeFile(
    file,
    stringify({
      ...fleet.config,
      sources: sources.map((source) => ({ ...source, port })),
      services: fleet.config.services.map(({ id, title, environments }) => ({
        id,
        title,
        environments,
      })),
      drills: [],
    }),
  );
  console = await startConsole({ args: ['--config', file], env: fleet.secrets });
  browser = await launchBrowser();
  window = await openWindow(browser, console.address);
});

afterAll(async () => {
  await browser?.close();
  await console?.stop();
  await fleet?.stop();
  await sink?.close();
  if (folder) await rm(folder, { recursive: true, force: true });
});

const journaled = async () =>
  (await console.call<{ entries: JournalEntry[] }>('journal.list', { limit: 20 })).entries.filter(
    ({ kind }) => kind === 'reveal',
  );

/** Everything that the window keeps beyond what is on screen. */
const kept = () =>
  window.page.evaluate(async () => {
    const stores = [{ ...localStorage }, { ...sessionStorage }, history.state, document.cookie];
    return JSON.stringify([stores, await indexedDB.databases(), await caches.keys()]);
  });

/** What axe finds serious, as `rule: where`. */
async function serious(): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page: window.page }).analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(' | ')}`);
}

it('an ID that nothing was sent of is fetched from the backend that has it, and stored masked', async () => {
  const bot = at(fleet.ports.bots['support-bot']);
  const said = await fetch(`${bot}/chat`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ conversationId: ID, message: `I am ${EMAIL}. Where is my order?` }),
  });
  expect(said.status).toBe(200);
  const headers = { authorization: `Bearer ${fleet.secrets[MODELS_SECRET]}` };
  await expect
    .poll(async () => (await fetch(`${bot}/traces/${ID}`, { headers })).status, { timeout: 20_000 })
    .toBe(200);

  const { page } = window;
  await goTo(page, console.origin, `/conversation/${ID}`);
  await page.getByText(`No conversation “${ID}” is in the cache`).waitFor();
  await page.getByText('Fetching also asks transcripts for this ID itself.').waitFor();
  await page.getByRole('button', { name: 'Fetch from all sources now' }).click();
  await page.getByText(/bot · turn 1/).waitFor({ timeout: 45_000 });
  const main = page.getByRole('main');
  expect(await main.innerText()).toContain('I am email');
  expect(await main.innerText()).not.toContain(EMAIL);
});

it('what was masked is revealed with a reason, on record, and gone when the dialog is closed', async () => {
  const { page } = window;
  await page.getByRole('button', { name: 'Reveal…' }).click();
  const dialog = page.getByRole('dialog');
  const send = dialog.getByRole('button', { name: 'Journal it and reveal' });
  expect(await send.isDisabled()).toBe(true);
  await dialog.getByLabel('Why').fill('  ');
  expect(await send.isDisabled()).toBe(true);
  expect(await journaled()).toEqual([]);
  await dialog.getByLabel('Why').fill(REASON);
  expect(await serious()).toEqual([]);
  await page.keyboard.press('Enter');
  await dialog.getByText(`I am ${EMAIL}.`).first().waitFor();
  expect(await serious()).toEqual([]);
  expect(await journaled()).toMatchObject([
    { data: { id: ID, service: 'support-bot', reason: REASON, sources: ['transcripts'] } },
  ]);
  expect(await kept()).not.toContain(EMAIL);

  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  expect(await page.content()).not.toContain(EMAIL);
  await page.getByRole('button', { name: 'Reveal…' }).click();
  await send.waitFor();
  expect(await page.content()).not.toContain(EMAIL);
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  await page.goBack();
  await page.goForward();
  await page.getByText(/bot · turn 1/).waitFor();
  expect(await page.content()).not.toContain(EMAIL);
  expect(await kept()).not.toContain(EMAIL);
  // Nor in any file of the console: cache, journal, log.
  for (const name of await readdir(console.dataDir, { recursive: true, withFileTypes: true })) {
    if (!name.isFile()) continue;
    const file = path.join(name.parentPath, name.name);
    expect((await readFile(file)).includes(EMAIL), file).toBe(false);
  }
  expect(window.complaints.filter((one) => !one.includes('404'))).toEqual([]);
});

it('a backend that hangs is given up on, and the dialog can be left or used again', async () => {
  const { page } = window;
  const bot = fleet.pids()['support-bot'];
  if (bot === undefined) throw new Error('The bot is not running.');
  const dialog = page.getByRole('dialog');
  process.kill(bot, 'SIGSTOP');
  try {
    await page.getByRole('button', { name: 'Reveal…' }).click();
    await dialog.getByLabel('Why').fill(REASON);
    await page.keyboard.press('Enter');
    await expect.poll(async () => (await journaled()).length).toBe(2);
    await dialog.getByRole('button', { name: 'Stop asking' }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Reveal…' }).click();
    await dialog.getByLabel('Why').fill(REASON);
    await page.keyboard.press('Enter');
    await dialog.getByRole('alert').getByText('no full answer within').waitFor();
  } finally {
    process.kill(bot, 'SIGCONT');
  }
  await dialog.getByRole('button', { name: 'Journal it and reveal' }).click();
  await dialog.getByText(`I am ${EMAIL}.`).first().waitFor();
  expect(await journaled()).toHaveLength(4);
  await page.keyboard.press('Escape');
});

it('an ID that no backend has says who was asked, and what each answered', async () => {
  const { page } = window;
  await fleet.end('docs-search');
  await goTo(page, console.origin, '/conversation/c-nobody-knows');
  await page.getByRole('button', { name: 'Fetch from all sources now' }).click();
  await page
    .getByText(/transcripts was asked for it just now: .*nothing listens there/)
    .waitFor({ timeout: 45_000 });
  await page.getByRole('link', { name: 'Search for it' }).waitFor();
});
