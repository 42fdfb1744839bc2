/** What a run may use, and what it has used. */
import { NightdeskError } from '#shared/errors/index.ts';
import type { EndpointConfig } from '#shared/model/config.ts';
import type { ReplayBudget, ReplaySpent } from '#shared/model/replay.ts';

/** Thrown where a run may not go on. Not an error of anybody: the run ends in good order. */
export class BudgetSpent extends NightdeskError {
  constructor(message: string) {
    super('cancelled', message);
  }
}

type Amount = Omit<ReplaySpent, 'ms'>;

/** What something under way may use. What is expected of it stays free for it until it ends. */
export interface Share {
  /**
   * Takes one request, just before it is sent. An answer that is under way when tokens or money run out is still read to its
   * end, so they may be overdrawn by as many answers as run at once. Throws `BudgetSpent`.
   */
  take(): void;
  used(tokens: number, usd: number | null): void;
  leftMs(): number;
}

export class Budget {
  readonly limits: ReplayBudget;
  readonly #startedAt: number;
  readonly #now: () => number;
  readonly #used: Amount = { requests: 0, tokens: 0, usd: 0 };
  /** What is expected yet of all that is under way. */
  readonly #expected = new Set<Amount>();
  #oneEnded = Promise.withResolvers<void>();

  constructor(limits: ReplayBudget, now: () => number) {
    this.limits = limits;
    this.#now = now;
    this.#startedAt = now();
  }

  /**
   * Does the work as soon as there is room for what is expected of it, so that what has begun can finish before. While nothing
   * else is under way it begins at once: what is expected is a guess.
   */
  async within<T>(expected: Amount, work: (share: Share) => Promise<T>): Promise<T> {
    const own = { ...expected };
    while (this.#expected.size > 0 && !this.#hasRoom(own)) await this.#oneEnded.promise;
    this.#expected.add(own);
    try {
      return await work(this.#shareOf(own));
    } finally {
      this.#expected.delete(own);
      this.#oneEnded.resolve();
      this.#oneEnded = Promise.withResolvers();
    }
  }

  #shareOf(own: Amount): Share {
    return {
      take: () => {
        const { minutes, requests, tokens, usd } = this.limits;
        this.#throwWhereSpent(own, 'requests', `${requests} requests`);
        this.#throwWhereSpent(own, 'tokens', `${tokens} tokens`);
        this.#throwWhereSpent(own, 'usd', `$${usd}`);
        if (this.leftMs <= 0) throw new BudgetSpent(`The ${minutes} min are over.`);
        this.#used.requests += 1;
        own.requests = Math.max(0, own.requests - 1);
      },
      used: (tokens, usd) => {
        this.#used.tokens += tokens;
        this.#used.usd += usd ?? 0;
        own.tokens = Math.max(0, own.tokens - tokens);
        own.usd = Math.max(0, own.usd - (usd ?? 0));
      },
      leftMs: () => this.leftMs,
    };
  }

  #throwWhereSpent(own: Amount, kind: keyof Amount, what: string): void {
    const limit = this.limits[kind];
    if (this.#used[kind] >= limit) throw new BudgetSpent(`All ${what} are used.`);
    if (this.#takenBeside(own)[kind] < limit) return;
    throw new BudgetSpent(`What was left of ${what} was kept for other answers that had begun.`);
  }

  #hasRoom(wanted: Amount): boolean {
    const { requests, tokens, usd } = this.#takenBeside(wanted);
    return (
      requests + wanted.requests <= this.limits.requests &&
      tokens + wanted.tokens <= this.limits.tokens &&
      usd + wanted.usd <= this.limits.usd
    );
  }

  /** What is used, and what the others that are under way are expected to use yet. */
  #takenBeside(own: Amount): Amount {
    const taken = { ...this.#used };
    for (const other of this.#expected) {
      if (other === own) continue;
      taken.requests += other.requests;
      taken.tokens += other.tokens;
      taken.usd += other.usd;
    }
    return taken;
  }

  get leftMs(): number {
    return this.limits.minutes * 60_000 - (this.#now() - this.#startedAt);
  }

  get spent(): ReplaySpent {
    return { ...this.#used, ms: Math.max(0, this.#now() - this.#startedAt) };
  }
}

/** US dollars; null where the endpoint has no prices. */
export function costOf(
  { prices }: Pick<EndpointConfig, 'prices'>,
  tokens: { input: number; output: number },
): number | null {
  if (!prices) return null;
  return (tokens.input * prices.input + tokens.output * prices.output) / 1e6;
}

/** About four characters a token: for budgets and forecasts where nobody tells. */
export function guessTokens(characters: number): number {
  return Math.ceil(characters / 4);
}
