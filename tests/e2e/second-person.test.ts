/** A rollback that needs a second person: both sign in at a real provider, in a real browser, against the demo's flags. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { stringify } from 'yaml';
import type { Action } from '#shared/model/action.ts';
import { type DemoFleet, startDemoFleet } from '../../electron/demo/fleet.ts';
import { freePort } from '../../electron/host/free-port.ts';
import { CLIENT_ID, startProvider, type TestProvider } from '../fixtures/oidc-provider.ts';
import { launchBrowser, openWindow, type RunningConsole, spawnDemo, startConsole } from './kit.ts';
import { goTo } from './screens.ts';

let folder: string;
let fleet: DemoFleet;
let provider: TestProvider;
let console: RunningConsole;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'nightdesk-second-'));
  // A token of 35 s is renewed after 5.
  provider = await startProvider(
    {
      mika: { name: 'Mika', groups: ['on-call'] },
      noor: { name: 'Noor', groups: ['on-call'] },
    },
    { accessTokenSeconds: 35 },
  );
  fleet = await startDemoFleet({
    dir: path.join(folder, 'fleet'),
    otlpPort: await freePort(),
    seed: 7,
    spawn: spawnDemo,
  });
  const file = path.join(folder, 'nightdesk.yml');
  await writeFile(
    file,
    stringify({
      ...fleet.config,
      sources: fleet.config.sources.map((source) =>
        source.kind === 'runbook-folder' ? { ...source, path: path.resolve('runbooks') } : source,
      ),
      signIn: {
        kind: 'oidc',
        issuer: provider.issuer,
        clientId: CLIENT_ID,
        roles: { responder: ['on-call'] },
      },
      actions: { ...fleet.config.actions, approval: { kinds: ['rollback'] } },
    }),
  );
  console = await startConsole({ args: ['--config', file], env: fleet.secrets });
  browser = await launchBrowser();
  page = (await openWindow(browser, console.address)).page;
});

afterAll(async () => {
  await browser?.close();
  await console?.stop();
  await fleet?.stop();
  await provider?.close();
  if (folder) await rm(folder, { recursive: true, force: true });
});

async function actions(): Promise<Action[]> {
  return (await console.call<{ actions: Action[] }>('actions.list', {})).actions;
}

/** Presses what opens the provider's page, and signs in there as somebody. */
async function signInBy(button: string, login: string): Promise<string> {
  const opened = page.context().waitForEvent('page');
  await page.getByRole('button', { name: button }).click();
  const there = await opened;
  await there.locator('[name=login]').fill(login);
  await there.locator('[name=password]').fill('any');
  await there.getByRole('button', { name: 'Sign-in' }).click();
  const done = there.getByText(/Signed in as/);
  const next = there.getByRole('button', { name: /continue/i });
  await done.or(next).first().waitFor();
  if (await next.isVisible()) await next.click();
  await done.waitFor();
  const text = await done.innerText();
  await there.close();
  return text;
}

it('is sent only when another person has signed in to agree to it', async () => {
  await signInBy('Sign in', 'mika');
  await page.getByRole('button', { name: /Mika · responder/ }).waitFor();
  await goTo(page, console.origin, '/flags');
  await page.getByRole('button', { name: 'Roll back v42' }).click();
  const dialog = page.getByRole('dialog');
  const send = dialog.getByRole('button', { name: /roll back/i });
  await dialog.getByText('A second person must agree to this plan.').waitFor();
  expect(await send.isDisabled()).toBe(true);

  await signInBy('Have them sign in', 'mika');
  await dialog.getByText(/is the first person/).waitFor();
  expect(await send.isDisabled()).toBe(true);

  await signInBy('Have them sign in', 'noor');
  await dialog.getByText('Noor <noor>').waitFor();
  await send.click();
  await page.waitForURL(/\/action\//);
  await page.getByText('Mika <mika>').first().waitFor();
  expect((await actions()).map(({ by, plan }) => [by, plan.second?.approvedBy])).toEqual([
    ['Mika <mika>', 'Noor <noor>'],
  ]);
});

it('a session that the provider ends lets the running action finish, and no new one begin', async () => {
  const [running] = await actions();
  expect(running?.endedAt).toBeNull();
  await provider.revoke('mika');
  await page.getByText('Signed out.').waitFor({ timeout: 20_000 });
  const request = {
    kind: 'kill_switch',
    service: 'support-bot',
    environment: 'production',
    on: false,
  };
  await expect(console.call('actions.plan', { request })).rejects.toThrow(/nobody is signed in/);
  await expect
    .poll(async () => (await actions())[0]?.outcome, { timeout: 120_000, interval: 1_000 })
    .toBe('recovered');
});
