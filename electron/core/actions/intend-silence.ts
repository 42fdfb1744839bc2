/** An alert that is to be kept quiet: all of its labels, until a moment. */
import { NightdeskError } from '#shared/errors/index.ts';
import type { SingleRequest } from '#shared/model/action.ts';
import type { DiffLine } from '#shared/model/planned-change.ts';
import { utcMinute } from '#shared/util/utc-minute.ts';
import type { Intention } from './intend.ts';
import type { PlannerDeps } from './planner.ts';

/** Longer than this is no silence but a rule that should be changed. */
const LONGEST_MS = 7 * 24 * 3_600_000;
const MINUTE = 60_000;

export async function intendSilence(
  deps: PlannerDeps,
  request: Extract<SingleRequest, { kind: 'silence' }>,
): Promise<Intention> {
  const now = deps.clock.now();
  if (request.until <= now) {
    throw new NightdeskError('bad_input', 'A silence ends in the future; this end is past.');
  }
  // Silences end on the full minute.
  if (request.until > Math.ceil((now + LONGEST_MS) / MINUTE) * MINUTE) {
    throw new NightdeskError(
      'bad_input',
      'A silence lasts seven days at most. Change the alert’s rule if it should stay quiet longer.',
    );
  }
  const alerts = await deps.cache.read('listAlerts', {
    environment: request.environment,
    states: ['firing', 'suppressed'],
  });
  const alert = alerts.find(
    (one) => one.fingerprint === request.alert && one.source === request.source,
  );
  if (alert === undefined) {
    throw new NightdeskError('not_found', 'This alert does not fire any more.');
  }
  const matchers = Object.entries(alert.labels).map(([name, value]) => ({
    name,
    value,
    isRegex: false,
    isEqual: true,
  }));
  const what = `${alert.name} until ${utcMinute(request.until)}`;
  return {
    title: () => `Silence ${what}`,
    done: () => `Silenced ${what}`,
    service: deps.config().services.find(({ id }) => id === alert.service) ?? null,
    environment: request.environment,
    toVersion: null,
    wishes: [
      {
        kind: 'silence',
        change: {
          kind: 'silence',
          source: request.source,
          what: `alert ${alert.name}`,
          alert: alert.name,
          noop: false,
          matchers,
          endsAt: request.until,
          diff: [
            { sign: ' ', text: `${alert.name} · ${labels(alert.labels)}` },
            untilLine('+', { endsAt: request.until }),
          ],
        },
      },
    ],
    undo: 'Undo ends the silence at once.',
  };
}

export function untilLine(sign: '+' | '-', { endsAt }: { endsAt: number }): DiffLine {
  return { sign, text: `silenced until ${utcMinute(endsAt)}` };
}

function labels(all: Readonly<Record<string, string>>): string {
  return Object.entries(all)
    .filter(([name]) => name !== 'alertname')
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');
}
