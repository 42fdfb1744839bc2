/** Flags and their history, in memory; each change is written to a file, so that the service comes back as it went. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { patched, sortOrdersFrom, strategyFrom, variantsFrom } from './input.ts';
import {
  balance,
  ENVIRONMENTS,
  type Feature,
  type FeatureEnvironment,
  FlagError,
  type FlagEvent,
  PROJECT,
  type Strategy,
} from './model.ts';

interface Saved {
  features: Feature[];
  events: FlagEvent[];
}

export class FlagStore {
  readonly #features = new Map<string, Feature>();
  #events: FlagEvent[] = [];
  readonly #file: string;
  readonly #now: () => number;
  #saves = false;

  constructor(file: string, now: () => number) {
    this.#file = file;
    this.#now = now;
  }

  /** Reads what an earlier run saved; false when there is nothing to read. */
  load(): boolean {
    try {
      const saved: Saved = JSON.parse(readFileSync(this.#file, 'utf8'));
      for (const feature of saved.features) this.#features.set(feature.name, feature);
      this.#events = saved.events;
      return true;
    } catch {
      return false;
    }
  }

  /** From now on changes are written to the file. */
  keep(): void {
    this.#saves = true;
    this.#save();
  }

  /** Grows with each change: the ETag of what clients are served. */
  get revision(): number {
    return this.#events.length;
  }

  features(): Feature[] {
    return [...this.#features.values()].filter((feature) => !feature.archived);
  }

  feature(name: string): Feature {
    const feature = this.#features.get(name);
    if (!feature || feature.archived)
      throw new FlagError(404, 'NotFoundError', `Could not find feature ${name}`);
    return feature;
  }

  environment(name: string, environment: string): FeatureEnvironment {
    const found = this.feature(name).environments[environment];
    if (!found)
      throw new FlagError(
        404,
        'NotFoundError',
        `Could not find environment ${environment} of ${name}`,
      );
    return found;
  }

  strategy(name: string, environment: string, id: string): Strategy {
    const strategy = this.environment(name, environment).strategies.find((one) => one.id === id);
    if (!strategy) throw new FlagError(404, 'NotFoundError', `Could not find strategy ${id}`);
    return strategy;
  }

  /** Newest first. */
  events(match: (event: FlagEvent) => boolean): FlagEvent[] {
    return this.#events.filter(match).toReversed();
  }

  create(input: { name: string; type?: string; description?: string }, by: string): Feature {
    if (this.#features.has(input.name)) {
      throw new FlagError(409, 'NameExistsError', 'A flag with that name already exists');
    }
    const feature: Feature = {
      name: input.name,
      type: input.type ?? 'release',
      description: input.description ?? '',
      createdAt: new Date(this.#now()).toISOString(),
      stale: false,
      impressionData: false,
      archived: false,
      environments: Object.fromEntries(
        ENVIRONMENTS.map(({ name }) => [name, { enabled: false, strategies: [], variants: [] }]),
      ),
    };
    this.#features.set(feature.name, feature);
    const { name, type, description, stale, createdAt, impressionData } = feature;
    this.#record(
      'feature-created',
      by,
      name,
      null,
      { name, type, description, project: PROJECT, stale, createdAt, impressionData },
      null,
    );
    return feature;
  }

  archive(name: string, by: string): void {
    this.feature(name).archived = true;
    this.#record('feature-archived', by, name, null, null, null);
  }

  addStrategy(name: string, environment: string, body: unknown, id: string, by: string): Strategy {
    const { strategies } = this.environment(name, environment);
    const strategy = withBalance(strategyFrom(body, { id, sortOrder: strategies.length }));
    strategies.push(strategy);
    this.#record('feature-strategy-add', by, name, environment, strategy, null);
    return strategy;
  }

  /** What the body leaves out is gone, variants too: the real one does so. */
  putStrategy(name: string, environment: string, id: string, body: unknown, by: string): Strategy {
    const before = this.strategy(name, environment, id);
    return this.#replace(name, environment, before, strategyFrom(body, before), by);
  }

  patchStrategy(
    name: string,
    environment: string,
    id: string,
    operations: unknown,
    by: string,
  ): Strategy {
    const before = this.strategy(name, environment, id);
    return this.#replace(
      name,
      environment,
      before,
      strategyFrom(patched(before, operations), before),
      by,
    );
  }

  removeStrategy(name: string, environment: string, id: string, by: string): void {
    const before = this.strategy(name, environment, id);
    const holder = this.environment(name, environment);
    holder.strategies = holder.strategies.filter((one) => one.id !== id);
    this.#record('feature-strategy-remove', by, name, environment, null, before);
  }

  setSortOrder(name: string, environment: string, body: unknown, by: string): void {
    const holder = this.environment(name, environment);
    const ids = () => ({ strategyIds: holder.strategies.map(({ id }) => id) });
    const before = ids();
    const places = sortOrdersFrom(body);
    holder.strategies = holder.strategies
      .map((one) => ({ ...one, sortOrder: places.get(one.id) ?? one.sortOrder }))
      .sort((a, b) => a.sortOrder - b.sortOrder);
    this.#record('strategy-order-changed', by, name, environment, ids(), before);
  }

  /** Switching to the state it has is no event. */
  switch(name: string, environment: string, on: boolean, by: string): void {
    const holder = this.environment(name, environment);
    if (holder.enabled === on) return;
    holder.enabled = on;
    this.#record(
      on ? 'feature-environment-enabled' : 'feature-environment-disabled',
      by,
      name,
      environment,
      null,
      null,
    );
  }

  setVariants(name: string, environment: string, body: unknown, by: string): FeatureEnvironment {
    const holder = this.environment(name, environment);
    const before = holder.variants;
    holder.variants = balance(variantsFrom(body));
    this.#record(
      'feature-environment-variants-updated',
      by,
      name,
      environment,
      { variants: holder.variants },
      { variants: before },
    );
    return holder;
  }

  #replace(
    name: string,
    environment: string,
    before: Strategy,
    next: Strategy,
    by: string,
  ): Strategy {
    const after = withBalance(next);
    const holder = this.environment(name, environment);
    holder.strategies = holder.strategies.map((one) => (one.id === before.id ? after : one));
    this.#record('feature-strategy-update', by, name, environment, after, before);
    return after;
  }

  #record(
    type: string,
    by: string,
    name: string,
    environment: string | null,
    data: unknown,
    preData: unknown,
  ): void {
    this.#events.push({
      id: this.#events.length + 1,
      type,
      createdBy: by,
      createdAt: new Date(this.#now()).toISOString(),
      featureName: name,
      project: PROJECT,
      environment,
      data: structuredClone(data),
      preData: structuredClone(preData),
      tags: [],
    });
    if (this.#saves) this.#save();
  }

  #save(): void {
    const saved: Saved = { features: [...this.#features.values()], events: this.#events };
    writeFileSync(`${this.#file}.new`, JSON.stringify(saved), { mode: 0o600 });
    renameSync(`${this.#file}.new`, this.#file);
  }
}

const withBalance = (strategy: Strategy): Strategy => ({
  ...strategy,
  variants: balance(strategy.variants),
});
