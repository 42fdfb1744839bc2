/** What the window says of a cache that could not be used and was begun anew. */
import { afterEach, expect, test } from 'vitest';
import { Banner } from '../../renderer/app/Banner.tsx';
import Sources from '../../renderer/features/sources/index.tsx';
import { fakeCore, mount } from './mount.tsx';

const HOUR = 3_600_000;
const file = 'cache.db.set-aside-2026-03-01T10-00-00.000Z';

let page: Awaited<ReturnType<typeof mount>> | null = null;
let core: ReturnType<typeof fakeCore>;
afterEach(async () => {
  await page?.unmount();
  core.disconnect();
});

async function shown(ageMs: number | null) {
  const setAside = ageMs === null ? [] : [{ file, at: Date.now() - ageMs, bytes: 12_000_000 }];
  core = fakeCore({
    'sources.list': () => ({ sources: [], setAside }),
    'journal.state': () => ({ unseen: [] }),
    'session.read': () => ({ role: 'admin', environments: [], demo: false, signIn: null }),
  });
  page = await mount(
    <>
      <header>
        <Banner />
      </header>
      <Sources />
    </>,
  );
  return {
    banner: document.querySelector('header')?.textContent ?? '',
    all: page.text(),
  };
}

test('it is said on every screen for a day, and on Sources which file it is and what is only there', async () => {
  const { banner, all } = await shown(2 * HOUR);
  expect(banner).toMatch(/The cache was begun anew 2\sh ago/);
  expect(all).toContain(file);
  expect(all).toMatch(/12\sMB/);
  expect(all).toMatch(/Conversations that services sent, re-runs .* are only in that file/);
});

test('later only Sources says it', async () => {
  const { banner, all } = await shown(30 * HOUR);
  expect(banner).toBe('');
  expect(all).toContain(file);
});

test('without one nothing is said', async () => {
  const { banner, all } = await shown(null);
  expect(banner).toBe('');
  expect(all).not.toMatch(/begun anew/);
});
