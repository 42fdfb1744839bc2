/** journal.db with its anchor beside it: the one place that appends. */
import type Database from 'better-sqlite3';
import type { JournalEntry } from '#shared/model/action.ts';
import type { JournalHead, JournalProblem } from '#shared/model/journal.ts';
import { type AnchorReading, AnchorWriter, readAnchor } from './anchor.ts';
import { COLUMNS, GENESIS, type NewEntry, nextRow, toEntry } from './entry.ts';
import { problems } from './finding.ts';
import { beginningEntry, findingEntry } from './finding-entry.ts';

/** Beside journal.db. */
export function anchorPath(journalPath: string): string {
  return journalPath.replace(/\.db$/, '.head');
}

/** The one entry that a crash may leave without its anchor. */
const IN_FLIGHT = 1;

export interface JournalOptions {
  /** Milliseconds since the epoch. */
  now: number;
  /** The file was made before there were anchors, and was brought to the newest schema just now. */
  fromBeforeAnchors?: boolean;
}

export class JournalFile {
  readonly db: Database.Database;
  readonly #anchor: AnchorWriter;
  /** What the next entry follows. After a break that is the head that was anchored, not what stands in the file. */
  #head: JournalHead;
  #anchored = 0;

  /** Compares the two files before anything is appended; what does not fit becomes the first entry of this run. */
  constructor(db: Database.Database, path: string, options: JournalOptions) {
    this.db = db;
    const anchor = readAnchor(anchorPath(path));
    this.#anchor = new AnchorWriter(anchorPath(path));
    const end = headOf(db);
    const found = compare(db, end, anchor, options.fromBeforeAnchors ?? false);
    this.#head = followed(end, anchor);
    if (found !== null) this.append(findingEntry([found], options.now));
    else if (anchor.kind === 'none' && end.seq > IN_FLIGHT) {
      this.append(beginningEntry(end.seq, options.now));
    }
    if (found === null && anchor.kind === 'head') this.#anchored = anchor.head.seq;
  }

  get head(): JournalHead {
    return this.#head;
  }

  /**
   * Adds one entry and, in the same transaction, whatever else belongs to it. On the disk when it returns. The anchor
   * follows with `settle`, so that whoever waits for the entry does not wait for both.
   */
  append(entry: NewEntry, also: () => void = () => undefined): JournalEntry {
    const row = nextRow(this.#head, entry);
    const write = this.db.transaction(() => {
      this.db
        .prepare(
          `INSERT INTO entries (${COLUMNS})
           VALUES (@seq, @at, @kind, @actor, @action, @environment, @summary, @data, @prev, @hash)`,
        )
        .run(row);
      also();
    });
    write.immediate();
    this.#head = { seq: row.seq, hash: row.hash };
    return toEntry(row);
  }

  /** Writes the head outside the database. Throws what the file system says; the entries are stored all the same. */
  settle(now: number): void {
    if (this.#head.seq === this.#anchored) return;
    this.#anchor.write({ ...this.#head, at: now });
    this.#anchored = this.#head.seq;
  }
}

/** The last entry as it stands in the file. */
export function headOf(db: Database.Database): JournalHead {
  return (
    db
      .prepare<[], JournalHead>('SELECT seq, hash FROM entries ORDER BY seq DESC LIMIT 1')
      .get() ?? {
      seq: 0,
      hash: GENESIS,
    }
  );
}

function compare(
  db: Database.Database,
  end: JournalHead,
  anchor: AnchorReading,
  fromBeforeAnchors: boolean,
): JournalProblem | null {
  if (anchor.kind === 'unreadable') return problems.anchorUnreadable(end.seq);
  if (anchor.kind === 'none') {
    return end.seq <= IN_FLIGHT || fromBeforeAnchors ? null : problems.anchorGone(end.seq);
  }
  const { seq, hash } = anchor.head;
  if (seq > end.seq) return problems.missing(end.seq + 1, seq);
  const there = db
    .prepare<[number], string>('SELECT hash FROM entries WHERE seq = ?')
    .pluck()
    .get(seq);
  if (there === undefined) return problems.missing(seq, seq);
  if (there !== hash) return problems.notAnchored(seq);
  return end.seq > seq + IN_FLIGHT ? problems.beyond(seq + 1, end.seq) : null;
}

/**
 * Entries follow what was anchored: numbers of entries that are gone are not given again, and the chain itself shows
 * the break for ever. A copy that turns up later fits into it.
 */
function followed(end: JournalHead, anchor: AnchorReading): JournalHead {
  if (anchor.kind !== 'head') return end;
  const { seq, hash } = anchor.head;
  if (seq > end.seq) return { seq, hash };
  return seq === end.seq ? { seq, hash } : end;
}
