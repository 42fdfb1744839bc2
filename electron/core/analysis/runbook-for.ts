/** Which runbook stands beside a break. Pure. */
import type { Runbook } from '#shared/model/runbook.ts';

export interface Break {
  service: string;
  /** Name of the alert that fires; null = none does, or not yet. */
  alert: string | null;
  /** Signals that are out of band. */
  signals: ReadonlySet<string>;
  /** Ids of the runbooks that the configuration names for the service. */
  configured: readonly string[];
}

/**
 * The one that answers the alert; else, of those configured for the service, or of those that name it, the one that is
 * about most of what is out of band.
 */
export function runbookFor<One extends Omit<Runbook, 'body'>>(
  runbooks: readonly One[],
  { service, alert, signals, configured }: Break,
): One | null {
  const readable = runbooks.filter(({ problem }) => problem === null);
  const answering = readable.find(({ alerts }) => alert !== null && alerts.includes(alert));
  if (answering !== undefined) return answering;
  const named = configured.flatMap((id) => readable.find((one) => one.id === id) ?? []);
  const about = named.length > 0 ? named : readable.filter((one) => one.services.includes(service));
  const telling = (one: One) => one.signals.filter((signal) => signals.has(signal)).length;
  const [best] = [...about].sort((a, b) => telling(b) - telling(a));
  return best ?? null;
}
