import { readFileSync, writeFileSync } from 'node:fs';
import { z } from 'zod';

const Place = z.object({
  x: z.number().int().optional(),
  y: z.number().int().optional(),
  width: z.number().int().min(400).max(20_000),
  height: z.number().int().min(300).max(20_000),
  maximized: z.boolean(),
});
export type Place = z.infer<typeof Place>;

interface Area {
  x: number;
  y: number;
  width: number;
  height: number;
}

const FIRST: Place = { width: 1280, height: 800, maximized: false };

/** Where the window stood, if that is still on one of the screens; a monitor may have been unplugged since. */
export function readPlace(file: string, screens: readonly Area[]): Place {
  let kept: Place;
  try {
    kept = Place.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return FIRST;
  }
  const { x, y } = kept;
  const visible =
    x !== undefined &&
    y !== undefined &&
    screens.some((s) => x >= s.x && y >= s.y && x < s.x + s.width && y < s.y + s.height);
  return visible ? kept : { width: kept.width, height: kept.height, maximized: kept.maximized };
}

export function writePlace(file: string, place: Place): void {
  try {
    writeFileSync(file, JSON.stringify(place));
  } catch {
    // A window that opens in the middle next time is no reason to disturb anybody.
  }
}
