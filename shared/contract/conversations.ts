import { z } from 'zod';
import { Freshness, Timestamp } from '../model/basics.ts';
import {
  Conversation,
  ConversationSummary,
  LiveCombination,
  Message,
  Span,
  SpanOutline,
  TraitShare,
  TurnMark,
} from '../model/conversation.ts';
import { ConversationFilter, ConversationSort, FlagVariant } from '../model/conversation-filter.ts';
import { mutation, query } from './operation.ts';

export const FacetCount = z.object({ value: z.string(), conversations: z.number().int() });
export type FacetCount = z.infer<typeof FacetCount>;

/** Failing conversations that say the same. `search` finds exactly these. */
export const ConversationCluster = z.object({
  phrase: z.string(),
  /** What else they say more often than healthy ones do. */
  also: z.array(z.string()),
  conversations: z.number().int(),
  conversationsIs: z.enum(['exact', 'atLeast']),
  /** Healthy ones of the same window that say it too. */
  healthy: z.number().int(),
  /** From when on they came more often; null when at an even rate over the whole window. */
  since: Timestamp.nullable(),
  firstAt: Timestamp,
  lastAt: Timestamp,
  versions: z.array(TraitShare),
  channels: z.array(TraitShare),
  languages: z.array(TraitShare),
  /** By the hour of the day (UTC, 0 to 23) in which the last message ended: of these, and of all in the window. */
  hours: z.array(z.object({ conversations: z.number().int(), all: z.number().int() })).length(24),
  /** Counts in even stretches over the window, by the end of the last message. */
  times: z.array(z.object({ from: Timestamp, conversations: z.number().int() })),
  search: z.object({ text: z.string(), filter: ConversationFilter }),
});
export type ConversationCluster = z.infer<typeof ConversationCluster>;

