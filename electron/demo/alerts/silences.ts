/** Silences as Alertmanager keeps them. */
import { randomUUID } from 'node:crypto';

export interface Matcher {
  name: string;
  value: string;
  isRegex: boolean;
  isEqual: boolean;
}

export interface Silence {
  id: string;
  matchers: Matcher[];
  startsAt: number;
  endsAt: number;
  updatedAt: number;
  createdBy: string;
  comment: string;
}

type Refused = { status: 400 | 404 | 422; message: string };
type Fields = Record<string, unknown>;

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null;

export class Silences {
  readonly #all = new Map<string, Silence>();

  list(): Silence[] {
    return [...this.#all.values()];
  }

  get(id: string): Silence | undefined {
    return this.#all.get(id);
  }

  /** Same id and matchers: changed in place. Other matchers: a new one, and the old one ends. */
  post(body: unknown, now: number): { id: string } | Refused {
    const read = readSilence(body);
    if ('status' in read) return read;
    if (read.endsAt <= read.startsAt)
      return { status: 400, message: 'bad silence: start time must be before end time' };
    if (read.endsAt <= now)
      return { status: 400, message: "bad silence: end time can't be in the past" };
    const old = read.id === null ? undefined : this.#all.get(read.id);
    if (read.id !== null && !old) return { status: 404, message: 'silence not found' };
    const same = old && JSON.stringify(old.matchers) === JSON.stringify(read.matchers);
    if (old && !same) old.endsAt = Math.min(old.endsAt, now);
    const id = old && same ? old.id : randomUUID();
    this.#all.set(id, { ...read, id, updatedAt: now });
    return { id };
  }

  /** False when there is none of that id. */
  expire(id: string, now: number): boolean {
    const silence = this.#all.get(id);
    if (!silence) return false;
    silence.endsAt = Math.min(silence.endsAt, now);
    silence.updatedAt = now;
    return true;
  }

  /** Ids of the silences that hold a set of labels now. */
  holding(labels: Readonly<Record<string, string>>, now: number): string[] {
    return this.list()
      .filter(
        (silence) =>
          stateOf(silence, now) === 'active' &&
          silence.matchers.every((one) => matches(one, labels)),
      )
      .map((silence) => silence.id);
  }
}

export function stateOf(silence: Silence, now: number): 'active' | 'pending' | 'expired' {
  if (silence.endsAt <= now) return 'expired';
  return silence.startsAt > now ? 'pending' : 'active';
}

export function matches(matcher: Matcher, labels: Readonly<Record<string, string>>): boolean {
  const value = labels[matcher.name] ?? '';
  const hit = matcher.isRegex
    ? new RegExp(`^(?:${matcher.value})$`).test(value)
    : value === matcher.value;
  return hit === matcher.isEqual;
}

function readSilence(
  body: unknown,
): (Omit<Silence, 'id' | 'updatedAt'> & { id: string | null }) | Refused {
  const refuse = (message: string): Refused => ({ status: 422, message });
  if (!isFields(body)) return refuse('body in body is required');
  const { id, matchers, startsAt, endsAt, createdBy, comment } = body;
  if (!Array.isArray(matchers) || matchers.length === 0)
    return refuse('matchers in body is required');
  if (typeof createdBy !== 'string') return refuse('createdBy in body is required');
  if (typeof comment !== 'string') return refuse('comment in body is required');
  const from = Date.parse(String(startsAt));
  const to = Date.parse(String(endsAt));
  if (Number.isNaN(from)) return refuse('startsAt in body is required');
  if (Number.isNaN(to)) return refuse('endsAt in body is required');
  const read = matchers.map(readMatcher);
  const complete = read.filter((one) => one !== null);
  if (complete.length < read.length) return refuse('matchers.name in body is required');
  return {
    id: typeof id === 'string' && id !== '' ? id : null,
    matchers: complete,
    startsAt: from,
    endsAt: to,
    createdBy,
    comment,
  };
}

function readMatcher(value: unknown): Matcher | null {
  if (!isFields(value) || typeof value.name !== 'string' || typeof value.value !== 'string')
    return null;
  return {
    name: value.name,
    value: value.value,
    isRegex: value.isRegex === true,
    isEqual: value.isEqual !== false,
  };
}
