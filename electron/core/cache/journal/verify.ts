/** Walks the whole chain, and holds it against the head outside the database. */
import type Database from 'better-sqlite3';
import type {
  JournalFinding as Finding,
  JournalHead,
  JournalProblem as Problem,
  JournalVerification as Verification,
} from '#shared/model/journal.ts';
import { type AnchorReading, readAnchor } from './anchor.ts';
import { COLUMNS, type EntryRow, GENESIS, hashOf } from './entry.ts';
import { FOUND, problems, SEEN, WHAT_TO_DO } from './finding.ts';

const MOST_PROBLEMS = 20;
/** The anchor follows each entry: it may be one behind. */
const IN_FLIGHT = 1;

interface Walk {
  entries: number;
  sound: number;
  problems: Problem[];
  head: JournalHead;
  /** The hash that stands where `anchor` points; null = no such entry. */
  atAnchor: string | null;
}

/**
 * `db` may be written to meanwhile: the chain is read as it is at one moment. `anchorFile` is read before (all it
 * names must be in the chain) and after (the chain must not be ahead of it by more than what is being written).
 */
export function verifyJournal(db: Database.Database, anchorFile: string): Verification {
  const before = readAnchor(anchorFile);
  const { walk, findings } = db.transaction(() => ({
    walk: walkChain(db, before.kind === 'head' ? before.head.seq : null),
    findings: findingsOf(db),
  }))();
  const found = [...walk.problems, ...againstAnchor(walk, before, () => readAnchor(anchorFile))];
  const all = unique(found).toSorted((a, b) => a.seq - b.seq);
  const open = findings.filter((finding) => finding.seen === null);
  const told = unique([...all, ...open.flatMap((finding) => finding.problems)]).toSorted(
    (a, b) => a.seq - b.seq,
  );
  const [first] = told;
  const common = {
    entries: walk.entries,
    head: walk.head,
    anchor: before.kind === 'head' ? before.head : null,
    findings,
    problems: all.slice(0, MOST_PROBLEMS),
  };
  if (first === undefined) {
    const why = wholeOf(walk.entries);
    return { ...common, ok: true, firstBad: null, why, holds: '', next: '' };
  }
  return {
    ...common,
    ok: false,
    firstBad: first.seq,
    why: told.length === 1 ? first.why : `${first.why} ${moreOf(told.length - 1)}`,
    holds: holdsOf(walk, first.seq),
    next: WHAT_TO_DO,
  };
}

function walkChain(db: Database.Database, anchored: number | null): Walk {
  const walk: Walk = {
    entries: 0,
    sound: 0,
    problems: [],
    head: { seq: 0, hash: GENESIS },
    atAnchor: null,
  };
  /** The hash before the one of `walk.head`. */
  let earlier = '';
  const rows = db.prepare<[], EntryRow>(`SELECT ${COLUMNS} FROM entries ORDER BY seq`).iterate();
  for (const row of rows) {
    const problem = problemOf(row, walk.head, earlier);
    if (problem === null) walk.sound++;
    else if (walk.problems.length <= MOST_PROBLEMS) walk.problems.push(problem);
    if (row.seq === anchored) walk.atAnchor = row.hash;
    walk.entries++;
    earlier = walk.head.hash;
    walk.head = { seq: row.seq, hash: row.hash };
  }
  return walk;
}

/**
 * What is wrong with an entry after `last`, blamed on the entry that was tampered with: one that fits its own hash
 * was not changed, so what it should follow was. Null when it fits.
 */
function problemOf(row: EntryRow, last: JournalHead, earlier: string): Problem | null {
  if (row.seq < 1) return problems.changed(row.seq);
  if (row.seq !== last.seq + 1) return problems.missing(last.seq + 1, row.seq - 1);
  const fits = row.hash === hashOf(row);
  if (row.prev !== last.hash && row.prev === earlier) {
    const moved = !fits && row.hash === hashOf({ ...row, seq: row.seq - 1 });
    if (fits || moved) return problems.inserted(last.seq);
  }
  if (!fits) return problems.changed(row.seq);
  if (row.prev === last.hash) return null;
  return last.seq < 1 ? problems.changed(row.seq) : problems.replaced(last.seq);
}

function againstAnchor(
  walk: Walk,
  before: AnchorReading,
  readAgain: () => AnchorReading,
): Problem[] {
  if (before.kind === 'unreadable') return [problems.anchorUnreadable(walk.head.seq)];
  if (before.kind === 'head') {
    const { seq, hash } = before.head;
    if (seq > walk.head.seq) return [problems.missing(walk.head.seq + 1, seq)];
    if (walk.atAnchor !== null && walk.atAnchor !== hash) return [problems.notAnchored(seq)];
  }
  // Read while it may be being written: what is read in the middle of a write shows the head before.
  let anchored = 0;
  for (let look = 0; look < 3; look++) {
    const now = readAgain();
    anchored = now.kind === 'head' ? now.head.seq : 0;
    if (walk.head.seq <= anchored + IN_FLIGHT) return [];
  }
  return before.kind === 'none'
    ? [problems.anchorGone(walk.head.seq)]
    : [problems.beyond(anchored + 1, walk.head.seq)];
}

/** Every finding in the journal with whether somebody has seen it, oldest first. */
export function findingsOf(db: Database.Database): Finding[] {
  const rows = db
    .prepare<[], EntryRow>(
      `SELECT ${COLUMNS} FROM entries WHERE kind IN ('${FOUND}', '${SEEN}') ORDER BY seq`,
    )
    .all();
  const findings = new Map<number, Finding>();
  for (const row of rows) {
    const data = parsed(row.data);
    if (row.kind === FOUND) {
      const list = Array.isArray(data.problems) ? data.problems.filter(isProblem) : [];
      findings.set(row.seq, { seq: row.seq, at: row.at, problems: list, seen: null });
      continue;
    }
    const finding = typeof data.finding === 'number' ? findings.get(data.finding) : undefined;
    if (finding) finding.seen ??= { by: row.actor, at: row.at, words: String(data.words ?? '') };
  }
  return [...findings.values()];
}

/** The entry may be the one that was tampered with: what cannot be read is nothing. */
function parsed(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

function isProblem(value: unknown): value is Problem {
  return (
    typeof value === 'object' &&
    value !== null &&
    'seq' in value &&
    typeof value.seq === 'number' &&
    'why' in value &&
    typeof value.why === 'string'
  );
}

/** The walk stops noting them one by one. */
function moreOf(count: number): string {
  if (count >= MOST_PROBLEMS) return 'Many more do not fit.';
  return count === 1 ? 'One more place does not fit.' : `${count} more places do not fit.`;
}

function unique(list: readonly Problem[]): Problem[] {
  return [...new Map(list.map((one) => [`${one.seq} ${one.why}`, one])).values()];
}

function wholeOf(entries: number): string {
  if (entries === 0) return 'The journal is empty.';
  const all = entries === 1 ? 'The one entry fits its' : `All ${entries} entries fit their`;
  return `${all} chain and the head outside the database.`;
}

function holdsOf(walk: Walk, firstBad: number): string {
  const upTo = Math.min(firstBad - 1, walk.head.seq);
  const before =
    upTo < 1
      ? 'No entry is proven by the chain alone.'
      : upTo === 1
        ? 'Entry 1 is as it was written.'
        : `Entries 1 to ${upTo} are as they were written.`;
  return `${before} ${walk.sound} of ${walk.entries} entries fit the one before them.`;
}
