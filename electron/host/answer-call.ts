import type { Caller, Log } from '#core/deps.ts';
import { NightdeskError, toWire, type WireError } from '#shared/errors/index.ts';
import type { Console } from './start-console.ts';

export type CallAnswer = { ok: true; output: unknown } | { ok: false; error: WireError };

/** What a host answers to one call, whatever happens in it: the same form over IPC and over HTTP. */
export async function answerCall(
  console: { call: Console['call']; log: Log },
  request: { operation: unknown; input: unknown },
  caller: Caller,
  signal: AbortSignal,
): Promise<CallAnswer> {
  const { operation, input } = request;
  try {
    if (typeof operation !== 'string') {
      throw new NightdeskError('bad_input', 'The name of the operation is missing.');
    }
    return { ok: true, output: await console.call(operation, input, caller, signal) };
  } catch (err) {
    if (signal.aborted) return refused(new NightdeskError('cancelled', 'Cancelled.'));
    if (!(err instanceof NightdeskError) || err.code === 'internal') {
      console.log.error({ operation, err }, 'a call failed inside the console');
    }
    return refused(err);
  }
}

export function refused(error: unknown): { ok: false; error: WireError } {
  return { ok: false, error: toWire(error) };
}
