import { NightdeskError } from '#shared/errors/index.ts';
import type { Config } from '#shared/model/config.ts';

/** What is to be done about a source that did not answer: credentials that it refuses are for a person to mend. */
export function askedAgain(config: Config, source: string, error: unknown): string {
  const refused =
    error instanceof NightdeskError && ['unauthorized', 'forbidden'].includes(error.code);
  if (!refused) return `Asked again until ${source} answers.`;
  const found = config.sources.find(({ id }) => id === source);
  const secret = found !== undefined && 'secret' in found ? found.secret : undefined;
  const what = secret === undefined ? 'the credentials' : `the secret ${secret}`;
  return `Mend ${what} of the source ${source}: it is asked again until that is accepted.`;
}
