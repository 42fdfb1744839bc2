/** Filters, chips, saved searches and clusters on the page, over a core of a few lines. */
import { act } from 'react';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ConversationCluster } from '#shared/contract/conversations.ts';
import { NightdeskError } from '#shared/errors/index.ts';
import type { SavedSearch } from '#shared/model/saved-search.ts';
import { paletteItems } from '../../renderer/app/palette-items.ts';
import { useWindow } from '../../renderer/client/window.ts';
import { chipsOf } from '../../renderer/features/conversations/chips.ts';
import {
  askedOf,
  filterOf,
  NOTHING_ASKED,
  readAsked,
} from '../../renderer/features/conversations/filter-url.ts';
import Conversations from '../../renderer/features/conversations/index.tsx';
import {
  pathOfQuery,
  queryOf,
  queryWords,
} from '../../renderer/features/conversations/saved-query.ts';
import { windowOf } from '../../renderer/features/conversations/TimeMenu.tsx';
import { clusterWords } from '../../renderer/ui/cluster-words.ts';
import { formatClock } from '../../renderer/ui/format.ts';
import { type Answers, fakeCore, mount, settle } from './mount.tsx';

const T0 = Date.UTC(2026, 10, 24, 2, 0);
const HOUR = 3_600_000;

const cluster: ConversationCluster = {
  phrase: 'No encuentro',
  also: ['la opción'],
  conversations: 37,
  conversationsIs: 'exact',
  healthy: 0,
  since: T0 + 10 * 60_000,
  firstAt: T0 + 5 * 60_000,
  lastAt: T0 + 50 * 60_000,
  versions: [
    { value: 'v42', conversations: 34, all: 60 },
    { value: 'v41', conversations: 3, all: 240 },
  ],
  channels: [
    { value: 'web', conversations: 20, all: 200 },
    { value: 'phone', conversations: 17, all: 100 },
  ],
  languages: [{ value: 'es', conversations: 37, all: 90 }],
  hours: Array.from({ length: 24 }, (_, hour) => ({
    conversations: hour === 2 ? 37 : 0,
    all: hour === 2 ? 300 : 0,
  })),
  times: [
    { from: T0, conversations: 1 },
    { from: T0 + HOUR / 2, conversations: 36 },
  ],
  search: {
    text: '"No encuentro"',
    filter: { environment: 'production', failing: true, from: T0, to: T0 + HOUR },
  },
};

const full = {
  ...NOTHING_ASKED,
  text: '"no encuentro"',
  services: ['a,b', '100%'],
  versions: ['v42'],
  channels: ['web'],
  failing: true,
  tools: ['lookup, order'],
  failedTools: ['refund'],
  flags: [
    { flag: 'a=b', variant: 'c=d' },
    { flag: 'model', variant: 'v42, new' },
  ],
  minSeconds: 1.5,
  maxSeconds: 20,
  maxUsd: 0.5,
  sort: 'slowest' as const,
};

describe('a saved search', () => {
  test('leads back to all that was asked, whatever the names hold, and to its own range', () => {
    for (const range of [
      { kind: 'last', ms: HOUR },
      { kind: 'last', ms: 6 * HOUR },
      { kind: 'fixed', from: T0, to: T0 + HOUR },
    ] as const) {
      const query = queryOf(full, 'production', range);
      const url = new URL(pathOfQuery(query), 'http://localhost');
      expect(readAsked(url.searchParams)).toEqual(full);
      expect(url.searchParams.get('env')).toBe('production');
      expect(url.searchParams.get('range')).toBe(
        range.kind === 'fixed' ? null : range.ms === HOUR ? '1h' : '6h',
      );
      expect(url.searchParams.get('from')).toBe(range.kind === 'fixed' ? String(T0) : null);
    }
  });

  test('says what it asks, and is in the palette unless it cannot be read', () => {
    const query = queryOf(full, 'production', { kind: 'last', ms: HOUR });
    expect(queryWords(query)).toContain('called lookup, order');
    expect(queryWords(queryOf(NOTHING_ASKED, 'p', { kind: 'last', ms: HOUR }))).toBe('everything');
    const saved = {
      id: 's-1',
      name: 'Refunds',
      savedBy: 'mika',
      savedAt: T0,
      query,
      problem: null,
    };
    const items = paletteItems({
      environment: null,
      environments: [],
      role: 'viewer',
      overview: undefined,
      commands: [],
      searches: [saved, { ...saved, id: 's-2', query: null, problem: 'damaged' }],
      flags: [],
      drills: [],
      now: T0,
    });
    expect(items.filter((item) => item.group === 'Saved searches')).toMatchObject([
      { label: 'Refunds', does: { kind: 'go', path: pathOfQuery(query) } },
    ]);
  });
});

