/** Pure functions behind the tables of flags and models. */
import type { FlagRow, ModelRow } from '#shared/contract/flags.ts';
import type { Drilled } from '#shared/model/action.ts';
import type { FlagState, Variant } from '#shared/model/flag.ts';
import type { Cell } from '#shared/model/signal.ts';
import { formatPercent, plural, type Tone } from '../../ui/index.ts';

/** Points between rollout and traffic share from which it is said aloud. */
const FAR = 0.1;

/** Rollout percentage and traffic share, and whether they are far apart. */
export function shareOf(row: Pick<ModelRow, 'rollout' | 'trafficShare'>): {
  traffic: string;
  rollout: string;
  far: boolean;
} {
  return {
    traffic: formatPercent(row.trafficShare),
    rollout: formatPercent(row.rollout),
    far:
      row.rollout !== null &&
      row.trafficShare !== null &&
      Math.abs(row.rollout - row.trafficShare) > FAR,
  };
}

/** Health of a version over all its judged signals, worst first. */
export function healthOf(cells: readonly Cell[]): { tone: Tone; word: string; signals: string[] } {
  const bad = cells.filter((cell) => cell.state === 'bad');
  const watch = cells.filter((cell) => cell.state === 'watch');
  const ok = cells.filter((cell) => cell.state === 'ok');
  if (bad.length > 0) {
    return {
      tone: 'bad',
      word: `${bad.length} out of band`,
      signals: bad.map((cell) => cell.signal),
    };
  }
  if (watch.length > 0) {
    return {
      tone: 'watch',
      word: `${watch.length} near the edge`,
      signals: watch.map((cell) => cell.signal),
    };
  }
  if (ok.length > 0) {
    // A signal whose trend counts, or that has no value, was not judged at all.
    const judged = cells.filter((cell) => cell.state !== 'none');
    const rest = judged.length - ok.length;
    // Judged on hardly anything, being in band says nothing.
    if (ok.length * 2 < judged.length) {
      return { tone: 'unknown', word: 'too few requests', signals: [] };
    }
    return {
      tone: 'ok',
      word: rest > 0 ? `${ok.length} of ${judged.length} in band` : 'in band',
      signals: [],
    };
  }
  const few = cells.some((cell) => cell.state === 'few');
  return { tone: 'unknown', word: few ? 'too few requests' : 'not known', signals: [] };
}

export function healthRank(tone: Tone): number {
  return { bad: 0, watch: 1, unknown: 2, info: 2, ok: 3 }[tone];
}

/** What a flag hands out, in one line: "v41 75 %, v42 25 %", "100 %", "off". */
export function servesWords(state: FlagState, rollout: number): string {
  if (!state.enabled) return 'off';
  const variants = variantsOf(state);
  const words = variants.map((one) => `${one.name} ${formatPercent(one.weight / 1000)}`).join(', ');
  if (words === '') return formatPercent(rollout);
  return rollout < 1 ? `${formatPercent(rollout)} of users: ${words}` : words;
}

export function variantsOf(state: FlagState): Variant[] {
  const active = state.strategies.find((one) => !one.disabled && one.variants.length > 0);
  return active?.variants ?? state.variants;
}

/** What a flag is for: "model of support-bot", "kill switch of support-bot". */
export function roleWords(flag: Pick<FlagRow, 'roles'>): string {
  return flag.roles
    .map((one) => `${one.role === 'model' ? 'model' : 'kill switch'} of ${one.service}`)
    .join(', ');
}

const WEEK = 7 * 86_400_000;

/** What should be noticed about a flag without being asked; empty when nothing should. */
export function flagRemarks(
  flag: Pick<FlagRow, 'roles' | 'stale' | 'rollout' | 'lastChangedAt' | 'state'>,
  now: number,
): string[] {
  const remarks: string[] = [];
  if (flag.stale) remarks.push('marked as stale in its flag service');
  const weeks = flag.lastChangedAt === null ? 0 : Math.floor((now - flag.lastChangedAt) / WEEK);
  const plain = flag.roles.length === 0 && variantsOf(flag.state).length === 0;
  if (plain && flag.state.enabled && weeks >= 3) {
    remarks.push(
      flag.rollout >= 1
        ? `at 100 % for ${plural(weeks, 'week')}: it can be removed`
        : `at ${formatPercent(flag.rollout)} for ${plural(weeks, 'week')}: is the rollout stuck?`,
    );
  }
  return remarks;
}

/** The drill of the way back that a flag is for: here where that may be, else wherever it may. */
export function drillOfFlag(
  { environment, roles }: Pick<FlagRow, 'environment' | 'roles'>,
  drills: readonly Drilled[],
): Drilled | undefined {
  const own = drills.filter(({ drill, service }) =>
    roles.some(
      (one) => one.service === service && (one.role === 'model' ? 'rollback' : one.role) === drill,
    ),
  );
  return own.find((one) => one.environment === environment) ?? own[0];
}
