import type { HistoryRow } from './history.ts';
import { FAMILIES, METRICS } from './layout.ts';

export const OPENMETRICS_TYPE = 'application/openmetrics-text; version=1.0.0; charset=utf-8';

/**
 * History as an OpenMetrics 1.0 exposition with timestamps (seconds), in pieces: one family after the other, in it one
 * metric after the other, in it oldest first; ends with `# EOF`. `promtool tsdb create-blocks-from openmetrics` reads it.
 */
export function* exposeHistory(
  rows: readonly HistoryRow[],
  labels: Readonly<Record<string, string>>,
): Generator<string> {
  const versions = [...new Set(rows.flatMap((row) => [...row.values.keys()]))].toSorted();
  for (const family of FAMILIES) {
    yield `# TYPE ${family.name} ${family.type}\n# HELP ${family.name} ${family.help}\n`;
    for (const version of versions) {
      for (const metric of METRICS.filter((one) => one.family === family)) {
        const heads = metric.columns.map(
          (column) => `${column.name}{${labelText({ ...labels, version, ...column.labels })}} `,
        );
        let text = '';
        for (const row of rows) {
          const values = row.values.get(version);
          if (!values) continue;
          const time = ` ${(row.at / 1000).toFixed(3)}\n`;
          metric.columns.forEach((column, i) => {
            text += `${heads[i]}${number(values[column.at] ?? 0)}${time}`;
          });
        }
        yield text;
      }
    }
  }
  yield '# EOF\n';
}

function labelText(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${value}"`)
    .join(',');
}

const number = (value: number) => String(Math.round(value * 1e6) / 1e6);
