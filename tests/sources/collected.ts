/** What a cache would hold after a pull: batches applied by the rules of `Batch`. */
import type { Batch, Connector } from '#core/sources/connector.ts';

export interface Collected {
  /** `signal service environment version` → ts → value. */
  points: Map<string, Map<number, number>>;
  spans: Map<string, unknown>;
  flagEvents: Map<string, unknown>;
  changes: Map<string, unknown>;
  /** Snapshots: what the last batch that carried them said. */
  snapshots: Map<'flags' | 'alerts' | 'silences' | 'runbooks', unknown[]>;
  cursor: string | null;
  rejected: { reason: string; count: number }[];
  batches: number;
  /** The last one. */
  progress: Batch['progress'];
}

export function nothingCollected(cursor: string | null = null): Collected {
  return {
    points: new Map(),
    spans: new Map(),
    flagEvents: new Map(),
    changes: new Map(),
    snapshots: new Map(),
    cursor,
    rejected: [],
    batches: 0,
    progress: undefined,
  };
}

export function apply(into: Collected, batch: Batch): void {
  into.batches++;
  for (const { key, ts, value } of batch.points ?? []) {
    const name = `${key.signal} ${key.service} ${key.environment} ${key.version}`;
    const series = into.points.get(name) ?? new Map<number, number>();
    into.points.set(name, series);
    for (const [index, at] of ts.entries()) series.set(at, value[index] ?? Number.NaN);
  }
  for (const record of batch.spans ?? []) into.spans.set(JSON.stringify(record.span), record);
  for (const event of batch.flagEvents ?? []) into.flagEvents.set(JSON.stringify(event), event);
  for (const change of batch.changes ?? []) into.changes.set(change.id, change);
  for (const kind of ['flags', 'alerts', 'silences', 'runbooks'] as const) {
    const snapshot = batch[kind];
    if (snapshot !== undefined) into.snapshots.set(kind, snapshot);
  }
  into.rejected.push(...(batch.rejected ?? []));
  if (batch.cursor !== undefined) into.cursor = batch.cursor;
  if (batch.progress !== undefined) into.progress = batch.progress;
}

/** One whole pull, applied on top of `into`. Throws what the connector throws. */
export async function collect(
  connector: Connector,
  into: Collected = nothingCollected(),
  signal: AbortSignal = new AbortController().signal,
): Promise<Collected> {
  for await (const batch of connector.pull(into.cursor, signal)) apply(into, batch);
  return into;
}

/** The records alone, comparable with `toEqual`. */
export function records({ points, spans, flagEvents, changes, snapshots }: Collected): object {
  return { points, spans, flagEvents, changes, snapshots };
}
