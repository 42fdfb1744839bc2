/**
 * The one error class of Nightdesk and its closed set of codes.
 * It is written to the wire by `toWire` and rebuilt by `fromWire`, and nowhere else.
 */
export const ERROR_CODES = [
  'bad_input', // the caller's input does not fit the schema
  'not_found',
  'forbidden', // the caller's role does not allow it
  'locked', // the environment is read-only until unlocked
  'conflict', // the outside state moved since the plan
  'pending_approval', // an approval workflow stands between the call and its effect
  'unauthorized', // a source refused our credentials
  'rate_limited', // a source asked us to slow down
  'unreachable', // no answer: refused, reset, DNS, cut off
  'timeout',
  'bad_answer', // a source answered something that does not fit its schema
  'config_invalid',
  'storage_full',
  'storage_failed',
  'cancelled',
  'unsupported',
  'internal',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/** JSON-safe extra facts. Must never carry a secret: it reaches the screen. */
export type ErrorDetail = Readonly<Record<string, unknown>>;

export interface WireError {
  code: ErrorCode;
  message: string;
  retryable: boolean;
  detail?: ErrorDetail;
}

export interface ErrorOptions {
  retryable?: boolean;
  detail?: ErrorDetail;
  cause?: unknown;
}

const RETRYABLE: ReadonlySet<ErrorCode> = new Set(['rate_limited', 'unreachable', 'timeout']);

export class NightdeskError extends Error {
  override readonly name = 'NightdeskError';
  readonly code: ErrorCode;
  readonly retryable: boolean;
  readonly detail: ErrorDetail | undefined;

  constructor(code: ErrorCode, message: string, options: ErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retryable = options.retryable ?? RETRYABLE.has(code);
    this.detail = options.detail;
  }
}

/** What crosses a process border. An error of another class becomes `internal` without its text: it may hold a secret. */
export function toWire(error: unknown): WireError {
  if (error instanceof NightdeskError) {
    return {
      code: error.code,
      message: error.message,
      retryable: error.retryable,
      ...(error.detail === undefined ? {} : { detail: error.detail }),
    };
  }
  if (error instanceof Error && error.name === 'AbortError') {
    return { code: 'cancelled', message: 'Cancelled.', retryable: false };
  }
  return {
    code: 'internal',
    message: 'Something failed inside the console. The log has the details.',
    retryable: false,
  };
}

export function fromWire(wire: WireError): NightdeskError {
  return new NightdeskError(wire.code, wire.message, {
    retryable: wire.retryable,
    ...(wire.detail === undefined ? {} : { detail: wire.detail }),
  });
}
