import type { Config } from '#shared/model/config.ts';
import { parseDuration } from '#shared/util/duration.ts';

const USUAL_MS = 5000;

/** From which duration on a turn of the service counts as slow, milliseconds. */
export function slowTurnOf({ services }: Pick<Config, 'services'>, service: string): number {
  const configured = services.find(({ id }) => id === service)?.slowTurn;
  return (configured === undefined ? null : parseDuration(configured)) ?? USUAL_MS;
}
