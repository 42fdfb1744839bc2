/** A session over a restart of the console: in the keychain where there is one, nowhere else. */
import { z } from 'zod';
import type { Secrets } from '#core/deps.ts';
import type { SignInConfig } from '#shared/model/config.ts';
import { Role } from '#shared/model/session.ts';

const SECRET = 'NIGHTDESK_SESSION';

const Kept = z.object({
  issuer: z.string(),
  clientId: z.string(),
  person: z.object({ subject: z.string(), name: z.string(), actor: z.string(), role: Role }),
  refreshToken: z.string().nullable(),
  confirmedAt: z.number(),
});

/** A signed-in person, and until when nothing has to be asked. Times are milliseconds since the epoch. */
export type IdentitySession = Pick<
  z.infer<typeof Kept>,
  'person' | 'refreshToken' | 'confirmedAt'
> & {
  endsAt: number;
};

/** Null forgets it. Without a keychain nothing is kept, and a restart asks for a new sign-in. */
export async function keepSession(
  secrets: Secrets,
  { issuer, clientId }: SignInConfig,
  session: IdentitySession | null,
): Promise<void> {
  if (session === null) {
    await secrets.set(SECRET, '');
    return;
  }
  const { person, refreshToken, confirmedAt } = session;
  const kept: z.infer<typeof Kept> = { issuer, clientId, person, refreshToken, confirmedAt };
  await secrets.set(SECRET, JSON.stringify(kept));
}

/** Null where none is kept, or one of another provider. */
export async function keptSession(
  secrets: Secrets,
  { issuer, clientId }: SignInConfig,
): Promise<Omit<IdentitySession, 'endsAt'> | null> {
  // What stands in an environment variable of this name was not put there by a sign-in.
  if ((await secrets.where(SECRET)) !== 'keychain') return null;
  const text = await secrets.get(SECRET);
  const read = Kept.safeParse(asJson(text ?? ''));
  if (!read.success || read.data.issuer !== issuer || read.data.clientId !== clientId) return null;
  return read.data;
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
