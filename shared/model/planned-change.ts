import { z } from 'zod';
import { Matcher } from './alert.ts';
import { Timestamp } from './basics.ts';
import { FlagState } from './flag.ts';

export const DiffLine = z.object({ sign: z.enum(['-', '+', ' ']), text: z.string() });
export type DiffLine = z.infer<typeof DiffLine>;

const base = {
  source: z.string(),
  /** What is changed, for a person: `flag support-bot-model`. */
  what: z.string(),
  /** It is already so: nothing would be sent. */
  noop: z.boolean(),
  diff: z.array(DiffLine),
};

const silence = {
  ...base,
  /** The alert's name. */
  alert: z.string(),
  matchers: z.array(Matcher),
  endsAt: Timestamp,
};

/** One thing in the world that an action changes. An action is a list of these, carried out in order. */
export const PlannedChange = z.discriminatedUnion('kind', [
  z.object({
    ...base,
    kind: z.literal('flag'),
    flag: z.string(),
    before: FlagState,
    after: FlagState,
  }),
  z.object({ ...silence, kind: z.literal('silence') }),
  /** A silence that is ended before its time: the undo of the one above. */
  z.object({ ...silence, kind: z.literal('end_silence'), silence: z.string() }),
]);
export type PlannedChange = z.infer<typeof PlannedChange>;
export type FlagChange = Extract<PlannedChange, { kind: 'flag' }>;
export type SilenceChange = Extract<PlannedChange, { kind: 'silence' }>;
export type EndSilenceChange = Extract<PlannedChange, { kind: 'end_silence' }>;
