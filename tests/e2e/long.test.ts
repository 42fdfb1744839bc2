/** What is very long: it is whole, and little of it is in the document. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stringify } from 'yaml';
import type { SpanRecord } from '#core/sources/connector.ts';
import { QUIET } from '../bench/config.ts';
import { open as openCache } from '../bench/kit.ts';
import { longConversation, longTrace } from '../bench/transcripts.ts';
import {
  launchBrowser,
  openWindow,
  type RunningConsole,
  startConsole,
  type Window,
} from './kit.ts';

const STEPS = 6000;
const TURNS = 10_000;
/** More than two pages of the player. */
const PAGED = 450;
const BATCH = 5000;

let folder: string;
let console: RunningConsole;
let browser: Browser;
let window: Window;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'nightdesk-long-'));
  const dataDir = path.join(folder, 'data');
  await fill(dataDir, [...longTrace('long-trace', STEPS), ...talk(), ...paged()]);
  const file = path.join(folder, 'nightdesk.yml');
  // Nothing is asked of it.
  const endpoint = { id: 'old', baseUrl: 'http://127.0.0.1:9/v1', model: 'm', version: 'v41' };
  await writeFile(file, stringify({ ...QUIET, endpoints: [endpoint] }));
  console = await startConsole({ dataDir, args: ['--config', file] });
  browser = await launchBrowser();
  window = await openWindow(browser, console.address);
});

afterAll(async () => {
  await browser?.close();
  await console?.stop();
  if (folder) await rm(folder, { recursive: true, force: true });
});

/** Turns, from 1 on, with an unsure answer: none of them is on the first page. */
const UNSURE = [2500, 7777, 9000];

function talk(): SpanRecord[] {
  return longConversation('long-talk', TURNS).map((record, at) =>
    UNSURE.includes(at + 1)
      ? {
          ...record,
          span: { ...record.span, attributes: { ...record.span.attributes, 'ai.unsure': true } },
        }
      : record,
  );
}

function paged(): SpanRecord[] {
  // Two of the same maker would be the same traces.
  return longConversation('paged-talk', PAGED).map((record) => ({
    ...record,
    span: { ...record.span, traceId: `paged-${record.span.traceId}` },
  }));
}

