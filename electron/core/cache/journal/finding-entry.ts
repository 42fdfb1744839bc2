/** The entries that the journal writes about itself. */
import type { JournalProblem } from '#shared/model/journal.ts';
import type { NewEntry } from './entry.ts';
import { FOUND, SEEN } from './finding.ts';

/** It has no person: the console found them itself. */
export function findingEntry(found: readonly JournalProblem[], at: number): NewEntry {
  return {
    at,
    kind: FOUND,
    actor: 'nightdesk',
    action: null,
    environment: '',
    summary: `The journal is not as it was written. ${found[0]?.why ?? ''}`.trim(),
    data: { problems: found },
  };
}

/** For a journal that an older version made: from here on a cut shows. */
export function beginningEntry(last: number, at: number): NewEntry {
  return {
    at,
    kind: 'anchored',
    actor: 'nightdesk',
    action: null,
    environment: '',
    summary: `The head is kept outside the database from here on; up to entry ${last} it was not.`,
    data: { last },
  };
}

export function seenEntry(finding: number, words: string, by: string, at: number): NewEntry {
  return {
    at,
    kind: SEEN,
    actor: by,
    action: null,
    environment: '',
    summary: `Finding ${finding} seen: ${words}`,
    data: { finding, words },
  };
}
