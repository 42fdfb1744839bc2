import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { type RunningCore, runningCore } from '../fixtures/running-core.ts';
import { tempDir } from './cache-kit.ts';

let running: RunningCore | null = null;
afterEach(async () => running?.close());

test('a cache that was set aside is told by name until its file is moved away, also after the next start', async () => {
  const dataDir = await tempDir();
  const text = 'no database'.repeat(1000);
  writeFileSync(join(dataDir, 'cache.db'), text);
  // Of another making: not ours to speak of.
  writeFileSync(join(dataDir, 'cache.db.set-aside-by-me'), '');
  for (const _start of [1, 2]) {
    running = await runningCore(dataDir);
    const { setAside } = await running.viewer('sources.list', {});
    expect(setAside).toEqual([
      {
        file: expect.stringMatching(/^cache\.db\.set-aside-\d{4}-.*Z$/),
        at: expect.closeTo(Date.now(), -5),
        bytes: text.length,
      },
    ]);
    await running.close();
  }
});
