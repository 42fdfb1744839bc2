/** One run: every case answered by every endpoint, the baseline first, within a budget. */
import type { Cache } from '#core/cache/client.ts';
import type { StoredCase } from '#core/cache/queries/replays.ts';
import type { Clock, Log } from '#core/deps.ts';
import type { Topic } from '#shared/contract/index.ts';
import { NightdeskError } from '#shared/errors/index.ts';
import { RECORDED, type Replay, type ReplaySample } from '#shared/model/replay.ts';
import { type Answer, answerTurn } from './answer.ts';
import { Budget, BudgetSpent, type Share } from './budget.ts';
import type { Completions } from './completion.ts';
import { takes } from './estimate.ts';
import { judgeAnswer } from './judge.ts';
import { historyBefore, type LiveCase, liveCase, measureOf, spoken, toJudge } from './live-case.ts';
import { recordedMessages } from './messages.ts';
import { inParallel } from './parallel.ts';
import type { Phrases } from './phrases.ts';
import { askedLanguage, type PreparedCase } from './prepare.ts';
import { recordedSample } from './recorded.ts';
import type { ScriptTurn } from './script.ts';
import { RecordedTools } from './tools.ts';
import { totalsOf } from './totals.ts';
import { judge } from './verdict.ts';
import type { ChatMessage } from './wire.ts';

/** An endpoint that has answered nothing after so many tries is not asked again. */
const GIVE_UP_AFTER = 3;
const TOTALS_EVERY_MS = 1000;

export interface RunDeps {
  cache: Cache;
  clock: Clock;
  log: Log;
  publish: (topics: Topic[]) => void;
  phrases: Phrases;
  /** An unguessable text, for the judge. */
  mark: () => string;
}

export class ReplayRun {
  readonly #deps: RunDeps;
  readonly #cases: LiveCase[];
  readonly #endpoints: readonly Completions[];
  readonly #judge: Completions | null;
  readonly #budget: Budget;
  readonly #stop = new AbortController();
  #replay: Replay;
  #spentWhy: string | null = null;
  #ending: Replay['state'] | null = null;
  #totalsAt = 0;

  constructor(
    deps: RunDeps,
    replay: Replay,
    cases: readonly PreparedCase[],
    endpoints: readonly Completions[],
    judgeEndpoint: Completions | null,
  ) {
    this.#deps = deps;
    this.#replay = replay;
    this.#endpoints = endpoints;
    this.#judge = judgeEndpoint;
    this.#budget = new Budget(replay.budget, () => deps.clock.now());
    this.#cases = cases.map((one, number) => liveCase(one, number));
  }

  get id(): string {
    return this.#replay.id;
  }

