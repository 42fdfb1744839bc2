import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import {
  answers,
  execute,
  findProgram,
  freePort,
  startProcess,
  temporaryFolder,
} from './process.ts';

export interface Prometheus {
  url: string;
  pid: number;
  output(): string;
  stop(): Promise<void>;
}

export interface PrometheusOptions {
  /** `host:port` of services to scrape, with the labels each gets beside its own. */
  targets?: { address: string; labels?: Record<string, string> }[];
  /** An OpenMetrics exposition with timestamps (ends with `# EOF`), there before the first query. */
  history?: string;
  /** A rule file, as YAML. */
  rules?: string;
  /** `host:port` of an Alertmanager. */
  alertmanager?: string;
  scrapeInterval?: string;
}

export async function startPrometheus(options: PrometheusOptions = {}): Promise<Prometheus> {
  const command = findProgram(['prometheus']);
  const promtool = findProgram(['promtool']);
  if (!command || !promtool) throw new Error('prometheus is not installed');
  const { dir, remove } = await temporaryFolder('prometheus');
  try {
    const data = path.join(dir, 'data');
    if (options.history) {
      const file = path.join(dir, 'history.om');
      await writeFile(file, options.history);
      await execute(promtool, ['tsdb', 'create-blocks-from', 'openmetrics', file, data]);
    }
    if (options.rules) await writeFile(path.join(dir, 'rules.yml'), options.rules);
    const config = path.join(dir, 'prometheus.yml');
    // JSON is YAML.
    await writeFile(config, JSON.stringify(configuration(options)));
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const server = await startProcess({
      name: 'prometheus',
      command,
      args: [
        `--config.file=${config}`,
        `--storage.tsdb.path=${data}`,
        '--storage.tsdb.retention.time=90d',
        `--web.listen-address=127.0.0.1:${port}`,
        '--web.enable-remote-write-receiver',
        '--enable-feature=exemplar-storage',
      ],
      cwd: dir,
      ready: answers(`${url}/-/ready`),
    });
    return {
      url,
      pid: server.pid,
      output: server.output,
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

function configuration({
  targets = [],
  rules,
  alertmanager,
  scrapeInterval = '1s',
}: PrometheusOptions) {
  return {
    global: { scrape_interval: scrapeInterval, evaluation_interval: '1s' },
    ...(rules ? { rule_files: ['rules.yml'] } : {}),
    ...(alertmanager
      ? { alerting: { alertmanagers: [{ static_configs: [{ targets: [alertmanager] }] }] } }
      : {}),
    scrape_configs: [
      {
        job_name: 'services',
        // The series carry their own labels, and they are right.
        honor_labels: true,
        static_configs: targets.map(({ address, labels = {} }) => ({ targets: [address], labels })),
      },
    ],
  };
}
