/** What the Journal screen says of a journal that is whole, and of one that is not; and how it exports. */
import { act } from 'react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Banner } from '../../renderer/app/Banner.tsx';
import { exportJournal } from '../../renderer/features/journal/export-journal.ts';
import Journal from '../../renderer/features/journal/index.tsx';
import { type Answers, fakeCore, mount, settle } from './mount.tsx';

const HASH = 'ab12'.repeat(16);
const FINDING = {
  seq: 8,
  at: 5,
  problems: [{ seq: 6, why: 'Entries 6 to 7 are missing.' }],
  seen: null,
};
const whole = {
  ok: true,
  entries: 7,
  firstBad: null,
  problems: [],
  why: 'All 7 entries fit their chain and the head outside the database.',
  holds: '',
  next: '',
  head: { seq: 7, hash: HASH },
  anchor: { seq: 7, hash: HASH, at: 4 },
  findings: [],
  verifiedAt: 6,
  took: 12,
};
const cut = {
  ...whole,
  ok: false,
  entries: 6,
  firstBad: 6,
  problems: FINDING.problems,
  why: 'Entries 6 to 7 are missing.',
  holds: 'Entries 1 to 5 are as they were written.',
  next: 'Copy journal.db before anything else.',
  findings: [FINDING],
};

let verified: typeof whole | typeof cut;
let unseen: unknown[];
const answers: Answers = {
  'journal.state': () => ({ verified, entries: verified.entries, unseen }),
  'journal.verify': () => verified,
  'journal.list': () => ({ entries: [], total: 0 }),
  'actions.list': () => ({ actions: [] }),
  'session.read': () => ({
    identity: { name: 'mika', kind: 'local' },
    role: 'admin',
    environments: [{ name: 'production', protected: true, unlockedUntil: null }],
    configProblems: [],
    demo: true,
    signIn: null,
  }),
  'journal.acknowledge': () => {
    unseen = [];
    return { unseen };
  },
};

let page: Awaited<ReturnType<typeof mount>> | null = null;
let core: ReturnType<typeof fakeCore>;
beforeEach(() => {
  verified = whole;
  unseen = [];
  core = fakeCore(answers);
});
afterEach(async () => {
  await page?.unmount();
  page = null;
  core.disconnect();
});

const both = (
  <>
    <Banner />
    <Journal />
  </>
);

test('a whole journal says so, with its head, and how to check an export without the console', async () => {
  page = await mount(both);
  expect(page.text()).toContain('All 7 entries fit their chain');
  expect(page.text()).toContain(HASH.slice(0, 12));
  expect(page.text()).toContain('node resources/verify-journal.mjs FILE HEAD');
  expect(page.text()).not.toContain('tampered');
  expect(core.count('journal.verify')).toBe(1);
});

test('one that was tampered with says what is bad, what is still true and what to do', async () => {
  verified = cut;
  unseen = [FINDING];
  page = await mount(both);
  expect(page.text()).toContain('The journal was tampered with, or damaged.');
  // What it is on top of everything else is not forgotten.
  expect(page.text()).toContain('Demo fleet');
  expect(page.text()).toContain('First bad entry6. Entries 6 to 7 are missing.');
  expect(page.text()).toContain('Entries 1 to 5 are as they were written.');
  expect(page.text()).toContain('Copy journal.db before anything else.');
});

test('the warning ends when a person has said what is known of it; the break is still shown', async () => {
  verified = cut;
  unseen = [FINDING];
  page = await mount(both);
  expect(page.button(/I have seen this/)?.disabled).toBe(true);
  const input = document.querySelector<HTMLInputElement>('input[aria-label="What is known of it"]');
  if (!input) throw new Error('no field for the words');
  await act(async () => {
    const set = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set;
    set?.call(input, 'the disk was restored');
    input.dispatchEvent(new Event('input', { bubbles: true }));
  });
  await page.click(/I have seen this/);
  expect(core.calls.find(({ operation }) => operation === 'journal.acknowledge')?.input).toEqual({
    finding: 8,
    words: 'the disk was restored',
  });
  core.emit({ type: 'changed', topics: ['journal'] });
  await settle(600);
  expect(page.text()).not.toContain('The journal was tampered with');
  expect(page.text()).toContain('The journal is not as it was written');
});

test('an export is fetched piece by piece up to where it began, and saved as one file', async () => {
  const pieces = ['one\n', 'two\n', 'three\n'];
  core.answers['journal.export'] = (input) => {
    const { after = 0 } = input as { after?: number };
    return {
      fileName: 'journal.jsonl',
      text: pieces[after],
      next: after < 2 ? after + 1 : null,
      upTo: 3,
    };
  };
  let saved: Blob | null = null;
  const create = vi.spyOn(URL, 'createObjectURL').mockImplementation((blob) => {
    if (blob instanceof Blob) saved = blob;
    return 'blob:none';
  });
  const shares: number[] = [];
  await exportJournal(new AbortController().signal, (share) => shares.push(share));
  create.mockRestore();
  expect(await (saved as Blob | null)?.text()).toBe('one\ntwo\nthree\n');
  expect(shares).toEqual([1 / 3, 2 / 3]);
  expect(core.calls.map(({ input }) => input)).toEqual([
    { after: 0 },
    { after: 1, upTo: 3 },
    { after: 2, upTo: 3 },
  ]);
});
