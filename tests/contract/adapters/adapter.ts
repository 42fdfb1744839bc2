import type { Transport } from '../../../renderer/client/transports/transport.ts';

/** A host that runs, and a window's end of it. */
export interface RunningAdapter {
  transport: Transport;
  /** Cuts the line of events from the window's side; null where it cannot be cut. */
  cutLine: (() => void) | null;
  close(): Promise<void>;
}

export interface Adapter {
  name: string;
  /** Why it cannot run here; null when it can. */
  skip: string | null;
  start(options: { data: string; config: string }): Promise<RunningAdapter>;
}
