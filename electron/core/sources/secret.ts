import type { Secrets } from '#core/deps.ts';
import { NightdeskError } from '#shared/errors/index.ts';

/** `whose`: "the source metrics". Throws `unauthorized` where it is nowhere. */
export async function requireSecret(
  secrets: Pick<Secrets, 'get'>,
  name: string,
  whose: string,
): Promise<string> {
  const value = await secrets.get(name);
  if (value !== null) return value;
  throw new NightdeskError(
    'unauthorized',
    `The secret ${name} of ${whose} is neither in the keychain nor in the environment.`,
  );
}

/** The header of a bearer token; none where no secret is configured. */
export async function bearer(
  secrets: Pick<Secrets, 'get'>,
  name: string | undefined,
  whose: string,
): Promise<Record<string, string>> {
  if (name === undefined) return {};
  return { authorization: `Bearer ${await requireSecret(secrets, name, whose)}` };
}
