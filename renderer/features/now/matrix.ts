/** Pure functions behind the service × signal matrix. */
import type { MatrixRow } from '#shared/contract/overview.ts';
import type { Cell, CellState, SignalDefinition } from '#shared/model/signal.ts';
import { bandInWords, CELL_WORD, formatValue } from '../../ui/index.ts';

/** Speed first, then what users feel, then quality, cost, and what comes in by the hour. */
const ORDER = [
  'latency_p50',
  'latency_p95',
  'error_rate',
  'negative_feedback_rate',
  'unsure_rate',
  'eval_score',
  'cost_per_day',
  'support_tickets',
  'prompt_injections',
];

/** The columns in reading order; signals of a configuration's own come after the default ones. */
export function columnsOf(signals: readonly SignalDefinition[]): SignalDefinition[] {
  const rank = (id: string) => {
    const at = ORDER.indexOf(id);
    return at === -1 ? ORDER.length : at;
  };
  return [...signals].sort((a, b) => rank(a.id) - rank(b.id));
}

export function cellOf(row: MatrixRow, signal: string): Cell | null {
  return row.cells.find((cell) => cell.signal === signal) ?? null;
}

/** Which way a value left its band; null while it is inside or the edge is not known. */
export function direction(cell: Cell): 'above' | 'below' | null {
  if (cell.value === null) return null;
  if (cell.high !== null && cell.value > cell.high) return 'above';
  if (cell.low !== null && cell.value < cell.low) return 'below';
  return null;
}

/** The shape beside a value: where it went, or that it cannot be told. */
export function shapeOf(cell: Cell): string {
  switch (cell.state) {
    case 'bad':
      return direction(cell) === 'below' ? '▼' : '▲';
    case 'watch':
      return direction(cell) === 'below' ? '▿' : direction(cell) === 'above' ? '▵' : '◆';
    case 'few':
      return 'few';
    case 'stale':
      return 'old';
    case 'ok':
    case 'none':
      return '';
  }
}

/** The cell as a sentence, for the tooltip and for those who hear the page. */
export function sentenceOf(row: MatrixRow, signal: SignalDefinition, cell: Cell): string {
  const value = formatValue(cell.value, signal.unit);
  const edge =
    cell.high !== null
      ? `, edge ${formatValue(cell.high, signal.unit)}`
      : cell.low !== null
        ? `, edge ${formatValue(cell.low, signal.unit)}`
        : '';
  const why = cell.why === '' ? bandInWords(signal) : cell.why;
  const state = cell.state === 'none' ? 'not judged by its level' : CELL_WORD[cell.state];
  return `${row.service} ${row.version}: ${signal.title} ${value}, ${state}${edge} (${why})`;
}

/** How many cells of the shown rows are out of band, and how many near the edge. */
export function countStates(rows: readonly MatrixRow[]): {
  ok: number;
  bad: number;
  watch: number;
} {
  const count = (state: CellState) =>
    rows.reduce((sum, row) => sum + row.cells.filter((cell) => cell.state === state).length, 0);
  return { ok: count('ok'), bad: count('bad'), watch: count('watch') };
}

/** Service and title; an alert's own words often begin with the service already. */
export function headline(of: { service: string; title: string }): string {
  return of.title.toLowerCase().startsWith(of.service.toLowerCase())
    ? of.title
    : `${of.service} · ${of.title}`;
}
