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

/**
 * Whom the console takes a caller for: the person at this machine, whom its host vouches for; somebody whom the
 * provider signed in; or nobody, where a provider is configured and nobody is signed in.
 */
export const IdentityKind = z.enum(['local', 'oidc', 'nobody']);
export type IdentityKind = z.infer<typeof IdentityKind>;

export const SignInState = z.object({
  issuer: z.string(),
  /** `waiting`: a person is to finish it in the browser. */
  state: z.enum(['signed_out', 'waiting', 'signed_in']),
  /** Why nobody is signed in, or what is wrong with the session; '' = nothing to say. */
  note: z.string(),
  /** When the provider last vouched for the session. */
  confirmedAt: Timestamp.nullable(),
});

export const Session = z.object({
  identity: z.object({ name: z.string(), kind: IdentityKind }),
  role: Role,
  /** Null without a provider in the configuration. */
  signIn: SignInState.nullable(),
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
