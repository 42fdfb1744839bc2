/** What a request comes down to: which flag, from any present state to which, and how it is undone. */
import { NightdeskError } from '#shared/errors/index.ts';
import type { Action, ActionRequest } from '#shared/model/action.ts';
import type { Config, ServiceConfig } from '#shared/model/config.ts';
import type { FlagState } from '#shared/model/flag.ts';
import { sameFlagState } from '#shared/util/flag-state.ts';
import { diffLines } from './diff.ts';
import { killSwitchState, type Movement, rollbackState } from './plan.ts';
import type { PlannerDeps } from './planner.ts';

/** What the request comes down to, before the world is asked. */
export interface Intention {
  title: (moves: Movement | null) => string;
  service: ServiceConfig | null;
  environment: string;
  source: string;
  flag: string;
  /** From the present state. May throw `conflict`. */
  target: (present: FlagState) => { after: FlagState; impossible: string | null };
  undo: string;
}

/** @throws NightdeskError when the request names what does not exist. */
export async function intend(deps: PlannerDeps, request: ActionRequest): Promise<Intention> {
  const config = deps.config();
  switch (request.kind) {
    case 'rollback': {
      const service = serviceOf(config, request.service, request.environment);
      const model = service.modelFlag;
      if (model === undefined) {
        throw new NightdeskError(
          'bad_input',
          `${service.id} has no flag that chooses its model version (modelFlag).`,
        );
      }
      const to = request.to ?? model.stable;
      return {
        title: (moves) => {
          const from = moves?.from.filter((version) => version !== to) ?? [];
          return `Roll back ${service.id} ${from.join(', ')}${from.length > 0 ? ' ' : ''}→ ${to}`;
        },
        service,
        environment: request.environment,
        source: model.source,
        flag: model.flag,
        target: (present) => rollbackState(model, present, to),
        undo: `Undo restores the ${model.by === 'rollout' ? 'percentage' : 'weights'} above exactly.`,
      };
    }
    case 'kill_switch': {
      const service = serviceOf(config, request.service, request.environment);
      const kill = service.killSwitch;
      if (kill === undefined) {
        throw new NightdeskError('bad_input', `${service.id} has no kill switch (killSwitch).`);
      }
      return {
        title: () => `Turn ${request.on ? 'on' : 'off'} the AI path of ${service.id}`,
        service,
        environment: request.environment,
        source: kill.source,
        flag: kill.flag,
        target: (present) => ({
          after: killSwitchState(present, request.on, kill.flag),
          impossible: null,
        }),
        undo: `Undo turns it ${request.on ? 'off' : 'on'} again.`,
      };
    }
    case 'restore': {
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
      return {
        title: () =>
          `Restore ${request.flag} to ${new Date(event.at).toISOString().slice(0, 16).replace('T', ' ')} UTC`,
        service: serviceOfFlag(config, request.source, request.flag, request.environment),
        environment: request.environment,
        source: request.source,
        flag: request.flag,
        target: () => ({ after, impossible: null }),
        undo: 'Undo restores the present state exactly.',
      };
    }
    case 'undo':
      return intendUndo(deps, config, request.action);
  }
}

async function intendUndo(deps: PlannerDeps, config: Config, id: string): Promise<Intention> {
  const action = await deps.cache.journal('readAction', { id });
  if (action === null) throw new NightdeskError('not_found', `There is no action ${id}.`);
  if (action.undoneBy !== null) {
    throw new NightdeskError('conflict', `${id} was already undone by ${action.undoneBy}.`);
  }
  if (!changedSomething(action)) {
    throw new NightdeskError('bad_input', `${id} changed nothing, so there is nothing to undo.`);
  }
  const { plan } = action;
  return {
    title: () => `Undo ${id}: ${plan.title}`,
    service: config.services.find((service) => service.id === plan.service) ?? null,
    environment: plan.environment,
    source: plan.source,
    flag: plan.flag,
    target: (present) => {
      const untouched = sameFlagState(present, plan.after) || sameFlagState(present, plan.before);
      if (untouched) return { after: plan.before, impossible: null };
      throw new NightdeskError(
        'conflict',
        `${plan.flag} was changed since ${id}: undoing would overwrite that.`,
        {
          detail: {
            expected: plan.after,
            present,
            diff: diffLines(plan.environment, plan.after, present),
          },
        },
      );
    },
    undo: `Undo of the undo repeats ${id} exactly.`,
  };
}

/** True unless it is known that nothing was sent, or that what was sent had no effect. */
export function changedSomething(action: Action): boolean {
  const stored = action.steps.find((step) => step.name === 'stored');
  const sent = action.steps.find((step) => step.name === 'sent');
  return sent?.state === 'done' || (stored?.state === 'done' && sent?.state !== 'skipped');
}

function serviceOf(config: Config, id: string, environment: string): ServiceConfig {
  const service = config.services.find((one) => one.id === id);
  if (service === undefined) throw new NightdeskError('not_found', `There is no service ${id}.`);
  if (service.environments[environment] === undefined) {
    throw new NightdeskError('not_found', `${id} does not run in ${environment}.`);
  }
  return service;
}

function serviceOfFlag(config: Config, source: string, flag: string, environment: string) {
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
