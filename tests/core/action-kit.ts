/** The engine of actions on a real cache and journal, in front of real servers, begun anew for each test of a file. */
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import type { Confirmation } from '#core/actions/permission.ts';
import type { Cache } from '#core/cache/client.ts';
import type { Clock } from '#core/deps.ts';
import type { Action, ActionRequest, Plan, Step } from '#shared/model/action.ts';
import type { Config } from '#shared/model/config.ts';
import type { FlagState } from '#shared/model/flag.ts';
import type { FlagChange } from '#shared/model/planned-change.ts';
import {
  type ActionsWorld,
  actionsConfig,
  actionsWorld,
  fastClock,
} from '../fixtures/actions-world.ts';
import { type AlertService, startAlertService } from '../fixtures/alert-service.ts';
import type { Asked } from '../fixtures/faulty-server.ts';
import {
  type FlagService,
  makeModelFlag,
  makeSwitch,
  SECRETS,
  startFlagService,
} from '../fixtures/flag-service.ts';
import { testCache } from './cache-kit.ts';

export const on = { service: 'support-bot', environment: 'production' };
export const ROLLBACK = { kind: 'rollback', ...on } as const;
export const KILL = { kind: 'kill_switch', ...on, on: false } as const;
export const signal = () => AbortSignal.timeout(10_000);
export const isWrite = ({ method }: Asked) => method !== 'GET';
/** Types the word as well, which only some plans ask for. */
export const as = (more: Partial<Confirmation> = {}): Confirmation => ({
  by: 'mika',
  role: 'responder',
  reason: 'being looked at',
  typed: 'support-bot',
  ...more,
});

/** A step of the first change, or of the action as a whole. */
export function step(action: Action, name: string, change = 0): Step {
  const found = action.steps.find(
    (one) => one.name === name && (one.change === change || one.change === null),
  );
  if (!found) throw new Error(`no step ${name} of ${change}`);
  return found;
}
export const states = (action: Action) =>
  Object.fromEntries(action.steps.map(({ name, state }) => [name, state]));
export const flagOf = ({ changes }: Plan): FlagChange => {
  const [change] = changes;
  if (change?.kind !== 'flag') throw new Error('no change of a flag');
  return change;
};

export class ActionKit {
  #flags: FlagService | null = null;
  #cache: Cache | null = null;
  #world: ActionsWorld | null = null;
  #alerts: AlertService | null = null;
  readonly #worlds: ActionsWorld[] = [];
  /** One for all tests of the file, and for each next start: it must not go back. */
  readonly clock = fastClock(20);

  get flags(): FlagService {
    return begun(this.#flags);
  }
  get cache(): Cache {
    return begun(this.#cache);
  }
  /** The console. */
  get world(): ActionsWorld {
    return begun(this.#world);
  }
  get alerts(): AlertService {
    return begun(this.#alerts);
  }
  get config(): Config {
    return actionsConfig(this.flags.server.url, '1500ms', this.#alerts?.server.url);
  }

  async open(alerts: AlertService | null): Promise<void> {
    this.#alerts = alerts;
    this.#flags = await startFlagService();
    await makeModelFlag(this.flags.admin, 'model');
    await makeSwitch(this.flags.admin, 'switch');
    this.#cache = await testCache();
    this.begin();
  }
  async close(): Promise<void> {
    await Promise.all(this.#worlds.splice(0).map(({ actions }) => actions.close()));
    await this.flags.close();
    this.#alerts?.server.fault(null);
  }

  /** The console as its next start, or as one that is set up otherwise. */
  begin(clock: Clock = this.clock, config: Config = this.config, cache = this.cache): ActionsWorld {
    this.#world = this.another(cache, SECRETS, clock, config);
    return this.#world;
  }
  /** A second console. */
  another(
    cache: Cache,
    secrets: Record<string, string> = SECRETS,
    clock: Clock = this.clock,
    config: Config = this.config,
  ): ActionsWorld {
    const world = actionsWorld(cache, config, secrets, clock);
    this.#worlds.push(world);
    return world;
  }

  readonly plan = (request: ActionRequest = ROLLBACK) => this.world.actions.plan(request, signal());
  readonly carryOut = async (request: ActionRequest = ROLLBACK, more: Partial<Confirmation> = {}) =>
    this.world.actions.execute((await this.plan(request)).id, as(more));
  readonly undo = (id: string, more: Partial<Confirmation> = {}) =>
    this.world.actions.undo(id, as(more), signal());
  readonly stored = (id: string, change = 0) =>
    this.world.until(id, (one) => step(one, 'stored', change).state === 'done');
  readonly served = (id: string, change = 0) =>
    this.world.until(id, (one) => step(one, 'served', change).state === 'done');

  get control() {
    return begun(this.world.connector.control ?? null);
  }
  readonly present = (flag = 'model'): Promise<FlagState> =>
    this.control.read(flag, 'production', signal());
  /** As somebody else would. */
  async put(flag: string, to: FlagState): Promise<void> {
    const from = await this.present(flag);
    const ready = async () => undefined;
    await this.control.write(
      { flag, environment: 'production', from, to, comment: '', ready },
      signal(),
    );
  }
  readonly weights = async () =>
    Object.fromEntries(
      (await this.present()).strategies[0]?.variants.map(({ name, weight }) => [name, weight]) ??
        [],
    );
  /** Everybody, past the gate of a ramp. */
  async giveAllTo(version: string): Promise<void> {
    const to = structuredClone(await this.present());
    for (const one of to.strategies[0]?.variants ?? []) {
      one.weight = one.name === version ? 1000 : 0;
    }
    await this.put('model', to);
  }
  readonly writes = () => this.flags.server.asked.filter(isWrite);
  /** Kinds of the entries of an action, in their order. */
  readonly kinds = async (id: string) => {
    const { entries } = await this.cache.journal('list', { action: id, limit: 100 });
    return entries.map(({ kind }) => kind).reverse();
  };
}

function begun<T>(part: T | null): T {
  if (part === null) throw new Error('not begun');
  return part;
}

/** `alerts`: with an alert service, one for all tests of the file. */
export function actionKit(options: { alerts?: boolean } = {}): ActionKit {
  const kit = new ActionKit();
  let alerts: AlertService | null = null;
  beforeAll(async () => {
    if (options.alerts === true) alerts = await startAlertService();
  });
  afterAll(() => alerts?.close());
  beforeEach(() => kit.open(alerts));
  afterEach(() => kit.close());
  return kit;
}
