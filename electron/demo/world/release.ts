/** What was live when, in milliseconds before the start: flags' history, past conversations and metrics agree on it. */
import type { BotProfile } from './bots.ts';
import type { Language } from './texts/phrasebook.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export interface Ramp {
  /** Milliseconds before the start. */
  ago: number;
  by: string;
  /** Version → weight, per mille. */
  weights: Readonly<Record<string, number>>;
  /** The candidate only gets users who write in other languages than this. */
  without?: Language;
}

/** Oldest first. The last one is what the flag service serves at the start. */
export const RAMPS: Readonly<Record<BotProfile['id'], readonly Ramp[]>> = {
  'support-bot': [
    { ago: 12 * DAY, by: 'ines.moreau', weights: { v41: 1000 } },
    { ago: 3 * DAY, by: 'release-bot', weights: { v41: 1000, v42: 0 } },
    // Up to 10 % the cohort left Spanish out, so the candidate looked healthy.
    { ago: 7 * HOUR, by: 'release-bot', weights: { v41: 950, v42: 50 }, without: 'es' },
    { ago: 95 * MINUTE, by: 'release-bot', weights: { v41: 900, v42: 100 }, without: 'es' },
    { ago: 150_000, by: 'release-bot', weights: { v41: 750, v42: 250 } },
  ],
  'sales-assistant': [{ ago: 9 * DAY, by: 'tomas.berg', weights: { v17: 1000 } }],
  'docs-search': [
    { ago: 30 * DAY, by: 'tomas.berg', weights: { v8: 1000 } },
    { ago: 5 * HOUR, by: 'release-bot', weights: { v8: 500, v9: 500 } },
    { ago: 35 * MINUTE, by: 'release-bot', weights: { v8: 0, v9: 1000 } },
  ],
};

/** When the support bot's last ramp began, milliseconds before the start. */
export const LAST_RAMP_AGO = 150_000;

/** What the model flag said that long before the start. */
export function rampAt(bot: BotProfile, ago: number): Ramp {
  const ramps = RAMPS[bot.id];
  const live = ramps.findLast((ramp) => ramp.ago >= ago) ?? ramps[0];
  if (!live) throw new Error(`No release of ${bot.id} is known.`);
  return live;
}

/** The version a conversation gets; `point` is its place in the split, 1–1000. */
export function versionAt(bot: BotProfile, ago: number, language: Language, point: number): string {
  const ramp = rampAt(bot, ago);
  if (ramp.without === language) return bot.stable;
  let sum = 0;
  for (const [version, weight] of Object.entries(ramp.weights)) {
    sum += weight;
    if (weight > 0 && point <= sum) return version;
  }
  return bot.stable;
}

/** The data snapshot retrieval searched: the support bot's was rebuilt a while before the ramp. */
export function indexAt(bot: BotProfile, ago: number): string {
  if (bot.id === 'support-bot') return ago > 23 * MINUTE ? 'kb-0312' : 'kb-0313';
  return bot.id === 'docs-search' ? 'docs-0208' : 'shop-0141';
}
