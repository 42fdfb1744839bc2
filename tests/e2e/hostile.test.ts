/**
 * Hostile texts in everything that can speak to the console, shown wherever they come up: nothing of them runs, nothing is
 * fetched, what hides is told by its code, and the window stays usable.
 */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Output } from '#shared/contract/index.ts';
import { placeOf } from '#shared/util/place.ts';
import { HIDES, HOSTILE, RAW_CHARACTERS } from '../fixtures/hostile.ts';
import {
  ADDRESS_IDS,
  ALERT,
  ENDPOINTS,
  HIDING_ID,
  type HostileWorld,
  hostileWorld,
  idOf,
} from './hostile-world.ts';
import { launchBrowser, openWindow, type RunningConsole, type Window } from './kit.ts';
import { rawOn } from './raw-characters.ts';

const HIDING_PLACE = placeOf('conversation', HIDING_ID);
const MENUS = 'Failure Service Version Channel Language Feedback Tool Flag Time More Saved'.split(
  ' ',
);

let world: HostileWorld;
let console: RunningConsole;
let browser: Browser;
let window: Window;
const asked: string[] = [];
const dialogs: string[] = [];

beforeAll(async () => {
  world = await hostileWorld();
  console = world.console;
  browser = await launchBrowser();
  window = await openWindow(browser, console.address);
  window.page.on('request', (request) => asked.push(request.url()));
  window.page.on('dialog', (dialog) => {
    dialogs.push(dialog.message());
    void dialog.dismiss();
  });
});

afterAll(async () => {
  await browser?.close();
  await world?.stop();
});

const goTo = (path: string) => window.page.goto(`${console.origin}${path}`);

async function open(path: string): Promise<void> {
  const { page } = window;
  await goTo(path);
  await page.getByRole('log', { name: 'Messages' }).getByText('bot · turn 1').waitFor();
  await page
    .getByRole('listbox', { name: 'Steps of this turn' })
    .getByRole('option')
    .first()
    .waitFor();
}

async function nothingHappened(): Promise<void> {
  const { page } = window;
  expect(await page.evaluate(() => 'owned' in globalThis)).toBe(false);
  expect(dialogs).toEqual([]);
  expect(asked.filter((url) => !url.startsWith(console.origin))).toEqual([]);
  expect(window.complaints).toEqual([]);
  expect(
    await page.locator('main iframe, main img, main form, main script, main style').count(),
  ).toBe(0);
  const links = await page
    .locator('main a')
    .evaluateAll((all) => all.map((one) => one.getAttribute('href') ?? ''));
  expect(links.filter((href) => /^[a-z]+:/i.test(href))).toEqual([]);
}

async function nothingHides(): Promise<void> {
  expect(await rawOn(window.page)).toEqual([]);
}

it('the corpus has what must not be seen as it is', () => {
  const raw = new RegExp(`[${RAW_CHARACTERS}]`, 'gu');
  expect(new Set(HIDES.match(raw)).size).toBeGreaterThan(9);
});

