import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { startPostgres } from './postgres.ts';
import { answers, execute, freePort, startProcess } from './process.ts';

/** The last version under Apache-2.0. */
const VERSION = '7.5.1';
const INSTALL_MS = 240_000;

export interface Unleash {
  url: string;
  pid: number;
  /** Admin token: reads, history, control. */
  adminToken: string;
  /** Backend token of the project `default` in the environment `production`. */
  clientToken: string;
  /** Calls the admin API and answers its JSON, or null for an empty body; throws for any other status than 2xx. */
  admin(method: string, path: string, body?: unknown): Promise<unknown>;
  /** Its database, for what only the paid edition has a screen for. */
  databasePort: number;
  /** Ends it as a crash would; its database stays. */
  kill(): Promise<void>;
  /** Starts it again after `kill`, at the same address. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** Kept between runs, outside the project: it is a server to test against, not a dependency. */
function installFolder(): string {
  return path.join(homedir(), '.cache', 'nightdesk-backends', `unleash-${VERSION}`);
}

/** Puts the server's npm package into its folder where it is missing. Answers why it could not, or null. */
export async function installUnleash(): Promise<string | null> {
  const dir = installFolder();
  if (existsSync(serverFile(dir))) return null;
  // Installed beside and moved: a broken-off install must not be taken for a whole one.
  const beside = `${dir}.${process.pid}`;
  try {
    mkdirSync(beside, { recursive: true });
    writeFileSync(path.join(beside, 'package.json'), '{ "private": true }');
    await execute(
      'npm',
      [
        'install',
        '--ignore-scripts',
        '--no-audit',
        '--no-fund',
        '--loglevel=error',
        `unleash-server@${VERSION}`,
      ],
      { cwd: beside, timeout: INSTALL_MS, env: npmEnvironment() },
    );
    if (!existsSync(serverFile(dir))) renameSync(beside, dir);
    return null;
  } catch (error) {
    const why = error instanceof Error ? error.message.split('\n')[0] : String(error);
    return `npm could not install unleash-server ${VERSION}: ${why}`;
  } finally {
    rmSync(beside, { recursive: true, force: true });
  }
}

function serverFile(dir: string): string {
  return path.join(dir, 'node_modules', 'unleash-server', 'dist', 'server.js');
}

/** Under `npm test` npm passes its own settings of this project on; the install is none of it. */
function npmEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^npm_(config_local_prefix|config_prefix|package_|lifecycle_)/.test(name),
    ),
  );
}

export async function startUnleash(): Promise<Unleash> {
  const why = await installUnleash();
  if (why) throw new Error(why);
  const database = await startPostgres('unleash');
  try {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const adminToken = '*:*.nightdesk-test-admin';
    const clientToken = 'default:production.nightdesk-test-client';
    const start = () =>
      startProcess({
        name: 'unleash',
        command: process.execPath,
        args: [serverFile(installFolder())],
        cwd: installFolder(),
        env: {
          NODE_ENV: 'production',
          NODE_OPTIONS: '',
          HTTP_HOST: '127.0.0.1',
          HTTP_PORT: String(port),
          DATABASE_HOST: '127.0.0.1',
          DATABASE_PORT: String(database.port),
          DATABASE_USERNAME: 'postgres',
          DATABASE_PASSWORD: 'x',
          DATABASE_NAME: 'unleash',
          DATABASE_SSL: 'false',
          CHECK_VERSION: 'false',
          SEND_TELEMETRY: 'false',
          INIT_ADMIN_API_TOKENS: adminToken,
          INIT_BACKEND_API_TOKENS: clientToken,
        },
        ready: answers(`${url}/health`),
      });
    let server = await start();
    return {
      url,
      pid: server.pid,
      databasePort: database.port,
      async kill() {
        process.kill(server.pid, 'SIGKILL');
        await server.stop();
      },
      async restart() {
        server = await start();
      },
      adminToken,
      clientToken,
      admin: (method, where, body) => callAdmin(url, adminToken, method, where, body),
      stop: async () => {
        await server.stop();
        await database.stop();
      },
    };
  } catch (error) {
    await database.stop();
    throw error;
  }
}

async function callAdmin(
  url: string,
  token: string,
  method: string,
  where: string,
  body?: unknown,
): Promise<unknown> {
  const response = await fetch(`${url}${where}`, {
    method,
    headers: { Authorization: token, 'Content-Type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`unleash ${method} ${where}: ${response.status} ${text}`);
  return text === '' ? null : JSON.parse(text);
}
