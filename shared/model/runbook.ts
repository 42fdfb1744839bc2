import { z } from 'zod';
import { Timestamp } from './basics.ts';

/** The front matter of a runbook file. */
export const RunbookFrontMatter = z.strictObject({
  title: z.string().min(1),
  /** Ids of services it is for; empty = all. */
  services: z.array(z.string()).default([]),
  /** Names of alerts it answers. */
  alerts: z.array(z.string()).default([]),
  owner: z.string().optional(),
  /** What the text relies on; each is checked against what the sources really have. */
  references: z
    .strictObject({
      flags: z.array(z.string()).default([]),
      signals: z.array(z.string()).default([]),
      links: z.array(z.url({ protocol: /^https?$/ })).default([]),
    })
    .prefault({}),
});
export type RunbookFrontMatter = z.infer<typeof RunbookFrontMatter>;

export const RunbookReference = z.object({
  kind: z.enum(['service', 'alert', 'flag', 'signal', 'link', 'action']),
  name: z.string(),
  state: z.enum(['ok', 'broken', 'unchecked']),
  why: z.string(),
});
export type RunbookReference = z.infer<typeof RunbookReference>;

export const Runbook = z.object({
  source: z.string(),
  /** Path below the folder, with `/`. */
  id: z.string(),
  title: z.string(),
  services: z.array(z.string()),
  alerts: z.array(z.string()),
  owner: z.string().nullable(),
  flags: z.array(z.string()),
  signals: z.array(z.string()),
  links: z.array(z.string()),
  /** Markdown without the front matter. */
  body: z.string(),
  modifiedAt: Timestamp,
  /** Why the file could not be read as a runbook; null when it is fine. */
  problem: z.string().nullable(),
});
export type Runbook = z.infer<typeof Runbook>;
