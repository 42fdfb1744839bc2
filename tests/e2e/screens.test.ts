/** Every screen loads, complains of nothing, and can be used without a mouse and without eyes; in dark and in light. */
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  launchBrowser,
  openWindow,
  type RunningConsole,
  startConsole,
  type Window,
} from './kit.ts';
import { failingConversation, goTo, type Screen, screensOf } from './screens.ts';

let console: RunningConsole;
let browser: Browser;
let screens: Screen[];

beforeAll(async () => {
  console = await startConsole();
  browser = await launchBrowser();
  screens = await screensOf(console);
});

afterAll(async () => {
  await browser?.close();
  await console?.stop();
});

async function openIn(scheme: 'dark' | 'light'): Promise<Window> {
  const window = await openWindow(browser, console.address);
  await window.context.addInitScript((kept) => {
    localStorage.setItem('nightdesk.scheme', kept);
  }, scheme);
  return window;
}

describe.each(['dark', 'light'] as const)('every screen, %s', (scheme) => {
  it('loads without a complaint, and axe finds nothing serious', async () => {
    const { page, context, complaints } = await openIn(scheme);
    const found: string[] = [];
    for (const screen of screens) {
      await goTo(page, console.origin, screen.path);
      await screen.loaded(page).catch((cause) => {
        throw new Error(`${screen.name} did not load`, { cause });
      });
      const shown = await page.evaluate(() =>
        document.documentElement.getAttribute('data-mantine-color-scheme'),
      );
      expect(shown).toBe(scheme);
      const { violations } = await new AxeBuilder({ page }).analyze();
      for (const one of violations) {
        if (one.impact !== 'serious' && one.impact !== 'critical') continue;
        const where = one.nodes.slice(0, 3).map((node) => node.target.join(' '));
        found.push(`${screen.name}: ${one.id}: ${one.help}: ${where.join(' | ')}`);
      }
      const sideways = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      if (sideways > 0) found.push(`${screen.name}: runs ${sideways} px off the side`);
    }
    expect(found).toEqual([]);
    expect(complaints).toEqual([]);
    await context.close();
  });
});

describe('without a mouse', () => {
  it('from Now to a failing conversation, its replay and back', async () => {
    const { page, context } = await openIn('dark');
    await page.getByRole('alert').filter({ hasText: 'firing for' }).waitFor({ timeout: 45_000 });
    await page.keyboard.press('g');
    await page.keyboard.press('c');
    await page.waitForURL(/\/conversations/);
    const first = page.locator('#conversation-0');
    await first.locator('code').waitFor();
    // As by Tab: the focus is shown, and the first row is marked.
    await page.getByRole('columnheader', { name: /cost/ }).getByRole('button').focus();
    await page.keyboard.press('Shift+Tab');
    const grid = page.getByRole('grid', { name: 'Conversations' });
    for (
      let tab = 0;
      tab < 12 && !(await grid.evaluate((one) => one === document.activeElement));
      tab++
    ) {
      await page.keyboard.press('Shift+Tab');
    }
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowUp');
    await expect.poll(() => first.getAttribute('aria-selected')).toBe('true');
    const id = await first.locator('code').innerText();
    await page.keyboard.press('Enter');
    await page.waitForURL(new RegExp(`/conversation/${id}`));
    await page.getByText(/bot · turn 1/).waitFor();

    const position = page.getByRole('slider', { name: 'Position in the recording' });
    const at = async () => Number(await position.getAttribute('aria-valuenow'));
    await page.evaluate(() => {
      if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    });
    await page.keyboard.press('Space');
    await page.getByRole('button', { name: 'Pause', exact: true }).waitFor();
    await page.keyboard.press('Space');
    await page.getByRole('button', { name: 'Play', exact: true }).waitFor();
    await page.keyboard.press('+');
    await page.getByRole('button', { name: /^Speed 2 times/ }).waitFor();
    await page.keyboard.press('End');
    const end = await at();
    await page.keyboard.press('ArrowLeft');
    await expect.poll(at).toBeLessThanOrEqual(end);

    await page.keyboard.press('?');
    const help = page.getByRole('dialog');
    await help.getByText(/Next failure/i).waitFor();
    await page.keyboard.press('Escape');
    await help.waitFor({ state: 'hidden' });
    await page.goBack();
    await page.waitForURL(/\/conversations/);
    await context.close();
  });

  it('the player walks from failure to failure, and choosing a step shows what it told', async () => {
    const id = await failingConversation(console);
    const { page, context } = await openIn('dark');
    await goTo(page, console.origin, `/conversation/${id}`);
    await page.getByText(/bot · turn 1/).waitFor();
    await page.keyboard.press('n');
    await expect
      .poll(() => page.getByText(/^unsure$|language switched/).count(), { timeout: 15_000 })
      .toBeGreaterThan(0);
    const steps = page.getByRole('listbox', { name: 'Steps of this turn' });
    await steps.getByRole('option', { name: /^retrieval/ }).click();
    await page
      .getByRole('cell', { name: /not the user’s/ })
      .first()
      .waitFor();
    await page.waitForURL(/span=/);
    // The address says it all: opened again, it shows the same step.
    await page.reload();
    await page
      .getByRole('cell', { name: /not the user’s/ })
      .first()
      .waitFor();
    await context.close();
  });
});

