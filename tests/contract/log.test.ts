import { existsSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openLog } from '../../electron/host/log.ts';
import { smallDisk } from '../fixtures/small-disk.ts';
import { type Folder, temporaryFolder } from './fixtures.ts';

let folder: Folder;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => folder.remove());

const file = (dir: string) => path.join(dir, 'nightdesk.log');

function messages(name: string): string[] {
  const lines = readFileSync(name, 'utf8').trimEnd().split('\n');
  return lines.map((line): string => JSON.parse(line).msg);
}

describe('a log that finds no room', () => {
  test('on a full disk drops lines, says so once, and goes on when there is room again', (context) => {
    const disk = smallDisk(path.join(folder.dir, 'disk'), 64);
    if (!disk) return context.skip('needs the right to mount');
    try {
      const said: string[] = [];
      const { log, close } = openLog(disk.dir, { say: (line) => said.push(line) });
      log.info({}, 'before');
      disk.fill();
      // More than what is left of the last block, so that one line is cut off in its middle.
      for (let n = 0; n < 100; n++) log.info({ text: 'x'.repeat(100) }, 'while full');
      disk.free();
      log.info({}, 'after');
      close();
      expect(said).toHaveLength(1);
      expect(said[0]).toMatch(/nightdesk\.log cannot be written \(ENOSPC.*dropped/);
      const all = messages(file(disk.dir));
      expect(all[0]).toBe('before');
      expect(all.at(-2)).toBe('after');
      expect(all.at(-1)).toMatch(/lines were dropped/);
    } finally {
      disk.unmount();
    }
  });

  test.skipIf(!existsSync('/dev/full'))('does not end the console', () => {
    symlinkSync('/dev/full', file(folder.dir));
    const said: string[] = [];
    const { log, close } = openLog(folder.dir, { say: (line) => said.push(line) });
    log.info({}, 'one');
    log.error({}, 'two');
    rmSync(file(folder.dir));
    log.info({}, 'three');
    close();
    expect(said).toHaveLength(1);
    expect(messages(file(folder.dir))).toEqual([
      'three',
      expect.stringMatching(/lines were dropped/),
    ]);
  });
});

test('a log that has grown is put aside while it is written, and takes no more than twice its limit', () => {
  const { log, close } = openLog(folder.dir, { maxBytes: 2000 });
  for (let n = 0; n < 100; n++) log.info({ n }, 'a line');
  log.info({}, 'the last one');
  close();
  const [now, before] = [file(folder.dir), `${file(folder.dir)}.1`];
  expect(statSync(now).size).toBeLessThanOrEqual(2000);
  expect(statSync(before).size).toBeLessThanOrEqual(2000);
  expect(statSync(before).size).toBeGreaterThan(1800);
  expect(messages(now).at(-1)).toBe('the last one');
});

test('a level that is none is named, and what would be one', () => {
  expect(() => openLog(folder.dir, { level: 'verbose' })).toThrow(
    expect.objectContaining({
      code: 'bad_input',
      message: expect.stringMatching(/^NIGHTDESK_LOG .*trace, debug, info, warn/),
    }),
  );
});
