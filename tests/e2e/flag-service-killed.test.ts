/** The flag service dies while a rollback is under way: the console says "unknown", and tells the truth once it is back. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { z } from 'zod';
import { ADMIN_SECRET } from '../../electron/demo/config.ts';
import { type DemoFleet, startDemoFleet } from '../../electron/demo/fleet.ts';
import { freePort } from '../../electron/host/free-port.ts';
import { type FaultyServer, startFaultyServer } from '../fixtures/faulty-server.ts';
import {
  launchBrowser,
  openWindow,
  type RunningConsole,
  spawnDemo,
  startConsole,
  type Window,
} from './kit.ts';

const Feature = z.object({
  environments: z.array(
    z.object({
      name: z.string(),
      strategies: z.array(
        z.object({ variants: z.array(z.object({ name: z.string(), weight: z.number() })) }),
      ),
    }),
  ),
});

let folder: string;
let fleet: DemoFleet;
/** Stands between the console and the flag service, so that an answer can be lost. */
let wire: FaultyServer;
let console: RunningConsole;
let browser: Browser;
let window: Window;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'nightdesk-killed-'));
  fleet = await startDemoFleet({
    dir: path.join(folder, 'fleet'),
    otlpPort: await freePort(),
    seed: 7,
    spawn: spawnDemo,
  });
  wire = await startFaultyServer(`http://127.0.0.1:${fleet.ports.flags}`);
  const config = {
    ...fleet.config,
    sources: fleet.config.sources.map((source) => {
      if (source.kind === 'unleash') return { ...source, url: wire.url };
      if (source.kind === 'runbook-folder') return { ...source, path: path.resolve('runbooks') };
      return source;
    }),
  };
  const file = path.join(folder, 'nightdesk.yml');
  await writeFile(file, stringify(config));
  console = await startConsole({ args: ['--config', file], env: fleet.secrets });
  browser = await launchBrowser();
  window = await openWindow(browser, console.address);
});

afterAll(async () => {
  await browser?.close();
  await console?.stop();
  await wire?.close();
  await fleet?.stop();
  if (folder) await rm(folder, { recursive: true, force: true });
});

/** The candidate's weight as the flag service itself has it, asked past the wire. */
async function weightAtTheService(): Promise<number | undefined> {
  const response = await fetch(
    `http://127.0.0.1:${fleet.ports.flags}/api/admin/projects/default/features/support-bot-model`,
    { headers: { authorization: fleet.secrets[ADMIN_SECRET] ?? '' } },
  );
  const feature = Feature.parse(await response.json());
  const production = feature.environments.find((one) => one.name === 'production');
  return production?.strategies[0]?.variants.find((variant) => variant.name === 'v42')?.weight;
}

it('ends in unknown while nobody can tell, and is reconciled by reading when the service is back', async () => {
  const { page } = window;
  await page
    .getByRole('button', { name: 'Roll back v42 → v41' })
    .first()
    .click({ timeout: 60_000 });
  const dialog = page.getByRole('dialog');
  const confirm = dialog.locator('button[type=submit]');
  await confirm.waitFor();

  // The write arrives, its answer does not, and from then on nobody is there.
  let wrote = false;
  wire.fault({ kind: 'cut-off' }, ({ method }) => {
    if (method !== 'GET') wrote = true;
    return wrote;
  });
  await confirm.click();
  await expect.poll(weightAtTheService, { timeout: 20_000 }).toBe(0);
  await fleet.end('flags');

  await page.waitForURL(/\/action\/a-/);
  await page.locator('li[data-state=unknown]', { hasText: /sent/ }).waitFor({ timeout: 30_000 });
  await page.getByRole('status').filter({ hasText: 'unknown' }).waitFor();
  // What was cached stays on screen, and the source says what is wrong.
  await expect
    .poll(
      async () => {
        const { sources } = await console.call<{ sources: { id: string; state: string }[] }>(
          'sources.list',
          {},
        );
        return sources.find((source) => source.id === 'unleash')?.state;
      },
      { timeout: 30_000 },
    )
    .toBe('error');
  const { flags } = await console.call<{ flags: unknown[] }>('flags.list', {
    environment: 'production',
  });
  expect(flags.length).toBeGreaterThan(3);

  await fleet.restart('flags');
  wire.fault(null);
  await page.locator('li[data-state=done]', { hasText: /^\W*sent/ }).waitFor({ timeout: 60_000 });
  await page.locator('li[data-state=done]', { hasText: /^\W*stored/ }).waitFor({ timeout: 60_000 });
  await page
    .locator('li[data-state=done]', { hasText: /^\W*recovered/ })
    .waitFor({ timeout: 120_000 });

  const writes = wire.asked.filter(({ method }) => method !== 'GET');
  expect(writes.length, 'nothing is sent a second time').toBe(1);
  const verified = await console.call<{ ok: boolean }>('journal.verify', {});
  expect(verified.ok).toBe(true);
});
