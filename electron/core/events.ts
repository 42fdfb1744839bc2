import type { CoreEvent, Topic } from '#shared/contract/index.ts';

/** Views need not be told more often than they can draw. */
const COALESCE_MS = 100;

/** Passes events to hosts; what changed within a tenth of a second is told once. */
export class Events {
  readonly #listeners = new Set<(event: CoreEvent) => void>();
  readonly #pending = new Set<Topic>();
  #timer: NodeJS.Timeout | null = null;

  subscribe(listener: (event: CoreEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  readonly changed = (topics: readonly Topic[]): void => {
    for (const topic of topics) this.#pending.add(topic);
    this.#timer ??= setTimeout(() => this.#flush(), COALESCE_MS);
  };

  emit(event: CoreEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  close(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#listeners.clear();
  }

  #flush(): void {
    this.#timer = null;
    const topics = [...this.#pending];
    this.#pending.clear();
    this.emit({ type: 'changed', topics });
  }
}
