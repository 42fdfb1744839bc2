/** A shared page in a real browser, from the disk and without a network; and the way from one console's window into another's. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openCache } from '#core/cache/open.ts';
import { STEERS } from '#shared/util/steering.ts';
import { WORKER } from '../core/cache-kit.ts';
import { exported, HOSTILE, lateFeedback, talk } from '../core/share-kit.ts';
import { silentLog } from '../fixtures/deps.ts';
import { runningCore } from '../fixtures/running-core.ts';
import { launchBrowser, openWindow, type RunningConsole, startConsole } from './kit.ts';

let browser: Browser;
let console: RunningConsole;
let folder: string;
let bundle: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'nightdesk-share-'));
  const dataDir = path.join(folder, 'elsewhere');
  const cache = await openCache({ worker: WORKER, log: silentLog, dataDir });
  const spans = [
    ...talk('c-hostile-1'),
    ...talk('c-hostile-2', 1_790_001_000_000),
    ...lateFeedback('c-late'),
  ];
  await cache.write('commitBatch', { source: 'otlp', batch: { spans } });
  await cache.close();
  const core = await runningCore(dataDir);
  await writeFile(path.join(folder, 'sources.html'), await exported(core, 'c-hostile-1', 'html'));
  await writeFile(path.join(folder, 'late.html'), await exported(core, 'c-late', 'html'));
  const second = await exported(core, 'c-hostile-2');
  bundle = path.join(folder, 'c-hostile-1.nightdesk.jsonl');
  await writeFile(bundle, await exported(core, 'c-hostile-1'));
  await core.close();
  browser = await launchBrowser();
  console = await startConsole();
  await writeFile(path.join(folder, 'build.html'), await pageOfBuild(second));
});
afterAll(async () => {
  await browser?.close();
  await console?.stop();
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
});

/** The console as it is started runs from the build, where the viewer is another file than in the sources. */
async function pageOfBuild(text: string): Promise<string> {
  const { upload } = await console.call<{ upload: string }>('share.upload', { upload: null, text });
  await console.call('share.import', { upload, fileName: 'second.nightdesk.jsonl' });
  const found = await console.call<{ matches: { key: number }[] }>('conversations.find', {
    text: 'c-hostile-2',
  });
  const what = { kind: 'conversation', key: found.matches[0]?.key };
  const made = await console.call<{ file: string }>('share.prepare', { what, format: 'html' });
  return (await console.call<{ text: string }>('share.piece', { file: made.file })).text;
}

test.each(['sources', 'build'])(
  'a page of a hostile conversation, by a viewer from the %s, opens from the disk, asks for nothing, runs nothing, and plays',
  async (from) => {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    const page = await context.newPage();
    const asked: string[] = [];
    const complaints: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('dialog', (dialog) => complaints.push(dialog.message()));
    const address = pathToFileURL(path.join(folder, `${from}.html`)).href;
    await page.goto(address);
    const said = page.locator('.said');
    await said.first().waitFor();
    expect(complaints).toEqual([]);
    expect(asked).toEqual([address]);
    expect(await page.evaluate(() => 'owned' in window)).toBe(false);
    expect(await page.locator('img, a, iframe, link').count()).toBe(0);
    expect(await page.locator('script').count()).toBe(2);
    const [firstLine = ''] = HOSTILE.split('\n');
    expect(await said.filter({ hasText: firstLine }).count()).toBe(1);
    expect(await page.getByText('[U+202E]').count()).toBe(1);
    expect(await page.locator('.turn', { hasText: STEERS }).allInnerTexts()).toEqual([
      expect.stringContaining(firstLine),
    ]);

    const visible = () => said.filter({ visible: true }).count();
    const all = await said.count();
    expect(await visible()).toBe(all);
    await page.getByRole('button', { name: 'One message back' }).click();
    expect(await visible()).toBe(all - 1);
    const track = page.getByRole('slider');
    await track.fill('1');
    expect(await visible()).toBe(1);
    // A minute between two turns is played in moments; where that is, stands there.
    const end = Number(await track.getAttribute('max'));
    expect(end).toBeLessThan(10_000);
    expect(await page.getByText(/ of silence, left out in playing$/).count()).toBe(2);
    await page.getByRole('button', { name: /^Speed/ }).click();
    await page
      .getByRole('button', { name: /^Speed/ })
      .getByText('2×')
      .waitFor();
    await page.getByRole('button', { name: 'Play or pause' }).click();
    await expect.poll(visible, { timeout: 20_000 }).toBeGreaterThan(2);
    await page.getByRole('button', { name: 'Play or pause' }).click();
    await page.getByText(/^(≈ )?[12]:\d\d \/ 2:00$/).waitFor();
    expect(await page.getByRole('button', { name: 'Play or pause' }).textContent()).toBe('Play');
    await track.fill(String(end));
    expect(await visible()).toBe(all);
    await page.getByText('What was live').waitFor();
    await page.getByText('bot-model').waitFor();
    expect(await page.locator('.lane i').count()).toBe(2);
    await page.locator('summary').filter({ hasText: 'chat' }).click();
    await page.locator('details dd').getByText('m-1', { exact: true }).waitFor();
    expect((await readFile(path.join(folder, `${from}.html`))).length).toBeLessThan(60_000);
    await context.close();
  },
);

