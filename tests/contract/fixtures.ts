import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { HostArguments } from '../../electron/host/arguments.ts';

export function hostArguments(given: Partial<HostArguments>): HostArguments {
  return {
    browser: true,
    port: 0,
    data: null,
    config: null,
    open: false,
    dev: false,
    help: false,
    path: null,
    ...given,
  };
}

export interface Folder {
  dir: string;
  write(name: string, text: string): string;
  remove(): void;
}

export function temporaryFolder(): Folder {
  const dir = mkdtempSync(path.join(tmpdir(), 'nightdesk-contract-'));
  return {
    dir,
    write: (name, text) => {
      const file = path.join(dir, name);
      writeFileSync(file, text);
      return file;
    },
    remove: () => rmSync(dir, { recursive: true, force: true, maxRetries: 5 }),
  };
}

/** A server that takes every request and never answers; it counts who waits and who went away. */
export interface HungServer {
  url: string;
  waiting(): number;
  goneAway(): number;
  close(): Promise<void>;
}

export async function startHungServer(): Promise<HungServer> {
  let waiting = 0;
  let gone = 0;
  const server: Server = createServer((_request, response) => {
    waiting += 1;
    response.on('close', () => {
      waiting -= 1;
      gone += 1;
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    waiting: () => waiting,
    goneAway: () => gone,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** A whole configuration whose only remote source is `url`. */
export function configuration(url: string): string {
  return `version: 1
environments:
  - { name: production, protected: true }
  - { name: staging, protected: false }
services:
  - id: support-bot
    environments:
      production: { where: { service: support-bot } }
sources:
  - { id: slow, kind: prometheus, url: "${url}", timeout: 60s, every: 24h }
  - { id: runbooks, kind: runbook-folder, path: . }
`;
}
