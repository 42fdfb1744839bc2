import { z } from 'zod';

/** The most points per series that Prometheus answers. */
export const MAX_POINTS = 11_000;
const DAY_MS = 86_400_000;
/** The newest points are asked for again: they were computed before the last scrape was in. */
const OVERLAP_MS = 60_000;
/** How far back is looked again for what came late, as long as nothing comes at all. */
const LATE_MS = 3_600_000;

/** A stretch to ask for, both ends included, in milliseconds. */
export interface Stretch {
  start: number;
  end: number;
}

const Cursor = z.object({ upTo: z.number().finite() });

/** Up to when all is in the cache; null before the first sync, or when the text is of another version. */
export function parseCursor(text: string | null): number | null {
  if (text === null) return null;
  try {
    return Cursor.parse(JSON.parse(text)).upTo;
  } catch {
    return null;
  }
}

export function writeCursor(upTo: number): string {
  return JSON.stringify({ upTo });
}

/**
 * What to ask for, oldest first, each stretch at most a day and at most MAX_POINTS. Ends lie on whole
 * steps, so that a point asked for twice has the same time.
 */
export function stretches(
  upTo: number | null,
  now: number,
  historyMs: number,
  stepMs: number,
): Stretch[] {
  const end = Math.floor(now / stepMs) * stepMs;
  const since = upTo === null ? now - historyMs : Math.min(upTo, end) - OVERLAP_MS;
  // A console that slept for long reads what it missed, but not more than a first sync would.
  const from = Math.ceil(Math.max(since, now - Math.max(historyMs, LATE_MS)) / stepMs) * stepMs;
  const points = Math.min(MAX_POINTS, Math.max(100, Math.floor(DAY_MS / stepMs)));
  const parts: Stretch[] = [];
  for (let start = from; start <= end; start += points * stepMs) {
    parts.push({ start, end: Math.min(end, start + (points - 1) * stepMs) });
  }
  return parts;
}

/**
 * The cursor after a stretch. After the last one it stops at the newest point that came: the server's clock may be
 * behind ours, or its data late.
 */
export function cursorAfter(
  stretch: Stretch,
  last: boolean,
  newest: number,
  before: number | null,
): number {
  if (!last) return stretch.end;
  const seen = Number.isFinite(newest) ? newest : (before ?? Number.NEGATIVE_INFINITY);
  return Math.min(stretch.end, Math.max(seen, stretch.end - LATE_MS));
}
