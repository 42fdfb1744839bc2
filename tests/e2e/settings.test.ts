/** The configuration as a person changes it on the Sources screen; the file on the disk is what counts. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { stringify } from 'yaml';
import {
  launchBrowser,
  openWindow,
  type RunningConsole,
  startConsole,
  type Window,
} from './kit.ts';
import { goTo } from './screens.ts';

/** Nothing listens there: what is tested is the configuration, not the source. */
const unleash = {
  id: 'flags',
  kind: 'unleash',
  url: 'http://127.0.0.1:9',
  secret: 'FLAGS_TOKEN',
  environments: { production: { name: 'production' } },
};
const good = stringify({
  version: 1,
  environments: [{ name: 'production', protected: true }],
  services: [{ id: 'support-bot', environments: { production: { where: {} } } }],
  sources: [unleash],
});

let folder: string;
let file: string;
let console: RunningConsole;
let browser: Browser;
let window: Window;
let page: Page;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'nightdesk-settings-'));
  file = path.join(folder, 'nightdesk.yml');
  await writeFile(file, `# kept by hand\n${good}`);
  console = await startConsole({ args: ['--config', file] });
  browser = await launchBrowser();
  window = await openWindow(browser, console.address);
  page = window.page;
  await goTo(page, console.origin, '/sources');
});

afterAll(async () => {
  await browser?.close();
  await console?.stop();
  if (folder) await rm(folder, { recursive: true, force: true });
});

const editor = () => page.getByLabel('The whole configuration, as YAML');
const save = () => page.getByRole('button', { name: 'Check and save' }).click();

it('shows the file as it is, and refuses what cannot be used with line and key', async () => {
  await page.getByRole('button', { name: 'Edit', exact: true }).click();
  await expect.poll(() => editor().inputValue()).toBe(`# kept by hand\n${good}`);
  await editor().fill(good.replace('protected: true', 'protected: maybe'));
  await save();
  const problem = page.getByRole('list', { name: '1 problem' });
  await problem.getByText(/line 4/).waitFor();
  await problem.getByText('environments[0].protected').waitFor();
  expect(await readFile(file, 'utf8')).toBe(`# kept by hand\n${good}`);
});

it('does not overwrite what somebody else wrote in the meantime', async () => {
  await writeFile(file, `# changed in an editor\n${good}`);
  await editor().fill(`# from the console\n${good}`);
  await save();
  await page.getByText(/Not saved: The file was changed by something else/).waitFor();
  expect(await readFile(file, 'utf8')).toContain('# changed in an editor');
});

it('writes what can be used and goes on with it', async () => {
  await page.getByRole('button', { name: 'Close', exact: true }).click();
  await page.reload();
  await page.getByRole('button', { name: 'Edit', exact: true }).click();
  await expect.poll(() => editor().inputValue()).toContain('# changed in an editor');
  const more = stringify({ sources: [unleash, { ...unleash, id: 'flags-2' }] });
  await editor().fill(good.replace(/sources:[\s\S]*/, more));
  await save();
  await editor().waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Check flags-2' }).waitFor();
  expect(await readFile(file, 'utf8')).toContain('id: flags-2');
});

it('a secret goes in and never comes back; without a keychain it says what to do instead', async () => {
  const answers: string[] = [];
  page.on('response', async (response) => {
    answers.push(await response.text().catch(() => ''));
  });
  const value = 'not-to-be-seen-again';
  await page.getByLabel('Value of FLAGS_TOKEN').fill(value);
  await page.getByRole('button', { name: 'Keep' }).click();
  await page.getByText(/There is no keychain here: set an environment variable/).waitFor();
  expect(answers.join('\n')).not.toContain(value);
  expect(await readFile(path.join(console.dataDir, 'nightdesk.log'), 'utf8')).not.toContain(value);
  expect(await readFile(file, 'utf8')).not.toContain(value);
});
