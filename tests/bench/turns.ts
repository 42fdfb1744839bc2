/**
 * Turns per second from the body of an OTLP request to the committed rows with full text, through the real
 * receiver; beside what inserting the very same rows raw can do.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { createOtlpConnector } from '#core/sources/otlp/index.ts';
import { clockAt, contextOf, inTempDir, open, openRaw, readRaw } from './kit.ts';
import { median, note, report, sized, timed } from './report.ts';
import { exportRequest, SPANS_PER_TURN } from './transcripts.ts';

/** A backlog of some seconds: a shorter run would measure how fast V8 warms up. */
const TURNS = sized(64_000, 2_000);
const TURNS_PER_REQUEST = 100;
const AT_ONCE = 8;
const ROUNDS = sized(3, 1);

/** Plays the services: sends all turns, in a process of its own. */
async function send(port: number): Promise<void> {
  const bodies: Buffer[] = [];
  for (let first = 0; first < TURNS; first += TURNS_PER_REQUEST) {
    bodies.push(Buffer.from(JSON.stringify(exportRequest(first, TURNS_PER_REQUEST))));
  }
  // The services' own cost is not what is measured: the leanest client there is.
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  process.send?.('ready');
  await once(process, 'message');
  const worker = async () => {
    for (let body = bodies.pop(); body !== undefined; body = bodies.pop()) {
      const status = await post(agent, port, body);
      if (status === 503) bodies.push(body);
      else if (status !== 200) throw new Error(`the receiver answered ${status}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  process.send?.('sent');
  agent.destroy();
}

/** Resolves with the status once the answer has ended. */
function post(agent: Agent, port: number, body: Buffer): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': body.length };
    const options = { agent, host: '127.0.0.1', port, path: '/v1/traces', method: 'POST', headers };
    request(options, (response) => {
      response.resume().once('end', () => resolve(response.statusCode));
    })
      .once('error', reject)
      .end(body);
  });
}

/** Turns per second of the real way. The cache stays in `dir`. */
async function ingest(dir: string, port: number): Promise<number> {
  const cache = await open(dir);
  const source = { kind: 'otlp', id: 'otlp', port, conversationAttributes: [] } as const;
  const context = contextOf(
    {
      version: 1,
      environments: [{ name: 'production' }],
      services: [{ id: 'support-bot', environments: { production: { where: {} } } }],
      sources: [{ kind: 'otlp', id: 'otlp', port }],
    },
    { clock: clockAt(Date.now), signals: [] },
  );
  const connector = createOtlpConnector(
    { ...source, conversationAttributes: [], lookup: [] },
    context,
  );
  const stop = new AbortController();
  const listening = connector.listen?.(async (batch) => {
    await cache.write('commitBatch', { source: 'otlp', batch });
  }, stop.signal);
  const sender = fork(new URL(import.meta.url), ['send', String(port)]);
  try {
    await once(sender, 'message');
    const ms = await timed(async () => {
      sender.send('go');
      await once(sender, 'message');
    });
    return TURNS / (ms / 1000);
  } finally {
    sender.kill();
    stop.abort();
    await listening;
    await cache.close();
  }
}

/** The rows that the cache now holds, inserted into an empty database with the same schema. */
async function insertRaw(dir: string): Promise<number> {
  const from = readRaw(join(dir, 'cache.db'));
  const count = Number(from.prepare('SELECT count(*) FROM turns').pluck().get());
  if (count !== TURNS) throw new Error(`${count} turns instead of ${TURNS}`);
  const tables = ['combinations', 'conversations', 'turns', 'spans'].map((name) => ({
    name,
    rows: from.prepare<[], unknown[]>(`SELECT * FROM ${name}`).raw().all(),
  }));
  const texts = from.prepare<[], unknown[]>('SELECT id, text FROM turns').raw().all();
  from.close();
  const db = openRaw(dir);
  const batch = TURNS_PER_REQUEST * AT_ONCE;
  const inserts = [...tables, { name: 'turns_fts (rowid, text)', rows: texts }].map(
    ({ name, rows }) => ({
      rows,
      perBatch: Math.ceil((rows.length * batch) / TURNS),
      statement: db.prepare(
        `INSERT INTO ${name} VALUES (${Array(rows[0]?.length ?? 1)
          .fill('?')
          .join(', ')})`,
      ),
    }),
  );
  const ms = await timed(() => {
    for (let part = 0; part < TURNS / batch; part++) {
      db.transaction(() => {
        for (const { rows, perBatch, statement } of inserts) {
          for (const row of rows.slice(part * perBatch, (part + 1) * perBatch)) statement.run(row);
        }
      })();
    }
  });
  db.close();
  return TURNS / (ms / 1000);
}

async function main(): Promise<void> {
  const real: number[] = [];
  const raw: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    await inTempDir(async (dir) => {
      real.push(await ingest(dir, 14_318 + round));
      raw.push(await insertRaw(dir));
    });
    note(
      `round ${round + 1}: raw ${Math.round(raw.at(-1) ?? 0)}/s, ingest ${Math.round(real.at(-1) ?? 0)}/s`,
    );
  }
  const ratio = median(real.map((value, index) => value / (raw[index] ?? 1)));
  report({
    name: 'turns ingested',
    value: median(real),
    unit: 'turns/s',
    limit: median(raw),
    ratio,
    goal: 'ratio >= 0.4',
    met: ratio >= 0.4,
    of: `OTLP/JSON body over HTTP -> committed rows with full text; ${SPANS_PER_TURN} spans a turn; the limit inserts the same rows`,
  });
}

if (process.argv[2] === 'send') await send(Number(process.argv[3]));
else await main();
