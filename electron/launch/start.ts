/** `npm start`: builds where needed, then Electron where it can run, else the browser host. */

import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { NightdeskError } from '#shared/errors/index.ts';
import { type HostArguments, parseArguments, USAGE } from '../host/arguments.ts';
import type { main as serverMain } from '../server/index.ts';
import { ensureBuilt, ROOT } from './build.ts';
import { whyBrowser } from './choose-host.ts';
import { downloadElectron, electronBinary } from './electron-binary.ts';
import { openBrowser } from './open-browser.ts';
import { runElectron } from './run-electron.ts';

const say = (line: string) => {
  process.stdout.write(`${line}\n`);
};

export async function start(argv: readonly string[]): Promise<void> {
  const args = read(argv);
  if (!args) return;
  if (args.dev) {
    const { runDev } = await import('./dev.ts');
    const { couldNotStart } = await import('../server/index.ts');
    return runDev(args, say).catch(couldNotStart);
  }
  if (!ensureBuilt(say)) {
    process.exitCode = 1;
    return;
  }
  const binary = await findElectron(args);
  if (binary !== null) {
    const result = await runElectron(binary, ROOT, argv);
    if (result !== 'unusable') process.exit(result);
    say('In the browser: Electron is here but could not start.');
  }
  const built: { main: typeof serverMain } = await import(
    pathToFileURL(path.join(ROOT, 'out/main/server.js')).href
  );
  await built.main(argv, { say, openBrowser });
}

function read(argv: readonly string[]): HostArguments | null {
  try {
    const args = parseArguments(argv);
    if (!args.help) return args;
    say(USAGE);
  } catch (error) {
    if (!(error instanceof NightdeskError)) throw error;
    process.stderr.write(`${error.message}\n\n${USAGE}`);
    process.exitCode = 2;
  }
  return null;
}

/** Electron's executable, or null after one line that says why it is the browser. */
async function findElectron(args: HostArguments): Promise<string | null> {
  const why = whyBrowser(args.browser, {
    platform: process.platform,
    env: process.env,
    root: process.getuid?.() === 0,
  });
  if (why !== null) {
    say(`In the browser: ${why}.`);
    return null;
  }
  const there = electronBinary();
  if (there) return there;
  say("Electron's binary is not here yet; trying to download it once…");
  const failure = await downloadElectron();
  const fetched = electronBinary();
  if (failure === null && fetched) return fetched;
  say(
    `In the browser: Electron's binary could not be had (${failure ?? 'it is not where it should be'}).`,
  );
  return null;
}
