/** A person signs in at a real provider in a real browser; when the provider ends the session, the console does too. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { CLIENT_ID, startProvider, type TestProvider } from '../fixtures/oidc-provider.ts';
import { launchBrowser, openWindow, type RunningConsole, startConsole } from './kit.ts';

let folder: string;
let provider: TestProvider;
let console: RunningConsole;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  // A token of 35 s is renewed after 5.
  provider = await startProvider(
    { ines: { name: 'Inés Moreau', email: 'ines@example.com', groups: ['on-call'] } },
    { accessTokenSeconds: 35 },
  );
  folder = await mkdtemp(path.join(tmpdir(), 'nightdesk-sign-in-'));
  const file = path.join(folder, 'nightdesk.yml');
  await writeFile(
    file,
    stringify({
      version: 1,
      environments: [{ name: 'production', protected: true }],
      services: [{ id: 'support-bot', environments: { production: { where: {} } } }],
      sources: [{ id: 'runbooks', kind: 'runbook-folder', path: '.' }],
      signIn: {
        kind: 'oidc',
        issuer: provider.issuer,
        clientId: CLIENT_ID,
        roles: { responder: ['on-call'] },
      },
    }),
  );
  console = await startConsole({ args: ['--config', file] });
  browser = await launchBrowser();
  page = (await openWindow(browser, console.address)).page;
});

afterAll(async () => {
  await browser?.close();
  await console?.stop();
  await provider?.close();
  if (folder) await rm(folder, { recursive: true, force: true });
});

const unlock = async () => {
  await page.getByRole('button', { name: /production/ }).click();
  return page.getByRole('menuitem', { name: /Unlock production|A viewer may not unlock/ });
};

it('who is not signed in can look but not act', async () => {
  await page.getByRole('button', { name: 'Sign in' }).waitFor();
  expect(await (await unlock()).innerText()).toBe('A viewer may not unlock');
  await page.keyboard.press('Escape');
});

it('signs in at the provider and comes back with a name and a role', async () => {
  const opened = page.context().waitForEvent('page');
  await page.getByRole('button', { name: 'Sign in' }).click();
  const login = await opened;
  await login.locator('[name=login]').fill('ines');
  await login.locator('[name=password]').fill('any');
  await login.getByRole('button', { name: 'Sign-in' }).click();
  await login.getByRole('button', { name: /continue/i }).click();
  await login.getByText('Signed in as Inés Moreau.').waitFor();
  await login.close();
  await page.getByRole('button', { name: /Inés Moreau · responder/ }).waitFor();
  await (await unlock()).click();
  await page.getByRole('button', { name: /production unlocked/ }).waitFor();
  const { entries } = await console.call<{ entries: { kind: string; actor: string }[] }>(
    'journal.list',
    {},
  );
  expect(entries.slice(0, 2).map(({ kind, actor }) => `${kind} by ${actor}`)).toEqual([
    'unlock by Inés Moreau <ines@example.com>',
    'sign_in by Inés Moreau <ines@example.com>',
  ]);
});

it('is signed out at once when the provider refuses to renew the session', async () => {
  await provider.revoke('ines');
  await page.getByRole('button', { name: 'Sign in' }).waitFor({ timeout: 20_000 });
  await page.getByText(/the provider says invalid_grant/).waitFor();
  await expect(console.call('session.unlock', { environment: 'production' })).rejects.toThrow(
    /nobody is signed in/,
  );
});
