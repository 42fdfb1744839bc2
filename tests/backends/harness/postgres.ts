import { readdirSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import { execute, findProgram, freePort, startProcess, temporaryFolder } from './process.ts';

export interface Postgres {
  port: number;
  pid: number;
  stop(): Promise<void>;
}

/** Debian keeps the server's programs out of PATH, in a folder per version. */
function folders(): string[] {
  try {
    return readdirSync('/usr/lib/postgresql')
      .map((v) => `/usr/lib/postgresql/${v}/bin`)
      .reverse();
  } catch {
    return [];
  }
}

export function findPostgres(): { initdb: string; postgres: string } | null {
  const initdb = findProgram(['initdb'], folders());
  const postgres = findProgram(['postgres'], folders());
  return initdb && postgres ? { initdb, postgres } : null;
}

/** A PostgreSQL with the database `name`, trusted connections on 127.0.0.1, and nothing kept. */
export async function startPostgres(name: string): Promise<Postgres> {
  const programs = findPostgres();
  if (!programs) throw new Error('postgresql is not installed');
  const { dir, remove } = await temporaryFolder('postgres');
  // It refuses to run as root.
  const asRoot = process.getuid?.() === 0;
  const as = (command: string, args: string[]): [string, string[]] =>
    asRoot
      ? ['setpriv', ['--reuid=postgres', '--regid=postgres', '--clear-groups', command, ...args]]
      : [command, args];
  try {
    if (asRoot) await execute('chown', ['postgres', dir]);
    const data = path.join(dir, 'data');
    await execute(
      ...as(programs.initdb, [
        '-D',
        data,
        '-U',
        'postgres',
        '-A',
        'trust',
        '--no-sync',
        '-E',
        'UTF8',
      ]),
      {
        cwd: dir,
      },
    );
    const createDatabase = as(programs.postgres, ['--single', '-D', data, 'postgres']);
    const single = execute(createDatabase[0], createDatabase[1], { cwd: dir });
    single.child.stdin?.end(`CREATE DATABASE ${name}\n`);
    await single;
    const port = await freePort();
    const [command, args] = as(programs.postgres, [
      ...['-D', data, '-p', String(port)],
      ...['-c', 'listen_addresses=127.0.0.1', '-c', `unix_socket_directories=${dir}`],
      ...['-c', 'fsync=off', '-c', 'shared_buffers=32MB', '-c', 'max_connections=40'],
    ]);
    const server = await startProcess({
      name: 'postgresql',
      command,
      args,
      cwd: dir,
      ready: () => opens(port),
    });
    return {
      port,
      pid: server.pid,
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

function opens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