describe('a hostile conversation', () => {
  it.each(HOSTILE.map((one, index) => [one.name, index, one] as const))(
    'is shown plainly: %s',
    async (_, index, { shows, speaks }) => {
      const { page } = window;
      await open(`/conversation/${idOf(index)}`);
      const chat = page.getByRole('log', { name: 'Messages' });
      await chat.getByText(shows).first().waitFor();
      expect(await chat.getByText('speaks to a model or its reader').count()).toBe(speaks ? 1 : 0);
      for (const step of await page.getByRole('option').all()) {
        await step.click();
        await step.hover();
        const told = page.getByRole('region', { name: 'What the step told' });
        await told.waitFor();
        await page.locator('details').evaluateAll((all) => {
          for (const one of all) one.setAttribute('open', '');
        });
        await nothingHides();
      }
      await nothingHappened();
      expect(await page.locator('*').count()).toBeLessThan(3000);
    },
  );

  it('is marked where it poses as something else', async () => {
    const { page } = window;
    await open(
      `/conversation/${idOf(HOSTILE.findIndex(({ name }) => name === 'a host that poses'))}`,
    );
    await page
      .getByTitle(/Letters of another alphabet/)
      .first()
      .waitFor();
  });

  it.each(ADDRESS_IDS)('opens from the list and from its address: %s', async (id) => {
    const { page } = window;
    const shown = async () => {
      const chat = page.getByRole('log', { name: 'Messages' });
      await chat.getByText(`called ${id}`).first().waitFor();
    };
    await goTo(
      `/conversations?${new URLSearchParams({ range: '24h', env: 'production', q: 'called' })}`,
    );
    await page.getByRole('row').getByText(id, { exact: true }).click();
    await shown();
    await page.reload();
    await shown();
    await page.locator('#find').fill(`nightdesk:/${placeOf('conversation', id)}`);
    await page.keyboard.press('Enter');
    await shown();
    await nothingHappened();
  });

  it('is listed, searched and found as plainly', async () => {
    const { page } = window;
    await goTo('/conversations?range=24h&env=production');
    await page.locator('#conversation-0').waitFor();
    await nothingHappened();
    await goTo('/conversations?range=24h&env=production&q=beacon');
    await page.locator('#conversation-0 mark').first().waitFor();
    await nothingHappened();
    await page.locator('#find').fill('<img src=https://beacon.invalid/x onerror=owned=1>');
    await page.keyboard.press('Enter');
    await page.getByRole('listbox', { name: 'Places found' }).waitFor();
    await nothingHappened();
  });
});

