/**
 * Re-runs of recorded conversations against configured endpoints. Carried out in the core, so that they go on when every
 * window is closed. They touch nothing but those endpoints: tools are answered from the recording.
 * What a run needs is loaded with the first one: the language models alone take 60 MB, and most nights nothing is re-run.
 */
import { randomBytes } from 'node:crypto';
import type { Cache } from '#core/cache/client.ts';
import type { Clock, Log, Secrets } from '#core/deps.ts';
import type { Output, ParsedInput, Topic } from '#shared/contract/index.ts';
import { NightdeskError } from '#shared/errors/index.ts';
import type { Config } from '#shared/model/config.ts';
import { RECORDED, type Replay, type ReplayBudget } from '#shared/model/replay.ts';
import { completionsOf, endpointNamed, shownEndpoint, usualBudget } from './endpoints.ts';
import { findingOf } from './finding.ts';
import type { Prepared } from './prepare.ts';
import type { ReplayRun } from './run.ts';
import { totalsOf } from './totals.ts';
import { weigh } from './weigh.ts';

export interface ReplayDeps {
  cache: Cache;
  clock: Clock;
  log: Log;
  secrets: Secrets;
  config: () => Config;
  publish: (topics: Topic[]) => void;
}

export interface Replays {
  endpoints(): Promise<Output<'replay.endpoints'>>;
  preview(
    request: ParsedInput<'replay.preview'>,
    signal?: AbortSignal,
  ): Promise<Output<'replay.preview'>>;
  /** Resolves when it is under way. Throws `bad_input` when something stands in its way, `conflict` when too many run. */
  run(request: ParsedInput<'replay.run'>, by: string): Promise<Replay>;
  /** Runs cases that were prepared elsewhere: the nightly sample. */
  begin(
    prepared: Prepared,
    how: { kind: Replay['kind'] } & Omit<ParsedInput<'replay.run'>, 'target'>,
    by: string,
  ): Promise<Replay>;
  /** Resolves when one more can be begun. */
  room(): Promise<void>;
  /** Resolves when it is under way no more. */
  ended(id: string): Promise<Replay>;
  cancel(id: string): Promise<Replay>;
  read(id: string): Promise<Output<'replay.read'>>;
  case(id: string, number: number): Promise<Output<'replay.case'>>;
  list(args: ParsedInput<'replay.list'>): Promise<Replay[]>;
  /** Marks what ran when the console ended. */
  reconcile(): Promise<void>;
  /** Ends what runs, and says so on it. */
  close(): Promise<void>;
}

const MOST_RUNNING = 3;

interface Running {
  run: ReplayRun;
  /** Resolves when it is under way no more. Never rejects. */
  finished: Promise<void>;
}

