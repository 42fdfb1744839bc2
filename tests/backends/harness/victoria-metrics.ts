import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { answers, findProgram, freePort, startProcess, temporaryFolder } from './process.ts';

export interface VictoriaMetrics {
  url: string;
  pid: number;
  /** Prometheus' text format; timestamps in milliseconds. Visible to queries when it resolves. */
  load(exposition: string): Promise<void>;
  stop(): Promise<void>;
}

export const VICTORIA_METRICS_NAMES = ['victoria-metrics', 'victoria-metrics-prod'];

export async function startVictoriaMetrics(
  options: { targets?: string[] } = {},
): Promise<VictoriaMetrics> {
  const command = findProgram(VICTORIA_METRICS_NAMES);
  if (!command) throw new Error('victoria-metrics is not installed');
  const { dir, remove } = await temporaryFolder('victoria-metrics');
  try {
    const config = path.join(dir, 'scrape.yml');
    await writeFile(
      config,
      JSON.stringify({
        global: { scrape_interval: '1s' },
        scrape_configs: [
          {
            job_name: 'services',
            honor_labels: true,
            static_configs: [{ targets: options.targets ?? [] }],
          },
        ],
      }),
    );
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const server = await startProcess({
      name: 'victoria-metrics',
      command,
      args: [
        `-httpListenAddr=127.0.0.1:${port}`,
        `-storageDataPath=${path.join(dir, 'data')}`,
        '-retentionPeriod=12',
        // By default the last 30 s are hidden from queries.
        '-search.latencyOffset=0s',
        `-promscrape.config=${config}`,
      ],
      ready: answers(`${url}/health`),
    });
    return {
      url,
      pid: server.pid,
      async load(exposition) {
        const response = await fetch(`${url}/api/v1/import/prometheus`, {
          method: 'POST',
          body: exposition,
        });
        if (!response.ok)
          throw new Error(`victoria-metrics: ${response.status} ${await response.text()}`);
        await fetch(`${url}/internal/force_flush`);
      },
      stop: async () => {
        await server.stop();
        await remove();
      },
    };
  } catch (error) {
    await remove();
    throw error;
  }
}