async function fill(dataDir: string, spans: readonly SpanRecord[]): Promise<void> {
  const cache = await openCache(dataDir);
  for (let from = 0; from < spans.length; from += BATCH) {
    const batch = { spans: spans.slice(from, from + BATCH) };
    await cache.write('commitBatch', { source: 'otlp', batch });
  }
  await cache.close();
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

const nodes = () => window.page.locator('*').count();

test('a conversation of very many turns is scrolled to its end, with few of them in the document', async () => {
  const { page } = window;
  await open('long-talk');
  await page.getByText(/^10,000\sturns/).waitFor();
  const chat = page.getByRole('log', { name: 'Messages' });
  const last = chat.getByText(`bot · turn ${TURNS}`, { exact: false });
  let most = await nodes();
  // A turn is measured when it comes into view, so that the end moves while one gets nearer.
  await expect
    .poll(
      async () => {
        await chat.evaluate((box) => box.scrollTo({ top: box.scrollHeight }));
        most = Math.max(most, await nodes());
        return last.isVisible();
      },
      { timeout: 60_000 },
    )
    .toBe(true);
  // Also half way, and back at the beginning.
  for (const [share, turn] of [
    [0.5, /bot · turn [45]\d{3}\b/],
    [0, /bot · turn 1\b/],
  ] as const) {
    await chat.evaluate((box, to) => box.scrollTo({ top: box.scrollHeight * to }), share);
    await chat.getByText(turn).first().waitFor();
    most = Math.max(most, await nodes());
  }
  expect(most).toBeLessThan(3000);
  expect(window.complaints).toEqual([]);
});

test('the last turn of very many is opened by its address, and its steps with it', async () => {
  const { page } = window;
  await page.goto(`${console.origin}/conversation/long-talk?turn=${TURNS}`);
  const chat = page.getByRole('log', { name: 'Messages' });
  await chat.getByText(`bot · turn ${TURNS}`).waitFor();
  await page.getByRole('heading', { name: new RegExp(`^Turn ${TURNS} ·`) }).waitFor();
  expect(await nodes()).toBeLessThan(3000);
});

test('a jump goes to the next failure of the whole conversation, also where its turns were not read', async () => {
  const { page } = window;
  await open('long-talk');
  await page.getByRole('button', { name: /^3 unsure answers/ }).waitFor();
  const chat = page.getByRole('log', { name: 'Messages' });
  for (const [key, turn] of [
    ['Shift+U', 9000],
    ['Shift+U', 7777],
    ['u', 9000],
    // After the last one the first comes again.
    ['u', 2500],
  ] as const) {
    await page.keyboard.press(key);
    await page.getByRole('heading', { name: new RegExp(`^Turn ${turn} ·`) }).waitFor();
    await chat.getByText(`bot · turn ${turn}`, { exact: false }).waitFor();
    expect(new URL(page.url()).searchParams.get('turn')).toBe(String(turn));
  }
  // Who presses on something in it stays where they are, with all of it shown.
  const position = page.getByRole('slider', { name: 'Position in the recording' });
  const before = await position.getAttribute('aria-valuenow');
  expect(Number(before)).toBeGreaterThan(0);
  await chat.getByText('bot · turn 2500', { exact: false }).click();
  await page.getByRole('heading', { name: /^Turn 2500 ·/ }).waitFor();
  expect(await position.getAttribute('aria-valuenow')).toBe(before);
  expect(window.complaints).toEqual([]);
});

test('playing begins with the chosen turn, goes on from page to page, and rests on the last turn', async () => {
  const { page } = window;
  const shows = (turn: number) =>
    page.getByRole('heading', { name: new RegExp(`^Turn ${turn} ·`) }).waitFor();
  const chat = page.getByRole('log', { name: 'Messages' });
  const position = page.getByRole('slider', { name: 'Position in the recording' });
  await page.goto(`${console.origin}/conversation/paged-talk?turn=199`);
  await shows(199);
  await page.getByRole('button', { name: 'Play', exact: true }).click();
  await shows(200);
  // The page ends here.
  await shows(201);
  await page.getByText(/turns 201–400 of 450/).waitFor();
  await page.getByRole('button', { name: 'Pause', exact: true }).click();
  expect(await chat.getByText('bot · turn 1', { exact: true }).count()).toBe(0);

  // Back over the edge, and on again, message by message.
  await page.goto(`${console.origin}/conversation/paged-talk?turn=201`);
  await shows(201);
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowLeft');
  await shows(200);
  await page.getByText(/turns 1–200 of 450/).waitFor();
  await page.keyboard.press('ArrowRight');
  await shows(201);

  // To the end of the last page: it rests there, and begins there again.
  await page.goto(`${console.origin}/conversation/paged-talk?turn=${PAGED}`);
  await shows(PAGED);
  await page.getByRole('button', { name: 'Play', exact: true }).click();
  await page.getByRole('button', { name: 'Play', exact: true }).waitFor();
  await shows(PAGED);
  // At the end of the track of the first page the turn that is shown is its last.
  await page.goto(`${console.origin}/conversation/paged-talk`);
  await shows(1);
  const box = await position.boundingBox();
  if (!box) throw new Error('The track is not shown.');
  const y = box.y + box.height / 2;
  await page.mouse.move(box.x + box.width - 40, y);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width + 40, y);
  await page.mouse.up();
  await shows(200);
  await page.getByRole('button', { name: 'Play', exact: true }).click();
  await shows(201);
  expect(window.complaints).toEqual([]);
});

test('any of very many turns is answered again: the first that failed, or one by its number', async () => {
  const { page } = window;
  await page.goto(`${console.origin}/replays/new?of=long-talk`);
  const chosen = page.getByRole('radio', { checked: true }).locator('xpath=ancestor::label');
  const shows = (turn: number | undefined) =>
    expect.poll(() => chosen.textContent(), { timeout: 20_000 }).toMatch(new RegExp(`^${turn}\\D`));
  await shows(UNSURE[0]);
  await expect.poll(() => chosen.isVisible()).toBe(true);
  await page.getByLabel(/^Go to turn, of 10,000/).fill(String(TURNS));
  await shows(TURNS);
  await page.getByText('Turns 9,801 to 10,000 are shown.').waitFor();
  await page.getByText('The turns before turn 9800 do not go along with what is asked.').waitFor();
  expect(window.complaints).toEqual([]);
});

test('a turn of very many steps is whole, with few of them in the document', async () => {
  const { page } = window;
  await open('long-trace');
  await page.getByText(/^6,000\ssteps$/).waitFor();
  const steps = page.getByRole('listbox', { name: 'Steps of this turn' });
  await steps.evaluate((box) => box.scrollTo({ top: box.scrollHeight }));
  await steps.locator(`[id="span-${STEPS.toString(16).padStart(16, '0')}"]`).click();
  await page.getByRole('region', { name: 'What the step told' }).getByText('result').waitFor();
  await page.getByRole('button', { name: /more between: show 200/ }).click();
  expect(await nodes()).toBeLessThan(6000);
});
