/** What came back over HTTP: read within bounds, and parsed. */
import type { z } from 'zod';
import { type ErrorDetail, NightdeskError } from '#shared/errors/index.ts';

export interface HttpAnswer {
  status: number;
  headers: Headers;
  bytes: Uint8Array;
  /** Decoded as UTF-8; bytes that are not become U+FFFD. */
  text: string;
}

export async function readAnswer(
  response: Response,
  maxBytes: number,
  where: string,
): Promise<HttpAnswer> {
  const pieces: Uint8Array[] = [];
  await readPieces(response, maxBytes, where, (piece) => {
    pieces.push(piece);
  });
  const only = pieces.length === 1 ? pieces[0] : undefined;
  const bytes = only ?? Buffer.concat(pieces);
  return {
    status: response.status,
    headers: response.headers,
    bytes,
    text: new TextDecoder().decode(bytes),
  };
}

/** Reads the body in the pieces it arrives in; throws `bad_answer` when there are more than `maxBytes`. */
export async function readPieces(
  response: Response,
  maxBytes: number,
  where: string,
  take: (piece: Uint8Array) => void | Promise<void>,
): Promise<void> {
  const tooLarge = () =>
    new NightdeskError('bad_answer', `${where}: the answer is larger than ${maxBytes} bytes.`, {
      detail: { maxBytes },
    });
  const reader = response.body?.getReader();
  if (reader === undefined) return;
  try {
    if (Number(response.headers.get('content-length') ?? 0) > maxBytes) throw tooLarge();
    let size = 0;
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      size += value.byteLength;
      if (size > maxBytes) throw tooLarge();
      await take(value);
    }
  } catch (error) {
    await reader.cancel().catch(() => undefined);
    throw error;
  }
}

/** Parses the text of an answer; `where` names the request in messages. */
export function parseJson<S extends z.ZodType>(
  text: string,
  schema: S,
  where: string,
  answer?: { status: number; headers: Headers },
): z.output<S> {
  const detail: ErrorDetail = answer === undefined ? {} : { status: answer.status };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    const html = /^\s*<(!doctype|html|\?xml)/i.test(text);
    const what =
      text.trim() === '' ? 'an empty answer' : html ? 'a web page' : 'something that is not JSON';
    const hint = html ? ' (a login page or a proxy in between?)' : '';
    throw new NightdeskError('bad_answer', `${where}: ${what} instead of JSON${hint}.`, {
      detail,
      cause,
    });
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const place = issue?.path.map(String).join('.') || 'the answer';
  throw new NightdeskError(
    'bad_answer',
    `${where}: ${place} is not as expected: ${issue?.message ?? 'no match'}.`,
    { detail: { ...detail, issues: parsed.error.issues.length } },
  );
}
