import type { Caller } from '#core/deps.ts';
import { contract } from '#shared/contract/index.ts';
import type { Alert } from '#shared/model/alert.ts';
import type { Console } from '../host/start-console.ts';

export interface AlertWatch {
  /** An alert that began to fire since the start of the console. */
  onNew(alert: Alert): void;
  /** How many fire now. */
  onCount(firing: number): void;
}

/** Reads the firing alerts whenever they changed. What fired before the start is on the screen already. */
export function watchAlerts(
  console: Pick<Console, 'call' | 'subscribe' | 'log'>,
  caller: Caller,
  watch: AlertWatch,
): () => void {
  let seen: Set<string> | null = null;
  let reading = false;
  let again = false;

  const read = async (): Promise<Alert[]> => {
    const session = contract['session.read'].output.parse(
      await console.call('session.read', {}, caller),
    );
    const perEnvironment = await Promise.all(
      session.environments.map(async ({ name }) => {
        const input = { environment: name, states: ['firing'] };
        const answer = await console.call('alerts.list', input, caller);
        return contract['alerts.list'].output.parse(answer).alerts;
      }),
    );
    return perEnvironment.flat();
  };
  const look = async () => {
    if (reading) {
      again = true;
      return;
    }
    reading = true;
    try {
      const firing = await read();
      watch.onCount(firing.length);
      const now = new Set(firing.map(keyOf));
      if (seen) for (const alert of firing) if (!seen.has(keyOf(alert))) watch.onNew(alert);
      seen = now;
    } catch (err) {
      console.log.log.warn({ err }, 'the alerts could not be read for a notification');
    }
    reading = false;
    if (again) {
      again = false;
      void look();
    }
  };
  void look();
  return console.subscribe((event) => {
    if (event.type === 'changed' && event.topics.includes('alerts')) void look();
  });
}

/** The same alert that fires again later is a new one. */
function keyOf(alert: Alert): string {
  return JSON.stringify([alert.source, alert.fingerprint, alert.environment, alert.startedAt]);
}
