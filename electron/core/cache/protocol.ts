/** What crosses between `open.ts` and the workers. Both ends take their types from the named queries. */
import type { WireError } from '#shared/errors/index.ts';
import type { CacheSettings } from './db.ts';
import type { SetAside } from './open-file.ts';

export type Role = 'writer' | 'reader' | 'journal' | 'auditor';

export interface WorkerOptions {
  role: Role;
  path: string;
  settings: CacheSettings;
  /** The file may not grow beyond so many pages; null = as the disk allows. */
  maxPages: number | null;
  now: number;
}

/** Name → its arguments, for a map of queries. */
export type ArgsOf<T> = {
  [K in keyof T]: T[K] extends (db: never, args: infer A) => unknown ? A : never;
};

/** Functions that take what `A` says under each name. */
export type Table<A, Db> = { [K in keyof A]: (db: Db, args: A[K]) => unknown };

export type Request<A, K extends keyof A = keyof A> =
  | { [N in K]: { id: number; now: number; name: N; args: A[N] } }[K]
  | { close: true };

export type Reply =
  | { kind: 'opened'; setAside: SetAside | null }
  | { kind: 'unopened'; error: WireError }
  /** `never`: only who asked knows the type, by the name that was asked for. */
  | { kind: 'answer'; id: number; value: never }
  | { kind: 'error'; id: number; error: WireError }
  | { kind: 'log'; level: 'warn' | 'error'; fields: Record<string, unknown>; message: string };

const CARRIERS = ['batch', 'points', 'series', 'ts', 'value', 'min', 'max'];

/** The buffers of the columns of points in a message: they are handed over, not copied. */
export function columnBuffers(message: unknown): ArrayBuffer[] {
  const found = new Set<ArrayBuffer>();
  collect(message, found);
  return [...found];
}

function collect(value: unknown, found: Set<ArrayBuffer>): void {
  if (value instanceof Float64Array) {
    if (value.buffer instanceof ArrayBuffer) found.add(value.buffer);
  } else if (Array.isArray(value)) {
    for (const one of value) collect(one, found);
  } else if (typeof value === 'object' && value !== null) {
    for (const name of CARRIERS) {
      if (name in value) collect(Reflect.get(value, name), found);
    }
  }
}
