/**
 * Gives the event loop a turn whenever the work at hand has held it for a while, so that a large import delays no
 * answer to the window. Uses the real clock on purpose: it measures the machine, not the world.
 */
const HELD_MS = 8;

export class Breather {
  #since = performance.now();

  /** Call it often; it costs nothing until time is up. */
  async rest(): Promise<void> {
    if (performance.now() - this.#since < HELD_MS) return;
    await new Promise<void>((resolve) => setImmediate(resolve));
    this.#since = performance.now();
  }
}
