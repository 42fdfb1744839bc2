import type { Scope } from '#core/analysis/derive-selection.ts';
import type { CheckReport } from '#shared/model/source.ts';

/**
 * For a source's check: how many series each service has in it. A service may well be fed by another source, so none is a
 * failure only where no service has any.
 */
export function serviceItems(
  scopes: readonly Scope[],
  count: (scope: Scope) => number,
): CheckReport['items'] {
  const counted = scopes.map((scope) => ({ scope, series: count(scope) }));
  const any = counted.some(({ series }) => series > 0);
  return counted.map(({ scope, series }) => ({
    what: `${scope.service}, ${scope.environment}`,
    ok: any,
    detail: series === 0 ? 'no series match its labels' : `${series} series`,
    ms: 0,
  }));
}
