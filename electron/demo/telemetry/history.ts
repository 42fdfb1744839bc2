/**
 * The bot's last 24 hours as rows of counters: conversations are drawn from the same world that the live
 * bot lives in, more by day than by night, and split over versions as the flag stood at the time.
 */
import type { BotProfile } from '../world/bots.ts';
import { playConversation } from '../world/conversation.ts';
import { dealer } from '../world/deal.ts';
import { randomStream } from '../world/random.ts';
import { LAST_RAMP_AGO, rampAt } from '../world/release.ts';
import { figuresOf, gauges } from './figures.ts';
import { COLUMNS, columnAt } from './layout.ts';

const DAY = 24 * 3_600_000;
const STEP = 60_000;
/** The last minutes are scraped more often, so that the ramp is seen. */
const FINE_STEP = 10_000;
const FINE_FROM = 10 * 60_000;
/** Conversations that began before a ramp go on: its effect takes this long to be whole. */
const SETTLE = 40_000;
const POOL = 240;

export interface HistoryRow {
  /** Milliseconds since the epoch. */
  at: number;
  /** Version → cumulative values in the layout's order; a version has a row from its first request to its last. */
  values: Map<string, Float64Array>;
}

/** Traffic by the hour of the day, relative to its mean: calm at night, two hills by day. UTC. */
export function dayShape(at: number): number {
  const hour = (at % DAY) / 3_600_000;
  return (
    1 +
    0.28 * Math.sin(((hour - 8) / 24) * 2 * Math.PI) +
    0.07 * Math.sin(((hour - 8) / 12) * 2 * Math.PI)
  );
}

/** Rows oldest first; the last one, at `startedAt`, is where the live counters begin. */
export function playHistory(bot: BotProfile, seed: string, startedAt: number): HistoryRow[] {
  const pools = new Map<string, Sparse[]>();
  const random = randomStream(seed, bot.id, 'history');
  const totals = new Map<string, Float64Array>();
  const rows: HistoryRow[] = [];
  let carry = 0;
  let before = startedAt - DAY - STEP;
  for (const at of scrapeTimes(startedAt)) {
    const mix = mixAt(bot, startedAt - at);
    // The mean of now is what the live users make, so that history runs into the present without a step.
    const rate = (bot.conversationsPerSecond * dayShape(at)) / dayShape(startedAt);
    carry += (rate * (at - before) * random.between(0.93, 1.07)) / 1000;
    for (; carry >= 1; carry--) {
      const part = partAt(mix, random.next());
      if (!part) continue;
      const pool = pools.get(part.pool) ?? makePool(bot, seed, part);
      pools.set(part.pool, pool);
      const total = totals.get(part.version) ?? new Float64Array(COLUMNS.length);
      totals.set(part.version, total);
      addSparse(total, random.pick(pool));
    }
    const values = new Map<string, Float64Array>();
    for (const { version, share, pool } of mix) {
      const total = totals.get(version);
      if (share === 0 || !total || values.has(version)) continue;
      const row = Float64Array.from(total);
      const { drift, quota } = gauges(bot, version, random.next());
      const score = bot.evalScore - (pool === BROKEN ? 0.1 : 0);
      row[columnAt('ai_eval_score')] = score + random.between(-0.012, 0.012);
      row[columnAt('ai_input_drift_psi')] = drift;
      row[columnAt('ai_provider_quota_left_ratio')] = quota;
      values.set(version, row);
    }
    rows.push({ at, values });
    before = at;
  }
  return rows;
}

/** Counters at the start, by version, of those that still answer. */
export function lastValues(rows: readonly HistoryRow[]): Map<string, Float64Array> {
  return rows.at(-1)?.values ?? new Map();
}

function scrapeTimes(startedAt: number): number[] {
  const times: number[] = [];
  for (let ago = DAY; ago > FINE_FROM; ago -= STEP) times.push(startedAt - ago);
  for (let ago = FINE_FROM; ago >= 0; ago -= FINE_STEP) times.push(startedAt - ago);
  return times;
}

/** A share of the conversations that begin at a moment: which version answers them, and what users they come from. */
interface Part {
  version: string;
  /** `version/all`, or `version/without-es`: its users write in other languages than Spanish. */
  pool: string;
  share: number;
}

/** The candidate as it answers everybody. */
const BROKEN = 'v42/all';

function mixAt(bot: BotProfile, ago: number): Part[] {
  const ramp = rampAt(bot, ago);
  const left = ramp.without === undefined ? 1 : 1 - shareOf(bot, ramp.without);
  const settled = Math.min(1, Math.max(0, (LAST_RAMP_AGO - ago) / SETTLE));
  const parts = Object.entries(ramp.weights).flatMap(([version, weight]): Part[] => {
    const share = (weight / 1000) * left;
    if (version !== bot.candidate) return [{ version, pool: `${version}/all`, share }];
    return [
      { version, pool: `${version}/all`, share: share * settled },
      { version, pool: `${version}/without-es`, share: share * (1 - settled) },
    ];
  });
  return [...parts, { version: bot.stable, pool: `${bot.stable}/all`, share: 1 - left }];
}

/** The part in which a point of 0–1 falls. */
function partAt(mix: readonly Part[], point: number): Part | undefined {
  let sum = 0;
  for (const part of mix) {
    sum += part.share;
    if (point < sum) return part;
  }
  return mix[0];
}

function shareOf(bot: BotProfile, language: keyof BotProfile['languages']): number {
  const total = Object.values(bot.languages).reduce((sum, weight) => sum + weight, 0);
  return (bot.languages[language] ?? 0) / total;
}

/** What one conversation adds: most columns stay as they are. */
interface Sparse {
  at: Uint16Array;
  by: Float64Array;
}

function makePool(bot: BotProfile, seed: string, { version, pool }: Part): Sparse[] {
  const deal = dealer(seed, bot, `pool/${pool}`);
  const rows: Sparse[] = [];
  while (rows.length < POOL) {
    const user = deal.next();
    if (pool.endsWith('without-es') && user.language === 'es') continue;
    const row = figuresOf(playConversation(seed, user, () => version)).get(version);
    if (!row) continue;
    const at = Uint16Array.from(row.keys()).filter((column) => row[column] !== 0);
    rows.push({ at, by: Float64Array.from(at, (column) => row[column] ?? 0) });
  }
  return rows;
}

function addSparse(total: Float64Array, { at, by }: Sparse): void {
  for (let i = 0; i < at.length; i++) {
    const column = at[i] ?? 0;
    total[column] = (total[column] ?? 0) + (by[i] ?? 0);
  }
}
