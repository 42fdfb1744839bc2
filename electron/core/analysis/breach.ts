/** When a version was last out of band: its past points against the bands of now. Pure. */
import type { Cell, SignalDefinition } from '#shared/model/signal.ts';
import { noise } from './bands.ts';

/** Points of one series, oldest first. `ts` in milliseconds since the epoch. */
export interface Points {
  ts: Float64Array;
  value: Float64Array;
}

export interface Past extends Points {
  /** Requests per second of the same version; undefined = not known. */
  rates: Points | undefined;
  /** Each point tells of a stretch so long. */
  windowMs: number;
}

/** A value, the edge of the band that it lies beyond, and when. */
export interface Beyond {
  at: number;
  value: number;
  limit: number;
}

/** So many points in a row. */
const LASTS = 4;

/**
 * The latest of several points in a row beyond the band, by more than chance among the requests of that time; a row
 * shorter than a window is a single observation.
 */
export function latestBreach(
  definition: SignalDefinition,
  { low, high }: Pick<Cell, 'low' | 'high'>,
  { ts, value: values, rates, windowMs }: Past,
): Beyond | null {
  const rateAt = backwards(rates);
  let newest: Beyond | null = null;
  let row = 0;
  for (let i = ts.length - 1; i >= 0; i--) {
    const [at, value] = [ts[i], values[i]];
    if (at === undefined || value === undefined || !Number.isFinite(value)) continue;
    const limit = high !== null && value > high ? high : low !== null && value < low ? low : null;
    const rate = rateAt(at);
    const requests = rate === undefined ? null : (rate * windowMs) / 1000;
    // Of hardly any request nothing can be said.
    const telling = requests === null || requests >= 1;
    const chance = limit === null ? 0 : noise(definition, limit, value, requests);
    if (limit === null || !telling || Math.abs(value - limit) <= chance) {
      newest = null;
      row = 0;
      continue;
    }
    newest ??= { at, value, limit };
    row++;
    if (row >= LASTS && newest.at - at >= windowMs) return newest;
  }
  return null;
}

/** Reads a series at moments that are asked for from the newest to the oldest: the last point at or before each. */
function backwards(points: Points | undefined): (at: number) => number | undefined {
  let place = (points?.ts.length ?? 0) - 1;
  return (at) => {
    while (place >= 0 && (points?.ts[place] ?? 0) > at) place--;
    return points?.value[place];
  };
}
