/**
 * The raw points of one series, oldest first, as far back as somebody still asks. Two columns that grow by
 * doubling and forget from the front; nothing is allocated per point.
 */
const FIRST_CAPACITY = 32;

/** Where a counter began anew: the point's time, and what it had counted before. */
export interface Reset {
  at: number;
  lost: number;
}

export class PointWindow {
  ts = new Float64Array(FIRST_CAPACITY);
  value = new Float64Array(FIRST_CAPACITY);
  /** Points live in [start, end). */
  start = 0;
  end = 0;
  /** Falls of the value, oldest first. Only meaningful for counters. */
  resets: Reset[] = [];

  get size(): number {
    return this.end - this.start;
  }

  /** Time of the newest point; -Infinity when there is none. */
  get lastTs(): number {
    return this.end > this.start ? (this.ts[this.end - 1] ?? 0) : Number.NEGATIVE_INFINITY;
  }

  get lastValue(): number {
    return this.end > this.start ? (this.value[this.end - 1] ?? 0) : Number.NaN;
  }

  /** `at` must be newer than `lastTs`, and both numbers finite. */
  push(at: number, value: number): void {
    if (this.end === this.ts.length) this.#makeRoom();
    if (this.end > this.start) {
      const previous = this.value[this.end - 1] ?? 0;
      if (value < previous) this.resets.push({ at, lost: previous });
    }
    this.ts[this.end] = at;
    this.value[this.end] = value;
    this.end++;
  }

  /** Forgets points at or before `before`. */
  dropUntil(before: number): void {
    this.start = this.firstAfter(before);
    const oldest = this.ts[this.start] ?? 0;
    // A fall onto the oldest point is part of no rate any more.
    const keep = this.resets.findIndex((reset) => reset.at > oldest);
    if (keep !== 0) this.resets = keep < 0 || this.size === 0 ? [] : this.resets.slice(keep);
  }

  /** Forgets points at or after `from`: they were stamped by a clock that has gone back since. */
  dropFrom(from: number): number {
    const before = this.end;
    this.end = Math.max(this.start, lowerBound(this.ts, this.start, this.end, from));
    this.resets = this.resets.filter((reset) => reset.at < from);
    return before - this.end;
  }

  /** Index of the first point newer than `at`; `end` when there is none. */
  firstAfter(at: number): number {
    const { ts, start, end } = this;
    // Usually the window covers nearly all that is kept, or ends with the newest point.
    if (end === start || (ts[end - 1] ?? 0) <= at) return end;
    if ((ts[start] ?? 0) > at) return start;
    let low = start;
    let high = end;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((ts[middle] ?? 0) > at) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  #makeRoom(): void {
    const { size } = this;
    const roomy = size <= this.ts.length / 2;
    const ts = roomy ? this.ts : new Float64Array(this.ts.length * 2);
    const value = roomy ? this.value : new Float64Array(this.value.length * 2);
    ts.set(this.ts.subarray(this.start, this.end));
    value.set(this.value.subarray(this.start, this.end));
    this.ts = ts;
    this.value = value;
    this.start = 0;
    this.end = size;
  }
}

/** Index of the first entry ≥ `at` in the ascending stretch [start, end). */
function lowerBound(ts: Float64Array, start: number, end: number, at: number): number {
  let low = start;
  let high = end;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ts[middle] ?? 0) >= at) high = middle;
    else low = middle + 1;
  }
  return low;
}
