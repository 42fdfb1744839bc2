/** The configured endpoints: by name, as they are asked, and as the screens see them. */
import type { Secrets } from '#core/deps.ts';
import { NightdeskError } from '#shared/errors/index.ts';
import type { Config, EndpointConfig } from '#shared/model/config.ts';
import type { ReplayBudget, ReplayEndpoint } from '#shared/model/replay.ts';
import { durationMs } from '#shared/util/duration.ts';
import { type Completions, createCompletions } from './completion.ts';

/** @throws NightdeskError `bad_input` when the configuration has none of that name. */
export function endpointNamed({ endpoints }: Config, id: string): EndpointConfig {
  const found = endpoints.find((one) => one.id === id);
  if (found) return found;
  throw new NightdeskError('bad_input', `The configuration has no endpoint "${id}".`);
}

export function completionsOf(endpoint: EndpointConfig, secrets: Secrets): Completions {
  const { apiKeySecret } = endpoint;
  return createCompletions(endpoint, async () =>
    apiKeySecret === undefined ? null : secrets.get(apiKeySecret),
  );
}

/** As the screens see it: never its key. */
export async function shownEndpoint(
  endpoint: EndpointConfig,
  secrets: Secrets,
): Promise<ReplayEndpoint> {
  const { apiKeySecret } = endpoint;
  const where = apiKeySecret === undefined ? 'none' : await secrets.where(apiKeySecret);
  const url = new URL(endpoint.baseUrl);
  return {
    id: endpoint.id,
    model: endpoint.model,
    version: endpoint.version ?? null,
    service: endpoint.service ?? null,
    environment: endpoint.environment ?? null,
    address: `${url.origin}${url.pathname}`,
    priced: endpoint.prices !== undefined,
    key: where === 'none' || where === 'missing' ? where : 'found',
  };
}

export function usualBudget(config: Config): ReplayBudget {
  const { requests, tokens, usd, time } = config.replay.budget;
  return { requests, tokens, usd, minutes: durationMs(time) / 60_000 };
}
