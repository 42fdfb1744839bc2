/** Runs the fleet in a terminal and says every few seconds how it fares. See README.md. */
import { fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ADMIN_SECRET, at } from './config.ts';
import { startDemoFleet } from './fleet.ts';

const [seed = '42', otlpPort = '4318'] = process.argv.slice(2);
const dir = mkdtempSync(path.join(tmpdir(), 'demo-fleet-'));
const fleet = await startDemoFleet({
  dir,
  seed: Number(seed),
  otlpPort: Number(otlpPort),
  spawn: (module, env) => {
    const child = fork(fileURLToPath(module), [], {
      env: { PATH: process.env.PATH ?? '', ...env },
    });
    return {
      pid: child.pid,
      onExit: (fn) => child.once('exit', fn),
      kill: () => child.kill('SIGTERM'),
    };
  },
  onProblem: (message) => console.error(message),
});
console.log('pids', fleet.pids());
console.log(`flags   ${at(fleet.ports.flags)}  admin token ${fleet.secrets[ADMIN_SECRET]}`);
console.log(`alerts  ${at(fleet.ports.alerts)}/rules`);
for (const [bot, port] of Object.entries(fleet.ports.bots))
  console.log(`${bot}  ${at(port)}/metrics`);

const timer = setInterval(async () => {
  const answer = await fetch(`${at(fleet.ports.alerts)}/rules`).catch(() => null);
  const rules: unknown = await answer?.json();
  if (!Array.isArray(rules)) return;
  const telling = rules.filter((rule) => rule.name.endsWith('LatencyHigh'));
  console.log(
    `${((Date.now() - fleet.startedAt) / 1000).toFixed(0)} s`,
    ...telling.map(
      (rule) => `${rule.service} p95 ${rule.value?.toFixed(2)}${rule.firing ? ' FIRING' : ''}`,
    ),
  );
}, 3000);
process.once('SIGINT', async () => {
  clearInterval(timer);
  await fleet.stop();
  rmSync(dir, { recursive: true, force: true });
  process.exit(0);
});
