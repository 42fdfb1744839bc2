/** Files on their way: made here and read in pieces, or coming in pieces and read here. In memory, for some minutes, and few. */
import { randomUUID } from 'node:crypto';
import { NightdeskError } from '#shared/errors/index.ts';

const KEPT_MS = 10 * 60_000;
const MOST_FILES = 4;

interface Held<T> {
  at: number;
  value: T;
}

/** The oldest gives way to the next. */
class Shelf<T> {
  readonly #held = new Map<string, Held<T>>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  put(value: T): string {
    this.#tidy();
    const oldest = this.#held.size >= MOST_FILES ? this.#held.keys().next().value : undefined;
    if (oldest !== undefined) this.#held.delete(oldest);
    const name = randomUUID();
    this.#held.set(name, { at: this.#now(), value });
    return name;
  }

  get(name: string): T {
    this.#tidy();
    const held = this.#held.get(name);
    if (!held) {
      throw new NightdeskError('not_found', 'This file is not held any more. Begin again.');
    }
    return held.value;
  }

  remove(name: string): void {
    this.#held.delete(name);
  }

  #tidy(): void {
    for (const [name, { at }] of this.#held) {
      if (Math.abs(this.#now() - at) > KEPT_MS) this.#held.delete(name);
    }
  }
}

/** Files that windows fetch. */
export class Outbox {
  readonly #files: Shelf<string[]>;
  readonly #size: number;

  /** `size`: characters of a piece. */
  constructor(now: () => number, size: number) {
    this.#files = new Shelf(now);
    this.#size = size;
  }

  /** `parts`: the file in any pieces; no piece is cut inside a character. */
  put(parts: Iterable<string>): { file: string; chars: number } {
    const pieces: string[] = [];
    let chars = 0;
    let waiting: string[] = [];
    let length = 0;
    const flush = () => {
      if (length > 0 || pieces.length === 0) pieces.push(waiting.join(''));
      waiting = [];
      length = 0;
    };
    for (const part of parts) {
      chars += part.length;
      for (let from = 0; from < part.length; ) {
        let to = Math.min(part.length, from + this.#size - length);
        if (to < part.length && to > from + 1 && /[\uD800-\uDBFF]/.test(part[to - 1] ?? '')) to--;
        waiting.push(part.slice(from, to));
        length += to - from;
        from = to;
        if (length >= this.#size - 1) flush();
      }
    }
    if (length > 0 || pieces.length === 0) flush();
    return { file: this.#files.put(pieces), chars };
  }

  piece(file: string, number: number): { text: string; next: number | null } {
    const pieces = this.#files.get(file);
    const text = pieces[number];
    if (text === undefined) throw new NightdeskError('not_found', 'The file has no such piece.');
    const last = number + 1 >= pieces.length;
    return { text, next: last ? null : number + 1 };
  }
}

/** Files that windows send. */
export class Inbox {
  readonly #files: Shelf<{ pieces: string[]; chars: number }>;
  readonly #most: number;

  /** `most`: characters of a file. */
  constructor(now: () => number, most: number) {
    this.#files = new Shelf(now);
    this.#most = most;
  }

  add(upload: string | null, text: string): string {
    const name = upload ?? this.#files.put({ pieces: [], chars: 0 });
    const file = this.#files.get(name);
    file.chars += text.length;
    if (file.chars > this.#most) {
      this.#files.remove(name);
      throw new NightdeskError(
        'bad_input',
        `The file is larger than ${Math.floor(this.#most / 1e6)} MB. Nothing was imported.`,
      );
    }
    file.pieces.push(text);
    return name;
  }

  take(upload: string): string {
    const { pieces } = this.#files.get(upload);
    this.#files.remove(upload);
    return pieces.join('');
  }
}
