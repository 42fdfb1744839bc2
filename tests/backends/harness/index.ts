import { ALERTMANAGER_NAMES } from './alertmanager.ts';
import { findPostgres } from './postgres.ts';
import { findProgram } from './process.ts';
import { installUnleash } from './unleash.ts';
import { VICTORIA_METRICS_NAMES } from './victoria-metrics.ts';

export { type Alertmanager, startAlertmanager } from './alertmanager.ts';
export { type Postgres, startPostgres } from './postgres.ts';
export { type Prometheus, type PrometheusOptions, startPrometheus } from './prometheus.ts';
export { startUnleash, type Unleash } from './unleash.ts';
export { startVictoriaMetrics, type VictoriaMetrics } from './victoria-metrics.ts';

export type Backend = 'prometheus' | 'alertmanager' | 'victoria-metrics' | 'unleash';

/** Why a server cannot be had on this machine, after saying so on one line; null when it can. */
export async function missing(backend: Backend): Promise<string | null> {
  const why = await reason(backend);
  if (why) process.stdout.write(`skipped: tests against ${backend}: ${why}\n`);
  return why;
}

async function reason(backend: Backend): Promise<string | null> {
  switch (backend) {
    case 'prometheus':
      return findProgram(['prometheus']) && findProgram(['promtool'])
        ? null
        : 'not installed (Debian: apt-get install prometheus)';
    case 'alertmanager':
      return findProgram(ALERTMANAGER_NAMES)
        ? null
        : 'not installed (Debian: apt-get install prometheus-alertmanager)';
    case 'victoria-metrics':
      return findProgram(VICTORIA_METRICS_NAMES)
        ? null
        : 'not installed (Debian: apt-get install victoria-metrics)';
    case 'unleash':
      if (!findPostgres()) return 'no PostgreSQL (Debian: apt-get install postgresql)';
      return installUnleash();
  }
}