export const conversationsContract = {
  /** By correlation ID, or the trace ID of a turn, in any shape: quoted, in a URL, in a log line, a prefix of 4 or more characters. */
  'conversations.find': query(
    z.strictObject({
      text: z.string().min(1).max(10_000),
      limit: z.number().int().min(1).max(50).default(10),
    }),
    z.object({
      /** What was looked for: the text as it stands, then what is in it without its wrapping. */
      ids: z.array(z.string()),
      matches: z.array(
        ConversationSummary.extend({
          /** The turn whose trace ID it was, from 0 on; null where the conversation's own was found. */
          hitTurn: z.number().int().nullable(),
          /** All of an ID was given; false: only how it begins. */
          exact: z.boolean(),
        }),
      ),
      freshness: z.array(Freshness),
    }),
  ),
  'conversations.search': query(
    z.strictObject({
      /** Words; empty = by the filter alone. */
      text: z.string().max(500).default(''),
      filter: ConversationFilter.default({}),
      sort: ConversationSort.default('newest'),
      limit: z.number().int().min(1).max(1000).default(100),
      offset: z.number().int().min(0).default(0),
    }),
    z.object({
      rows: z.array(
        ConversationSummary.extend({
          /** Words around a hit; null without words to look for. */
          snippet: z.string().nullable(),
          /** The turn of that hit, from 0 on; null also in a conversation of very many turns. */
          hitTurn: z.number().int().nullable(),
        }),
      ),
      /** Number of all matches; `atLeast` when counting stopped there. */
      total: z.number().int(),
      totalIs: z.enum(['exact', 'atLeast']),
      freshness: z.array(Freshness),
    }),
  ),
  /** Similar failures: what failing conversations of a window say more often than its healthy ones. */
  'conversations.clusters': query(
    z.strictObject({
      environment: z.string(),
      service: z.string().optional(),
      from: Timestamp,
      to: Timestamp,
      limit: z.number().int().min(1).max(20).default(6),
    }),
    z.object({
      clusters: z.array(ConversationCluster),
      failing: z.number().int(),
      healthy: z.number().int(),
      /** Of how many the words were compared: fewer where there were too many to read all. */
      compared: z.object({ failing: z.number().int(), healthy: z.number().int() }),
      freshness: z.array(Freshness),
    }),
  ),
  /** What there is to filter by, with how many conversations of the environment have it, most first. */
  'conversations.facets': query(
    z.strictObject({ environment: z.string() }),
    z.object({
      services: z.array(FacetCount),
      versions: z.array(FacetCount),
      channels: z.array(FacetCount),
      languages: z.array(FacetCount),
      tools: z.array(FacetCount),
      failedTools: z.array(FacetCount),
      flags: z.array(FlagVariant.extend({ conversations: z.number().int() })),
    }),
  ),
  'conversations.read': query(
    z.strictObject({
      id: z.string(),
      /** Needed only when two services share the ID. */
      service: z.string().optional(),
      environment: z.string().optional(),
      firstTurn: z.number().int().min(0).default(0),
      maxTurns: z.number().int().min(0).max(2000).default(500),
    }),
    z.object({
      conversation: Conversation,
      /** Changes with any of its turns. */
      revision: z.string(),
      /** Others under the same ID. */
      others: z.array(ConversationSummary),
      liveThen: LiveCombination,
      liveNow: LiveCombination.nullable(),
      freshness: z.array(Freshness),
    }),
  ),
  /** Which turns of a whole conversation failed and how, and what is odd about them; only turns with something to tell. */
  'conversations.marks': query(
    z.strictObject({ key: z.number().int() }),
    z.object({ marks: z.array(TurnMark) }),
  ),
  /** The steps of one turn, without what each of them tells. */
  'conversations.spans': query(
    z.strictObject({
      traceId: z.string(),
      limit: z.number().int().min(1).max(50_000).default(2000),
      /** What the asker has already. */
      revision: z.string().optional(),
    }),
    z.object({
      /** Changes with any of the spans. */
      revision: z.string(),
      /** By their start; null when the asker's revision still holds. */
      spans: z.array(SpanOutline).nullable(),
      total: z.number().int(),
    }),
  ),
  /** One step with all that it tells; null when it is not cached. */
  'conversations.span': query(
    z.strictObject({ traceId: z.string(), spanId: z.string() }),
    z.object({ span: Span.nullable() }),
  ),
  /** Asks every backend of the sources that can be asked for one conversation, and stores what they have, masked. */
  'conversations.fetch': mutation(
    z.strictObject({ id: z.string().min(1).max(512) }),
    z.object({
      /** Per source: how many spans it had, and what went wrong, also beside some: one of its backends may have failed. */
      asked: z.array(
        z.object({ source: z.string(), spans: z.number().int(), problem: z.string().nullable() }),
      ),
    }),
    'responder',
  ),
  /**
   * What was masked, asked of the source that it came from again: journaled, answered once, kept nowhere. At most
   * 200 turns (MOST_REVEALED in util/lookups.ts), from `firstTurn` (from 0) on.
   */
  'conversations.reveal': mutation(
    z.strictObject({
      key: z.number().int(),
      reason: z.string().trim().min(3).max(500),
      firstTurn: z.number().int().min(0).default(0),
    }),
    z.object({
      /** Those that had some of it. */
      sources: z.array(z.string()),
      /** By their start. `number`: which turn of the conversation as it is stored, from 1 on; null = not stored. */
      turns: z.array(
        z.object({
          traceId: z.string(),
          number: z.number().int().nullable(),
          startedAt: Timestamp,
          messages: z.array(Message),
        }),
      ),
      /** All stored turns that are not among `turns`: those that no source has any more, or could tell; and `beyond`. */
      missing: z.number().int(),
      /** Of `missing`: not asked for, because they lie before `firstTurn` or were too many. */
      beyond: z.number().int(),
      /** Why some could not be had, where a source failed. */
      problem: z.string().nullable(),
    }),
    'admin',
  ),
  'conversations.pin': mutation(
    z.strictObject({ key: z.number().int(), pinned: z.boolean() }),
    z.object({ pinned: z.boolean() }),
    'responder',
  ),
};
