import type { Answer } from '#shared/contract/bridge.ts';
import { ERROR_CODES, fromWire, NightdeskError, type WireError } from '#shared/errors/index.ts';
import { plainString } from '#shared/util/visible-text.ts';

/**
 * The output of an answer, or its error thrown as the class the rest of the renderer knows. What an error says quotes what
 * came from outside, and is only ever shown: it is made plain here, once.
 */
export function answered(answer: Answer): unknown {
  if (answer.ok) return answer.output;
  throw isWireError(answer.error)
    ? fromWire({ ...answer.error, message: plainString(answer.error.message) })
    : new NightdeskError('internal', 'The console answered something that cannot be read.');
}

export function cancelled(): NightdeskError {
  return new NightdeskError('cancelled', 'Cancelled.');
}

export function isAnswer(value: unknown): value is Answer {
  if (typeof value !== 'object' || value === null || !('ok' in value)) return false;
  return value.ok === true ? 'output' in value : value.ok === false && 'error' in value;
}

function isWireError(value: unknown): value is WireError {
  return (
    typeof value === 'object' &&
    value !== null &&
    'code' in value &&
    ERROR_CODES.some((code) => code === value.code) &&
    'message' in value &&
    typeof value.message === 'string' &&
    'retryable' in value &&
    typeof value.retryable === 'boolean'
  );
}
