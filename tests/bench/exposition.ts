/**
 * Twelve hours of history of three bots as one OpenMetrics exposition: lines per second from the body of the HTTP answer to
 * derived signals in committed rows; and how long the event loop was held at a time meanwhile.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createOpenmetricsConnector } from '#core/sources/openmetrics/index.ts';
import { DEFAULT_SIGNALS } from '#shared/model/default-signals.ts';
import { BotMetrics } from '../fixtures/bot-metrics.ts';
import { clockAt, contextOf, inTempDir, open } from './kit.ts';
import { median, note, report, sized, timed } from './report.ts';

const STEP = 15_000;
const SCRAPES = sized(2880, 120);
const SERVICES = ['support-bot', 'sales-assistant', 'docs-search'];
const NOW = Math.floor(1_750_000_000_000 / STEP) * STEP;
const ROUNDS = sized(3, 1);

/** Plays the file server, in a process of its own: its work is not ours. */
function serve(): void {
  const bot = new BotMetrics('bench');
  const pieces: string[] = [];
  let lines = 0;
  for (let scrape = 0; scrape < SCRAPES; scrape++) {
    bot.step(4);
    const own = bot.lines(NOW - (SCRAPES - 1 - scrape) * STEP);
    for (const service of SERVICES) {
      pieces.push(
        `${own.join('\n').replaceAll('service="support-bot"', `service="${service}"`)}\n`,
      );
      lines += own.length;
    }
  }
  const body = Buffer.from(`${pieces.join('')}# EOF\n`);
  const server = createServer((request, response) => {
    response.end(request.url === '/history' ? body : 'up 1\n');
  });
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    if (typeof address === 'object') {
      process.send?.({ port: address?.port, lines, bytes: body.byteLength });
    }
  });
}

function connector(port: number) {
  const url = `http://127.0.0.1:${port}`;
  const source = {
    kind: 'openmetrics',
    id: 'bots',
    targets: [{ url: `${url}/metrics`, history: `${url}/history`, labels: {} }],
  } as const;
  const services = SERVICES.map((id) => ({
    id,
    environments: { production: { where: { service: id, environment: 'production' } } },
  }));
  const context = contextOf(
    {
      version: 1,
      environments: [{ name: 'production' }],
      services,
      sources: [{ ...source, targets: [...source.targets] }],
    },
    { clock: clockAt(() => NOW), signals: DEFAULT_SIGNALS },
  );
  return createOpenmetricsConnector({ ...source, targets: [...source.targets] }, context);
}

/** The longest turn in CPU time, which other work on the machine does not lengthen. */
function watchTurns(): { stop(): number } {
  let before = process.threadCpuUsage().user;
  let longest = 0;
  let running = true;
  const turn = () => {
    const now = process.threadCpuUsage().user;
    longest = Math.max(longest, now - before);
    before = now;
    if (running) setImmediate(turn);
  };
  setImmediate(turn);
  return {
    stop: () => {
      running = false;
      return longest / 1000;
    },
  };
}

async function main(): Promise<void> {
  const server = fork(new URL(import.meta.url), ['serve']);
  try {
    const [{ port, lines, bytes }] = await once(server, 'message');
    const speeds: number[] = [];
    let longest = 0;
    for (let round = 0; round < ROUNDS; round++) {
      await inTempDir(async (dir) => {
        const cache = await open(dir);
        let rows = 0;
        const turns = watchTurns();
        const ms = await timed(async () => {
          for await (const batch of connector(port).pull(null, new AbortController().signal)) {
            rows += (await cache.write('commitBatch', { source: 'bots', batch })).records;
          }
        });
        const turn = turns.stop();
        // The first round compiles the code, too.
        if (round > 0) longest = Math.max(longest, turn);
        await cache.close();
        speeds.push(lines / (ms / 1000));
        note(
          `round ${round + 1}: ${lines} lines, ${Math.round(bytes / 1e6)} MB -> ${rows} rows in ${Math.round(ms)} ms`,
        );
      });
    }
    report({
      name: 'history imported',
      value: median(speeds),
      unit: 'lines/s',
      of: 'OpenMetrics body over HTTP -> all default signals derived -> committed rows',
    });
    report({
      name: 'history imported, longest turn of the event loop',
      value: longest,
      unit: 'ms of CPU',
      goal: '<= 20',
      met: longest <= 20,
      of: 'on the thread that answers the window',
    });
  } finally {
    server.kill();
  }
}

if (process.argv[2] === 'serve') serve();
else await main();
