/** What is said of a journal that does not fit, in the same words wherever it is found. */

import type { JournalProblem as Problem } from '#shared/model/journal.ts';

/** The kinds of the entries that tell of findings, and of a person having seen one. */
export const FOUND = 'tampering';
export const SEEN = 'tampering_seen';

function range(from: number, to: number): string {
  return from === to ? `Entry ${from}` : `Entries ${from} to ${to}`;
}

const isAre = (from: number, to: number) => (from === to ? 'is' : 'are');

export const problems = {
  missing: (from: number, to: number): Problem => ({
    seq: from,
    why: `${range(from, to)} ${isAre(from, to)} missing.`,
  }),
  changed: (seq: number): Problem => ({ seq, why: `Entry ${seq} is not what was written.` }),
  replaced: (seq: number): Problem => ({
    seq,
    why: `Entry ${seq} is not the one that entry ${seq + 1} follows: it, or entries before it, were rewritten.`,
  }),
  inserted: (seq: number): Problem => ({
    seq,
    why: `Entry ${seq} was put in between: the next one follows the one before it.`,
  }),
  notAnchored: (seq: number): Problem => ({
    seq,
    why: `Entry ${seq} is not the one that the head outside the database names: it, or entries before it, were rewritten.`,
  }),
  beyond: (from: number, to: number): Problem => ({
    seq: from,
    why: `${range(from, to)} ${isAre(from, to)} beyond the head outside the database: written by something else, or that head could not be written then.`,
  }),
  anchorGone: (last: number): Problem => unknownAfter(last, 'is missing'),
  anchorUnreadable: (last: number): Problem => unknownAfter(last, 'cannot be read'),
};

function unknownAfter(last: number, what: string): Problem {
  return {
    seq: last + 1,
    why: `The head outside the database (journal.head) ${what}: whether entries after ${last} were cut off cannot be told.`,
  };
}

export const WHAT_TO_DO =
  'Copy journal.db, journal.db-wal and journal.head as they are before anything else, for whoever investigates; ' +
  'compare with the last export or backup. Actions still work, and are recorded after the break.';
