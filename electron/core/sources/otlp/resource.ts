/** Who sent a span: service, environment and model version, from the resource's attributes. */
import type { Config } from '#shared/model/config.ts';
import type { Where } from '#shared/model/signal.ts';
import type { Attributes } from './limits.ts';

export interface Sender {
  /** Id of the configured service, or the name the sender gives itself. */
  service: string;
  environment: string;
  /** '' = not told by the resource. */
  version: string;
  /** Attributes that name the model version, best first. */
  versionAttributes: readonly string[];
}

/** What a resource without a name is called, as OpenTelemetry's SDKs do. */
const UNNAMED = 'unknown_service';
/** Environment of a sender that tells none, where the configuration leaves more than one possible. */
const NOWHERE = 'unknown';

export function senderOf(
  resource: Attributes,
  config: Pick<Config, 'services' | 'environments'>,
): Sender {
  const name = textOf(resource['service.name']) ?? UNNAMED;
  const told =
    textOf(resource['deployment.environment.name']) ?? textOf(resource['deployment.environment']);
  // The same service may be named differently where its metrics are told apart by a label.
  const service =
    config.services.find((known) => known.id === name) ??
    config.services.find((known) =>
      Object.entries(known.environments).some(
        ([environment, { where }]) =>
          (told === null || told === environment) && namedBy(where, name),
      ),
    );
  const possible = service
    ? Object.keys(service.environments)
    : config.environments.map((e) => e.name);
  const versionAttributes = ['ai.model.version', ...(service ? [service.versionLabel] : [])];
  return {
    service: service?.id ?? name,
    environment: told ?? (possible.length === 1 ? possible[0] : undefined) ?? NOWHERE,
    version: firstText(resource, [...versionAttributes, 'service.version']) ?? '',
    versionAttributes,
  };
}

export function firstText(attributes: Attributes, names: readonly string[]): string | null {
  for (const name of names) {
    const value = textOf(attributes[name]);
    if (value !== null) return value;
  }
  return null;
}

function namedBy(where: Where, name: string): boolean {
  return where.service === name || where.service_name === name || where.job === name;
}

/** Labels are short, printable texts; anything else is not told. */
export function textOf(value: unknown): string | null {
  if (typeof value === 'number') return String(value);
  if (typeof value !== 'string') return null;
  const clean = value.replace(/\p{Cc}+/gu, ' ').trim();
  return clean === '' || clean.length > 200 ? null : clean;
}
