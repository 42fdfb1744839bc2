// `npm run check:package`: packages the application without Electron's binary (a stub stands in its place) and looks
// into what came out. Real installers need that binary; what is inside the archive does not.
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { needNode } from '../electron/launch/node.mjs';

await needNode();
const { ensureBuilt } = await import('../electron/launch/build.ts');
const { parse } = await import('yaml');
const root = path.join(import.meta.dirname, '..');
const require = createRequire(import.meta.url);
const say = (line) => process.stdout.write(`${line}\n`);

/** What stands before the fuse wire in Electron's binary (@electron/fuses), and what must stand in it afterwards. */
const FUSES = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';
/** In the wire's order: run as Node, cookie encryption, NODE_OPTIONS, --inspect, asar integrity, only asar, own snapshot, file privileges. */
const WIRE = '01001100';

/** The notices of what is bundled into each part. What is not bundled has its own beside it. */
const NOTICES = ['main', 'preload', 'renderer'].map(
  (part) => `out/${part}/third-party-licences.md`,
);
/** Some of the renderer's. */
const NOTED = ['react', 'react-dom', 'recharts', '@mantine/core', '@tanstack/react-query'];
/** They ship no text of it: one is free of conditions (Unlicense), of the other (MIT) there is none to pass on. */
const WITHOUT_TEXT = ['wouter', 'react-remove-scroll-bar'];
/** Installers that electron-builder refuses to make without an address of the project and of its author. */
const NEEDS_ADDRESS = ['deb', 'rpm', 'pacman', 'apk', 'freebsd', 'p5p', 'snap'];

const MUST = [
  'package.json',
  'out/main/electron.js',
  'out/main/server.js',
  'out/main/cache-worker.js',
  'out/main/demo/bot.js',
  'out/main/demo/flags.js',
  'out/main/demo/alerts.js',
  'out/main/demo/users.js',
  'out/preload/index.cjs',
  'out/renderer/index.html',
  ...NOTICES,
  'node_modules/better-sqlite3/package.json',
  'node_modules/zod/package.json',
];
const MUST_NOT = [
  /^tests\//,
  /^electron\//,
  /^renderer\//,
  /^shared\//,
  /^\.ci\//,
  /^node_modules\/node-(linux|win)/,
  // What the renderer is built from is in the build.
  /^node_modules\/(react|react-dom|recharts|@mantine|@tanstack|zustand|electron|vite|vitest|typescript)\//,
  /\.map$/,
];

if (!ensureBuilt(say)) process.exit(1);
const folder = mkdtempSync(path.join(tmpdir(), 'nightdesk-package-'));
const problems = [];
try {
  const files = packageInto(folder);
  if (files) inspect(files);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
for (const problem of problems) say(`electron-builder.yml: ${problem}`);
say(problems.length === 0 ? '1 passed, 0 failed' : '0 passed, 1 failed');
process.exitCode = problems.length === 0 ? 0 : 1;

/** Packages and answers the paths inside app.asar, or null after noting why it failed. */
function packageInto(output) {
  const stub = stubElectron(path.join(output, 'electron'));
  const result = spawnSync(
    process.execPath,
    [
      path.join(root, 'node_modules/electron-builder/cli.js'),
      ...['--linux', 'dir', '--x64', '--publish', 'never'],
      `-c.electronDist=${stub}`,
      `-c.directories.output=${path.join(output, 'dist')}`,
    ],
    { cwd: root, encoding: 'utf8', timeout: 180_000 },
  );
  const archive = path.join(output, 'dist', 'linux-unpacked', 'resources', 'app.asar');
  if (result.status !== 0 || !existsSync(archive)) {
    problems.push(`packaging failed:\n${result.stdout}${result.stderr}`);
    return null;
  }
  const unpacked = `${archive}.unpacked`;
  const binary = 'node_modules/better-sqlite3';
  if (!existsSync(path.join(unpacked, binary))) {
    problems.push('asarUnpack: the binary of better-sqlite3 is not beside the archive');
  }
  if (!existsSync(path.join(path.dirname(archive), 'verify-journal.mjs'))) {
    problems.push('extraResources: verify-journal.mjs is not beside the archive');
  }
  const program = readFileSync(path.join(output, 'dist', 'linux-unpacked', 'nightdesk'), 'latin1');
  const wire = program.slice(program.indexOf(FUSES) + FUSES.length + 2).slice(0, WIRE.length);
  if (wire !== WIRE) problems.push(`electronFuses: the binary has ${wire}, wanted is ${WIRE}`);
  const asar = require('@electron/asar');
  checkNotices(asar.extractFile(archive, NOTICES.at(-1)).toString());
  return asar
    .listPackage(archive, { isPack: false })
    .map((file) => file.replaceAll('\\', '/').slice(1));
}

/** What electron-builder wants of an Electron folder, with nothing in it that runs. */
function stubElectron(dir) {
  for (const sub of ['locales', 'resources']) mkdirSync(path.join(dir, sub), { recursive: true });
  const { version } = require('electron/package.json');
  const texts = {
    // With a fuse wire as Electron's binary has it, all fuses at their defaults.
    electron: `#!/bin/sh\n${FUSES}\x01\x08${'10110101'}`,
    'chrome-sandbox': '',
    version,
    LICENSE: '',
    'LICENSES.chromium.html': '',
  };
  for (const [name, text] of Object.entries(texts)) writeFileSync(path.join(dir, name), text);
  chmodSync(path.join(dir, 'electron'), 0o755);
  return dir;
}

function inspect(files) {
  const inside = new Set(files);
  for (const file of MUST) if (!inside.has(file)) problems.push(`missing in the package: ${file}`);
  for (const pattern of MUST_NOT) {
    const found = files.find((file) => pattern.test(file));
    if (found) problems.push(`must not be in the package: ${found}`);
  }
  const runbooks = files.filter((file) => /^runbooks\/.+\.md$/.test(file));
  if (runbooks.length === 0) problems.push('missing in the package: the runbooks');
  // A glob that matches nothing is no error to electron-builder; here it is one.
  const config = parse(readFileSync(path.join(root, 'electron-builder.yml'), 'utf8'));
  for (const glob of config.files.filter((one) => !one.startsWith('!'))) {
    if (!files.some((file) => path.matchesGlob(file, glob)))
      problems.push(`files: ${glob} matched nothing`);
  }
  checkTargets(config);
  say(`${files.length} files in the package, ${runbooks.length} runbooks`);
}

/** Each bundled package by its name, version and licence, and the text of that licence. */
function checkNotices(text) {
  const sections = new Map(
    text
      .split(/^## (?=\S+ - )/m)
      .slice(1)
      .map((section) => [section.split(' - ')[0], section]),
  );
  for (const name of NOTED)
    if (!sections.has(name)) problems.push(`no licence notice of ${name} in the package`);
  for (const [name, section] of sections) {
    if (section.trim().includes('\n') || WITHOUT_TEXT.includes(name)) continue;
    problems.push(`${name} comes without the text of its licence: see what it asks for`);
  }
}

/** electron-builder says so only at the end of a long build. */
function checkTargets({ linux }) {
  const { homepage, author } = require('../package.json');
  if (homepage && author.email) return;
  for (const target of linux.target.filter((one) => NEEDS_ADDRESS.includes(one)))
    problems.push(
      `linux.target: ${target} needs a homepage and the author's email in package.json`,
    );
}
