import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { answers, findProgram, freePort, startProcess, temporaryFolder } from './process.ts';

export interface Alertmanager {
  url: string;
  /** `host:port`, as Prometheus' configuration wants it. */
  address: string;
  pid: number;
  /** Makes alerts fire, as Prometheus would. */
  fire(
    alerts: { labels: Record<string, string>; annotations?: Record<string, string> }[],
  ): Promise<void>;
  stop(): Promise<void>;
}

export const ALERTMANAGER_NAMES = ['prometheus-alertmanager', 'alertmanager'];

export async function startAlertmanager(): Promise<Alertmanager> {
  const command = findProgram(ALERTMANAGER_NAMES);
  if (!command) throw new Error('alertmanager is not installed');
  const { dir, remove } = await temporaryFolder('alertmanager');
  try {
    const config = path.join(dir, 'alertmanager.yml');
    await writeFile(config, 'route: { receiver: nobody }\nreceivers: [{ name: nobody }]\n');
    const address = `127.0.0.1:${await freePort()}`;
    const url = `http://${address}`;
    const server = await startProcess({
      name: 'alertmanager',
      command,
      args: [
        `--config.file=${config}`,
        `--storage.path=${path.join(dir, 'data')}`,
        `--web.listen-address=${address}`,
        '--cluster.listen-address=',
      ],
      ready: answers(`${url}/-/ready`),
    });
    return {
      url,
      address,
      pid: server.pid,
      async fire(alerts) {
        const response = await fetch(`${url}/api/v2/alerts`, {
          method: 'POST',
          headers: { 'Content-Type': 'application/json' },
          body: JSON.stringify(alerts),
        });
        if (!response.ok)
          throw new Error(`alertmanager: ${response.status} ${await response.text()}`);
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
