/** Frames while the table of conversations is scrolled through, on the large cache in a real browser. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { launchBrowser, startConsole } from '../e2e/kit.ts';
import { findBrowser } from '../helpers/browser.mjs';
import { QUIET } from './config.ts';
import { END, TURNS } from './large-cache.ts';
import { missing, quantile, report, sized } from './report.ts';
import { BEGIN, TURNS_PER_CONVERSATION } from './transcripts.ts';

const dataDir = process.argv[2] ?? '';
const NAME = 'frame while scrolling the conversations';
const SECONDS = sized(8, 1);

/** Scrolls as a wheel turned without pause does, and notes how long each frame took. */
const SCROLL = `new Promise((done) => {
  const list = [...document.querySelectorAll('main *')].find((one) =>
    one.scrollHeight > one.clientHeight + 1000 && /auto|scroll/.test(getComputedStyle(one).overflowY));
  const height = document.querySelector('#conversation-12').offsetHeight;
  const frames = [];
  let last = performance.now();
  const end = last + ${SECONDS} * 1000;
  const step = (now) => {
    frames.push(now - last);
    last = now;
    list.scrollTop += 240;
    if (now < end) requestAnimationFrame(step);
    else done({ frames: frames.slice(1), rows: Math.round(list.scrollHeight / height) });
  };
  requestAnimationFrame(step);
})`;

async function measure(): Promise<void> {
  const file = join(dataDir, 'nightdesk.yml');
  await writeFile(file, stringify(QUIET));
  const console = await startConsole({ dataDir, args: ['--config', file] });
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    await page.goto(console.address);
    await page.goto(`${console.origin}/conversations?from=${BEGIN}&to=${END + 60_000}`);
    await page.locator('#conversation-12 code').waitFor();
    const { frames, rows } = (await page.evaluate(SCROLL)) as { frames: number[]; rows: number };
    const of = `${(TURNS / TURNS_PER_CONVERSATION).toLocaleString('en')} conversations, a table of about ${rows.toLocaleString('en')} rows, 240 px a frame for ${SECONDS} s`;
    report({ name: `${NAME}, p50`, value: quantile(frames, 0.5), unit: 'ms', of });
    report({ name: `${NAME}, p95`, value: quantile(frames, 0.95), unit: 'ms', of });
  } finally {
    await browser.close();
    await console.stop();
  }
}

if (findBrowser()) await measure();
else missing(NAME, 'no browser was found');
