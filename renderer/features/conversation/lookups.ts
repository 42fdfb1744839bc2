import { useOperation } from '../../client/index.ts';

/** Some source can be asked for single conversations again. */
export function useLookups(): boolean {
  const { config } = useOperation('settings.read', {}).data ?? {};
  return (
    config?.sources.some((source) => source.kind === 'otlp' && source.lookup.length > 0) ?? false
  );
}
