import type { Clock } from '#core/deps.ts';

/**
 * Waiting between questions, longer each time. It counts the time by the steady clock, and of one question no more than
 * a while, so that neither a clock that is set nor a machine that slept ends a step early or keeps it for ever.
 */
export class Patience {
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  readonly #first: number;
  readonly #max: number;
  #next: number;
  #asked = 0;
  #spent = 0;
  #last: number;

  constructor(clock: Clock, signal: AbortSignal, { first, max }: { first: number; max: number }) {
    this.#clock = clock;
    this.#signal = signal;
    this.#first = first;
    this.#max = max;
    this.#next = first;
    this.#last = clock.steady();
  }

  /** Milliseconds that passed, as far as can be told; how long one question may count is bounded. */
  get spent(): number {
    return this.#spent;
  }

  get asked(): number {
    return this.#asked;
  }

  reset(): void {
    this.#next = this.#first;
  }

  async wait(): Promise<void> {
    const ms = this.#next;
    this.#next = Math.min(this.#max, Math.ceil(ms * 1.6));
    await this.#clock.sleep(ms, this.#signal);
    const now = this.#clock.steady();
    const passed = now - this.#last;
    this.#last = now;
    this.#asked++;
    this.#spent += Math.min(Math.max(passed, ms), ms + 20_000);
  }
}
