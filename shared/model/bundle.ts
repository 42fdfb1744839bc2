/**
 * A bundle: conversations as JSON Lines, made to be read by another console and by programs. The first line is the manifest;
 * then come, per conversation, a line of its summary, one per turn, one per span and one per change of its time.
 *
 * Every line begins with `{"hash":"…",`: the SHA-256, in hex, of the hash before it (64 zeros at first), a line feed, and the line
 * without that member. The chain begins with the second line; its last hash stands in the manifest, which has a hash
 * of its own made with 64 zeros. So one cut, doubled, moved or changed line is found, and named by its number. It proves that
 * nothing was damaged, not who made it.
 */
import { z } from 'zod';
import { BUNDLE_LIMITS } from '../util/share-limits.ts';
import { Timestamp } from './basics.ts';
import { Change } from './change.ts';
import { ConversationSummary, Span, Turn } from './conversation.ts';
import { ConversationFilter, ConversationSort } from './conversation-filter.ts';

/** As it is written. 2: what a turn cost may be told as not known. */
export const BUNDLE_FORMAT = 2;
/** As it is read; what is new in a later one may be missing in an earlier one. */
export const BUNDLE_FORMATS = [1, BUNDLE_FORMAT] as const;
export const BUNDLE_ENDING = '.nightdesk.jsonl';

/** What to share: one conversation, or those that a search finds, in its order. */
export const Shared = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('conversation'), key: z.number().int() }),
  z.strictObject({
    kind: z.literal('set'),
    /** What the set is called: of an incident its headline, of a search what is asked. */
    title: z.string().min(1).max(200),
    text: z.string().max(500).default(''),
    filter: ConversationFilter.default({}),
    sort: ConversationSort.default('newest'),
  }),
]);
export type Shared = z.infer<typeof Shared>;

const Name = z.string().min(1).max(500);
const Hash = z.string().regex(/^[0-9a-f]{64}$/);

export const BundleManifest = z.object({
  type: z.literal('nightdesk.bundle'),
  format: z.literal(BUNDLE_FORMATS),
  /** Of the console that made it. */
  app: z.string().max(100),
  exportedAt: Timestamp,
  exportedBy: z.string().max(500),
  asked: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('conversation'), id: Name, service: Name }),
    z.object({
      kind: z.literal('set'),
      title: z.string().max(200),
      text: z.string().max(500),
      filter: ConversationFilter,
      sort: ConversationSort,
    }),
  ]),
  environments: z.array(Name),
  /** Personal data was replaced by marks: always on export, and where it is configured before it was stored. */
  masked: z.object({ onExport: z.literal(true), beforeStoring: z.boolean() }),
  conversations: z.number().int().min(0).max(BUNDLE_LIMITS.conversations),
  /** Lines after this one. */
  lines: z.number().int().min(0),
  /** What was asked for and is not in it; null = all is. */
  cut: z.object({ why: z.string().max(500), left: z.number().int() }).nullable(),
  /** Hash of the last line. */
  end: Hash,
});
export type BundleManifest = z.infer<typeof BundleManifest>;

/** A summary as others can use it: without what only the cache of one console knows. */
export const SharedSummary = ConversationSummary.omit({
  key: true,
  pinned: true,
  imported: true,
  sources: true,
}).extend({ id: Name, service: Name, environment: Name });
export type SharedSummary = z.infer<typeof SharedSummary>;

/** `at`: the place of the conversation in the bundle, from 0. */
const at = z.number().int().min(0);
export const BundleLine = z.discriminatedUnion('type', [
  z.object({ type: z.literal('conversation'), at, summary: SharedSummary }),
  z.object({ type: z.literal('turn'), at, turn: Turn }),
  z.object({
    type: z.literal('span'),
    at,
    /** Of the process that made it. */
    service: z.string().max(500),
    /** The model version that its resource told; '' = none. */
    version: z.string().max(500),
    span: Span.extend({ traceId: Name, spanId: Name, parentId: Name.nullable() }),
  }),
  z.object({ type: z.literal('change'), at, change: Change }),
]);
export type BundleLine = z.infer<typeof BundleLine>;

/** What became of each conversation of a bundle that was imported. */
export const ImportedConversation = z.object({
  id: z.string(),
  service: z.string(),
  /** Where it came from. */
  from: z.string(),
  /**
   * `added`; `merged`: an earlier import had some of its turns; `already`: all of it was imported before; `live`: this console
   * has it from its own sources, with as many turns, and left it alone.
   */
  was: z.enum(['added', 'merged', 'already', 'live']),
});
export type ImportedConversation = z.infer<typeof ImportedConversation>;
