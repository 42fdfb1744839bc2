/** What is to be done about a source that did not answer: credentials that it refuses are for a person to mend. */
import { NightdeskError } from '#shared/errors/index.ts';
import type { Config } from '#shared/model/config.ts';

export function askedAgain(config: Config, source: string, error: unknown): string {
  if (!isRefused(error)) return `Asked again until ${source} answers.`;
  return `Mend ${secretOf(config, source)}: it is asked again until that is accepted.`;
}

/** Of one that is asked no longer what clients get in an environment. */
export function notAskedAgain(
  config: Config,
  source: string,
  environment: string,
  error: unknown,
): string {
  if (!isRefused(error)) return 'Watch the traffic instead.';
  return `Mend ${clientSecretOf(config, source, environment)}. For this action, watch the traffic instead.`;
}

function isRefused(error: unknown): boolean {
  return error instanceof NightdeskError && ['unauthorized', 'forbidden'].includes(error.code);
}

function secretOf({ sources }: Config, id: string): string {
  const found = sources.find((one) => one.id === id);
  const secret = found !== undefined && 'secret' in found ? found.secret : undefined;
  const what = secret === undefined ? 'the credentials' : `the secret ${secret}`;
  return `${what} of the source ${id}`;
}

/** Clients have a token of their own where the source is one of flags. */
function clientSecretOf(config: Config, id: string, environment: string): string {
  const source = config.sources.find((one) => one.id === id);
  const there = source?.kind === 'unleash' ? source.environments[environment] : undefined;
  if (there?.clientSecret === undefined) return secretOf(config, id);
  return `the secret ${there.clientSecret} of the source ${id}: it must be a client token of its environment ${there.name}`;
}