describe('addresses', () => {
  it('a deep link opens the conversation at once, also where its ID is pasted with what was around it', async () => {
    const id = await failingConversation(console);
    const token = new URL(console.address).hash;
    const window = await openWindow(browser, `${console.origin}/conversation/${id}${token}`);
    await window.page.getByText(/bot · turn 1/).waitFor({ timeout: 20_000 });
    expect(new URL(window.page.url()).hash, 'the token does not stay in the address').toBe('');
    await window.page.locator('#find').fill(`nightdesk://conversation/${id}`);
    await window.page.keyboard.press('Enter');
    await window.page.waitForURL(new RegExp(`/conversation/${id}`));
    await window.context.close();
  });

  it('the trace ID of a turn leads to that turn, in the box and in the address', async () => {
    const id = await failingConversation(console);
    const { conversation } = await console.call<{ conversation: { turns: { traceId: string }[] } }>(
      'conversations.read',
      { id },
    );
    const trace = conversation.turns[1]?.traceId ?? '';
    const { page, context } = await openIn('dark');
    for (const given of [trace, `00-${trace}-00f067aa0ba902b7-01`]) {
      await goTo(page, console.origin, `/conversation/${given}`);
      await page.waitForURL(new RegExp(`/conversation/${id}.*turn=2`));
      await page.getByRole('heading', { name: /^Turn 2 ·/ }).waitFor();
    }
    await page.goto(`${console.origin}/now`);
    await page.locator('#find').fill(`trace_id=${trace}`);
    await page.keyboard.press('Enter');
    await page.waitForURL(new RegExp(`/conversation/${id}.*turn=2`));
    await context.close();
  });

  it('an ID that nobody knows says where was looked and how fresh that is', async () => {
    const { page, context } = await openIn('dark');
    await goTo(page, console.origin, '/conversation/c-nobody-knows');
    await page.getByText(/No conversation “c-nobody-knows” is in the cache/).waitFor();
    await page
      .getByRole('main')
      .getByText(/transcripts, last answered/)
      .waitFor();
    await page.getByRole('button', { name: 'Fetch from all sources now' }).waitFor();
    await context.close();
  });

  it('a stretch dragged in a chart becomes the range everywhere, and a click leads to the conversations from then', async () => {
    const { page, context } = await openIn('dark');
    await goTo(page, console.origin, '/signals?service=support-bot');
    await page
      .locator('.recharts-line-curve')
      .nth(3)
      .waitFor({ timeout: 45_000, state: 'attached' });
    const plot = page.getByRole('slider', { name: /^Latency p95/ });
    const box = await plot.boundingBox();
    if (!box) throw new Error('The chart is not on the screen.');
    await page.mouse.move(box.x + box.width * 0.4, box.y + 50);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.6, box.y + 50, { steps: 4 });
    await page.mouse.move(box.x + box.width * 0.8, box.y + 50, { steps: 4 });
    await page.mouse.up();
    await page.waitForURL(/from=\d+/);
    const { searchParams } = new URL(page.url());
    const span = Number(searchParams.get('to')) - Number(searchParams.get('from'));
    expect(span).toBeGreaterThan(15 * 60_000);
    expect(span).toBeLessThan(40 * 60_000);
    await plot.focus();
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/conversations\?.*service=support-bot/);
    const asked = new URL(page.url()).searchParams;
    const [from, to] = [Number(asked.get('from')), Number(asked.get('to'))];
    // Around the moment that was picked, which lies in the stretch.
    expect((from + to) / 2).toBeGreaterThan(Number(searchParams.get('from')));
    expect((from + to) / 2).toBeLessThan(Number(searchParams.get('to')));
    const { total } = await console.call<{ total: number }>('conversations.search', {
      filter: { environment: 'production', services: ['support-bot'], from, to },
      limit: 1,
    });
    await page
      .getByText(
        total === 0 ? /No conversation in this range/ : new RegExp(`^${total} conversation`),
      )
      .waitFor();
    await context.close();
  });
});
