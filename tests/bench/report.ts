/** Every figure is one line of JSON on stdout; anything else a bench has to say goes to stderr. */
export interface Figure {
  name: string;
  value: number;
  unit: string;
  /** What the same machine can do at most, measured in the same run. */
  limit?: number;
  /** `value` / `limit`, or what else is compared. */
  ratio?: number;
  goal?: string;
  met?: boolean;
  /** What was measured, where the name does not say it. */
  of?: string;
}

/**
 * `npm run bench -- --smoke`: everything once and small, so that a bench which no longer runs is seen the same day. Its
 * figures say nothing about speed, and no goal is held against them.
 */
export const SMOKE = process.env.NIGHTDESK_BENCH_SMOKE === '1';

/** The size of something that is measured, and what a smoke run makes do with. */
export const sized = (size: number, smoke: number): number => (SMOKE ? smoke : size);

export function report({ goal, met, ...rest }: Figure): void {
  if (SMOKE && !Number.isFinite(rest.value)) throw new Error(`${rest.name}: no figure came out`);
  const judged = SMOKE ? { smoke: true } : { goal, met };
  const figure = { ...rest, ...judged };
  const rounded = Object.entries(figure).map(([key, value]) => [key, tidy(value)]);
  process.stdout.write(`${JSON.stringify(Object.fromEntries(rounded))}\n`);
}

export function note(text: string): void {
  process.stderr.write(`  ${text}\n`);
}

/** A figure that could not be had, with the reason: a gap must be seen. */
export function missing(name: string, why: string): void {
  process.stdout.write(`${JSON.stringify({ name, value: null, unit: '', missing: why })}\n`);
}

function tidy(value: unknown): unknown {
  return typeof value === 'number' ? Number(value.toPrecision(4)) : value;
}

export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** Milliseconds that `run` takes. */
export async function timed(run: () => unknown): Promise<number> {
  const start = performance.now();
  await run();
  return performance.now() - start;
}

/** Reproducible numbers, 0 ≤ x < 1 (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