  /** As it stands, also while it runs. */
  get replay(): Replay {
    if (this.#replay.state === 'running') this.#refresh(false);
    return this.#replay;
  }

  get cases(): StoredCase['case'][] {
    return this.#cases.map(({ stored }) => stored.case);
  }

  /** Ends it; what was answered stays. `unfinished`: the console ends. */
  stop(as: 'cancelled' | 'unfinished'): void {
    this.#ending ??= as;
    this.#stop.abort();
  }

  /** Resolves when it has ended, however that came. Never throws. */
  async run(): Promise<void> {
    const { cache, clock, log } = this.#deps;
    const { signal } = this.#stop;
    const over = new AbortController();
    clock
      .sleep(this.#budget.leftMs, over.signal)
      .then(() => {
        this.#spentWhy ??= `The ${this.#budget.limits.minutes} min are over.`;
        this.#stop.abort();
      })
      .catch(() => undefined);
    let failure: string | null = null;
    try {
      await cache.write('saveReplayCases', {
        id: this.id,
        cases: this.#cases.map(({ stored }) => stored),
      });
      await this.#recorded(signal);
      for (const endpoint of this.#endpoints) await this.#phase(endpoint, signal);
    } catch (error) {
      if (!signal.aborted) {
        log.error({ err: error, replay: this.id }, 'a re-run failed inside the console');
        failure = 'The console failed at it; the log has the details. What was answered stays.';
      }
    } finally {
      over.abort();
    }
    await this.#end(failure).catch((error: unknown) => {
      log.error({ err: error, replay: this.id }, 'the end of a re-run could not be stored');
    });
  }

  /** The recorded answers under the same rules; with a judge, their score is the production score. */
  async #recorded(signal: AbortSignal): Promise<void> {
    const judgedBy = this.#judge?.endpoint ?? null;
    const work = async (one: LiveCase, inner: AbortSignal) => {
      const samples: ReplaySample[] = [];
      await this.#budget.within(takes(one, null, judgedBy), async (share) => {
        for (const turn of one.turns) {
          const asked = askedLanguage(turn);
          const sample = recordedSample(turn, asked, one.schemasOf(turn), this.#deps.phrases);
          const history = historyBefore(one, turn).flatMap(spoken);
          samples.push(await this.#judged(sample, one, turn, history, share, inner));
        }
      });
      await this.#keep(one, samples, 0);
    };
    await inParallel(this.#cases, judgedBy?.concurrency ?? 1, signal, work);
  }

  async #phase(endpoint: Completions, signal: AbortSignal): Promise<void> {
    const tasks = this.#cases.flatMap((one) => {
      const expected = takes(one, endpoint.endpoint, this.#judge?.endpoint ?? null);
      return Array.from({ length: this.#replay.samples }, (_, sample) => ({
        one,
        sample,
        expected,
      }));
    });
    const work = ({ one, sample, expected }: (typeof tasks)[number], inner: AbortSignal) =>
      this.#budget.within(expected, (share) => this.#sample(endpoint, one, sample, share, inner));
    await inParallel(tasks, endpoint.endpoint.concurrency, signal, work);
  }

  /** One sample of a case: its turns one after the other. */
  async #sample(
    completions: Completions,
    one: LiveCase,
    sample: number,
    share: Share,
    signal: AbortSignal,
  ): Promise<void> {
    const { clock, phrases } = this.#deps;
    const endpoint = completions.endpoint.id;
    const free = this.#replay.history === 'own' && this.#replay.kind !== 'turn';
    let own: { messages: ChatMessage[]; turn: number } | null = null;
    // What has begun goes on while its own share reaches.
    if (this.#spentWhy !== null) return;
    for (const turn of one.turns) {
      if (this.#gaveUp(endpoint)) return;
      const asked = askedLanguage(turn);
      // What nobody answers again was said all the same: where the bot spoke first, say.
      const before: ChatMessage[] = [
        ...(own?.messages ?? []),
        ...historyBefore(one, turn, own?.turn ?? -1).flatMap(recordedMessages),
      ];
      const messages: ChatMessage[] = [
        ...(turn.system === null ? [] : [{ role: 'system' as const, content: turn.system }]),
        ...before,
        ...turn.asked.map((content) => ({ role: 'user' as const, content })),
      ];
      const elsewhere = one.script.turns.filter((other) => other !== turn);
      const tools = new RecordedTools(
        turn.calls,
        elsewhere.flatMap((other) => other.calls),
        one.schemasOf(turn),
      );
      let answer: Answer;
      try {
        answer = await answerTurn(
          {
            completions,
            budget: share,
            phrases,
            sleep: (ms, inner) => clock.sleep(ms, inner),
          },
          messages,
          { tools: turn.tools, sampling: turn.sampling, seed: sample + 1 },
          tools,
          asked,
          signal,
        );
      } catch (error) {
        if (!(error instanceof BudgetSpent)) throw error;
        this.#spentWhy ??= error.message;
        return;
      }
      const done: ReplaySample = {
        ...answer,
        endpoint,
        sample,
        turn: turn.number,
        verdict: judge(answer, asked, measureOf(one, turn)),
        judgement: null,
        judgeError: null,
      };
      await this.#keep(one, [await this.#judged(done, one, turn, before, share, signal)], 1);
      this.#lookAt(endpoint, answer);
      if (!free) continue;
      // A conversation cannot go on from an answer that did not come to its end.
      if (answer.error !== null) return;
      own = {
        messages: messages.filter((message) => message.role !== 'system'),
        turn: turn.number,
      };
    }
  }

  /** The sample with what the judge says of it, where one is asked and there is something to judge. */
  async #judged(
    sample: ReplaySample,
    one: LiveCase,
    turn: ScriptTurn,
    before: readonly ChatMessage[],
    share: Share,
    signal: AbortSignal,
  ): Promise<ReplaySample> {
    const completions = this.#judge;
    if (completions === null || sample.text === '' || sample.error !== null) return sample;
    if (this.#gaveUp(completions.endpoint.id)) return sample;
    try {
      const { mark } = this.#deps;
      const judgement = await judgeAnswer(
        { completions, budget: share, mark },
        toJudge(sample, one, turn, before),
        signal,
      );
      this.#lookAt(completions.endpoint.id, { state: 'done', error: null });
      return { ...sample, judgement };
    } catch (error) {
      if (error instanceof BudgetSpent) {
        this.#spentWhy ??= error.message;
        return sample;
      }
      if (!(error instanceof NightdeskError) || signal.aborted) throw error;
      this.#lookAt(completions.endpoint.id, { state: 'failed', error });
      return { ...sample, judgeError: error.message };
    }
  }

  readonly #answered = new Set<string>();
  readonly #refused = new Map<string, { count: number; why: string }>();

  /** Counts refusals until an endpoint has answered once. */
  #lookAt(endpoint: string, answer: { state: Answer['state']; error: Answer['error'] }): void {
    if (answer.state !== 'failed') this.#answered.add(endpoint);
    if (this.#answered.has(endpoint)) return;
    const count = (this.#refused.get(endpoint)?.count ?? 0) + 1;
    this.#refused.set(endpoint, { count, why: answer.error?.message ?? 'no answer.' });
  }

  #gaveUp(endpoint: string): boolean {
    const count = this.#refused.get(endpoint)?.count ?? 0;
    return count >= GIVE_UP_AFTER && !this.#answered.has(endpoint);
  }

  /** Of each that answered nothing, which and why. */
  #silent(): Map<string, string> {
    const notes = new Map<string, string>();
    for (const [endpoint, { why }] of this.#refused) {
      if (this.#answered.has(endpoint)) continue;
      const what = this.#gaveUp(endpoint)
        ? `was not asked again after ${GIVE_UP_AFTER} failures`
        : 'answered nothing';
      notes.set(endpoint, `${endpoint} ${what}: ${why}`);
    }
    return notes;
  }

  async #keep(one: LiveCase, samples: ReplaySample[], count: number): Promise<void> {
    one.samples.push(...samples);
    const { done, total } = this.#replay.progress;
    const spent = this.#budget.spent;
    this.#replay = {
      ...this.#replay,
      spent,
      progress: { done: done + samples.length * count, total },
    };
    one.stored = {
      ...one.stored,
      case: { ...one.stored.case, totals: totalsOf([one], this.#shown()) },
    };
    const { cache, publish } = this.#deps;
    await cache.write('saveReplaySamples', {
      id: this.id,
      number: one.stored.case.number,
      samples,
    });
    publish(['replays']);
  }

  #shown(): string[] {
    return [...this.#endpoints.map(({ endpoint }) => endpoint.id), RECORDED];
  }

  #refresh(now: boolean): void {
    const at = this.#deps.clock.now();
    if (!now && at - this.#totalsAt < TOTALS_EVERY_MS) return;
    this.#totalsAt = at;
    this.#replay = {
      ...this.#replay,
      spent: this.#budget.spent,
      totals: totalsOf(this.#cases, this.#shown()),
    };
  }

  async #end(failure: string | null): Promise<void> {
    const { cache, clock, publish } = this.#deps;
    this.#refresh(true);
    const silent = this.#silent();
    const notes = [...silent.values()];
    const nobody = this.#endpoints.every(({ endpoint }) => silent.has(endpoint.id));
    let state: Replay['state'] = notes.length > 0 ? 'incomplete' : 'done';
    if (nobody || failure !== null) state = 'failed';
    if (failure !== null) notes.unshift(failure);
    else if (this.#spentWhy !== null) {
      state = 'budget_spent';
      notes.unshift(`${this.#spentWhy} What was answered until then stays.`);
    } else if (this.#ending !== null) {
      state = this.#ending;
      if (state === 'unfinished') notes.unshift('The console ended while this ran.');
    }
    this.#replay = { ...this.#replay, state, endedAt: clock.now(), note: notes.join(' ') };
    await cache.write('saveReplayCases', {
      id: this.id,
      cases: this.#cases.map(({ stored }) => stored),
    });
    await cache.write('saveReplay', { replay: this.#replay });
    publish(['replays']);
  }
}
