/**
 * The failing conversation, answered again by both versions, up to the rollback plan that it speaks for; and many at once.
 * v41 too is unsure now and then, one answer in fifty, and its model overloaded, one in hundred.
 */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  launchBrowser,
  openWindow,
  type RunningConsole,
  startConsole,
  type Window,
} from './kit.ts';
import { failingConversation, goTo } from './screens.ts';

let console: RunningConsole;
let browser: Browser;
let window: Window;
let id: string;

beforeAll(async () => {
  console = await startConsole();
  browser = await launchBrowser();
  window = await openWindow(browser, console.address);
  id = await failingConversation(console);
});

afterAll(async () => {
  await browser?.close();
  await console?.stop();
});

describe('a failing conversation', () => {
  it('is re-run from its page: what it takes is told before anything is sent', async () => {
    const { page } = window;
    await goTo(page, console.origin, `/conversation/${id}?turn=1`);
    await page.getByRole('button', { name: 'Re-run on v41' }).click();
    await page.waitForURL(/\/replays\/new/);
    expect(await page.getByLabel('Baseline, as it answered then').inputValue()).toBe(
      'support-bot-v42',
    );
    expect(await page.getByLabel('Against').inputValue()).toBe('support-bot-v41');
    await page.getByText(/10\s*answers/).waitFor();
    expect(await page.getByRole('main').innerText()).toMatch(/about \d+\srequests .*\$0\.\d+/);
    const { replays } = await console.call<{ replays: unknown[] }>('replay.list', {});
    expect(replays).toEqual([]);
    // The focus is on the button: Enter begins it.
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/replays\/r-/);
  });

  it('is answered by v41 and not by v42, word against word, with the numbers of both', async () => {
    const { page } = window;
    await page
      .getByText(/v41 answers this correctly in [345].of.5, v42 in 0.of.5/)
      .waitFor({ timeout: 90_000 });
    await page.getByRole('progressbar').waitFor({ state: 'detached', timeout: 30_000 });
    await page
      .getByText(/v42’s own answers differ from each other in \d+.% of their words/)
      .waitFor();
    const numbers = page.getByRole('table', { name: 'Numbers side by side' });
    expect(await numbers.innerText()).toMatch(/v42 baseline\s+v41\s+recorded/);
    expect(await numbers.innerText()).toMatch(/language\s+en\b.*\s+es\s+en/);
    const left = page.getByRole('region', { name: 'Answer of v42' });
    await left.getByText('not same language (en)').waitFor();
    await page
      .getByRole('region', { name: 'Answer of v41' })
      .getByText('from the recording')
      .waitFor();
    // Beside another answer of its own the common words stand unmarked.
    await page.getByLabel('Right column').selectOption('recorded');
    await page.getByRole('region', { name: 'Answer of recorded' }).waitFor();
    await page.evaluate(() => {
      if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    });
    await page.keyboard.press('ArrowRight');
    await left.getByText('sample 2 of 5').waitFor();
  });

  it('leads to the rollback plan with the finding as its reason', async () => {
    const { page } = window;
    await page.getByRole('button', { name: 'Roll back v42 → v41' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.locator('button[type=submit]:enabled').waitFor();
    const reason = await dialog.getByLabel(/^Why/).first().inputValue();
    expect(reason).toMatch(
      /^v41 answers this correctly in [345] of 5, v42 in 0 of 5 \(re-run r-\w+\)$/,
    );
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
  });

  it('keeps what it showed with the conversation', async () => {
    const { page } = window;
    await goTo(page, console.origin, `/conversation/${id}?turn=1`);
    await page.getByText(/v41: [345] of 5 correct/).waitFor();
    await page.getByText('compare the answers').click();
    await page.waitForURL(/\/replays\/r-/);
  });
});

describe('many at once', () => {
  it('the failing conversations of the alert in one table, and any of them word against word', async () => {
    const { page } = window;
    await goTo(page, console.origin, '/now');
    await page.getByRole('link', { name: 're-run them' }).click({ timeout: 60_000 });
    await page.waitForURL(/\/replays\/new/);
    await page.getByLabel('Conversations at most').fill('6');
    await page.getByText(/12\s*answers/).waitFor();
    await page.getByRole('button', { name: 'Re-run', exact: true }).click();
    await page.waitForURL(/\/replays\/r-/);
    await page
      .getByText(/v41 answers [456].of.6 recorded conversations correctly, v42 \d.of.6/)
      .waitFor({ timeout: 120_000 });
    await page.getByRole('progressbar').waitFor({ state: 'detached', timeout: 60_000 });
    const table = page.getByRole('table', { name: 'Conversations of the re-run' });
    expect(await table.locator('tbody tr').count()).toBe(6);
    const second = table.locator('tbody tr').nth(1);
    const other = await second.locator('code').innerText();
    await second.getByRole('button').click();
    await page.getByRole('link', { name: `the recording of ${other}` }).waitFor();
  });
});

describe('the nightly sample', () => {
  it('is taken at once, production beside what stable says now, by category', async () => {
    const { page } = window;
    await goTo(page, console.origin, '/replays');
    await page.getByRole('button', { name: 'Sample now' }).click();
    await page.getByRole('menuitem', { name: 'support-bot' }).click();
    await page.waitForURL(/\/replays\/r-/);
    await page.getByRole('heading', { name: 'Re-run of Nightly sample of support-bot' }).waitFor();
    await page.getByText(/^\W*done$/).waitFor({ timeout: 120_000 });
    const categories = page.getByRole('table', { name: 'By category' });
    expect(await categories.innerText()).toMatch(/production as recorded\s+v41 asked again/);
    const failing = categories.getByRole('row', { name: /^v42 · es/ });
    expect(await failing.innerText()).toMatch(/of \d+\s+· 0\.\d\d.*of \d+\s+· 0\.\d\d/s);
    const cases = page.getByRole('table', { name: 'Conversations of the re-run' });
    await cases.getByRole('cell', { name: 'v42 · es' }).first().waitFor();
  });
});

describe('a budget that is too small', () => {
  it('ends the run in good order, and the page says so', async () => {
    const { page } = window;
    const { conversation } = await console.call<{ conversation: { summary: { key: number } } }>(
      'conversations.read',
      { id },
    );
    const { replay } = await console.call<{ replay: { id: string } }>('replay.run', {
      target: { kind: 'turn', conversation: conversation.summary.key, turn: 0 },
      endpoints: ['support-bot-v42'],
      budget: { minutes: 0.01 },
    });
    await goTo(page, console.origin, `/replays/${replay.id}`);
    await page
      .getByText(/min are over\. What was answered until then stays\./)
      .waitFor({ timeout: 30_000 });
    await page.getByText('It was not asked: the run ended before.').first().waitFor();
    expect(window.complaints).toEqual([]);
  });
});
