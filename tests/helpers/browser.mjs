import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import path from 'node:path';
import { chromium } from 'playwright-core';

const NAMES = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'microsoft-edge',
  'msedge',
];
const MAC_APPS = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
];

/** The executable of a browser that is on this machine, or null. `NIGHTDESK_BROWSER` names another one. */
export function findBrowser() {
  if (process.env.NIGHTDESK_BROWSER) return process.env.NIGHTDESK_BROWSER;
  const folders = (process.env.PATH ?? '').split(path.delimiter);
  for (const name of NAMES) {
    for (const folder of folders) {
      for (const file of [path.join(folder, name), path.join(folder, `${name}.exe`)]) {
        try {
          accessSync(file, constants.X_OK);
          return file;
        } catch {
          // Not here.
        }
      }
    }
  }
  const own = chromium.executablePath();
  return [...MAC_APPS, own].find((file) => file && existsSync(file)) ?? null;
}

/** Finds a browser, or gets one: Debian's as root, else playwright's. Answers null after one line that says why. */
export function getBrowser() {
  const found = findBrowser();
  if (found) return found;
  const asRoot = process.getuid?.() === 0;
  const tries = [];
  if (asRoot && hasProgram('apt-get')) {
    tries.push([
      'apt-get',
      ['install', '-y', '--no-install-recommends', 'chromium', 'fonts-dejavu-core'],
    ]);
  }
  tries.push([process.execPath, [playwrightCli(), 'install', 'chromium']]);
  for (const [command, args] of tries) {
    process.stdout.write(
      `No browser here yet: ${path.basename(command)} ${args.slice(-3).join(' ')}\n`,
    );
    spawnSync(command, args, {
      stdio: 'ignore',
      timeout: 180_000,
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
    const browser = findBrowser();
    if (browser) return browser;
  }
  process.stdout.write('skipped: the tests in a browser: none is here and none could be had\n');
  return null;
}

function hasProgram(name) {
  return spawnSync(name, ['--version'], { stdio: 'ignore' }).status === 0;
}

function playwrightCli() {
  return path.join(import.meta.dirname, '../../node_modules/playwright-core/cli.js');
}
