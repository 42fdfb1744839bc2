/** `npm run screenshots`: every screen into `resources/screenshots/`, from a running console with the demo fleet. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser, openWindow, type RunningConsole, startConsole } from './e2e/kit.ts';
import { goTo, type Screen, screensOf } from './e2e/screens.ts';
import { smallerPng } from './helpers/smaller-png.ts';

const FOLDER = path.join(import.meta.dirname, '../resources/screenshots');
/** A picture of text stays far below; more means that something is on it that should not be. */
const MOST_BYTES = 300_000;
const SETTLED_WITHIN_S = 120;
const LOOKS = [
  { scheme: 'dark', width: 1280, height: 800 },
  { scheme: 'light', width: 1280, height: 800 },
  { scheme: 'dark', width: 1920, height: 1080 },
] as const;
type Look = (typeof LOOKS)[number];

/** The plan of the rollback, open over Now. */
const plan: Screen = {
  name: 'plan',
  path: '/now',
  loaded: async (page) => {
    await page
      .getByRole('button', { name: 'Roll back v42 → v41' })
      .first()
      .click({ timeout: 60_000 });
    await page.getByRole('dialog').locator('button[type=submit]:enabled').waitFor();
  },
};

const say = (line: string) => process.stdout.write(`${line}\n`);

mkdirSync(FOLDER, { recursive: true });
const console = await startConsole();
const browser = await launchBrowser();
try {
  await settled(console);
  const before = await screensOf(console);
  for (const look of LOOKS) await take(console, browser, look, [...before, plan]);
  // What can be seen only once something was done.
  const after = await rollBack(console, browser);
  for (const look of LOOKS) await take(console, browser, look, after);
} finally {
  await browser.close();
  await console.stop();
}

async function take(
  console: RunningConsole,
  browser: Browser,
  look: Look,
  screens: readonly Screen[],
): Promise<void> {
  const { page, context } = await openIn(console, browser, look);
  for (const screen of screens) {
    await goTo(page, console.origin, screen.path);
    await screen.loaded(page);
    await drawn(page);
    await picture(page, `${screen.name}-${look.scheme}-${look.width}`);
  }
  await context.close();
}

/** Nothing on it is still being loaded. */
async function drawn(page: Page): Promise<void> {
  await page.waitForFunction(() => document.querySelector('[aria-busy="true"]') === null);
  await page.evaluate(() => document.fonts.ready);
}

/** The fleet has been under way for a whole window: only the bot that is broken looks broken. */
async function settled(console: RunningConsole): Promise<void> {
  for (let look = 0; look < SETTLED_WITHIN_S; look++) {
    const { incidents } = await console.call<{
      incidents: { alert: unknown; suggestion: unknown }[];
    }>('overview.read', { environment: 'production' });
    const [only, other] = incidents;
    if (only?.alert && only.suggestion && !other) return;
    await sleep(1000);
  }
  throw new Error(`After ${SETTLED_WITHIN_S} s more than the one bot looks broken.`);
}

async function openIn(console: RunningConsole, browser: Browser, look: Look) {
  const window = await openWindow(browser, console.address, {
    width: look.width,
    height: look.height,
    colorScheme: look.scheme,
  });
  await window.context.addInitScript((scheme) => {
    localStorage.setItem('nightdesk.scheme', scheme);
  }, look.scheme);
  return window;
}

async function picture(page: Page, name: string): Promise<void> {
  const png = smallerPng(
    await page.screenshot({ animations: 'disabled', caret: 'hide' }),
    MOST_BYTES,
  );
  const bytes = png.length;
  if (bytes > MOST_BYTES) throw new Error(`${name}.png has ${bytes} bytes`);
  writeFileSync(path.join(FOLDER, `${name}.png`), png);
  say(`${name}.png  ${Math.round(bytes / 1000)} kB`);
}

/** Carries the rollback out and waits for its proof. Answers the screens that tell of it. */
async function rollBack(console: RunningConsole, browser: Browser): Promise<Screen[]> {
  const { page, context } = await openIn(console, browser, LOOKS[0]);
  await plan.loaded(page);
  await page.getByRole('dialog').locator('button[type=submit]').click();
  await page.waitForURL(/\/action\/a-/);
  await page.locator('li[data-state=done]', { hasText: /^\W*live/ }).waitFor({ timeout: 120_000 });
  await drawn(page);
  await picture(page, 'action-running-dark-1280');
  await page
    .locator('li[data-state=done]', { hasText: /^\W*recovered/ })
    .waitFor({ timeout: 180_000 });
  const action = new URL(page.url()).pathname;
  await context.close();
  return [
    {
      name: 'action',
      path: action,
      loaded: (where) =>
        where.locator('li[data-state=done]', { hasText: /^\W*recovered/ }).waitFor(),
    },
    {
      name: 'journal',
      path: '/journal',
      loaded: (where) =>
        where
          .getByRole('link', { name: /Roll back support-bot/ })
          .first()
          .waitFor(),
    },
  ];
}
