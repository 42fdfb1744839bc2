import type { Scope } from '#core/analysis/derive-selection.ts';
import type { Config } from '#shared/model/config.ts';
import type { CheckReport } from '#shared/model/source.ts';

/** True when no other source of the configuration could feed a service's signals. */
export function isOnlyMetricsSource(config: Pick<Config, 'sources'>): boolean {
  return (
    config.sources.filter(({ kind }) => kind === 'openmetrics' || kind === 'prometheus').length <= 1
  );
}

/**
 * For a source's check: how many series each service has in it. A service without any is a failure where this is the
 * only source that could have them (`alone`), or where no service has any.
 */
export function serviceItems(
  scopes: readonly Scope[],
  alone: boolean,
  count: (scope: Scope) => number,
): CheckReport['items'] {
  const counted = scopes.map((scope) => ({ scope, series: count(scope) }));
  const any = counted.some(({ series }) => series > 0);
  return counted.map(({ scope, series }) => ({
    what: `${scope.service}, ${scope.environment}`,
    ok: series > 0 || (any && !alone),
    detail:
      series > 0
        ? `${series} series`
        : `no series match its labels${alone ? '' : '; another source may feed it'}`,
    ms: 0,
  }));
}
