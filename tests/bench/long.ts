/**
 * What is long: a trace of 50,000 spans and a conversation of 10,000 turns, opened by their pasted ID in a real browser,
 * and scrolled through. Needs the build; says so when a browser is missing.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { stringify } from 'yaml';
import { launchBrowser, openWindow, startConsole } from '../e2e/kit.ts';
import { findBrowser } from '../helpers/browser.mjs';
import { QUIET } from './config.ts';
import { inTempDir, open } from './kit.ts';
import { pasted, scrolled } from './page.ts';
import { missing, note, quantile, report, sized } from './report.ts';
import { longConversation, longTrace } from './transcripts.ts';

const SPANS = sized(50_000, 2000);
const TURNS = sized(10_000, 300);
const BATCH = 5000;
const SECONDS = sized(8, 1);
const STEPS = 'Steps of this turn';
const NAMES = ['first paint of a long waterfall', 'a conversation of many turns rendered'];

async function fill(dir: string): Promise<void> {
  const cache = await open(dir);
  for (const records of [longTrace('long-trace', SPANS), longConversation('long-talk', TURNS)]) {
    for (let from = 0; from < records.length; from += BATCH) {
      const batch = { spans: records.slice(from, from + BATCH) };
      await cache.write('commitBatch', { source: 'otlp', batch });
    }
  }
  await cache.close();
}

async function frames(page: Page, role: string, name: string, of: string): Promise<void> {
  const { times, end } = await scrolled(page.getByRole(role as 'listbox', { name }), SECONDS);
  note(`scrolled ${name} to ${Math.round(end * 100)} % of its length`);
  const p95 = quantile(times, 0.95);
  const subject = role === 'log' ? 'the chat' : 'the waterfall';
  report({
    name: `frame while scrolling ${subject}, p50`,
    value: quantile(times, 0.5),
    unit: 'ms',
    of,
  });
  report({
    name: `frame while scrolling ${subject}, p95`,
    value: p95,
    unit: 'ms',
    goal: '<= 20',
    met: p95 <= 20,
    of,
  });
}

async function measure(dir: string): Promise<void> {
  await fill(dir);
  const file = join(dir, 'nightdesk.yml');
  await writeFile(file, stringify(QUIET));
  const console = await startConsole({ dataDir: dir, args: ['--config', file] });
  const browser = await launchBrowser();
  try {
    const { page } = await openWindow(browser, console.address);
    const turns = `${TURNS.toLocaleString('en')} turns`;
    const rendered = await pasted(page, 'long-talk', '[role=log] [data-index="3"]');
    report({
      name: NAMES[1] ?? '',
      value: rendered,
      unit: 'ms',
      of: `from the pasted ID, ${turns}`,
    });
    await frames(page, 'log', 'Messages', turns);
    const spans = `${SPANS.toLocaleString('en')} spans`;
    const paint = await pasted(page, 'long-trace', `[aria-label="${STEPS}"] [role=option]`);
    report({
      name: NAMES[0] ?? '',
      value: paint,
      unit: 'ms',
      goal: '<= 1000',
      met: paint <= 1000,
      of: `from the pasted ID, ${spans}`,
    });
    await page.getByText(new RegExp(`^${SPANS.toLocaleString('en')}\\ssteps$`)).waitFor();
    await frames(page, 'listbox', STEPS, spans);
  } finally {
    await browser.close();
    await console.stop();
  }
}

if (findBrowser()) await inTempDir(measure);
else for (const name of NAMES) missing(name, 'no browser was found');
