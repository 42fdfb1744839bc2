/** What a request comes down to: which changes, from any present state, and how they are undone. */
import { NightdeskError } from '#shared/errors/index.ts';
import type { ActionRequest, SingleRequest } from '#shared/model/action.ts';
import type { Config, ServiceConfig } from '#shared/model/config.ts';
import type { FlagState } from '#shared/model/flag.ts';
import type { EndSilenceChange, SilenceChange } from '#shared/model/planned-change.ts';
import { utcMinute } from '#shared/util/utc-minute.ts';
import { mayDrill, nothingToDrill } from './drills.ts';
import { intendSilence } from './intend-silence.ts';
import { intendUndo } from './intend-undo.ts';
import { killSwitchState, type Movement, rollbackState, type Target } from './plan.ts';
import type { PlannerDeps } from './planner.ts';
import { checkPercent, nextRung, percentNow, rampState } from './ramp.ts';

/** One wished change, before the world is asked. */
export type Wish =
  | {
      kind: 'flag';
      source: string;
      flag: string;
      /** From the present state. May throw `conflict` or `bad_input`. */
      target: (present: FlagState) => Target;
    }
  | { kind: 'silence' | 'end_silence'; change: SilenceChange | EndSilenceChange };

/** A sentence about what the changes do to the flags, as these stand. */
type Told = (moves: Movement | null, states: readonly FlagState[]) => string;

export interface Intention {
  title: Told;
  /** The title once it is done, without a full stop. */
  done: Told;
  service: ServiceConfig | null;
  environment: string;
  /** The version that all are to get, where the request names one. */
  toVersion: string | null;
  wishes: Wish[];
  undo: string;
  /** What is answered in place of a plan where all is already so; without it that is a plan that says so. */
  nothing?: string;
}

/** @throws NightdeskError when the request names what does not exist. */
export async function intend(deps: PlannerDeps, request: ActionRequest): Promise<Intention> {
  switch (request.kind) {
    case 'undo':
      return intendUndo(deps, request.action);
    case 'several':
      return intendSeveral(await Promise.all(request.requests.map((one) => intendOne(deps, one))));
    case 'drill':
      return intendDrill(deps, request);
    default:
      return intendOne(deps, request);
  }
}

async function intendOne(deps: PlannerDeps, request: SingleRequest): Promise<Intention> {
  const config = deps.config();
  switch (request.kind) {
    case 'rollback': {
      const { service, model } = modelOf(config, request.service, request.environment);
      const to = request.to ?? model.stable;
      if (to === model.candidate) {
        throw new NightdeskError(
          'bad_input',
          `${to} is the candidate of ${service.id}: it gets users by a ramp, which has a gate, not by a rollback. Ramp it.`,
        );
      }
      return {
        title: (moves) => {
          const from = moves?.from.filter((version) => version !== to) ?? [];
          return `Roll back ${service.id} ${from.join(', ')}${from.length > 0 ? ' ' : ''}→ ${to}`;
        },
        done: () => `Rolled back to ${to}`,
        service,
        environment: request.environment,
        toVersion: to,
        wishes: [
          {
            kind: 'flag',
            source: model.source,
            flag: model.flag,
            target: (present) => rollbackState(model, present, to),
          },
        ],
        undo: `Undo restores the ${model.by === 'rollout' ? 'percentage' : 'weights'} above exactly.`,
      };
    }
    case 'kill_switch': {
      const service = serviceOf(config, request.service, request.environment);
      const kill = service.killSwitch;
      if (kill === undefined) {
        throw new NightdeskError('bad_input', `${service.id} has no kill switch (killSwitch).`);
      }
      const path = `${request.on ? 'on' : 'off'} the AI path of ${service.id}`;
      return {
        title: () => `Turn ${path}`,
        done: () => `Turned ${path}`,
        service,
        environment: request.environment,
        toVersion: null,
        wishes: [
          {
            kind: 'flag',
            source: kill.source,
            flag: kill.flag,
            target: (present) => ({
              after: killSwitchState(present, request.on, kill.flag),
              impossible: null,
            }),
          },
        ],
        undo: `Undo turns it ${request.on ? 'off' : 'on'} again.`,
      };
    }
    case 'ramp':
      return intendRamp(config, request);
    case 'restore':
      return intendRestore(deps, request);
    case 'silence':
      return intendSilence(deps, request);
  }
}

function intendRamp(config: Config, request: Extract<SingleRequest, { kind: 'ramp' }>): Intention {
  const { environment } = request;
  const { service, model } = modelOf(config, request.service, environment);
  const { candidate } = model;
  if (candidate === undefined) {
    throw new NightdeskError(
      'bad_input',
      `${service.id} has no candidate to ramp (modelFlag.candidate).`,
    );
  }
  if (request.to !== 'next') checkPercent(model, request.to);
  const aim = (present: FlagState) =>
    request.to === 'next' ? nextRung(service.ramp.ladder, percentNow(model, present)) : request.to;
  const climb = ([present]: readonly FlagState[]) =>
    present === undefined
      ? `${service.id} ${candidate}`
      : `${service.id} ${candidate} ${percentNow(model, present)} → ${aim(present)} %`;
  return {
    title: (_moves, states) => `Ramp ${climb(states)}`,
    done: (_moves, states) => `Ramped ${climb(states)}`,
    service,
    environment,
    toVersion: null,
    wishes: [
      {
        kind: 'flag',
        source: model.source,
        flag: model.flag,
        target: (present) => rampState(model, present, aim(present)),
      },
    ],
    undo: `Undo restores the ${model.by === 'rollout' ? 'percentage' : 'weights'} above exactly.`,
  };
}

