/** What an ID token says of a person: their name, and which role the configuration gives them for it. Pure. */
import type { SignInConfig } from '#shared/model/config.ts';
import type { Role } from '#shared/model/session.ts';

type Claims = Readonly<Record<string, unknown>>;

/** In a list of `roles`: everybody whom the provider signs in. */
const EVERYBODY = '*';
const BEST_FIRST = ['admin', 'responder', 'viewer'] as const satisfies readonly Role[];

/** The highest role that any value of the claim is listed under; null when none is. */
export function roleOf(claims: Claims, { rolesClaim, roles }: SignInConfig): Role | null {
  const has = new Set([EVERYBODY, ...texts(claimAt(claims, rolesClaim))]);
  return BEST_FIRST.find((role) => roles[role].some((value) => has.has(value))) ?? null;
}

/** How the person is called on screens and in the journal; the subject where the provider tells no name. */
export function nameOf(claims: Claims, subject: string): string {
  const known = ['name', 'preferred_username', 'email'].map((claim) => claims[claim]);
  const name = known.find((value) => typeof value === 'string' && value.trim() !== '');
  return typeof name === 'string' ? oneLine(name) : subject;
}

/** The person without doubt, as the journal names them: names repeat, subjects do not. */
export function actorOf(name: string, claims: Claims, subject: string): string {
  const address = typeof claims.email === 'string' ? oneLine(claims.email) : subject;
  return address === name ? name : `${name} <${address}>`;
}

/** A claim by its whole name (which may hold dots, as addresses do), else by a dotted path. */
function claimAt(claims: Claims, path: string): unknown {
  if (Object.hasOwn(claims, path)) return claims[path];
  let value: unknown = claims;
  for (const key of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = Reflect.get(value, key);
  }
  return value;
}

function texts(value: unknown): string[] {
  if (Array.isArray(value)) return value.filter((one) => typeof one === 'string');
  return typeof value === 'string' ? value.split(/[\s,]+/).filter(Boolean) : [];
}

function oneLine(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .trim()
    .slice(0, 200);
}
