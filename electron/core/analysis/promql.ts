/**
 * From a signal's definition to the PromQL that a Prometheus-compatible engine answers. What is asked here is what
 * derive.ts computes locally; change both or neither.
 */
import { NightdeskError } from '#shared/errors/index.ts';
import type { Selection, SignalDefinition, Where } from '#shared/model/signal.ts';
import type { Scope } from './derive-selection.ts';

/** One query. Each series of its answer is a version; for the whole there is one series, and no version. */
export interface SignalQuery {
  signal: string;
  service: string;
  environment: string;
  query: string;
  /** The label that tells the version; null when asked for the service as a whole. */
  by: string | null;
}

const PER_SECOND = { second: '', minute: ' * 60', hour: ' * 3600', day: ' * 86400' } as const;

/**
 * The queries for a signal of a service: per version, and for the service as a whole (a share has no whole).
 * Throws `config_invalid` for a label name that PromQL cannot say.
 */
export function signalQueries(
  signal: SignalDefinition,
  scope: Scope,
  windowMs: number,
): SignalQuery[] {
  const of = (by: string | null): SignalQuery => ({
    signal: signal.id,
    service: scope.service,
    environment: scope.environment,
    query: signalQuery(signal, scope, windowMs, by),
    by,
  });
  const perVersion = of(labelName(scope.versionLabel));
  return signal.expression.kind === 'share' ? [perVersion] : [perVersion, of(null)];
}

function signalQuery(
  { expression }: SignalDefinition,
  scope: Scope,
  windowMs: number,
  by: string | null,
): string {
  const window = durationText(windowMs);
  const grouped = (how: string, what: string, ...labels: string[]) => {
    const all = by === null ? labels : [...labels, by];
    return all.length === 0 ? `${how}(${what})` : `${how} by (${all.join(', ')}) (${what})`;
  };
  const select = (selection: Selection) => selector(selection.metric, scope.where, selection.where);
  const rate = (selection: Selection) => `rate(${select(selection)}[${window}])`;

  switch (expression.kind) {
    case 'quantile': {
      const buckets = rate({ metric: `${expression.metric}_bucket`, where: expression.where });
      return `histogram_quantile(${expression.q}, ${grouped('sum', buckets, 'le')})`;
    }
    case 'rate':
      return grouped('sum', rate(expression)) + PER_SECOND[expression.per];
    case 'gauge':
      return grouped(expression.aggregate, select(expression));
    case 'share':
      return `${grouped('sum', rate(expression))} / on() group_left() sum(${rate(expression)})`;
    case 'ratio': {
      const part = grouped('sum', rate(expression.of));
      const whole = grouped('sum', rate(expression.to));
      // Nothing counted is a zero only when the service does expose the metric.
      const exposed = `count(last_over_time(${select({ metric: expression.of.metric })}[${window}]))`;
      return `(${part} or ${whole} * 0 and on() ${exposed}) / ${whole}`;
    }
    case 'promql':
      return expression.query.replace(/\$(selector|by|window)/g, (_, name: string) => {
        if (name === 'selector') return matchers(scope.where);
        return name === 'by' ? (by ?? '') : window;
      });
  }
}

/**
 * `metric{label="value",…}` with all matchers of all `wheres`; PromQL wants every one of them to hold.
 * An empty `metric` selects series of any name.
 */
export function selector(metric: string, ...wheres: (Where | undefined)[]): string {
  const plain = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/.test(metric);
  const parts = wheres.map(matchers).filter((text) => text !== '');
  if (metric === '') parts.unshift('__name__!=""');
  else if (!plain) parts.unshift(`__name__=${quote(metric)}`);
  return `${plain ? metric : ''}{${parts.join(',')}}`;
}

function matchers(where: Where | undefined): string {
  return Object.entries(where ?? {})
    .map(([label, match]) => {
      const name = labelName(label);
      if (typeof match === 'string') return `${name}=${quote(match)}`;
      return 'not' in match ? `${name}!=${quote(match.not)}` : `${name}=~${quote(match.matches)}`;
    })
    .join(',');
}

function labelName(label: string): string {
  if (/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(label)) return label;
  throw new NightdeskError(
    'config_invalid',
    `"${label}" cannot be the name of a label: letters, digits and underscore only.`,
  );
}

/** A PromQL string literal; control characters are escaped as Go reads them. */
function quote(text: string): string {
  const escaped = text
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('\0', '\\x00');
  return `"${escaped}"`;
}

/** Milliseconds as PromQL writes a duration. */
export function durationText(ms: number): string {
  const whole = Math.max(1, Math.round(ms));
  return whole % 1000 === 0 ? `${whole / 1000}s` : `${whole}ms`;
}
