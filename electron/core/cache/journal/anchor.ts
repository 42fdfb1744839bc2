/**
 * The head of the chain, kept outside the database: a journal that was cut off, replaced or written anew no longer
 * fits it.
 *
 * The file has two places of one line each, written in turns, so that a write that the power interrupts costs the
 * older of two heads and never both. Each line carries a checksum of its own, by which such a write is recognised.
 * It is written, and flushed to the disk, after the entry is: so it may lag by the one entry that was being written
 * when the console was killed, while the database never lags behind it.
 */
import { hash } from 'node:crypto';
import {
  closeSync,
  constants,
  fdatasyncSync,
  fstatSync,
  fsyncSync,
  openSync,
  readFileSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import type { JournalHead } from '#shared/model/journal.ts';

/** A head, and when it was written down. */
export interface Anchor extends JournalHead {
  at: number;
}

/** What the file says. `unreadable`: there is something, but no line of it is a head. */
export type AnchorReading =
  | { kind: 'head'; head: Anchor }
  | { kind: 'none' }
  | { kind: 'unreadable' };

const SLOT_BYTES = 192;
const Line = z.strictObject({
  // Beyond that no journal grows, but a forged number would leave no room to go on.
  seq: z
    .int()
    .min(1)
    .max(2 ** 48),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  at: z.number(),
  check: z.string(),
});

function checkOf({ seq, hash: head, at }: Anchor): string {
  return hash('sha256', `${seq} ${head} ${at}`).slice(0, 16);
}

function parse(text: string): Anchor | null {
  try {
    const { check, ...head } = Line.parse(JSON.parse(text));
    return check === checkOf(head) ? head : null;
  } catch {
    return null;
  }
}

/** Both places; the newer one counts. */
function slotsOf(path: string): string[] {
  let text: string;
  try {
    text = readFileSync(path, 'latin1');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
  return [text.slice(0, SLOT_BYTES).trim(), text.slice(SLOT_BYTES).trim()];
}

export function readAnchor(path: string): AnchorReading {
  let slots: string[];
  try {
    slots = slotsOf(path);
  } catch {
    return { kind: 'unreadable' };
  }
  const [first, second] = slots.map(parse);
  const newest = (second?.seq ?? 0) > (first?.seq ?? 0) ? second : first;
  if (newest) return { kind: 'head', head: newest };
  return slots.some((slot) => slot !== '') ? { kind: 'unreadable' } : { kind: 'none' };
}

/** Writes the anchor; one process at a time. */
export class AnchorWriter {
  readonly #path: string;
  #next: 0 | 1;

  constructor(path: string) {
    this.#path = path;
    const [first, second] = (safely(() => slotsOf(path)) ?? []).map(parse);
    this.#next = (first?.seq ?? 0) > (second?.seq ?? 0) ? 1 : 0;
  }

  /** On the disk when it returns. Throws what the file system says. */
  write({ seq, hash: top, at }: Anchor): void {
    const head = { seq, hash: top, at };
    const line = JSON.stringify({ ...head, check: checkOf(head) }).padEnd(SLOT_BYTES - 1);
    // By its name each time: were it replaced meanwhile, an open file would be one that nobody sees.
    const file = openSync(this.#path, constants.O_RDWR | constants.O_CREAT, 0o600);
    try {
      const isNew = fstatSync(file).size === 0;
      writeSync(file, `${line}\n`, this.#next * SLOT_BYTES, 'latin1');
      fdatasyncSync(file);
      if (isNew) syncFolder(dirname(this.#path));
    } finally {
      closeSync(file);
    }
    this.#next = this.#next === 0 ? 1 : 0;
  }
}

/** That the file exists is the folder's to remember. Windows keeps that by itself, and opens no folders. */
function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const file = openSync(folder, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function safely<T>(run: () => T): T | null {
  try {
    return run();
  } catch {
    return null;
  }
}