test('the filter of the core and the question of the screen are the same, both ways', () => {
  const filter = filterOf(full, 'production', { from: 1, to: 2 });
  expect(filter).toMatchObject({ minDurationMs: 1500, maxDurationMs: 20_000, maxCostUsd: 0.5 });
  expect(askedOf(full.text, filter, full.sort)).toEqual(full);
});

test('every part of a filter is a chip, and each takes away itself alone', () => {
  const chips = chipsOf(full);
  expect(chips.map(({ kind, value }) => `${kind} ${value}`.trim())).toEqual([
    'failing only',
    'service a,b',
    'service 100%',
    'version v42',
    'channel web',
    'called lookup, order',
    'failed tool refund',
    'flag a=b = c=d',
    'flag model = v42, new',
    'slowest turn 1.5 s to 20 s',
    'cost at most $0.5',
  ]);
  expect(new Set(chips.map(({ id }) => id)).size).toBe(chips.length);
  for (const chip of chips) {
    expect(chipsOf(chip.without)).toHaveLength(chips.length - 1);
    expect(chip.without.text).toBe(full.text);
  }
  expect(chipsOf(NOTHING_ASKED)).toEqual([]);
});

describe('a cluster in words', () => {
  test('tells how many, since when, and what stands out', () => {
    const { count, when, traits } = clusterWords(cluster, 300, T0 + HOUR);
    expect(count).toBe('37 conversations');
    expect(when).toMatch(/^since \d\d:10$/);
    expect(traits.map((one) => one.replaceAll('\u00a0', ' '))).toEqual([
      '34 of them on v42 (20 % of all conversations)',
      'all of them in es (30 %)',
    ]);
  });

  test('tells no trait that most conversations have anyway, and no beginning that is none', () => {
    const even = {
      ...cluster,
      since: null,
      conversationsIs: 'atLeast' as const,
      versions: [{ value: 'v41', conversations: 20, all: 290 }],
      channels: [],
      languages: [],
    };
    const { count, when, traits } = clusterWords(even, 300, T0 + HOUR);
    expect(count).toBe('at least 37 conversations');
    expect(when).toMatch(/^at an even rate, first at/);
    expect(traits).toEqual([]);
  });

  test('tells the channel that stands out, and over days the hours of the day', () => {
    const clock = (hour: number) => formatClock(T0 - 2 * HOUR + hour * HOUR);
    const nightly = {
      ...cluster,
      versions: [],
      languages: [],
      channels: [{ value: 'phone', conversations: 30, all: 60 }],
      times: [0, 24, 48].map((hours) => ({ from: T0 + hours * HOUR, conversations: 12 })),
      hours: Array.from({ length: 24 }, (_, hour) => ({
        conversations: hour === 23 || hour === 0 ? 15 : hour === 12 ? 7 : 0,
        all: 12,
      })),
    };
    expect(clusterWords(nightly, 300, T0 + HOUR).traits).toEqual([
      '30 of them by phone (20\u00a0% of all conversations)',
      `30 of them between ${clock(23)} and ${clock(25)} (8.3\u00a0%)`,
    ]);
    const short = { ...nightly, times: cluster.times };
    expect(clusterWords(short, 300, T0 + HOUR).traits).toHaveLength(1);
    // People write at these hours anyway.
    const usual = nightly.hours.map((one) => ({ ...one, all: one.conversations }));
    expect(clusterWords({ ...nightly, hours: usual }, 300, T0 + HOUR).traits).toHaveLength(1);
  });
});

