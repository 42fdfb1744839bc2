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
    const output = await console.call(operation, input, caller, signal);
    // Some operations answer what they had when they were stopped; nobody is to take that for the whole.
    return signal.aborted ? cancelled() : { ok: true, output };
  } catch (err) {
    if (signal.aborted) return cancelled();
    if (!(err instanceof NightdeskError) || err.code === 'internal') {
      console.log.error({ operation, err }, 'a call failed inside the console');
    }
    return refused(err);
  }
}

function cancelled(): CallAnswer {
  return refused(new NightdeskError('cancelled', 'Cancelled.'));
}

export function refused(error: unknown): { ok: false; error: WireError } {
  return { ok: false, error: toWire(error) };
}
