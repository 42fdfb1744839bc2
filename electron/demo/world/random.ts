/** Seeded randomness: the same seed and stream name always give the same numbers, on every machine. */
export interface Random {
  /** 0 ≤ x < 1. */
  next(): number;
  /** Whole number, 0 ≤ n < `below`. */
  int(below: number): number;
  between(low: number, high: number): number;
  chance(probability: number): boolean;
  /** Throws on an empty list: a list of choices without choices is a mistake in the texts. */
  pick<T>(choices: readonly T[]): T;
  /** Log-normal with the given median; `sigma` of the logarithm. */
  logNormal(median: number, sigma: number): number;
  /** Lower-case hex digits. */
  hex(length: number): string;
  shuffle<T>(items: readonly T[]): T[];
}

/** 32 bits of a text (FNV-1a with a final mix), to seed a stream. */
export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** A stream of its own for each purpose, so that one more draw in one place changes nothing elsewhere. Mulberry32. */
export function randomStream(seed: string, ...stream: (string | number)[]): Random {
  let state = hashText(`${seed}/${stream.join('/')}`);
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const int = (below: number) => Math.floor(next() * below);
  return {
    next,
    int,
    between: (low, high) => low + next() * (high - low),
    chance: (probability) => next() < probability,
    pick: (choices) => {
      const choice = choices[int(choices.length)];
      if (choice === undefined) throw new Error('Nothing to pick from.');
      return choice;
    },
    logNormal: (median, sigma) => {
      // Box–Muller; 1 - next() is never 0.
      const normal = Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
      return median * Math.exp(sigma * normal);
    },
    hex: (length) => {
      let text = '';
      while (text.length < length) text += int(16).toString(16);
      return text;
    },
    shuffle: (items) => {
      const left = [...items];
      const shuffled: (typeof left)[number][] = [];
      while (left.length > 0) shuffled.push(...left.splice(int(left.length), 1));
      return shuffled;
    },
  };
}
