import { z } from 'zod';
import { Timestamp } from './basics.ts';

export const Role = z.enum(['viewer', 'responder', 'admin']);
export type Role = z.infer<typeof Role>;

const RANK: Record<Role, number> = { viewer: 0, responder: 1, admin: 2 };
/** True when `has` may do what asks for `needs`. */
export function roleAllows(has: Role, needs: Role): boolean {
  return RANK[has] >= RANK[needs];
}

export const ConfigProblem = z.object({
  /** 1-based; null where the problem has no place in the file. */
  line: z.number().int().nullable(),
  column: z.number().int().nullable(),
  /** Dotted path of the key, `services[0].modelFlag.flag`. */
  key: z.string(),
  message: z.string(),
  /** What would be right. */
  hint: z.string(),
});
export type ConfigProblem = z.infer<typeof ConfigProblem>;

export const EnvironmentStatus = z.object({
  name: z.string(),
  /** Read-only until unlocked. */
  protected: z.boolean(),
  unlockedUntil: Timestamp.nullable(),
});
export type EnvironmentStatus = z.infer<typeof EnvironmentStatus>;

export const Session = z.object({
  identity: z.object({ name: z.string(), kind: z.enum(['local']) }),
  role: Role,
  host: z.enum(['electron', 'browser']),
  version: z.string(),
  /** The console watches the embedded demo fleet. */
  demo: z.boolean(),
  environments: z.array(EnvironmentStatus),
  /** Not empty: the configuration could not be used; the console runs without sources and says why. */
  configProblems: z.array(ConfigProblem),
  configPath: z.string().nullable(),
  now: Timestamp,
});
export type Session = z.infer<typeof Session>;
