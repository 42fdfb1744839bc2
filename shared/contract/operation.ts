import type { z } from 'zod';
import type { Role } from '../model/session.ts';

/** One row of the contract. `mutates` is true when it changes the world or the console's own state. */
export interface Operation<I extends z.ZodType, O extends z.ZodType> {
  input: I;
  output: O;
  role: Role;
  mutates: boolean;
}

/** Keeps the schemas' exact types, so that the types of a call are derived from them. */
export function query<I extends z.ZodType, O extends z.ZodType>(
  input: I,
  output: O,
  role: Role = 'viewer',
): Operation<I, O> {
  return { input, output, role, mutates: false };
}

export function mutation<I extends z.ZodType, O extends z.ZodType>(
  input: I,
  output: O,
  role: Role,
): Operation<I, O> {
  return { input, output, role, mutates: true };
}
