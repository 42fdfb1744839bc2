/** Two changes with one confirmation, as a person asks for them: in the dialog of a rollback, and in a runbook. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Overview } from '#shared/contract/overview.ts';
import {
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

const alertState = async () => {
  const { alerts } = await console.call<Overview>('overview.read', { environment: 'production' });
  return alerts.find(({ service }) => service === 'support-bot')?.state;
};

it('keeps the alert quiet and rolls back with one press, and one undo ends both', async () => {
  const { page } = window;
  await page.getByRole('alert').filter({ hasText: 'firing for' }).waitFor({ timeout: 45_000 });
  await page.getByRole('button', { name: 'Roll back v42 → v41' }).first().click();
  const dialog = page.getByRole('dialog');
  const also = dialog.getByRole('checkbox', { name: /^Also silence SupportBot/ });
  await also.focus();
  await page.keyboard.press('Space');
  await dialog.getByText(/silenced until/).waitFor();
  // It is the same dialog: who uses the keyboard stays where they were.
  expect(await also.evaluate((box) => box === document.activeElement)).toBe(true);
  await dialog.getByRole('button', { name: /silence, then roll back$/ }).click();
  await page.waitForURL(/\/action\/a-/);
  for (const step of ['sent', 'stored', 'served']) {
    const done = page.locator('li[data-state=done]', {
      has: page.getByText(step, { exact: true }),
    });
    await expect.poll(() => done.count(), { timeout: 60_000 }).toBe(2);
  }
  await expect.poll(alertState, { timeout: 30_000 }).toBe('suppressed');
  await page.getByRole('button', { name: /^Undo/ }).click();
  await dialog.locator('button[type=submit]').click();
  await expect.poll(alertState, { timeout: 60_000 }).toBe('firing');
});

it('opens one plan from a runbook’s button that joins two', async () => {
  const { page } = window;
  await page.goto(`${console.origin}/runbooks/prompt-injection-wave.md`);
  await page.getByRole('button', { name: 'off, and back to stable' }).click();
  const dialog = page.getByRole('dialog');
  await dialog
    .getByText(/then roll back support-bot/)
    .first()
    .waitFor();
  await dialog.getByText('2 changes, in this order').waitFor();
  await page.keyboard.press('Escape');
  expect(window.complaints).toEqual([]);
});
