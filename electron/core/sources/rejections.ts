import { NightdeskError } from '#shared/errors/index.ts';
import type { Batch } from './connector.ts';

/** Counts what could not be used, by reason, and remembers where it was seen first. */
export class Rejections {
  readonly #byReason = new Map<string, { count: number; line: number | null }>();

  add(reason: string, line: number | null = null, count = 1): void {
    const known = this.#byReason.get(reason);
    if (known !== undefined) known.count += count;
    else this.#byReason.set(reason, { count, line });
  }

  /** All that came since the last call; `where` stands before each reason. */
  take(where = ''): NonNullable<Batch['rejected']> {
    const all = [...this.#byReason].map(([reason, { count, line }]) => ({
      reason: `${where}${reason}${line === null ? '' : ` (first in line ${line})`}`,
      count,
    }));
    this.#byReason.clear();
    return all;
  }
}

/** What may be shown of a failure: messages of NightdeskErrors hold no secrets, others might. */
export function messageOf(error: unknown): string {
  return error instanceof NightdeskError ? error.message : 'failed inside the console';
}
