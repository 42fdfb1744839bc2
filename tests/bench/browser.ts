/** What a person waits for, in a real browser, on the demo fleet. Needs the build; says so when a browser is missing. */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser, type RunningConsole, startConsole } from '../e2e/kit.ts';
import { findBrowser } from '../helpers/browser.mjs';
import { median, missing, note, report, sized } from './report.ts';

const ROUNDS = sized(7, 1);
const BUILT = fileURLToPath(new URL('../../out/renderer', import.meta.url));
const NAMES = [
  'navigation to first data on Now',
  'click on a conversation to it rendered',
  'JavaScript until Now shows data, gzip',
];
const DATA_ON_NOW = 'td[data-state=ok], td[data-state=bad], td[data-state=watch]';
const ROW = 'tr[id^=conversation-] td:not([colspan])';

/** The page notes by itself when what matters first appears: asking from outside would add its own delay. */
const WATCH = `
  window.firstSeen = {};
  window.when = (name, there) => {
    const look = () => {
      if (!there()) return requestAnimationFrame(look);
      window.firstSeen[name] = performance.now();
    };
    look();
  };
`;

async function openPage(browser: Browser): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  await context.addInitScript(WATCH);
  return context.newPage();
}

/** Milliseconds, by the page's own clock, until `seen` was noted. */
async function seen(page: Page, name: string): Promise<number> {
  for (let tries = 0; tries < 600; tries++) {
    const at = await page.evaluate(`window.firstSeen?.['${name}'] ?? null`);
    if (typeof at === 'number') return at;
    await sleep(50);
  }
  throw new Error(`${name} was not seen within half a minute`);
}

async function now(browser: Browser, console: RunningConsole): Promise<void> {
  const data: number[] = [];
  const empty: number[] = [];
  const received: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const page = await openPage(browser);
    // Some small file of the same host, shown as a page.
    await page.goto(`${console.origin}/favicon.ico`);
    empty.push(
      Number(await page.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd")),
    );
    const scripts = new Set<string>();
    page.on('response', (response) => {
      const { pathname } = new URL(response.url());
      if (pathname.endsWith('.js')) scripts.add(pathname);
    });
    await page
      .context()
      .addInitScript(`when('data', () => document.querySelector('${DATA_ON_NOW}'))`);
    await page.goto(console.address);
    data.push(await seen(page, 'data'));
    await sleep(200);
    received.push(
      [...scripts].reduce((sum, script) => sum + gzipSync(readFileSync(BUILT + script)).length, 0),
    );
    await page.context().close();
  }
  note(`now: ${data.map(Math.round).join(' ')}; empty: ${empty.map(Math.round).join(' ')}`);
  report({
    name: NAMES[0] ?? '',
    value: median(data),
    unit: 'ms',
    limit: median(empty),
    ratio: median(data) / median(empty),
    of: 'a fresh profile each time; the limit is an empty page of the same host',
  });
  report({
    name: NAMES[2] ?? '',
    value: median(received) / 1024,
    unit: 'kB',
    of: 'with the chart',
  });
}

async function conversation(browser: Browser, console: RunningConsole): Promise<void> {
  const took: number[] = [];
  const page = await openPage(browser);
  await page.goto(console.address);
  await page.locator(DATA_ON_NOW).first().waitFor();
  for (let round = 0; round < ROUNDS; round++) {
    await page.getByRole('link', { name: /^Conversations/ }).click();
    const row = page.locator(ROW).nth(round);
    await row.waitFor();
    await page.evaluate(`
      window.firstSeen = {};
      addEventListener('click', () => {
        const clicked = performance.now();
        when('end', () => document.querySelector('[role=log][aria-label=Messages]')?.innerText.length > 40);
        const wait = setInterval(() => {
          if (!window.firstSeen.end) return;
          clearInterval(wait);
          window.firstSeen.took = window.firstSeen.end - clicked;
        }, 5);
      }, { once: true, capture: true });
    `);
    await row.click();
    took.push(await seen(page, 'took'));
  }
  note(`conversation: ${took.map(Math.round).join(' ')}`);
  report({
    name: NAMES[1] ?? '',
    value: median(took),
    unit: 'ms',
    of: `median of ${ROUNDS}; the first, with its code to fetch, took ${Math.round(took[0] ?? 0)} ms`,
  });
  await page.context().close();
}

if (findBrowser() === null) {
  for (const name of NAMES) missing(name, 'no browser on this machine; npm test gets one');
} else {
  const console = await startConsole();
  const browser = await launchBrowser();
  try {
    // Until the fleet has answered once there is nothing to wait for.
    for (let tries = 0; tries < 120; tries++) {
      const { matrix } = await console.call<{ matrix: { cells: { value: number | null }[] }[] }>(
        'overview.read',
        { environment: 'production' },
      );
      if (matrix.some((row) => row.cells.some((cell) => cell.value !== null))) break;
      await sleep(500);
    }
    await now(browser, console);
    await conversation(browser, console);
  } finally {
    await browser.close();
    await console.stop();
  }
}