test('feedback of a day later appears on a page when it was given, under its turn', async () => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  await page.goto(pathToFileURL(path.join(folder, 'late.html')).href);
  const feedback = page.locator('.turn').first().locator('.said', { hasText: 'thumbs-down' });
  await feedback.waitFor();
  await page.getByText('24:00:00 / 24:00:00').waitFor();
  await page.getByText('24.0 h of silence, left out in playing').waitFor();
  // Before it lies the answer of the second turn.
  await page.getByRole('button', { name: 'One message back' }).click();
  await page.getByText('1:00 / 24:00:00').waitFor();
  expect(await page.locator('.said').filter({ visible: true }).count()).toBe(4);
  expect(await feedback.isVisible()).toBe(false);
  await page.getByRole('button', { name: 'One message on' }).click();
  await feedback.waitFor();
  expect(await page.locator('[data-now]').innerText()).toContain('thumbs-down');
  await context.close();
});

test('a bundle chosen in the window is imported, marked, shared on and added to an evaluation set', async () => {
  const { page, context, complaints } = await openWindow(browser, console.address);
  await page.goto(`${console.origin}/conversations`);
  await page.locator('#conversation-0 code').waitFor({ timeout: 45_000 });
  await page.getByLabel('Bundle to import').setInputFiles(bundle);
  const dialog = page.getByRole('dialog');
  await dialog.getByText('added', { exact: true }).waitFor();
  await dialog.getByRole('link', { name: 'c-hostile-1' }).click();
  await page.getByText('imported', { exact: true }).waitFor();

  await page.getByRole('button', { name: 'Export' }).click();
  const download = page.waitForEvent('download');
  await page.getByRole('menuitem', { name: /Bundle for another/ }).click();
  const file = await (await download).path();
  const data = (text: string) => text.split('\n').slice(1);
  expect(data(await readFile(file, 'utf8'))).toEqual(data(await readFile(bundle, 'utf8')));

  await page.getByRole('button', { name: /Export|Saved/ }).click();
  await page.getByRole('menuitem', { name: /Copy as Markdown/ }).click();
  await page.getByRole('button', { name: 'Copied' }).waitFor();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied).toContain('nightdesk://conversation/c-hostile-1');

  await page.getByRole('button', { name: /Export|Copied/ }).click();
  await page.getByRole('menuitem', { name: /evaluation set/ }).click();
  await page.getByLabel('Name of the set').fill('nightly-es');
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await page.getByText('1 added to nightly-es').waitFor();
  const sets = await readdir(path.join(console.dataDir, 'demo', 'evaluation-sets'));
  expect(sets).toEqual(['nightly-es.jsonl']);
  await page.keyboard.press('Escape');

  await page.goto(`${console.origin}/conversations?imported=1&range=30d`);
  await page.getByText('imported only').waitFor();
  expect(complaints).toEqual([]);
  await context.close();
});

test('a bundle that was changed is refused in words, and nothing of it is there', async () => {
  const { page, context } = await openWindow(browser, console.address);
  await page.goto(`${console.origin}/conversations`);
  await page.locator('#conversation-0 code').waitFor({ timeout: 45_000 });
  const text = (await readFile(bundle, 'utf8'))
    .replaceAll('c-hostile-1', 'c-tampered')
    .replace('sent', 'lost');
  const spoilt = path.join(folder, 'spoilt.nightdesk.jsonl');
  await writeFile(spoilt, text);
  await page.getByLabel('Bundle to import').setInputFiles(spoilt);
  const alert = page.getByRole('dialog').getByRole('alert');
  expect(await alert.textContent()).toMatch(/Line 1: .* Nothing was imported\./);
  const found = await console.call<{ matches: unknown[] }>('conversations.find', {
    text: 'c-tampered',
  });
  expect(found.matches).toEqual([]);
  await context.close();
});

test('a bundle is dropped on the list, and chosen through the palette', async () => {
  const { page, context, complaints } = await openWindow(browser, console.address);
  await page.goto(`${console.origin}/conversations`);
  await page.locator('#conversation-0 code').waitFor({ timeout: 45_000 });
  const text = await readFile(bundle, 'utf8');
  const dropped = await page.evaluateHandle((content) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([content], 'dropped.nightdesk.jsonl'));
    return transfer;
  }, text);
  const list = page.getByRole('grid', { name: 'Conversations' });
  await list.dispatchEvent('dragover', { dataTransfer: dropped });
  await list.dispatchEvent('drop', { dataTransfer: dropped });
  const dialog = page.getByRole('dialog');
  await dialog.getByText('dropped.nightdesk.jsonl').waitFor();
  await dialog.getByText(/^added$|was imported before/).waitFor();
  await page.keyboard.press('Escape');
  // What closes gives the focus back to where it was.
  await dialog.waitFor({ state: 'hidden' });

  await page.keyboard.press('Control+K');
  const palette = page.getByPlaceholder('A place, an action, a correlation ID…');
  await palette.fill('import conversations');
  await page.getByText('Import conversations of another Nightdesk…').waitFor();
  const chooser = page.waitForEvent('filechooser');
  await palette.press('Enter');
  await (await chooser).setFiles(bundle);
  await dialog.getByText('was imported before').waitFor();
  expect(complaints).toEqual([]);
  await context.close();
});
