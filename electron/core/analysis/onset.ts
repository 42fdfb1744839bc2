/** When a signal left its band. Pure. */

/** As many points in band in a row mean that what came before was another episode. */
const HEALTHY_RUN = 3;

/**
 * The time of the first point of the stretch outside the band that reaches to the end; single points inside the
 * band do not end the stretch. Null when the last points are healthy.
 */
export function onsetOf(
  ts: ArrayLike<number>,
  values: ArrayLike<number>,
  low: number | null,
  high: number | null,
): number | null {
  let onset: number | null = null;
  let healthy = 0;
  for (let index = values.length - 1; index >= 0; index--) {
    const value = values[index];
    const at = ts[index];
    if (value === undefined || at === undefined) continue;
    const outside = (high !== null && value > high) || (low !== null && value < low);
    if (outside) {
      onset = at;
      healthy = 0;
    } else if (++healthy >= HEALTHY_RUN) {
      break;
    }
  }
  return onset;
}
