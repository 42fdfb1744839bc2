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

export class Budget {
  readonly limits: ReplayBudget;
  readonly #startedAt: number;
  readonly #now: () => number;
  #requests = 0;
  #tokens = 0;
  #usd = 0;

  constructor(limits: ReplayBudget, now: () => number) {
    this.limits = limits;
    this.#now = now;
    this.#startedAt = now();
  }

  /**
   * Takes one request, just before it is sent. What is under way when tokens or money run out is still finished, so
   * they may be overdrawn by as many answers as run at once. Throws `BudgetSpent`.
   */
  take(): void {
    const { minutes, requests, tokens, usd } = this.limits;
    if (this.#requests >= requests) throw new BudgetSpent(`All ${requests} requests are used.`);
    if (this.#tokens >= tokens) throw new BudgetSpent(`All ${tokens} tokens are used.`);
    if (this.#usd >= usd) throw new BudgetSpent(`The $${usd} are spent.`);
    if (this.leftMs <= 0) throw new BudgetSpent(`The ${minutes} min are over.`);
    this.#requests += 1;
  }

  used(tokens: number, usd: number | null): void {
    this.#tokens += tokens;
    this.#usd += usd ?? 0;
  }

  get leftMs(): number {
    return this.limits.minutes * 60_000 - (this.#now() - this.#startedAt);
  }

  get spent(): ReplaySpent {
    return {
      requests: this.#requests,
      tokens: this.#tokens,
      usd: this.#usd,
      ms: Math.max(0, this.#now() - this.#startedAt),
    };
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
