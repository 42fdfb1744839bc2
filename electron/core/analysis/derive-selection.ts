/** Which series a signal of a service reads: label matching, as PromQL's selectors do it. */
import { NightdeskError } from '#shared/errors/index.ts';
import type { Config } from '#shared/model/config.ts';
import type { Selection, SignalExpression, Where } from '#shared/model/signal.ts';
import { durationMs } from '#shared/util/duration.ts';

export type Labels = Readonly<Record<string, string>>;

/** One service in one environment: whose series they are, and which label tells the version. */
export interface Scope {
  service: string;
  environment: string;
  where: Where;
  versionLabel: string;
}

/** Every service in every environment that the configuration names. */
export function scopesOf(config: Config): Scope[] {
  return config.services.flatMap((service) =>
    Object.entries(service.environments).map(([environment, { where }]) => ({
      service: service.id,
      environment,
      where,
      versionLabel: service.versionLabel,
    })),
  );
}

/** The stretch that rates are taken over, in milliseconds. */
export function windowOf(config: Config): number {
  return durationMs(config.signals.window);
}

export type Matcher = (labels: Labels) => boolean;

/**
 * A label that is missing counts as empty, as in PromQL.
 * Throws `config_invalid` for a pattern that is no regular expression.
 */
export function compileWhere(where: Where | undefined): Matcher {
  const tests = Object.entries(where ?? {}).map(([label, match]): Matcher => {
    if (typeof match === 'string') return (labels) => (labels[label] ?? '') === match;
    if ('not' in match) return (labels) => (labels[label] ?? '') !== match.not;
    const pattern = compilePattern(label, match.matches);
    return (labels) => pattern.test(labels[label] ?? '');
  });
  return (labels) => tests.every((test) => test(labels));
}

/** RE2's leading flags, as in `(?i)spanish`, become flags of the RegExp. */
function compilePattern(label: string, text: string): RegExp {
  const leading = /^\(\?([ims]+)\)/.exec(text);
  const flags = new Set(['s', ...(leading?.[1] ?? '')]);
  try {
    return new RegExp(`^(?:${text.slice(leading?.[0].length ?? 0)})$`, [...flags].join(''));
  } catch (cause) {
    throw new NightdeskError(
      'config_invalid',
      `The pattern for label "${label}" is no regular expression: ${text}`,
      { cause },
    );
  }
}

/** The selections an expression reads locally; empty for what only a PromQL engine can answer. */
export function selectionsOf(expression: SignalExpression): Selection[] {
  switch (expression.kind) {
    case 'quantile':
      return [{ metric: `${expression.metric}_bucket`, where: expression.where }];
    case 'ratio':
      return [expression.of, expression.to];
    case 'promql':
      return [];
    default:
      return [{ metric: expression.metric, where: expression.where }];
  }
}
