/** Alertmanager's records as ours. Pure. */
import { compileWhere } from '#core/analysis/derive-selection.ts';
import type { Alert, Silence } from '#shared/model/alert.ts';
import type { ServiceConfig } from '#shared/model/config.ts';
import type { WireAlert, WireSilence } from './wire.ts';

/** Labels that usually name the service and the environment, for alerts that no configured service claims. */
const SERVICE_LABELS = ['service', 'job'];
const ENVIRONMENT_LABELS = ['environment', 'env'];

export function toAlert(
  source: string,
  wire: WireAlert,
  services: readonly ServiceConfig[],
  environments: readonly string[],
): Alert {
  const annotations = wire.annotations ?? {};
  const place = placeOf(wire.labels, services, environments);
  return {
    source,
    fingerprint: wire.fingerprint,
    name: wire.labels.alertname ?? 'unnamed alert',
    ...place,
    severity: wire.labels.severity ?? '',
    state: wire.status.state === 'suppressed' ? 'suppressed' : 'firing',
    startedAt: Date.parse(wire.startsAt),
    // While it fires, `endsAt` is only when it would resolve if nobody renewed it.
    endedAt: null,
    summary: annotations.summary ?? annotations.description ?? '',
    labels: wire.labels,
    annotations,
    silencedBy: wire.status.silencedBy ?? [],
    url: wire.generatorURL || null,
  };
}

/** The configured service whose matchers fit the labels; else what the labels say themselves. */
function placeOf(
  labels: Readonly<Record<string, string>>,
  services: readonly ServiceConfig[],
  environments: readonly string[],
): { service: string; environment: string } {
  for (const service of services) {
    for (const [environment, { where }] of Object.entries(service.environments)) {
      if (Object.keys(where).length > 0 && compileWhere(where)(labels)) {
        return { service: service.id, environment };
      }
    }
  }
  const first = (names: string[]) => names.map((name) => labels[name]).find((value) => value);
  // With a single environment there is no other that an unlabelled alert could be of.
  const only = environments.length === 1 ? environments[0] : undefined;
  return {
    service: first(SERVICE_LABELS) ?? '',
    environment: first(ENVIRONMENT_LABELS) ?? only ?? '',
  };
}

export function toSilence(source: string, wire: WireSilence): Silence {
  return {
    source,
    id: wire.id,
    state: wire.status.state,
    startsAt: Date.parse(wire.startsAt),
    endsAt: Date.parse(wire.endsAt),
    by: wire.createdBy,
    comment: wire.comment,
    matchers: wire.matchers,
  };
}
