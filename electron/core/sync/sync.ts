/** All sources together: starts and stops their runners, and answers how fresh everything is. */
import type { Connector } from '#core/sources/connector.ts';
import { NightdeskError } from '#shared/errors/index.ts';
import type { Freshness } from '#shared/model/basics.ts';
import type { Capability, SourceStatus } from '#shared/model/source.ts';
import { type RunnerDeps, SourceRunner } from './runner.ts';

export class Sync {
  readonly #runners = new Map<string, SourceRunner>();

  private constructor(runners: SourceRunner[]) {
    for (const runner of runners) this.#runners.set(runner.connector.id, runner);
  }

  static async create(connectors: readonly Connector[], deps: RunnerDeps): Promise<Sync> {
    const saved = new Map(
      (await deps.cache.read('readSyncStates', {})).map((state) => [state.source, state]),
    );
    return new Sync(
      connectors.map((connector) => new SourceRunner(connector, saved.get(connector.id), deps)),
    );
  }

  start(): void {
    for (const runner of this.#runners.values()) runner.start();
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#runners.values()].map((runner) => runner.stop()));
  }

  status(): SourceStatus[] {
    return [...this.#runners.values()].map((runner) => runner.status());
  }

  /** The sources that feed a view: those with one of the capabilities. */
  freshness(...capabilities: Capability[]): Freshness[] {
    return this.status()
      .filter((status) => capabilities.some((one) => status.capabilities.includes(one)))
      .map(({ id, kind, state, lastSuccessAt }) => ({ source: id, kind, state, lastSuccessAt }));
  }

  connector(id: string): Connector {
    const runner = this.#runners.get(id);
    if (!runner) throw new NightdeskError('not_found', `There is no source "${id}".`);
    return runner.connector;
  }

  async syncNow(id?: string): Promise<void> {
    if (id !== undefined) this.connector(id);
    const chosen = [...this.#runners.values()].filter(
      (runner) => id === undefined || runner.connector.id === id,
    );
    await Promise.all(chosen.map((runner) => runner.syncNow()));
  }
}