test('the window of an alert begins a little before it fired, and ends with it or now', () => {
  const now = T0 + HOUR;
  expect(windowOf({ startedAt: T0, endedAt: null }, now)).toEqual({ from: T0 - 600_000, to: now });
  expect(windowOf({ startedAt: T0, endedAt: T0 + 5 }, now)).toEqual({
    from: T0 - 600_000,
    to: T0 + 5,
  });
});

describe('the screen', () => {
  const saved: SavedSearch = {
    id: 's-1',
    name: 'Spanish refunds',
    savedBy: 'mika',
    savedAt: T0,
    query: queryOf({ ...NOTHING_ASKED, languages: ['es'] }, 'production', {
      kind: 'last',
      ms: HOUR,
    }),
    problem: null,
  };
  const row = {
    key: 1,
    id: 'c-1',
    service: 'support-bot',
    environment: 'production',
    version: 'v42',
    versions: ['v42'],
    language: 'es',
    startedAt: T0,
    endedAt: T0,
    turns: 3,
    title: 'hola',
    failures: ['unsure'],
    unsure: 1,
    feedback: [],
    slowestTurnMs: 900,
    inputTokens: 1,
    outputTokens: 1,
    costUsd: 0.01,
    pinned: false,
    snippet: null,
    hitTurn: null,
  };
  let role = 'responder';
  let found: object[] = [row];
  let searches: SavedSearch[] = [];
  let core: ReturnType<typeof fakeCore>;
  let page: Awaited<ReturnType<typeof mount>>;

  const answers: Answers = {
    'session.read': () => ({
      role,
      environments: [],
      identity: { name: 'mika', kind: 'local' },
      now: T0,
    }),
    'overview.read': () => ({ matrix: [], incidents: [], freshness: [] }),
    'conversations.search': () => ({
      rows: found,
      total: found.length,
      totalIs: 'exact',
      freshness: [],
    }),
    'conversations.find': () => ({ ids: [], matches: [], freshness: [] }),
    'conversations.facets': () => ({
      services: [{ value: 'support-bot', conversations: 9 }],
      versions: [],
      channels: [{ value: 'phone', conversations: 3 }],
      languages: [],
      tools: [{ value: 'lookup_order', conversations: 7 }],
      failedTools: [{ value: 'lookup_order', conversations: 2 }],
      flags: [{ flag: 'model', variant: 'v42', conversations: 4 }],
    }),
    'conversations.clusters': () => ({
      clusters: [cluster],
      failing: 60,
      healthy: 240,
      compared: { failing: 60, healthy: 240 },
      freshness: [],
    }),
    'searches.list': () => ({ searches }),
    'searches.save': (input) => {
      const { name } = input as { name: string };
      if (name === 'taken') throw new NightdeskError('conflict', 'There is one already.');
      return { search: { ...saved, name } };
    },
    'searches.remove': () => ({ removed: true }),
  };

  async function open(address: string) {
    history.replaceState(null, '', address);
    useWindow.setState({ environment: 'production', range: { kind: 'last', ms: HOUR } });
    page = await mount(<Conversations />);
    await settle(20);
  }

  beforeEach(() => {
    role = 'responder';
    found = [row];
    searches = [saved];
    core = fakeCore(answers);
  });
  afterEach(async () => {
    await page.unmount();
    core.disconnect();
  });

  const asked = () => {
    const calls = core.calls.filter(({ operation }) => operation === 'conversations.search');
    return calls.map(({ input }) => input as { text: string; filter: Record<string, unknown> });
  };
  const option = (name: string) =>
    [...document.querySelectorAll<HTMLInputElement>('input[type=checkbox]')].filter((one) =>
      (one.closest('div[class]')?.parentElement?.textContent ?? '').startsWith(name),
    );
  const type = async (label: string, value: string) => {
    const box = [...document.querySelectorAll('input')].find(
      (one) => one.labels?.[0]?.textContent === label || one.getAttribute('aria-label') === label,
    );
    if (!box) throw new Error(`There is no box ${label}`);
    await act(async () => {
      Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set?.call(box, value);
      box.dispatchEvent(new Event('input', { bubbles: true }));
    });
  };

  test('tells clusters where nothing is asked, each with the search that lists it', async () => {
    await open('/conversations');
    expect(page.text()).toContain('37 conversations say «No encuentro» since');
    const link = [...document.querySelectorAll('a')].find((one) => one.textContent?.includes('37'));
    const place = new URL(link?.getAttribute('href') ?? '', 'http://localhost');
    expect(readAsked(place.searchParams)).toMatchObject({ text: '"No encuentro"', failing: true });
    expect(place.searchParams.get('from')).toBe(String(T0));
    expect(place.searchParams.get('to')).toBe(String(T0 + HOUR));
  });

  test('tells no clusters once something is asked', async () => {
    await open('/conversations?version=v42');
    expect(page.text()).not.toContain('say «No encuentro»');
    expect(core.count('conversations.clusters')).toBe(0);
  });

  test('a menu is closed by Escape also before the focus is in it', async () => {
    await open('/conversations');
    await page.click(/^Tool/);
    expect(document.querySelector('[role=dialog]')).not.toBeNull();
    const pressed = new KeyboardEvent('keydown', { key: 'Escape', bubbles: true });
    await act(async () => void page.button(/^Tool/)?.dispatchEvent(pressed));
    await settle(30);
    expect(document.querySelector('[role=dialog]')).toBeNull();
  });

  test('what is chosen stands in the address, filters the list, and can be taken back', async () => {
    await open('/conversations');
    await page.click(/^Tool/);
    const [called] = option('lookup_order');
    await act(async () => called?.click());
    await settle(30);
    expect(new URLSearchParams(location.search).get('tool')).toBe('lookup_order');
    expect(asked().at(-1)?.filter).toMatchObject({ tools: ['lookup_order'] });
    const chip = document.querySelector<HTMLButtonElement>(
      'button[aria-label="Remove the filter called lookup_order"]',
    );
    await act(async () => chip?.click());
    await settle(30);
    expect(location.search).not.toContain('tool=');
    expect(asked().at(-1)?.filter).not.toHaveProperty('tools');
  });

  test('a search is saved as it is asked; what is refused is said beside the name', async () => {
    await open('/conversations?q=hola&language=es');
    await page.click(/^Saved/);
    await type('Save this search as', 'taken');
    await page.click(/^Save$/);
    expect(page.text()).toContain('There is one already.');
    await type('Save this search as', 'Hola');
    await page.click(/^Save$/);
    const last = core.calls.filter(({ operation }) => operation === 'searches.save').at(-1);
    expect(last?.input).toEqual({
      name: 'Hola',
      query: {
        text: 'hola',
        filter: { environment: 'production', languages: ['es'] },
        sort: 'newest',
        range: { kind: 'last', ms: HOUR },
      },
    });
  });

  test('one that cannot be read says so, leads nowhere, and goes only when somebody removes it', async () => {
    searches = [
      saved,
      { ...saved, id: 's-2', name: 'Broken', query: null, problem: 'What is stored is damaged.' },
    ];
    await open('/conversations');
    await page.click(/^Saved/);
    expect(page.text()).toContain('Broken: cannot be read');
    expect(page.text()).toContain('What is stored is damaged.');
    const links = [...document.querySelectorAll('a')].map((one) => one.textContent);
    expect(links).toContain('Spanish refunds');
    expect(links).not.toContain('Broken');
    const remove = document.querySelector<HTMLButtonElement>('button[aria-label="Remove Broken"]');
    await act(async () => remove?.click());
    expect(core.count('searches.remove')).toBe(0);
    await page.click(/^Remove it$/);
    const removed = core.calls.filter(({ operation }) => operation === 'searches.remove');
    expect(removed.map(({ input }) => input)).toEqual([{ id: 's-2' }]);
  });

  test('who may only look uses saved searches and keeps none', async () => {
    role = 'viewer';
    await open('/conversations');
    await page.click(/^Saved/);
    expect(page.text()).toContain('Spanish refunds');
    expect(page.text()).toContain('one must be allowed to act');
    expect(page.button(/^Remove$/)).toBeUndefined();
    expect(page.button(/^Save$/)).toBeUndefined();
  });

  test('says of a text without a word in it that there is nothing to look for', async () => {
    found = [];
    await open('/conversations?q=%3F%3F%3F');
    expect(page.text()).toContain('Only words and figures can be looked for: “???” has neither');
  });
});
