import { closeSync, fstatSync, ftruncateSync, openSync, renameSync, writeSync } from 'node:fs';
import path from 'node:path';
import { pino } from 'pino';
import type { Log } from '#core/deps.ts';
import { NightdeskError } from '#shared/errors/index.ts';

const MAX_BYTES = 10_000_000;
const LEVELS = [...Object.keys(pino.levels.values), 'silent'];
/** Names under which a secret may be found, at any of the first levels of a line. */
const SECRET_KEYS = ['token', 'secret', 'password', 'authorization', 'Authorization', 'cookie'];

export interface FileLog {
  log: Log;
  file: string;
  /** From now on this text is never written, wherever in a line it stands. */
  hide(secret: string): void;
  close(): void;
}

export interface LogOptions {
  level?: string | undefined;
  /** Beyond it the file is put aside and a new one begun. */
  maxBytes?: number;
  /** Where it is told that the log itself cannot be written. */
  say?: (line: string) => void;
}

/**
 * JSON lines in the data folder; one older file is kept. Logging never fails: what finds no room is dropped.
 * Throws `bad_input` for a level that is none.
 */
export function openLog(dataDir: string, options: LogOptions = {}): FileLog {
  const { level = 'info', maxBytes = MAX_BYTES, say = sayOnStderr } = options;
  if (!LEVELS.includes(level)) {
    const known = LEVELS.join(', ');
    throw new NightdeskError(
      'bad_input',
      `NIGHTDESK_LOG is "${level}", but wants one of ${known}.`,
    );
  }
  const file = path.join(dataDir, 'nightdesk.log');
  const hidden = new Set<string>();
  let dropped = 0;
  const lines = new LineFile(file, maxBytes);
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
    { write },
  );
  let told = false;

  function write(line: string): void {
    try {
      lines.append(line);
    } catch (error) {
      dropped++;
      if (told) return;
      told = true;
      const why = error instanceof Error ? error.message : String(error);
      say(`The log ${file} cannot be written (${why}). Lines are dropped until it can.`);
      return;
    }
    if (dropped === 0) return;
    const lost = { dropped };
    dropped = 0;
    log.warn(lost, 'the log could not be written for a while: lines were dropped');
  }

  return {
    log,
    file,
    hide: (secret) => {
      // A very short text would blank half the log, and is no secret worth the name.
      if (secret.length >= 6) hidden.add(secret);
    },
    close: () => lines.close(),
  };
}

/** A file of whole lines, written at once. It is opened anew after an error: the disk may be another one by then. */
class LineFile {
  private readonly file: string;
  private readonly maxBytes: number;
  private fd: number | null = null;
  private size = 0;

  constructor(file: string, maxBytes: number) {
    this.file = file;
    this.maxBytes = maxBytes;
  }

  /** Throws what the file system throws; nothing of the line is in the file then. */
  append(line: string): void {
    const bytes = Buffer.from(line);
    try {
      let fd = this.open();
      if (this.size > 0 && this.size + bytes.length > this.maxBytes) {
        this.close();
        renameSync(this.file, `${this.file}.1`);
        fd = this.open();
      }
      for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
      this.size += bytes.length;
    } catch (error) {
      this.takeBack();
      throw error;
    }
  }

  close(): void {
    const { fd } = this;
    this.fd = null;
    if (fd !== null) closeSync(fd);
  }

  private open(): number {
    if (this.fd === null) {
      this.fd = openSync(this.file, 'a', 0o600);
      this.size = fstatSync(this.fd).size;
    }
    return this.fd;
  }

  /** A line of which only the beginning found room would spoil the next one. */
  private takeBack(): void {
    try {
      if (this.fd !== null) ftruncateSync(this.fd, this.size);
    } catch {
      // No file that could be cut.
    }
    this.close();
  }
}

function scrub(line: string, hidden: ReadonlySet<string>): string {
  let clean = line;
  for (const secret of hidden) clean = clean.replaceAll(secret, '[hidden]');
  return clean;
}

/** Straight to the descriptor: the stream would raise an error of its own where stderr is a file on the same full disk. */
function sayOnStderr(line: string): void {
  try {
    writeSync(2, `${line}\n`);
  } catch {
    // Nobody is there to be told.
  }
}
