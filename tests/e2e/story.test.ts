/** The main job, as a person does it: paged → evidence → the failing conversation → roll back → proof → recovered → undo. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  fleetPids,
  isRunning,
  launchBrowser,
  openWindow,
  type RunningConsole,
  startConsole,
  type Window,
} from './kit.ts';

let console: RunningConsole;
let browser: Browser;
let window: Window;

beforeAll(async () => {
  console = await startConsole();
  browser = await launchBrowser();
  window = await openWindow(browser, console.address);
});

afterAll(async () => {
  await browser?.close();
  await console?.stop();
});

describe('paged at night, with the demo fleet', () => {
  let failingId = '';

  it('shows within half a minute what fires, since when, which version, and which change did it', async () => {
    const { page } = window;
    const banner = page.getByRole('alert').filter({ hasText: 'firing for' });
    await banner.waitFor({ timeout: 45_000 });
    await banner.getByText('v42 is out of band').waitFor({ timeout: 30_000 });
    expect(await banner.innerText()).toMatch(/p95 latency .* s, above 4 s/);
    expect(await banner.innerText()).toContain('v41 is healthy');
    await page
      .getByText(/v42 10 → 25 %/)
      .first()
      .waitFor();
    await page.getByText(/simulated services on this machine/).waitFor();
  });

  it('leads from a pasted correlation ID to the conversation', async () => {
    const { page } = window;
    const { rows } = await console.call<{ rows: { id: string }[] }>('conversations.search', {
      filter: { environment: 'production', versions: ['v42'], failures: ['unsure'] },
      limit: 1,
    });
    failingId = rows[0]?.id ?? '';
    expect(failingId).toMatch(/^c-/);
    await page.evaluate(
      (text) => navigator.clipboard.writeText(text),
      `conversation_id="${failingId}" level=warn`,
    );
    await page.locator('#find').focus();
    await page.keyboard.press('Control+V');
    await page.waitForURL(new RegExp(`/conversation/${failingId}`));
    await page.getByText('No estoy seguro').first().waitFor();
    await page.getByText('live then').waitFor();
  });

  it('replays it: from the first message on, on its clock', async () => {
    const { page } = window;
    const position = page.getByRole('slider', { name: 'Position in the recording' });
    await position.focus();
    await page.keyboard.press('Home');
    expect(await position.getAttribute('aria-valuenow')).toBe('0');
    await page.getByRole('button', { name: 'Play', exact: true }).click();
    await expect
      .poll(async () => Number(await position.getAttribute('aria-valuenow')), { timeout: 30_000 })
      .toBeGreaterThan(0);
    await page.getByRole('button', { name: 'Pause', exact: true }).click();
  });

  it('rolls back with one click and one confirmation, and proves it until the service has recovered', async () => {
    const { page } = window;
    await page.getByRole('link', { name: /^Now/ }).click();
    await page.getByRole('button', { name: 'Roll back v42 → v41' }).first().click();
    const dialog = page.getByRole('dialog');
    await dialog
      .getByText('v42 weight 250')
      .or(dialog.getByText(/v42\s+weight 250/))
      .first()
      .waitFor();
    await dialog.locator('button[type=submit]').click();
    await page.waitForURL(/\/action\/a-/);
    for (const step of ['sent', 'stored', 'served', 'live', 'recovered']) {
      await page
        .locator('li[data-state=done]', { hasText: new RegExp(`^\\W*${step}`) })
        .waitFor({ timeout: 120_000 });
    }
    const summary = page.getByRole('status').filter({ hasText: 'recovered' });
    await summary.waitFor();
    expect(await summary.innerText()).toMatch(/Rolled back to v41.*requests on v42/s);
  });

  it('has it in the journal, whose chain holds', async () => {
    const { page } = window;
    await page.getByRole('link', { name: /^Journal/ }).click();
    await page.getByRole('link', { name: 'Roll back support-bot v42 → v41' }).first().waitFor();
    const verified = await console.call<{ ok: boolean; entries: number }>('journal.verify', {});
    expect(verified.ok).toBe(true);
    expect(verified.entries).toBeGreaterThan(6);
  });

  it('undoes it to the exact state of before', async () => {
    const { page } = window;
    await page.getByRole('link', { name: 'Roll back support-bot v42 → v41' }).first().click();
    await page.waitForURL(/\/action\/a-/);
    await page.getByRole('button', { name: /^Undo/ }).click();
    const dialog = page.getByRole('dialog');
    await dialog.locator('button[type=submit]').click();
    await page
      .getByText(/Undo of|Undo:|Undo roll back/i)
      .first()
      .waitFor({ timeout: 20_000 });
    await expect
      .poll(
        async () => {
          const { flag } = await console.call<{
            flag: { state: { strategies: { variants: { name: string; weight: number }[] }[] } };
          }>('flags.read', {
            source: 'unleash',
            key: 'support-bot-model',
            environment: 'production',
          });
          return flag.state.strategies[0]?.variants.map(({ name, weight }) => `${name} ${weight}`);
        },
        { timeout: 20_000 },
      )
      .toEqual(['v41 750', 'v42 250']);
  });

  it('ends what it started, and the page had nothing to complain about', async () => {
    expect(window.complaints).toEqual([]);
    const pids = await fleetPids(console.dataDir);
    expect(pids.length).toBe(6);
    await window.context.close();
    await console.stop();
    await expect.poll(() => pids.filter(isRunning), { timeout: 10_000 }).toEqual([]);
  });
});
