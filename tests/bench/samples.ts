/**
 * Samples per second from the body of an HTTP answer to the committed row, rollups included, through the real
 * Prometheus connector; beside what inserting the same rows raw can do, 500 rows a statement.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createPrometheusConnector } from '#core/sources/prometheus/index.ts';
import type { SignalDefinition } from '#shared/model/signal.ts';
import { clockAt, contextOf, inTempDir, open, openRaw } from './kit.ts';
import { median, note, report, seeded, sized, timed } from './report.ts';

const STEP = 15_000;
const POINTS = sized(5760, 1000);
const SERVICES = 10;
const SIGNALS = 10;
const ROUNDS = sized(3, 1);
const NOW = Math.floor(1_750_000_000_000 / STEP) * STEP;
/** Per signal one query by version and one for the whole; each answers one series. */
const SERIES = SERVICES * SIGNALS * 2;
const START = NOW - (POINTS - 1) * STEP;

/** One answer of query_range: a day of one series. */
function answer(): Buffer {
  const random = seeded(1);
  const values = Array.from({ length: POINTS }, (_, i) => [
    (START + i * STEP) / 1000,
    (1.5 + random()).toString().slice(0, 14),
  ]);
  return Buffer.from(
    JSON.stringify({
      status: 'success',
      data: { resultType: 'matrix', result: [{ metric: { version: 'v1' }, values }] },
    }),
  );
}

/** Plays the Prometheus server, in a process of its own: its work is not ours. */
function serve(): void {
  const body = answer();
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(body);
    });
  });
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    if (typeof address === 'object') process.send?.(address?.port);
  });
}

function signals(): SignalDefinition[] {
  return Array.from({ length: SIGNALS }, (_, i) => ({
    id: `signal_${i}`,
    title: `Signal ${i}`,
    short: `s${i}`,
    unit: 's',
    expression: { kind: 'rate', metric: `metric_${i}_total`, per: 'second' },
    band: { kind: 'trend' },
    watch: false,
    description: '',
  }));
}

function connector(port: number) {
  const services = Array.from({ length: SERVICES }, (_, i) => ({
    id: `service-${i}`,
    environments: { production: { where: { service: `service-${i}` } } },
  }));
  const source = {
    kind: 'prometheus',
    id: 'prometheus',
    url: `http://127.0.0.1:${port}`,
    history: `${((POINTS - 1) * STEP) / 1000}s`,
    step: '15s',
  } as const;
  const context = contextOf(
    { version: 1, environments: [{ name: 'production' }], services, sources: [source] },
    { clock: clockAt(() => NOW), signals: signals() },
  );
  return createPrometheusConnector(source, context);
}

/** Rows per second of the real way. */
function ingest(port: number): Promise<number> {
  return inTempDir(async (dir) => {
    const cache = await open(dir);
    let rows = 0;
    const ms = await timed(async () => {
      const pull = connector(port).pull(null, new AbortController().signal);
      for await (const batch of pull) {
        rows += (await cache.write('commitBatch', { source: 'prometheus', batch })).records;
      }
    });
    await cache.close();
    if (rows !== SERIES * POINTS) throw new Error(`${rows} rows instead of ${SERIES * POINTS}`);
    return rows / (ms / 1000);
  });
}

/** Rows per second of plain inserts of the same rows, series after series, one transaction. */
function insertRaw(): Promise<number> {
  return inTempDir(async (dir) => {
    const db = openRaw(dir);
    const statement = db.prepare(
      `INSERT INTO samples VALUES ${Array(500).fill('(?, ?, ?)').join(', ')}`,
    );
    const random = seeded(1);
    const values = Array.from({ length: POINTS }, () => 1.5 + random());
    const whole = POINTS - (POINTS % 500);
    const ms = await timed(
      db.transaction(() => {
        for (let series = 0; series < SERIES; series++) {
          for (let from = 0; from < whole; from += 500) {
            const row: number[] = [];
            for (let i = from; i < from + 500; i++) {
              row.push(series, START + i * STEP, values[i] ?? 0);
            }
            statement.run(row);
          }
        }
      }),
    );
    db.close();
    return (SERIES * whole) / (ms / 1000);
  });
}

async function main(): Promise<void> {
  const server = fork(new URL(import.meta.url), ['serve']);
  try {
    const [port] = await once(server, 'message');
    const real: number[] = [];
    const raw: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      raw.push(await insertRaw());
      real.push(await ingest(port));
      note(
        `round ${round + 1}: raw ${Math.round(raw.at(-1) ?? 0)}/s, ingest ${Math.round(real.at(-1) ?? 0)}/s`,
      );
    }
    const ratio = median(real.map((value, index) => value / (raw[index] ?? 1)));
    report({
      name: 'samples ingested',
      value: median(real),
      unit: 'rows/s',
      limit: median(raw),
      ratio,
      goal: 'ratio >= 0.4',
      met: ratio >= 0.4,
      of: 'query_range body over HTTP -> committed row with 5m and 1h rollups',
    });
  } finally {
    server.kill();
  }
}

if (process.argv[2] === 'serve') serve();
else await main();