describe('what hides in a name is told by its code', () => {
  it('in the window’s title, the head of a conversation and the palette; its ID is copied as it is', async () => {
    const { page } = window;
    await open(HIDING_PLACE);
    expect(await page.title()).toContain('hiding-[U+202E]id[U+200B]-1');
    await page.getByRole('button', { name: /^Copy correlation ID hiding-\[U\+202E\]/ }).click();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(HIDING_ID);
    // The palette is loaded a little after the screen.
    const palette = page.getByRole('textbox', { name: 'Palette' });
    await expect
      .poll(async () => {
        if (!(await palette.isVisible())) await page.keyboard.press('Control+k');
        return palette.isVisible();
      })
      .toBe(true);
    await palette.fill('copy the');
    await page.getByText(/Copy the correlation ID hiding-\[U\+202E\]/).waitFor();
    await nothingHides();
    await page.keyboard.press('Escape');
  });

  it('in the list, its clusters and its menus; what is chosen there is still found', async () => {
    const { page } = window;
    await goTo('/conversations?range=24h&env=production');
    await page
      .getByRole('list', { name: 'Similar failures' })
      .getByText(/on pay \[U\+202E\]|on pay\[/)
      .waitFor();
    await nothingHides();
    for (const name of MENUS) {
      await page.getByRole('button', { name: new RegExp(`^${name}( \\(\\d+\\))?$`) }).click();
      await page.locator('[role=dialog]').waitFor();
      await nothingHides();
      await page.keyboard.press('Escape');
      await page.locator('[role=dialog]').waitFor({ state: 'detached' });
    }
    await page.getByRole('button', { name: 'Version', exact: true }).click();
    await page
      .getByLabel(/^pay\[U\+202E\]/)
      .first()
      .check();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: /^Remove the filter version pay\[U\+202E\]/ }).waitFor();
    await page.locator('#conversation-0 code').waitFor();
    await nothingHides();
  });

  it('where it is found again', async () => {
    const { page } = window;
    await goTo(`/conversations?range=24h&env=production&q=hiding-`);
    await page.getByText('By correlation ID').waitFor();
    await nothingHides();
    await page.locator('#find').fill('hiding-');
    await page.keyboard.press('Enter');
    await page.getByRole('listbox', { name: 'Places found' }).getByRole('option').first().waitFor();
    await nothingHides();
  });

  it('on Now, and in the plan that it offers', async () => {
    const { page } = window;
    await goTo('/now');
    await page
      .getByRole('alert')
      .getByText(/\[U\+202E\]/)
      .first()
      .waitFor();
    await page.getByText(/failing conversations ran on/).waitFor();
    await page.getByText('«my parcel never left the harbour»').first().waitFor();
    await page
      .getByRole('region', { name: /What changed/ })
      .getByText(/\[U\+202E\]/)
      .first()
      .waitFor();
    await nothingHides();
    await page.getByRole('button', { name: 'Silence' }).click();
    await page.getByRole('dialog').getByText('Before → after').waitFor();
    await nothingHides();
    await page.keyboard.press('Escape');
  });

  it('in re-runs', async () => {
    const { page } = window;
    const { conversation } = await console.call<Output<'conversations.read'>>(
      'conversations.read',
      {
        id: HIDING_ID,
      },
    );
    await goTo(`/replays/new?of=${encodeURIComponent(HIDING_ID)}`);
    await page.getByText(/^\d+\s*answers?$/).waitFor();
    await nothingHides();
    const { replay } = await console.call<Output<'replay.run'>>('replay.run', {
      target: { kind: 'turn', conversation: conversation.summary.key, turn: 0 },
      endpoints: [...ENDPOINTS],
    });
    await goTo(`/replays/${replay.id}`);
    await page.getByText(/done$/).waitFor();
    await page.getByRole('region', { name: 'Answer of v42' }).locator('summary').first().waitFor();
    await nothingHides();
    await goTo('/replays');
    await page.getByRole('table', { name: 'Re-runs' }).getByRole('link').first().waitFor();
    await nothingHides();
    await open(HIDING_PLACE);
    await page.getByText('compare the answers').waitFor();
    await nothingHides();
  });

  it('on the page of an action and in the journal', async () => {
    const { page } = window;
    const { plan } = await console.call<Output<'actions.plan'>>('actions.plan', {
      request: {
        kind: 'silence',
        source: 'alerts',
        alert: 'f1',
        environment: 'production',
        until: Date.now() + 3_600_000,
      },
    });
    const { action } = await console.call<Output<'actions.execute'>>('actions.execute', {
      plan: plan.id,
      reason: HIDES,
      confirm: true,
    });
    await goTo(`/action/${action.id}`);
    await page
      .getByText(/^Silence/)
      .first()
      .waitFor();
    await page.getByText('Proof').waitFor();
    await nothingHides();
    await goTo('/journal');
    await page.getByRole('table', { name: 'Actions' }).getByRole('link').first().waitFor();
    await nothingHides();
    await goTo('/journal?view=entries');
    const entries = page.getByRole('button', { name: /^Entry \d+/ });
    await entries.first().waitFor();
    for (const entry of await entries.all()) await entry.click();
    await page.locator('pre').first().waitFor();
    await nothingHides();
  });

  it.each([
    ['flags', '/flags', /^v41 75.%, v42pay\[U\+202E\]/],
    ['a flag with its history', '/flags/flags/model', /^Strategy added: .*\[U\+202E\]/],
    ['signals', '/signals?service=support-bot', /v42pay\[U\+202E\]/],
    ['runbooks', '/runbooks', /^When it says pay\[U\+202E\]/],
    ['a runbook', '/runbooks/hostile.md', /^Text pay\[U\+202E\]/],
  ])('on the screen of %s', async (_, path, shows) => {
    const { page } = window;
    await goTo(path);
    await page.getByText(shows).first().waitFor();
    await nothingHides();
  });

  it('where a source refuses with it', async () => {
    const { page } = window;
    world.alerts.fault({ kind: 'status', status: 400, body: { message: HIDES } });
    await goTo('/sources');
    const row = page.getByRole('row').filter({ hasText: 'U+202E' });
    await row.first().waitFor({ timeout: 60_000 });
    await nothingHides();
    world.alerts.fault(null);
  });

  it('and an alert is known by its name', async () => {
    const { alerts } = await console.call<Output<'alerts.list'>>('alerts.list', {
      environment: 'production',
      states: ['firing', 'suppressed'],
    });
    expect(alerts.map(({ name }) => name)).toEqual([ALERT]);
  });
});
