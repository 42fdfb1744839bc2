/**
 * From a pasted correlation ID to its conversation rendered, in a real browser: on the large cache, and on one that holds
 * nothing but the conversations asked for.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { stringify } from 'yaml';
import { launchBrowser, openWindow, startConsole } from '../e2e/kit.ts';
import { findBrowser } from '../helpers/browser.mjs';
import { QUIET } from './config.ts';
import { inTempDir, open } from './kit.ts';
import { TURNS } from './large-cache.ts';
import { pasted } from './page.ts';
import { missing, note, quantile, report, seeded, sized } from './report.ts';
import { conversationId, spanRecords, TURNS_PER_CONVERSATION } from './transcripts.ts';

const WARM = sized(100, 3);
const COLD = sized(20, 2);
const RENDERED = '[role=log][aria-label=Messages] [data-index="1"]';
const NAME = 'pasted ID to its conversation rendered';

const random = seeded(11);
const asked = Array.from({ length: WARM + COLD }, () =>
  Math.floor(random() * (TURNS / TURNS_PER_CONVERSATION)),
);

interface Took {
  cold: number[];
  warm: number[];
}

/** Cold: the window is new, and its code for conversations not read yet. */
async function measure(browser: Browser, dataDir: string): Promise<Took> {
  const file = join(dataDir, 'nightdesk.yml');
  await writeFile(file, stringify(QUIET));
  const console = await startConsole({ dataDir, args: ['--config', file] });
  const took: Took = { cold: [], warm: [] };
  try {
    for (const conversation of asked.slice(0, COLD)) {
      const { page, context } = await openWindow(browser, console.address);
      took.cold.push(await pasted(page, conversationId(conversation), RENDERED));
      await context.close();
    }
    const { page, context } = await openWindow(browser, console.address);
    await pasted(page, conversationId(asked[0] ?? 0), RENDERED);
    for (const conversation of asked.slice(COLD)) {
      took.warm.push(await pasted(page, conversationId(conversation), RENDERED));
    }
    await context.close();
  } finally {
    await console.stop();
  }
  return took;
}

/** Nothing but the conversations that will be asked for. */
async function fillSmall(dir: string): Promise<void> {
  const cache = await open(dir);
  const spans = [...new Set(asked)].flatMap((conversation) =>
    Array.from({ length: TURNS_PER_CONVERSATION }, (_, turn) =>
      spanRecords(conversation * TURNS_PER_CONVERSATION + turn, 1),
    ).flat(),
  );
  await cache.write('commitBatch', { source: 'otlp', batch: { spans } });
  await cache.close();
}

async function main(dataDir: string): Promise<void> {
  const browser = await launchBrowser();
  try {
    const small = await inTempDir(async (dir) => {
      await fillSmall(dir);
      return measure(browser, dir);
    });
    const large = await measure(browser, dataDir);
    for (const kind of ['cold', 'warm'] as const) {
      const [value, limit] = [quantile(large[kind], 0.95), quantile(small[kind], 0.95)];
      note(
        `${kind}: p50 ${quantile(large[kind], 0.5).toFixed(0)} ms, beside ${quantile(small[kind], 0.5).toFixed(0)} ms`,
      );
      report({
        name: `${NAME}, ${kind}, p95`,
        value,
        unit: 'ms',
        limit,
        ratio: value / limit,
        goal: 'ratio <= 2',
        met: value <= 2 * limit,
        of: `${TURNS.toLocaleString('en')} turns; the limit is the same with only the conversations asked for in the cache`,
      });
    }
  } finally {
    await browser.close();
  }
}

if (findBrowser()) await main(process.argv[2] ?? '');
else missing(NAME, 'no browser was found');
