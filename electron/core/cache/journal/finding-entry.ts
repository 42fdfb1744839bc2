/** The entries that tell of findings, and of a person having seen one. */
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
