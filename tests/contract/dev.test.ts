/** `npm run dev` as it is started; what goes wrong is told in sentences, as `npm start` does. */
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { configuration, type Folder, temporaryFolder } from './fixtures.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');

let folder: Folder;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => folder.remove());

function start(...args: string[]) {
  const child = spawn(
    process.execPath,
    ['electron/launch/start.mjs', '--dev', '--no-open', ...args],
    { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (text) => {
      said += String(text);
    });
  }
  const ended = new Promise((resolve) => child.once('close', resolve));
  return { child, said: () => said, ended };
}

test('on a port that is taken it says so and ends', async () => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  const address = taken.address();
  const port = String(typeof address === 'object' && address ? address.port : 0);
  const config = folder.write('nightdesk.yml', configuration('http://127.0.0.1:9'));
  const one = start('--data', folder.dir, '--config', config, '--port', port);
  expect(await one.ended).toBe(1);
  expect(one.said()).toContain(
    `Nightdesk could not start. Port ${port} cannot be used: something else has it.\n`,
  );
  expect(one.said()).not.toContain('    at ');
  taken.close();
});

test('with a data folder that cannot be made it says so and ends', async () => {
  const one = start('--data', path.join(folder.write('file', ''), 'below'));
  expect(await one.ended).toBe(1);
  expect(one.said()).toMatch(/^Nightdesk could not start\. .+\n$/);
});

test('with a configuration that cannot be used it says what is wrong, and serves the page', async () => {
  const one = start('--data', folder.dir, '--config', '/nowhere/nightdesk.yml');
  await expect.poll(one.said, { timeout: 40_000 }).toContain('Nightdesk (dev): http://127.0.0.1:');
  expect(one.said()).toContain('could not be read (ENOENT): /nowhere/nightdesk.yml');
  expect(one.said().match(/http:/g)).toHaveLength(1);
  one.child.kill('SIGINT');
  expect(await one.ended).toBe(0);
});
