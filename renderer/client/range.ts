/** The time range of the window: the last so many milliseconds, or a fixed stretch. */
export type Range = { kind: 'last'; ms: number } | { kind: 'fixed'; from: number; to: number };

const HOUR = 3_600_000;

export const LAST: readonly { id: string; ms: number; title: string }[] = [
  { id: '15m', ms: HOUR / 4, title: 'Last 15 min' },
  { id: '1h', ms: HOUR, title: 'Last 1 h' },
  { id: '6h', ms: 6 * HOUR, title: 'Last 6 h' },
  { id: '24h', ms: 24 * HOUR, title: 'Last 24 h' },
  { id: '7d', ms: 7 * 24 * HOUR, title: 'Last 7 d' },
  { id: '30d', ms: 30 * 24 * HOUR, title: 'Last 30 d' },
];

export const DEFAULT_RANGE: Range = { kind: 'last', ms: HOUR };

/** The range as timestamps. A `last` range ends at `now`. */
export function rangeAt(range: Range, now: number): { from: number; to: number } {
  return range.kind === 'fixed'
    ? { from: range.from, to: range.to }
    : { from: now - range.ms, to: now };
}

/** Reads `range=6h` or `from=…&to=…` (milliseconds or ISO) from a URL's search; null when neither is there. */
export function rangeFrom(search: URLSearchParams): Range | null {
  const last = LAST.find((item) => item.id === search.get('range'));
  if (last) return { kind: 'last', ms: last.ms };
  const from = instant(search.get('from'));
  const to = instant(search.get('to'));
  return from !== null && to !== null && from < to ? { kind: 'fixed', from, to } : null;
}

/** Writes the range into a URL's search; the default is left out. */
export function rangeInto(search: URLSearchParams, range: Range): void {
  for (const key of ['range', 'from', 'to']) search.delete(key);
  if (range.kind === 'fixed') {
    search.set('from', String(Math.round(range.from)));
    search.set('to', String(Math.round(range.to)));
    return;
  }
  const last = LAST.find((item) => item.ms === range.ms);
  if (last && !(DEFAULT_RANGE.kind === 'last' && DEFAULT_RANGE.ms === last.ms)) {
    search.set('range', last.id);
  }
}

function instant(text: string | null): number | null {
  if (text === null || text === '') return null;
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Date.parse(text);
  return Number.isFinite(value) ? value : null;
}
