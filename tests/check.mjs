// `npm run check`: types of every room, lint and format, import rules, generated files, the lock file.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { needNode } from '../electron/launch/node.mjs';
import { checkImports } from './helpers/import-rules.mjs';

await needNode();
const root = path.join(import.meta.dirname, '..');
const inModules = (file) => path.join(root, 'node_modules', file);

/** Runs a program of node_modules; answers the lines it printed when it failed, else none. */
function run(script, args) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [script, ...args], { cwd: root });
    let output = '';
    child.stdout.on('data', (text) => {
      output += text;
    });
    child.stderr.on('data', (text) => {
      output += text;
    });
    child.on('close', (code) => {
      const lines = output.split('\n').filter((line) => line.trim() !== '');
      resolve(code === 0 ? [] : lines.length > 0 ? lines : [`${path.basename(script)} failed`]);
    });
  });
}

function rooms() {
  const { references } = JSON.parse(readFileSync(path.join(root, 'tsconfig.json'), 'utf8'));
  return references.map((one) => one.path);
}

/** What git knows or would take up: not what is ignored. */
function sources() {
  const { stdout } = spawnSync(
    'git',
    ['ls-files', '--cached', '--others', '--exclude-standard', '*.ts', '*.tsx', '*.mjs'],
    { cwd: root, encoding: 'utf8' },
  );
  return stdout.split('\n').filter((file) => file !== '' && existsSync(path.join(root, file)));
}

/** `PATH(LINE,COLUMN): error …` of tsc, as the others write it. */
function types(room) {
  return run(inModules('typescript/bin/tsc'), ['-p', room, '--pretty', 'false']).then((lines) =>
    lines.map((line) => line.replace(/^(\S+)\((\d+),\d+\): /, '$1:$2: ')),
  );
}

function lockFile() {
  const lines = readFileSync(path.join(root, 'package-lock.json'), 'utf8').split('\n');
  return lines.flatMap((line, index) =>
    /"resolved": "(https?|file):/.test(line)
      ? [`package-lock.json:${index + 1}: carries an address: ${line.trim()}`]
      : [],
  );
}

/** A range in package.json would let another day install something else. */
function pins() {
  const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  const all = {
    ...manifest.dependencies,
    ...manifest.devDependencies,
    ...manifest.optionalDependencies,
  };
  return Object.entries(all).flatMap(([name, version]) =>
    /^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version)
      ? []
      : [`package.json:1: ${name} is not pinned exactly: ${version}`],
  );
}

const checks = [
  ...rooms().map((room) => ({ name: `types of ${room}`, run: () => types(room) })),
  {
    name: 'lint and format',
    run: () =>
      run(inModules('@biomejs/biome/bin/biome'), [
        'check',
        '--diagnostic-level=error',
        '--max-diagnostics=200',
      ]),
  },
  { name: 'import rules', run: async () => checkImports(root, sources()) },
  {
    name: "the configuration's JSON Schema",
    run: () => run(path.join(root, 'electron/launch/write-schema.ts'), ['--check']),
  },
  { name: 'lock file', run: async () => lockFile() },
  { name: 'exact pins', run: async () => pins() },
];

let failed = 0;
const queue = [...checks];
/** Two at a time: the compiler takes a core for itself. */
await Promise.all(
  [0, 1].map(async () => {
    for (let check = queue.shift(); check; check = queue.shift()) {
      const problems = await check.run();
      if (problems.length === 0) continue;
      failed += 1;
      process.stdout.write(`\n${check.name}:\n${problems.map((line) => `  ${line}\n`).join('')}`);
    }
  }),
);
process.stdout.write(`${checks.length - failed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;
