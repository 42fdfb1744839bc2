/** Whether the journal is as it was written. An entry itself is in action.ts. */
import { z } from 'zod';
import { Timestamp } from './basics.ts';

/** One place where it is not. */
export const JournalProblem = z.object({
  /** The first entry it concerns. */
  seq: z.number().int(),
  why: z.string(),
});
export type JournalProblem = z.infer<typeof JournalProblem>;

/** Problems that the console found, as an entry of the journal tells of them. */
export const JournalFinding = z.object({
  /** The entry that tells. */
  seq: z.number().int(),
  at: Timestamp,
  problems: z.array(JournalProblem),
  /** Who has seen it, and what they say of it; null = nobody yet. */
  seen: z.object({ by: z.string(), at: Timestamp, words: z.string() }).nullable(),
});
export type JournalFinding = z.infer<typeof JournalFinding>;

/** The kind of the entries that tell of the configuration. */
export const CONFIGURATION = 'configuration';

/** What such an entry holds. Addresses stand in it without their user, password and query. */
export const JournaledConfig = z.object({
  file: z.string(),
  /** SHA-256 of the file, in hex; null = there was none, or it was not known. */
  before: z.string().nullable(),
  after: z.string().nullable(),
  /** What changed of what guards production: `- key: was`, `+ key: is`. */
  diff: z.array(z.string()),
  /** All of that, key → value, as it is afterwards: a change outside the console is told by it. */
  guards: z.record(z.string(), z.string()),
});
export type JournaledConfig = z.infer<typeof JournaledConfig>;

/** The end of the chain: the number of the last entry and its SHA-256, in hex. */
export const JournalHead = z.object({ seq: z.number().int(), hash: z.string() });
export type JournalHead = z.infer<typeof JournalHead>;

export const JournalVerification = z.object({
  /** The chain is whole, fits the head outside the database, and no finding waits for a person. */
  ok: z.boolean(),
  entries: z.number().int(),
  /** The first entry that is not as it was written. */
  firstBad: z.number().int().nullable(),
  /** What the files show now; the first twenty. */
  problems: z.array(JournalProblem),
  why: z.string(),
  /** What is proven all the same; empty when nothing is wrong. */
  holds: z.string(),
  /** What to do; empty when nothing is wrong. */
  next: z.string(),
  head: JournalHead,
  /** The head outside the database, and when it was written; null = missing or unreadable. */
  anchor: JournalHead.extend({ at: Timestamp }).nullable(),
  findings: z.array(JournalFinding),
});
export type JournalVerification = z.infer<typeof JournalVerification>;
