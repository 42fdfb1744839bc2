import type { Config } from '#shared/model/config.ts';

/** The names of all secrets that a configuration asks for. */
export function secretNames(config: Config): string[] {
  const names = config.sources.flatMap((source) => {
    switch (source.kind) {
      case 'prometheus':
      case 'alertmanager':
        return source.secret ? [source.secret] : [];
      case 'unleash':
        return [
          source.secret,
          ...Object.values(source.environments).flatMap((one) => one.clientSecret ?? []),
        ];
      case 'otlp':
        return source.lookup.flatMap(({ secret }) => secret ?? []);
      default:
        return [];
    }
  });
  const keys = config.endpoints.flatMap((endpoint) => endpoint.apiKeySecret ?? []);
  const signIn = config.signIn?.secret ? [config.signIn.secret] : [];
  return [...new Set([...names, ...keys, ...signIn])];
}
