/** Every query by its name: the types of `Cache.read`, `.write`, `.journal` and `.audit`. */
import type { journalCalls } from './journal.ts';
import type { auditCalls } from './journal-audit.ts';
import type { reads } from './reads.ts';
import type { writes } from './writes.ts';

export type Reads = typeof reads;
export type Writes = typeof writes;
export type JournalCalls = typeof journalCalls;
export type AuditCalls = typeof auditCalls;
