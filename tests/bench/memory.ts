/** Resident memory of the browser host, started as a person starts it, with the large cache open and used. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { startConsole } from '../e2e/kit.ts';
import { QUIET } from './config.ts';
import { DAYS, END, SERIES, TURNS } from './large-cache.ts';
import { report } from './report.ts';
import { conversationId, TURNS_PER_CONVERSATION } from './transcripts.ts';

const dataDir = process.argv[2] ?? '';
const HOUR = 3_600_000;

function residentMegabytes(pid: number): number {
  if (process.platform === 'linux') {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) / 1024;
  }
  return (
    Number(spawnSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' }).stdout) / 1024
  );
}

const file = join(dataDir, 'nightdesk.yml');
await writeFile(file, stringify(QUIET));
const console = await startConsole({ dataDir, args: ['--config', file] });
try {
  const environment = 'production';
  const fresh = residentMegabytes(console.pid);
  for (let round = 0; round < 30; round++) {
    const id = conversationId((round * 997) % (TURNS / TURNS_PER_CONVERSATION));
    await console.call('conversations.find', { text: id });
    await console.call('conversations.search', { text: ['the', 'order', 'refund'][round % 3] });
    await console.call('conversations.read', { id });
    await console.call('overview.read', { environment });
    await console.call('signals.query', {
      signals: Array.from({ length: SERIES / 10 }, (_, i) => `signal_${i}`),
      environment,
      from: END - (round % 2 === 0 ? HOUR : DAYS * 24 * HOUR),
      to: END,
    });
  }
  const used = residentMegabytes(console.pid);
  const of = `${TURNS.toLocaleString('en')} turns, ${SERIES} series of ${DAYS} days`;
  report({ name: 'memory of the host, started', value: fresh, unit: 'MB', of });
  report({
    name: 'memory of the host, in use',
    value: used,
    unit: 'MB',
    goal: '<= 250',
    met: used <= 250,
    of,
  });
} finally {
  await console.stop();
}
