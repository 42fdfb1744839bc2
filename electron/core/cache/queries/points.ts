export interface Points {
  /** Whole milliseconds, ascending, none twice. */
  ts: Float64Array;
  value: Float64Array;
}

/** Points as the cache keeps them: finite, in order, the value told last where a time comes twice. */
export function inOrder(points: Points): Points {
  return isClean(points) ? points : clean(points);
}

function isClean({ ts, value }: Points): boolean {
  if (ts.length !== value.length) return false;
  let last = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < ts.length; i++) {
    const at = ts[i] ?? Number.NaN;
    // Comparisons with NaN are false.
    if (!(at > last) || !Number.isSafeInteger(at) || !Number.isFinite(value[i])) return false;
    last = at;
  }
  return true;
}

function clean({ ts, value }: Points): Points {
  const byTime = new Map<number, number>();
  const size = Math.min(ts.length, value.length);
  for (let i = 0; i < size; i++) {
    const at = Math.round(ts[i] ?? Number.NaN);
    const one = value[i] ?? Number.NaN;
    if (Number.isSafeInteger(at) && Number.isFinite(one)) byTime.set(at, one);
  }
  const times = Float64Array.from(byTime.keys()).sort();
  return { ts: times, value: times.map((at) => byTime.get(at) ?? 0) };
}
