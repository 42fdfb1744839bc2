/**
 * What an entry is on the disk, how it is hashed, and the line it becomes in an export.
 *
 * A line is the entry as canonical JSON. Its hash is the SHA-256, in hex, of that line without the member
 * `,"hash":"…"`; `prev` is the hash of the entry before, 64 zeros for the first. So whoever has an export can check
 * it without this program and without knowing how JSON is made canonical: cut the member out, hash the bytes.
 */
import { hash } from 'node:crypto';
import type { JournalEntry } from '#shared/model/action.ts';
import type { JournalHead } from '#shared/model/journal.ts';
import { canonicalJson } from '#shared/util/canonical-json.ts';

export const GENESIS = '0'.repeat(64);

export interface NewEntry {
  at: number;
  kind: string;
  actor: string;
  action: string | null;
  environment: string;
  summary: string;
  data: unknown;
}

export interface EntryRow extends Omit<NewEntry, 'data'> {
  seq: number;
  /** Canonical JSON, exactly as it was hashed. */
  data: string;
  prev: string;
  hash: string;
}

export const COLUMNS = 'seq, at, kind, actor, action, environment, summary, data, prev, hash';

/** `hashMember` is empty for the text that is hashed, and `"hash":"…",` in a line. Keys stand in canonical order. */
function textOf(row: Omit<EntryRow, 'hash'>, hashMember: string): string {
  const json = JSON.stringify;
  return (
    `{"action":${json(row.action)},"actor":${json(row.actor)},"at":${json(row.at)},"data":${row.data},` +
    `"environment":${json(row.environment)},${hashMember}"kind":${json(row.kind)},"prev":${json(row.prev)},` +
    `"seq":${json(row.seq)},"summary":${json(row.summary)}}`
  );
}

export function hashOf(row: Omit<EntryRow, 'hash'>): string {
  return hash('sha256', textOf(row, ''));
}

/** One line of an export, without its end. */
export function lineOf(row: EntryRow): string {
  return textOf(row, `"hash":${JSON.stringify(row.hash)},`);
}

/** What is not JSON any more, because somebody changed it, is shown as the text that it is. */
export function toEntry(row: EntryRow): JournalEntry {
  try {
    return { ...row, data: JSON.parse(row.data) };
  } catch {
    return row;
  }
}

/** The entry that follows `head`. */
export function nextRow(head: JournalHead, entry: NewEntry): EntryRow {
  const row = {
    seq: head.seq + 1,
    at: entry.at,
    kind: stored(entry.kind),
    actor: stored(entry.actor),
    action: entry.action === null ? null : stored(entry.action),
    environment: stored(entry.environment),
    summary: stored(entry.summary),
    data: canonicalJson(entry.data ?? null),
    prev: head.hash,
  };
  return { ...row, hash: hashOf(row) };
}

/** SQLite stores text as UTF-8, which has no lone surrogates: what is hashed must be what is stored. */
function stored(text: string): string {
  return text.toWellFormed();
}
