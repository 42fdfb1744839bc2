/**
 * The wiring of the Electron host, run to its end with the electron module replaced: what it asks of
 * Electron, in which order. That Electron then does as it is documented is not shown here.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { CoreEvent } from '#shared/contract/index.ts';
import { createBridge } from '../../electron/preload/bridge.ts';
import { fakeElectron } from './adapters/fake-electron.ts';
import { configuration, type Folder, temporaryFolder } from './fixtures.ts';

const { fake, electron, openWindow } = fakeElectron();
vi.doMock('electron', () => electron);

let folder: Folder;
const argv = process.argv;
const quit = () => fake.app.emit('before-quit', { preventDefault: () => {} });

beforeAll(async () => {
  folder = temporaryFolder();
  const config = folder.write('nightdesk.yml', configuration('http://127.0.0.1:9'));
  const link = 'nightdesk://conversation/c-1';
  process.argv = ['electron', '.', '--data', folder.dir, '--config', config, link];
  await import('../../electron/main/index.ts');
  await vi.waitFor(() => expect(fake.windows).toHaveLength(1), 30_000);
});
afterAll(async () => {
  process.argv = argv;
  quit();
  await vi.waitFor(() => expect(fake.exits).toContain(0), 30_000);
  folder.remove();
});

test('what must be done before Electron is ready is done before', () => {
  expect(fake.asked).toEqual(['path userData electron', 'lock', 'scheme', 'ready', 'handle app']);
});

test('the window is sandboxed, has the built preload and shows the linked conversation', () => {
  const [window] = fake.windows;
  expect(window?.url).toBe('app://nightdesk/conversation/c-1');
  expect(window?.options.webPreferences).toMatchObject({
    contextIsolation: true,
    sandbox: true,
    nodeIntegration: false,
    preload: fileURLToPath(new URL('../../out/preload/index.cjs', import.meta.url)),
  });
});

test('the tray has an icon to show', () => {
  expect(existsSync(new URL('../../resources/icon.png', import.meta.url))).toBe(true);
});

test('pages of other hosts are not answered', async () => {
  expect((await fake.page?.({ url: 'app://other/' }))?.status).toBe(403);
});

test('the window is answered by the core, and hears the link of a second instance', async () => {
  const bridge = createBridge(openWindow().ipcRenderer);
  expect(await bridge.call('session.read', {}, () => {})).toMatchObject({
    ok: true,
    output: { host: 'electron', demo: false },
  });
  const heard: CoreEvent[] = [];
  bridge.subscribe((event) => {
    if (event.type === 'open') heard.push(event);
  });
  fake.app.emit('second-instance', {}, ['electron', '.', 'nightdesk://conversation/c-2']);
  expect(heard).toEqual([{ type: 'open', path: '/conversation/c-2' }]);
  expect(fake.windows).toHaveLength(1);
  expect(fake.windows[0]?.shown).toBe(1);
});

test('a second Quit waits for what the first one ends', async () => {
  quit();
  quit();
  expect(existsSync(path.join(folder.dir, 'instance.json'))).toBe(true);
  await vi.waitFor(() => expect(fake.exits).not.toEqual([]), { timeout: 30_000, interval: 1 });
  expect(existsSync(path.join(folder.dir, 'instance.json'))).toBe(false);
});
