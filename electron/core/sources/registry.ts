import type { SourceConfig } from '#shared/model/config.ts';
import { assertNever } from '#shared/util/assert-never.ts';
import { createAlertmanagerConnector } from './alertmanager/index.ts';
import type { Connector } from './connector.ts';
import type { SourceContext } from './context.ts';
import { createOpenmetricsConnector } from './openmetrics/index.ts';
import { createOtlpConnector } from './otlp/index.ts';
import { createPrometheusConnector } from './prometheus/index.ts';
import { createRunbookFolderConnector } from './runbook-folder/index.ts';
import { createUnleashConnector } from './unleash/index.ts';

/** The one place that knows every kind of source. */
export function createConnector(config: SourceConfig, context: SourceContext): Connector {
  switch (config.kind) {
    case 'openmetrics':
      return createOpenmetricsConnector(config, context);
    case 'prometheus':
      return createPrometheusConnector(config, context);
    case 'alertmanager':
      return createAlertmanagerConnector(config, context);
    case 'unleash':
      return createUnleashConnector(config, context);
    case 'otlp':
      return createOtlpConnector(config, context);
    case 'runbook-folder':
      return createRunbookFolderConnector(config, context);
    default:
      return assertNever(config);
  }
}
