/** Every screen of the console: where it is, and what is on it once it has loaded. */
import type { Page } from 'playwright-core';
import type { RunningConsole } from './kit.ts';

export interface Screen {
  name: string;
  path: string;
  /** Resolves when the screen shows real data. */
  loaded(page: Page): Promise<unknown>;
}

const LOADS_WITHIN = { timeout: 45_000 };

/** The screens with the demo fleet; the conversation is one that fails on the candidate. */
export async function screensOf(console: RunningConsole): Promise<Screen[]> {
  const id = await failingConversation(console);
  const rerun = await rerunOf(console, id);
  return [
    {
      name: 'now',
      path: '/now',
      loaded: async (page) => {
        await page.getByRole('alert').filter({ hasText: 'firing for' }).waitFor(LOADS_WITHIN);
        await page
          .locator('.recharts-line-curve')
          .first()
          .waitFor({ ...LOADS_WITHIN, state: 'attached' });
      },
    },
    {
      name: 'conversations',
      path: '/conversations',
      loaded: (page) => page.locator('#conversation-12 code').waitFor(LOADS_WITHIN),
    },
    {
      name: 'search',
      path: '/conversations?q=reembolso&failing=1&range=24h',
      loaded: (page) => page.locator('#conversation-0 mark').first().waitFor(LOADS_WITHIN),
    },
    {
      name: 'conversation',
      path: `/conversation/${id}`,
      loaded: async (page) => {
        await page.getByText(/bot · turn 1/).waitFor(LOADS_WITHIN);
        await page.getByRole('option', { name: /retrieval/ }).waitFor(LOADS_WITHIN);
        await page.getByRole('button', { name: 'Roll back v42 → v41' }).waitFor(LOADS_WITHIN);
      },
    },
    {
      name: 'rerun-new',
      path: `/replays/new?of=${id}&service=support-bot&turn=1`,
      loaded: (page) => page.getByText(/^10\s*answers$/).waitFor(LOADS_WITHIN),
    },
    {
      name: 'rerun',
      path: `/replays/${rerun}`,
      loaded: async (page) => {
        await page.getByText(/v41 answers this correctly in/).waitFor(LOADS_WITHIN);
        await page.getByRole('progressbar').waitFor({ ...LOADS_WITHIN, state: 'detached' });
        await page
          .getByText(/^Score/)
          .first()
          .waitFor(LOADS_WITHIN);
      },
    },
    {
      name: 'reruns',
      path: '/replays',
      loaded: (page) =>
        page
          .getByRole('link', { name: new RegExp(id) })
          .first()
          .waitFor(LOADS_WITHIN),
    },
    {
      name: 'flags',
      path: '/flags',
      loaded: (page) => page.getByText('support-bot-model').first().waitFor(LOADS_WITHIN),
    },
    {
      name: 'signals',
      path: '/signals',
      // A line that is level has no height, which playwright calls hidden.
      loaded: (page) =>
        page
          .locator('.recharts-line-curve')
          .nth(11)
          .waitFor({ ...LOADS_WITHIN, state: 'attached' }),
    },
    {
      name: 'runbooks',
      path: '/runbooks',
      loaded: (page) => page.getByRole('link', { name: /Quality drop/ }).waitFor(LOADS_WITHIN),
    },
    {
      name: 'runbook',
      path: '/runbooks/quality-drop-after-version-change.md',
      loaded: async (page) => {
        await page
          .getByRole('cell', { name: /out of band.* s$/ })
          .first()
          .waitFor(LOADS_WITHIN);
        await page.getByText('SupportBotLatencyHigh').first().waitFor(LOADS_WITHIN);
      },
    },
    {
      name: 'journal',
      path: '/journal',
      loaded: async (page) => {
        await page
          .getByRole('main')
          .getByText(/chain|journal/i)
          .first()
          .waitFor(LOADS_WITHIN);
        await page.locator('main button[data-loading]').waitFor({ state: 'detached' });
      },
    },
    {
      name: 'sources',
      path: '/sources',
      loaded: (page) => page.getByRole('button', { name: 'Check unleash' }).waitFor(LOADS_WITHIN),
    },
  ];
}

/** A re-run of the first turn of a conversation, on both versions. */
async function rerunOf(console: RunningConsole, id: string): Promise<string> {
  const { conversation } = await console.call<{ conversation: { summary: { key: number } } }>(
    'conversations.read',
    { id },
  );
  const { replay } = await console.call<{ replay: { id: string } }>('replay.run', {
    target: { kind: 'turn', conversation: conversation.summary.key, turn: 0 },
    endpoints: ['support-bot-v42', 'support-bot-v41'],
    samples: 3,
    judge: true,
  });
  return replay.id;
}

/** A conversation of several turns that the candidate failed in; waits until the fleet has had one. */
export async function failingConversation(console: RunningConsole): Promise<string> {
  const until = Date.now() + 60_000;
  for (;;) {
    const { rows } = await console.call<{ rows: { id: string; turns: number; unsure: number }[] }>(
      'conversations.search',
      {
        filter: { environment: 'production', versions: ['v42'], failures: ['language_switched'] },
        limit: 50,
      },
    );
    const telling = rows.find((row) => row.turns >= 4 && row.unsure >= 2);
    if (telling) return telling.id;
    if (Date.now() > until) throw new Error('The fleet has had no failing conversation yet.');
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

/** Goes to a place of the console; the token has been taken into the window before. */
export async function goTo(page: Page, origin: string, path: string): Promise<void> {
  await page.goto(`${origin}${path}${path.includes('?') ? '&' : '?'}env=production`);
}
