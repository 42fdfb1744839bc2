/** Saved searches through the core, as the screens keep them, and over a restart. */
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, describe, expect, test } from 'vitest';
import type { SavedQuery } from '#shared/model/saved-search.ts';
import { runningCore } from '../fixtures/running-core.ts';
import { tempDir } from './cache-kit.ts';

const query: SavedQuery = {
  text: '"no encuentro"',
  filter: {
    environment: 'production',
    failing: true,
    versions: ['v42'],
    flags: [{ flag: 'support-bot-model', variant: 'v42' }],
    maxCostUsd: 0.5,
  },
  sort: 'slowest',
  range: { kind: 'last', ms: 6 * 3_600_000 },
};

const undo: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0)) await step();
});

async function running(dataDir: string) {
  const core = await runningCore(dataDir);
  undo.push(core.close);
  return core;
}

describe('saved searches', () => {
  test('are kept with who and when, used by whoever may look, and are there after a restart', async () => {
    const dir = await tempDir();
    const first = await running(dir);
    const { search } = await first.responder('searches.save', {
      name: ' Refunds, Spanish ',
      query,
    });
    expect(search).toMatchObject({
      name: 'Refunds, Spanish',
      savedBy: 'mika',
      query,
      problem: null,
    });
    expect(Math.abs(search.savedAt - Date.now())).toBeLessThan(60_000);
    await first.close();
    const second = await running(dir);
    expect((await second.viewer('searches.list', {})).searches).toEqual([search]);
  });

  test('are kept, renamed and removed by who may act only', async () => {
    const { responder, viewer } = await running(await tempDir());
    const { search } = await responder('searches.save', { name: 'one', query });
    for (const refused of [
      viewer('searches.save', { name: 'two', query }),
      viewer('searches.rename', { id: search.id, name: 'two' }),
      viewer('searches.remove', { id: search.id }),
    ]) {
      await expect(refused).rejects.toMatchObject({ code: 'forbidden' });
    }
    expect((await responder('searches.rename', { id: search.id, name: 'two' })).search.name).toBe(
      'two',
    );
    expect(await responder('searches.remove', { id: search.id })).toEqual({ removed: true });
    expect(await responder('searches.remove', { id: search.id })).toEqual({ removed: false });
    expect((await viewer('searches.list', {})).searches).toEqual([]);
  });

  test('have different names, whatever the case; what is refused changes nothing', async () => {
    const { responder } = await running(await tempDir());
    const { search } = await responder('searches.save', { name: 'Refunds', query });
    await responder('searches.save', { name: 'Slow ones', query });
    const refusal = { code: 'conflict', message: expect.stringContaining('Refunds') };
    await expect(responder('searches.save', { name: 'REFUNDS', query })).rejects.toMatchObject(
      refusal,
    );
    await expect(
      responder('searches.rename', { id: search.id, name: 'slow ONES' }),
    ).rejects.toMatchObject({ code: 'conflict' });
    await responder('searches.rename', { id: search.id, name: 'refunds' });
    await expect(responder('searches.rename', { id: 's-none', name: 'x' })).rejects.toMatchObject({
      code: 'not_found',
    });
    for (const name of ['', '   ', 'x'.repeat(81)]) {
      await expect(responder('searches.save', { name, query })).rejects.toMatchObject({
        code: 'bad_input',
      });
    }
    const { searches } = await responder('searches.list', {});
    expect(searches.map((one) => one.name)).toEqual(['refunds', 'Slow ones']);
  });

  test('that cannot be read are told as such, and stay as they are until somebody removes them', async () => {
    const dir = await tempDir();
    const first = await running(dir);
    await first.responder('searches.save', { name: 'good', query });
    const { search: newer } = await first.responder('searches.save', { name: 'newer', query });
    const { search: damaged } = await first.responder('searches.save', { name: 'damaged', query });
    await first.close();
    const stored = JSON.stringify({ ...query, filter: { ...query.filter, planet: 'mars' } });
    const db = new Database(join(dir, 'journal.db'));
    const put = db.prepare('UPDATE saved_searches SET query = ? WHERE id = ?');
    put.run(stored, newer.id);
    put.run('{"text": "no enc', damaged.id);
    db.close();
    const second = await running(dir);
    const { searches } = await second.viewer('searches.list', {});
    expect(searches.map(({ name, query: read }) => [name, read !== null])).toEqual([
      ['damaged', false],
      ['good', true],
      ['newer', false],
    ]);
    expect(searches[0]?.problem).toMatch(/damaged/);
    expect(searches[2]?.problem).toMatch(/filter/);
    await second.responder('searches.rename', { id: newer.id, name: 'from the other version' });
    await second.close();
    const after = new Database(join(dir, 'journal.db'), { readonly: true });
    const kept = after
      .prepare('SELECT query FROM saved_searches WHERE id = ?')
      .pluck()
      .get(newer.id);
    expect(kept).toBe(stored);
    after.close();
  });
});
