/**
 * The bot's last 24 hours as rows of counters: conversations are drawn from the same world that the live
 * bot lives in, more by day than by night, and split over versions as the flag stood at the time.
 */
import type { BotProfile } from '../world/bots.ts';
import { playConversation } from '../world/conversation.ts';
import { dealer } from '../world/deal.ts';
import { type Random, randomStream } from '../world/random.ts';
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
const POOL = 320;

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
  const pools = new Map<string, Float64Array[]>();
  const random = randomStream(seed, bot.id, 'history');
  const totals = new Map<string, Float64Array>();
  const scores = new Map<string, number>();
  const rows: HistoryRow[] = [];
  let carry = 0;
  let before = startedAt - DAY - STEP;
  for (const at of scrapeTimes(startedAt)) {
    const ago = startedAt - at;
    // The mean of now is what the live users make, so that history runs into the present without a step.
    const rate = (bot.conversationsPerSecond * dayShape(at)) / dayShape(startedAt);
    carry += (rate * (at - before) * random.between(0.93, 1.07)) / 1000;
    for (; carry >= 1; carry--) {
      const { version, pool } = draw(bot, ago, random);
      const rowsOfPool = pools.get(pool) ?? makePool(bot, seed, version, pool);
      pools.set(pool, rowsOfPool);
      addRow(totals, version, random.pick(rowsOfPool));
      const broken = pool.endsWith('all') && version === 'v42';
      scores.set(version, bot.evalScore - (broken ? 0.1 : 0) + random.between(-0.012, 0.012));
    }
    const values = new Map<string, Float64Array>();
    for (const [version, total] of totals) {
      if ((rampAt(bot, ago).weights[version] ?? 0) === 0) continue;
      const row = Float64Array.from(total);
      const { drift, quota } = gauges(bot, version, random.next());
      row[columnAt('ai_eval_score')] = scores.get(version) ?? bot.evalScore;
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

/** Which version answers a conversation, and which kind of users it comes from. */
function draw(bot: BotProfile, ago: number, random: Random): { version: string; pool: string } {
  const ramp = rampAt(bot, ago);
  const settled =
    bot.id !== 'support-bot' ||
    ago > LAST_RAMP_AGO ||
    random.chance((LAST_RAMP_AGO - ago) / SETTLE);
  const spanish = ramp.without === 'es' || !settled ? 'without-es' : 'all';
  if (ramp.without !== undefined && random.chance(shareOf(bot, ramp.without))) {
    return { version: bot.stable, pool: `${bot.stable}/all` };
  }
  let point = random.next() * 1000;
  for (const [version, weight] of Object.entries(ramp.weights)) {
    point -= weight;
    if (point < 0)
      return {
        version,
        pool: version === bot.candidate ? `${version}/${spanish}` : `${version}/all`,
      };
  }
  return { version: bot.stable, pool: `${bot.stable}/all` };
}

function shareOf(bot: BotProfile, language: keyof BotProfile['languages']): number {
  const total = Object.values(bot.languages).reduce((sum, weight) => sum + weight, 0);
  return (bot.languages[language] ?? 0) / total;
}

function makePool(bot: BotProfile, seed: string, version: string, pool: string): Float64Array[] {
  const deal = dealer(seed, bot, `pool/${pool}`);
  const rows: Float64Array[] = [];
  while (rows.length < POOL) {
    const user = deal.next();
    if (pool.endsWith('without-es') && user.language === 'es') continue;
    const row = figuresOf(playConversation(seed, user, () => version)).get(version);
    if (row) rows.push(row);
  }
  return rows;
}

function addRow(totals: Map<string, Float64Array>, version: string, row: Float64Array): void {
  const sum = totals.get(version) ?? new Float64Array(COLUMNS.length);
  totals.set(version, sum);
  for (let i = 0; i < row.length; i++) sum[i] = (sum[i] ?? 0) + (row[i] ?? 0);
}
