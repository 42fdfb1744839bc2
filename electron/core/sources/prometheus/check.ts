import type { Scope } from '#core/analysis/derive-selection.ts';
import { selector } from '#core/analysis/promql.ts';
import type { CheckReport } from '#shared/model/source.ts';
import { messageOf } from '../rejections.ts';
import { serviceItems } from '../service-items.ts';
import type { Matrix } from './matrix.ts';
import type { Stretch } from './range.ts';

type QueryRange = (query: string, stretch: Stretch, signal: AbortSignal) => Promise<Matrix>;

/**
 * Asks only what every engine that speaks the API answers; version and metadata are not among it.
 */
export async function checkServer(
  queryRange: QueryRange,
  scopes: readonly Scope[],
  now: number,
  stepMs: number,
  alone: boolean,
  signal: AbortSignal,
): Promise<CheckReport> {
  const end = Math.floor(now / stepMs) * stepMs;
  const stretch = { start: end - stepMs, end };
  const began = performance.now();
  const item = (ok: boolean, detail: string) => ({
    what: 'Answer PromQL',
    ok,
    detail,
    ms: Math.round(performance.now() - began),
  });
  const items: CheckReport['items'] = [];
  try {
    const { series, warnings } = await queryRange('vector(1)', stretch, signal);
    const right = series.length === 1 && series[0]?.columns.value.at(-1) === 1;
    items.push(
      item(right, right ? ['yes', ...warnings].join('; ') : 'not what vector(1) must answer'),
    );
    const counts = new Map<Scope, number>();
    for (const scope of scopes) {
      const answer = await queryRange(`count(${selector('', scope.where)})`, stretch, signal);
      counts.set(scope, answer.series[0]?.columns.value.at(-1) ?? 0);
    }
    items.push(...serviceItems(scopes, alone, (scope) => counts.get(scope) ?? 0));
  } catch (error) {
    items.push(item(false, messageOf(error)));
  }
  return { ok: items.every(({ ok }) => ok), items };
}
