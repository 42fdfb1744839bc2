import type { Incident, MatrixRow } from '#shared/contract/overview.ts';
import type { Change } from '#shared/model/change.ts';
import type { FrameSeries } from '#shared/model/signal.ts';
import { type ChartSeries, formatClock, type Marker } from '../../ui/index.ts';

/** Lines of a break: red where the version is out of band, green where it is healthy. */
export function seriesOf(
  series: readonly FrameSeries[],
  rows: readonly MatrixRow[],
): ChartSeries[] {
  const perVersion = series.filter((one) => one.version !== '');
  const shown = perVersion.length > 0 ? perVersion : series;
  return shown.map((one) => {
    const cell = rows
      .find((row) => row.service === one.service && row.version === one.version)
      ?.cells.find((candidate) => candidate.signal === one.signal);
    const state = cell?.state;
    return {
      id: `${one.service} ${one.version}`,
      label: one.version === '' ? one.service : one.version,
      tone:
        state === 'bad' ? 'bad' : state === 'watch' ? 'watch' : state === 'ok' ? 'ok' : 'neutral',
      ts: one.ts,
      value: one.value,
    };
  });
}

/** Three markers at most, each on a line of its own: the changes that explain the break best, so that their labels can be read. */
export function markersOf(changes: readonly Change[], incident: Incident): Marker[] {
  const score = new Map(incident.suspects.map((one) => [one.change.id, one.score]));
  const ranked = [...changes].sort(
    (a, b) => (score.get(b.id) ?? 0) - (score.get(a.id) ?? 0) || b.at - a.at,
  );
  return ranked
    .slice(0, 3)
    .map((change, index) => ({
      at: change.at,
      label: `${shorten(change.title)}, ${formatClock(change.at)}`,
      tone:
        change.kind === 'action'
          ? ('accent' as const)
          : index === 0
            ? ('watch' as const)
            : ('faint' as const),
    }))
    .sort((a, b) => a.at - b.at);
}

function shorten(title: string): string {
  return title.length > 44 ? `${title.slice(0, 43)}…` : title;
}

const MINUTE = 60_000;

/** Where the chart begins: so that the break takes about a fifth of it, but never less than a quarter of an hour before now. */
export function chartFrom(series: readonly FrameSeries[], since: number, now: number): number {
  const firsts = series.flatMap((one) => one.ts.slice(0, 1));
  const wanted = now - Math.max(15 * MINUTE, 5 * Math.max(0, now - since));
  return firsts.length === 0 ? wanted : Math.max(Math.min(...firsts), wanted);
}
