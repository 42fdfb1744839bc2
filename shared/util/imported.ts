/**
 * Where imported conversations lie: in environments of their own, `imported/production`. No configured environment has a slash, so
 * nothing that is asked of a live environment (signals, incidents, clusters, what is live) ever meets them.
 */
const PREFIX = 'imported/';

export function importedEnvironment(from: string): string {
  return `${PREFIX}${from}`;
}

/** The environment it came from; null = not imported. */
export function importedFrom(environment: string): string | null {
  return environment.startsWith(PREFIX) ? environment.slice(PREFIX.length) : null;
}

/** True for rows of imported conversations, as SQL over a column `environment`. */
export const IS_IMPORTED = `substr(environment, 1, ${PREFIX.length}) = '${PREFIX}'`;