async function intendRestore(
  deps: PlannerDeps,
  request: Extract<SingleRequest, { kind: 'restore' }>,
): Promise<Intention> {
  const event = await deps.cache.read('readFlagEvent', { id: request.event });
  const fits =
    event !== null &&
    event.source === request.source &&
    event.key === request.flag &&
    event.environment === request.environment;
  if (!fits) {
    throw new NightdeskError('not_found', `The history of ${request.flag} has no such entry.`);
  }
  const { after } = event;
  if (after === null) {
    throw new NightdeskError(
      'unsupported',
      'This entry does not tell the whole state of the flag.',
    );
  }
  const what = `${request.flag} to ${utcMinute(event.at)}`;
  return {
    title: () => `Restore ${what}`,
    done: () => `Restored ${what}`,
    service: serviceOfFlag(deps.config(), request),
    environment: request.environment,
    toVersion: null,
    wishes: [
      {
        kind: 'flag',
        source: request.source,
        flag: request.flag,
        target: () => ({ after, impossible: null }),
      },
    ],
    undo: 'Undo restores the present state exactly.',
  };
}

/** One service and one environment, so that there is one lock, one traffic and one recovery to speak of. */
function intendSeveral(parts: readonly Intention[]): Intention {
  const [first] = parts;
  if (first === undefined) throw new NightdeskError('bad_input', 'There is nothing to carry out.');
  for (const { environment, service } of parts) {
    if (environment !== first.environment || service?.id !== first.service?.id) {
      throw new NightdeskError(
        'bad_input',
        'One action is about one service in one environment; these are about several.',
      );
    }
  }
  const wishes = parts.flatMap((part) => part.wishes);
  const targets = wishes.map((wish) =>
    wish.kind === 'flag'
      ? `flag ${wish.source} ${wish.flag}`
      : `silence ${wish.change.source} ${JSON.stringify(wish.change.matchers)}`,
  );
  if (new Set(targets).size < targets.length) {
    throw new NightdeskError('bad_input', 'Two of the changes are about the same thing.');
  }
  return {
    title: inOrder(parts.map(({ title }) => title)),
    done: inOrder(parts.map(({ done }) => done)),
    service: first.service,
    environment: first.environment,
    toVersion: parts.map((part) => part.toVersion).find((version) => version !== null) ?? null,
    wishes,
    undo: 'Undo takes all of it back, last change first.',
  };
}

function inOrder(sentences: readonly Told[]): Told {
  return (moves, states) => {
    const [head, ...rest] = sentences.map((sentence) => sentence(moves, states));
    return [head, ...rest.map((text) => text.charAt(0).toLowerCase() + text.slice(1))].join(
      ', then ',
    );
  };
}

async function intendDrill(
  deps: PlannerDeps,
  request: Extract<ActionRequest, { kind: 'drill' }>,
): Promise<Intention> {
  const { service, environment, drill } = request;
  if (!mayDrill(deps.config(), request)) {
    throw new NightdeskError(
      'forbidden',
      `${environment} is protected: it is drilled only where the configuration names it (drills).`,
    );
  }
  const inner = await intendOne(
    deps,
    drill === 'rollback'
      ? { kind: 'rollback', service, environment }
      : { kind: 'kill_switch', service, environment, on: false },
  );
  const wishes = inner.wishes.map((wish): Wish => {
    if (wish.kind !== 'flag') return wish;
    const target = (present: FlagState) => {
      const idle = inner.service && nothingToDrill(inner.service, drill, present);
      return idle === null ? wish.target(present) : undrillable(present, request, idle);
    };
    return { ...wish, target };
  });
  return {
    ...inner,
    wishes,
    title: (moves, states) => `Drill: ${inner.title(moves, states)}`,
    undo: 'At its end the drill restores the state above exactly, by itself.',
  };
}

function undrillable(
  present: FlagState,
  { drill, environment }: Extract<ActionRequest, { kind: 'drill' }>,
  idle: string,
): Target {
  const instead =
    drill === 'rollback'
      ? 'there is nothing to roll back. Ramp a candidate there first, or drill the kill switch.'
      : 'there is nothing to turn off. Turn it on there first.';
  const why = `${idle.charAt(0).toUpperCase()}${idle.slice(1)} in ${environment}: ${instead}`;
  return { after: present, impossible: why };
}

function modelOf(config: Config, id: string, environment: string) {
  const service = serviceOf(config, id, environment);
  if (service.modelFlag !== undefined) return { service, model: service.modelFlag };
  throw new NightdeskError(
    'bad_input',
    `${service.id} has no flag that chooses its model version (modelFlag).`,
  );
}

function serviceOf(config: Config, id: string, environment: string): ServiceConfig {
  const service = config.services.find((one) => one.id === id);
  if (service === undefined) throw new NightdeskError('not_found', `There is no service ${id}.`);
  if (service.environments[environment] === undefined) {
    throw new NightdeskError('not_found', `${id} does not run in ${environment}.`);
  }
  return service;
}

function serviceOfFlag(
  config: Config,
  { source, flag, environment }: { source: string; flag: string; environment: string },
) {
  return (
    config.services.find(
      (service) =>
        service.environments[environment] !== undefined &&
        [service.modelFlag, service.killSwitch].some(
          (ref) => ref?.source === source && ref.flag === flag,
        ),
    ) ?? null
  );
}
