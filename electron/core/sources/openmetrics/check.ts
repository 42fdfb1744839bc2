import { compileWhere, type Scope } from '#core/analysis/derive-selection.ts';
import { type Series, SeriesStore } from '#core/analysis/derive-store.ts';
import type { SignalDefinition } from '#shared/model/signal.ts';
import type { CheckReport } from '#shared/model/source.ts';
import { messageOf, Rejections } from '../rejections.ts';
import { serviceItems } from '../service-items.ts';
import { Place } from './document.ts';
import { resolving, type TargetConfig } from './target.ts';

const MAX_BYTES = 32 * 1024 * 1024;

/** Scrapes every target once, apart from the running windows, and says which services have series in it. */
export async function checkTargets(
  targets: readonly TargetConfig[],
  signals: readonly SignalDefinition[],
  scopes: readonly Scope[],
  timeoutMs: number,
  alone: boolean,
  signal: AbortSignal,
): Promise<CheckReport> {
  const all: Series[] = [];
  const items: CheckReport['items'] = await Promise.all(
    targets.map(async (target) => {
      const began = performance.now();
      const place = new Place(target.url, timeoutMs, MAX_BYTES);
      const rejections = new Rejections();
      const store = new SeriesStore(signals, scopes);
      const seen = new Set<Series>();
      const item = (ok: boolean, detail: string) => ({
        what: `Scrape ${place.address}`,
        ok,
        detail,
        ms: Math.round(performance.now() - began),
      });
      try {
        const { samples } = await place.read<Series>(
          {
            ...resolving(store, { instance: place.host, ...target.labels }, rejections),
            sample: (series) => seen.add(series),
          },
          signal,
        );
        all.push(...seen);
        const refused = rejections.take().map(({ reason, count }) => `${count} × ${reason}`);
        const what = [`${samples} samples`, `${seen.size} series that signals read`, ...refused];
        return item(samples > 0, what.join(', '));
      } catch (error) {
        return item(false, messageOf(error));
      }
    }),
  );
  if (items.some(({ ok }) => ok))
    items.push(
      ...serviceItems(scopes, alone, (scope) => {
        const matches = compileWhere(scope.where);
        return all.filter(({ labels }) => matches(labels)).length;
      }),
    );
  const inPromQL = signals.filter(({ expression }) => expression.kind === 'promql');
  if (inPromQL.length > 0) {
    items.push({
      what: `Signals given as PromQL: ${inPromQL.map(({ id }) => id).join(', ')}`,
      ok: !alone,
      detail: 'nothing is derived for them here: they need a source that answers PromQL',
      ms: 0,
    });
  }
  return { ok: items.every(({ ok }) => ok), items };
}
