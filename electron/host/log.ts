import { existsSync, renameSync, statSync } from 'node:fs';
import path from 'node:path';
import { pino } from 'pino';
import type { Log } from '#core/deps.ts';

const MAX_BYTES = 10_000_000;
/** Names under which a secret may be found, at any of the first levels of a line. */
const SECRET_KEYS = ['token', 'secret', 'password', 'authorization', 'Authorization', 'cookie'];

export interface FileLog {
  log: Log;
  file: string;
  /** From now on this text is never written, wherever in a line it stands. */
  hide(secret: string): void;
  close(): void;
}

/** JSON lines in the data folder; one older file is kept. */
export function openLog(dataDir: string, level = 'info'): FileLog {
  const file = path.join(dataDir, 'nightdesk.log');
  if (existsSync(file) && statSync(file).size > MAX_BYTES) renameSync(file, `${file}.1`);
  const hidden = new Set<string>();
  const destination = pino.destination({ dest: file, sync: true, mode: 0o600 });
  const log = pino(
    {
      level,
      base: { pid: process.pid },
      redact: {
        paths: SECRET_KEYS.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]),
        censor: '[hidden]',
      },
      hooks: { streamWrite: (line) => scrub(line, hidden) },
    },
    destination,
  );
  return {
    log,
    file,
    hide: (secret) => {
      // A very short text would blank half the log, and is no secret worth the name.
      if (secret.length >= 6) hidden.add(secret);
    },
    close: () => destination.end(),
  };
}

function scrub(line: string, hidden: ReadonlySet<string>): string {
  let clean = line;
  for (const secret of hidden) clean = clean.replaceAll(secret, '[hidden]');
  return clean;
}
