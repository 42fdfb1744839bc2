/** Plans computed before a person asks, so that the button opens at once. Carrying out re-reads the world anyway. */
import { randomUUID } from 'node:crypto';
import type { Clock, Log } from '#core/deps.ts';
import type { ActionRequest, Plan } from '#shared/model/action.ts';
import { canonicalJson } from '#shared/util/canonical-json.ts';

/** Older ones are computed again when they are asked for. */
const FRESH_MS = 30_000;
/** However often the situation moves, the outside is not asked more often than this. */
const EVERY_MS = 4_000;
const WITHIN_MS = 10_000;

interface Kept {
  /** When its computing began: what changed since is not in it. */
  at: number;
  plan: Plan | null;
}

export class Ahead {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #make: (request: ActionRequest, signal: AbortSignal) => Promise<Plan>;
  #kept = new Map<string, Kept>();
  #stop = new AbortController();

  constructor(
    clock: Clock,
    log: Log,
    make: (request: ActionRequest, signal: AbortSignal) => Promise<Plan>,
  ) {
    this.#clock = clock;
    this.#log = log;
    this.#make = make;
  }

  /** One of its own for each who asks; null when there is none, or it is old. */
  take(request: ActionRequest): Plan | null {
    const { plan } = this.#kept.get(canonicalJson(request)) ?? { plan: null };
    if (plan === null) return null;
    const age = this.#clock.now() - plan.createdAt;
    if (age > FRESH_MS || age < 0) return null;
    return { ...plan, id: `p-${randomUUID()}` };
  }

  async prepare(requests: readonly ActionRequest[]): Promise<void> {
    const kept = this.#kept;
    const wanted = new Map(requests.map((request) => [canonicalJson(request), request]));
    for (const key of kept.keys()) if (!wanted.has(key)) kept.delete(key);
    await Promise.all([...wanted].map(([key, request]) => this.#refresh(kept, key, request)));
  }

  /** The world was changed: what was computed does not hold any more. */
  clear(): void {
    this.#stop.abort();
    this.#stop = new AbortController();
    this.#kept = new Map();
  }

  async #refresh(kept: Map<string, Kept>, key: string, request: ActionRequest): Promise<void> {
    const now = this.#clock.now();
    const known = kept.get(key);
    if (known !== undefined && now - known.at < EVERY_MS && now >= known.at) return;
    kept.set(key, { at: now, plan: known?.plan ?? null });
    const signal = AbortSignal.any([this.#stop.signal, AbortSignal.timeout(WITHIN_MS)]);
    try {
      kept.set(key, { at: now, plan: await this.#make(request, signal) });
    } catch (error) {
      // The dialog will ask again, and say what is wrong.
      kept.set(key, { at: now, plan: null });
      this.#log.debug({ err: error, request }, 'a plan could not be computed ahead');
    }
  }
}
