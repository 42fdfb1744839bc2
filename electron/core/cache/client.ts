/** The cache as the rest of the core sees it: named queries, run on worker threads. */
import type { AuditCalls, JournalCalls, Reads, Writes } from './queries/index.ts';

type Args<F> = F extends (db: never, args: infer A) => unknown ? A : never;
type Result<F> = F extends (db: never, args: never) => infer R ? R : never;

export interface Cache {
  /** Runs on the read-only connection: never waits behind a write. */
  read<K extends keyof Reads>(name: K, args: Args<Reads[K]>): Promise<Result<Reads[K]>>;
  /** Runs on the one writer, in one transaction. Typed arrays inside `args` are transferred. */
  write<K extends keyof Writes>(name: K, args: Args<Writes[K]>): Promise<Result<Writes[K]>>;
  /** Runs on `journal.db`, durable when it resolves. */
  journal<K extends keyof JournalCalls>(
    name: K,
    args: Args<JournalCalls[K]>,
  ): Promise<Result<JournalCalls[K]>>;
  /** Reads the whole of `journal.db` on a thread of its own: no action and no view waits behind it. */
  audit<K extends keyof AuditCalls>(
    name: K,
    args: Args<AuditCalls[K]>,
  ): Promise<Result<AuditCalls[K]>>;
  close(): Promise<void>;
}
