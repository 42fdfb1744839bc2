/** Reading a request: who may send, in which form, and how much of it. */
import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { Encoding } from './answer.ts';

/** The largest body, as sent and as unpacked. */
export const MAX_SENT = 16 * 1024 * 1024;
export const MAX_UNPACKED = 64 * 1024 * 1024;

const unpack = promisify(gunzip);

/** Answered to the sender as it is. */
export class RefusedRequest extends Error {
  override readonly name = 'RefusedRequest';
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i;

/**
 * Throws RefusedRequest for what is no exporter on this machine: a web page (which could post here from a
 * browser) or a name that was pointed at this address.
 */
export function checkSender({ headers }: IncomingMessage): void {
  if (headers.origin !== undefined || headers['sec-fetch-site'] === 'cross-site') {
    throw new RefusedRequest(403, 'Web pages may not send telemetry here.');
  }
  if (!LOOPBACK.test(headers.host ?? '')) {
    throw new RefusedRequest(403, 'This receiver answers only under localhost and 127.0.0.1.');
  }
}

export function encodingOf({ headers }: IncomingMessage): Encoding | null {
  const type = (headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase();
  if (type === 'application/json') return 'json';
  return type === 'application/x-protobuf' || type === 'application/protobuf' ? 'protobuf' : null;
}

/** The unpacked body. `grow` is told of every byte that is held, and may throw to refuse more. */
export async function readBody(
  request: IncomingMessage,
  grow: (bytes: number) => void,
): Promise<Buffer> {
  const packing = (request.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  if (packing !== 'gzip' && packing !== 'identity') {
    throw new RefusedRequest(
      415,
      `Content-Encoding "${packing}" is not known here; send gzip or none.`,
    );
  }
  if (Number(request.headers['content-length'] ?? 0) > MAX_SENT) throw tooLarge('body', MAX_SENT);
  const chunks: Buffer[] = [];
  let size = 0;
  // A body that is refused half-way leaves the connection open for the answer.
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    if (!Buffer.isBuffer(chunk)) continue;
    size += chunk.length;
    if (size > MAX_SENT) throw tooLarge('body', MAX_SENT);
    grow(chunk.length);
    chunks.push(chunk);
  }
  const [only] = chunks;
  const sent = chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks, size);
  if (packing === 'identity') return sent;
  try {
    const body = await unpack(sent, { maxOutputLength: MAX_UNPACKED });
    grow(body.length);
    return body;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE') {
      throw tooLarge('unpacked body', MAX_UNPACKED);
    }
    if (error instanceof Error && 'code' in error) {
      throw new RefusedRequest(400, 'The body is not gzip, or is cut off.');
    }
    throw error;
  }
}

function tooLarge(what: string, limit: number): RefusedRequest {
  const megabytes = Math.round(limit / 1024 / 1024);
  return new RefusedRequest(
    413,
    `The ${what} is larger than ${megabytes} MB; send smaller batches.`,
  );
}
