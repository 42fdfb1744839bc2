/** A small scraper: the bots' counters over a short window, as a Prometheus would have them. */
export interface Sample {
  name: string;
  labels: Readonly<Record<string, string>>;
  value: number;
}

export interface Window {
  /** How much a counter grew, over all its series that carry the labels. */
  grew(name: string, labels?: Readonly<Record<string, string>>): number;
  /** Quantile of a histogram (without `_bucket`), in its unit; null when nothing was observed. */
  quantile(name: string, q: number): number | null;
  /** Milliseconds between its two ends. */
  spanMs: number;
}

const LINE = /^([a-z_]+)(?:\{(.*)\})? (\S+)/;
const LABEL = /(\w+)="([^"]*)"/g;

export function parseExposition(text: string): Sample[] {
  return text.split('\n').flatMap((line) => {
    const match = LINE.exec(line);
    const name = match?.[1];
    if (!match || name === undefined) return [];
    const labels: Record<string, string> = {};
    for (const [, key = '', value = ''] of (match[2] ?? '').matchAll(LABEL)) labels[key] = value;
    return [{ name, labels, value: Number(match[3]) }];
  });
}

/** Two scrapes of one service; a series that appeared in between began at 0, one that fell was reset. */
export function windowBetween(
  older: { at: number; samples: Sample[] },
  newer: { at: number; samples: Sample[] },
): Window {
  const key = (sample: Sample) => sample.name + JSON.stringify(sample.labels);
  const before = new Map(older.samples.map((sample) => [key(sample), sample.value]));
  const growth = newer.samples.map((sample) => {
    const was = before.get(key(sample)) ?? 0;
    return { ...sample, value: sample.value >= was ? sample.value - was : sample.value };
  });
  const grew: Window['grew'] = (name, labels = {}) =>
    growth
      .filter(
        (one) =>
          one.name === name &&
          Object.entries(labels).every(([label, value]) => one.labels[label] === value),
      )
      .reduce((sum, one) => sum + one.value, 0);
  return {
    spanMs: newer.at - older.at,
    grew,
    quantile: (name, q) => {
      const bounds = [
        ...new Set(
          growth.flatMap((one) => (one.name === `${name}_bucket` ? [one.labels.le ?? ''] : [])),
        ),
      ]
        .map((le) => ({
          bound: le === '+Inf' ? Number.POSITIVE_INFINITY : Number(le),
          count: grew(`${name}_bucket`, { le }),
        }))
        .toSorted((a, b) => a.bound - b.bound);
      return quantileOf(bounds, q);
    },
  };
}

/** As PromQL's histogram_quantile: linear inside the bucket; the last finite bound when it falls into +Inf. */
function quantileOf(buckets: { bound: number; count: number }[], q: number): number | null {
  const total = buckets.at(-1)?.count ?? 0;
  if (total === 0) return null;
  const rank = q * total;
  let low = 0;
  let below = 0;
  for (const { bound, count } of buckets) {
    if (count >= rank) {
      if (bound === Number.POSITIVE_INFINITY) return low;
      return low + (bound - low) * (count === below ? 1 : (rank - below) / (count - below));
    }
    low = bound;
    below = count;
  }
  return low;
}