export function createReplays(deps: ReplayDeps): Replays {
  const { cache, clock, publish } = deps;
  const running = new Map<string, Running>();
  /** Of each run from the moment it is asked for: many may be asked for at once, and take a while to begin. */
  const places = new Set<Promise<void>>();
  let closed = false;

  async function begin(...what: Parameters<Replays['begin']>): Promise<Replay> {
    if (closed) throw new NightdeskError('cancelled', 'The console is ending.');
    if (places.size >= MOST_RUNNING) {
      throw new NightdeskError(
        'conflict',
        `${MOST_RUNNING} re-runs are under way: wait for one of them, or cancel it.`,
      );
    }
    const begun = start(...what);
    const over = begun
      .then(
        ({ finished }) => finished,
        () => undefined,
      )
      .finally(() => places.delete(over));
    places.add(over);
    const { run } = await begun;
    return run.replay;
  }

  async function start(
    prepared: Prepared,
    how: Parameters<Replays['begin']>[1],
    by: string,
  ): Promise<Running> {
    const { answers, blockers } = await weigh(deps.config(), deps.secrets, prepared, how);
    const [blocker] = blockers;
    if (blocker) throw new NightdeskError('bad_input', blocker.message);
    const config = deps.config();
    const judge = how.judge ? (config.replay.judge ?? null) : null;
    const endpoints = how.endpoints.map((id) => endpointNamed(config, id));
    const now = clock.now();
    const single = how.kind === 'turn' || how.kind === 'conversation';
    const replay: Replay = {
      id: `r-${Math.floor(now).toString(36)}${randomBytes(3).toString('hex')}`,
      kind: how.kind,
      conversation: single ? (prepared.cases[0]?.summary.key ?? null) : null,
      turn: how.kind === 'turn' ? (prepared.cases[0]?.turns[0]?.number ?? null) : null,
      title: prepared.title,
      service: prepared.service,
      environment: prepared.environment,
      by,
      startedAt: now,
      endedAt: null,
      state: 'running',
      note: '',
      endpoints: await Promise.all(endpoints.map((one) => shownEndpoint(one, deps.secrets))),
      samples: how.samples,
      history: how.kind === 'turn' ? 'recorded' : how.history,
      judge,
      budget: { ...usualBudget(config), ...definedOf(how.budget) },
      spent: { requests: 0, tokens: 0, usd: 0, ms: 0 },
      progress: { done: 0, total: answers },
      totals: [],
      coldScore: coldScoreOf(config, prepared.service),
    };
    // What leaves this machine is on record before it does.
    await cache.journal('append', {
      entry: {
        at: now,
        kind: 'replay',
        actor: by,
        action: null,
        environment: replay.environment,
        summary: `Re-run of ${replay.title} by ${[...how.endpoints, ...(judge ? [judge] : [])].join(', ')}`,
        data: {
          replay: replay.id,
          conversations: prepared.cases.map(({ summary }) => summary.id),
          addresses: replay.endpoints.map(({ address }) => address),
        },
      },
    });
    const { ReplayRun } = await import('./run.ts');
    await cache.write('saveReplay', { replay });
    const run = new ReplayRun(
      {
        cache,
        clock,
        log: deps.log,
        publish,
        phrases: {
          unsure: config.replay.unsurePhrases,
          refusal: config.replay.refusalPhrases,
        },
        mark: () => randomBytes(12).toString('hex'),
      },
      replay,
      prepared.cases,
      endpoints.map((one) => completionsOf(one, deps.secrets)),
      judge === null ? null : completionsOf(endpointNamed(config, judge), deps.secrets),
    );
    // The console was told to end meanwhile.
    if (closed) run.stop('unfinished');
    const begun = { run, finished: run.run().finally(() => running.delete(replay.id)) };
    running.set(replay.id, begun);
    publish(['replays', 'journal']);
    return begun;
  }

  const missing = (id: string) =>
    new NightdeskError('not_found', `There is no re-run ${id.slice(0, 40)}.`);

  async function readOne(id: string): Promise<Replay> {
    const replay = running.get(id)?.run.replay ?? (await cache.read('readReplay', { id }));
    if (replay) return replay;
    throw missing(id);
  }

  return {
    begin,
    async endpoints() {
      const config = deps.config();
      const { endpoints, replay } = config;
      return {
        endpoints: await Promise.all(endpoints.map((one) => shownEndpoint(one, deps.secrets))),
        judge: replay.judge ?? null,
        budget: usualBudget(config),
      };
    },
    async preview({ target, ...how }, signal) {
      const { prepare } = await import('./prepare.ts');
      return weigh(deps.config(), deps.secrets, await prepare(deps, target, signal), how);
    },
    async run({ target, ...how }, by) {
      const failing = target.kind === 'batch' && target.turns === 'failing';
      const history = failing ? ('recorded' as const) : how.history;
      const { prepare } = await import('./prepare.ts');
      return begin(await prepare(deps, target), { ...how, history, kind: target.kind }, by);
    },
    async room() {
      while (places.size >= MOST_RUNNING) await Promise.race(places);
    },
    async ended(id) {
      await running.get(id)?.finished;
      return readOne(id);
    },
    async cancel(id) {
      const live = running.get(id);
      if (live) {
        live.run.stop('cancelled');
        await live.finished;
        return live.run.replay;
      }
      return readOne(id);
    },
    async read(id) {
      const live = running.get(id)?.run;
      const replay = await readOne(id);
      const cases =
        live?.cases ?? (await cache.read('listReplayCases', { id })).map((stored) => stored.case);
      return { replay, cases, finding: findingOf(replay, cases) };
    },
    async case(id, number) {
      const found = await cache.read('readReplayCase', { id, number });
      if (!found) throw missing(id);
      const replay = await readOne(id);
      const shownTotals = [...replay.endpoints.map((endpoint) => endpoint.id), RECORDED];
      return {
        case: found.stored.case,
        turns: found.stored.turns.flatMap((turn) => {
          const samples = found.samples.filter((one) => one.turn === turn.turn);
          const recorded = samples.find((one) => one.endpoint === RECORDED);
          if (!recorded) return [];
          return [
            {
              ...turn,
              recorded,
              samples: samples.filter((one) => one !== recorded),
              totals: totalsOf([{ samples, turns: [turn] }], shownTotals),
            },
          ];
        }),
      };
    },
    async list({ conversation, environment, limit }) {
      const replays = await cache.read('listReplays', {
        conversation: conversation ?? null,
        environment: environment ?? null,
        limit,
      });
      return replays.map((replay) => running.get(replay.id)?.run.replay ?? replay);
    },
    async reconcile() {
      await cache.write('endRunningReplays', {
        at: clock.now(),
        note: 'The console ended while this ran. What was answered until then stays.',
      });
    },
    async close() {
      closed = true;
      for (const { run } of running.values()) run.stop('unfinished');
      await Promise.all(places);
    },
  };
}

/** The recorded figure of the evaluation before launch; null when the configuration has none. */
function coldScoreOf(config: Config, service: string): number | null {
  const band = config.services.find((one) => one.id === service)?.bands.eval_score;
  return band?.kind === 'baseline' ? (band.recorded ?? null) : null;
}

function definedOf(budget: ParsedInput<'replay.run'>['budget']): Partial<ReplayBudget> {
  return Object.fromEntries(Object.entries(budget).filter(([, value]) => value !== undefined));
}
