import type { CoreEvent, Input, OperationName, Output } from '#shared/contract/index.ts';
import { NightdeskError } from '#shared/errors/index.ts';
import { useConnection } from './connection.ts';
import type { Transport } from './transports/index.ts';

let transport: Transport | null = null;
const listeners = new Set<(event: CoreEvent) => void>();

/** Called once at start. Returns how to stop listening. */
export function connect(through: Transport): () => void {
  transport = through;
  return through.onEvent(
    (event) => {
      for (const listener of listeners) listener(event);
    },
    (up) => useConnection.getState().heard(up),
  );
}

/** Asks the core. Throws `NightdeskError`; an aborted call is `cancelled`. */
export async function call<K extends OperationName>(
  operation: K,
  input: Input<K>,
  signal?: AbortSignal,
): Promise<Output<K>> {
  if (!transport) throw new NightdeskError('internal', 'The window is not connected yet.');
  const output = await transport.call(operation, input, signal);
  // The one place where the wire becomes typed: the core has checked the input, and answers by the contract.
  return output as Output<K>;
}

/** Hears every event of the core until the returned function is called. */
export function subscribe(listener: (event: CoreEvent) => void): () => void {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}
