/** Answers of the receiver, in the sender's encoding (opentelemetry-proto, collector/{trace,logs}/v1 and google.rpc.Status). */
import { PbfWriter } from 'pbf';

export type Encoding = 'json' | 'protobuf';

export interface Answer {
  status: number;
  headers: Record<string, string>;
  body: Uint8Array | string;
}

const TYPES: Readonly<Record<Encoding, string>> = {
  json: 'application/json',
  protobuf: 'application/x-protobuf',
};

/** 200: everything that was not `rejected` is stored for good. */
export function accepted(
  encoding: Encoding,
  what: 'Spans' | 'LogRecords',
  rejected: number,
  message: string,
): Answer {
  const partial = rejected > 0;
  if (encoding === 'json') {
    const body = partial
      ? { partialSuccess: { [`rejected${what}`]: String(rejected), errorMessage: message } }
      : {};
    return answer(200, encoding, JSON.stringify(body));
  }
  const writer = new PbfWriter();
  if (partial) {
    writer.writeMessage(
      1,
      (_, inner) => {
        inner.writeVarintField(1, rejected);
        inner.writeStringField(2, message);
      },
      null,
    );
  }
  return answer(200, encoding, writer.finish());
}

/** A refusal with its reason; `retryAfterS` asks the sender to come again with the same body. */
export function refused(
  encoding: Encoding,
  status: number,
  message: string,
  retryAfterS?: number,
): Answer {
  const headers = retryAfterS === undefined ? undefined : { 'retry-after': String(retryAfterS) };
  // google.rpc.Code: 14 unavailable, 3 invalid argument.
  const code = status === 503 ? 14 : 3;
  if (encoding === 'json')
    return answer(status, encoding, JSON.stringify({ code, message }), headers);
  const writer = new PbfWriter();
  writer.writeVarintField(1, code);
  writer.writeStringField(2, message);
  return answer(status, encoding, writer.finish(), headers);
}

function answer(
  status: number,
  encoding: Encoding,
  body: Uint8Array | string,
  headers: Record<string, string> = {},
): Answer {
  return { status, headers: { 'content-type': TYPES[encoding], ...headers }, body };
}
