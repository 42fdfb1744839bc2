import type { Range } from './types.ts';

/** [ts, value] of a raw point, or [ts, average, min, max, count] of a bucket. */
export type PointRow = readonly number[];

export interface Columns {
  ts: Float64Array;
  value: Float64Array;
  min?: Float64Array;
  max?: Float64Array;
}

/**
 * Columns of at most `maxPoints` points. When there are more rows, neighbours in equal stretches of time
 * are joined to their weighted average, with the least and the greatest beside it, so that no spike is lost.
 */
export function thin(rows: readonly PointRow[], range: Range, maxPoints: number): Columns {
  if (rows.length <= maxPoints) return columns(rows);
  const width = (range.to - range.from) / maxPoints;
  const joined: number[][] = [];
  let slot = -1;
  let sum = 0;
  for (const [ts = 0, value = 0, min = value, max = value, count = 1] of rows) {
    const at = Math.min(maxPoints - 1, Math.floor((ts - range.from) / width));
    const open = joined.at(-1);
    if (at !== slot || !open) {
      slot = at;
      sum = value * count;
      joined.push([ts, value, min, max, count]);
      continue;
    }
    const total = (open[4] ?? 0) + count;
    sum += value * count;
    open[1] = sum / total;
    open[2] = Math.min(open[2] ?? min, min);
    open[3] = Math.max(open[3] ?? max, max);
    open[4] = total;
  }
  return columns(joined);
}

function columns(rows: readonly PointRow[]): Columns {
  const size = rows.length;
  const result = { ts: new Float64Array(size), value: new Float64Array(size) };
  const joined = (rows[0]?.length ?? 0) > 2;
  const min = new Float64Array(joined ? size : 0);
  const max = new Float64Array(joined ? size : 0);
  for (let i = 0; i < size; i++) {
    const row = rows[i] ?? [];
    result.ts[i] = row[0] ?? 0;
    result.value[i] = row[1] ?? 0;
    if (joined) {
      min[i] = row[2] ?? 0;
      max[i] = row[3] ?? 0;
    }
  }
  return joined ? { ...result, min, max } : result;
}
