import { NightdeskError } from '#shared/errors/index.ts';

/** Characters of one event: far above what a model sends in one piece, far below what would hurt. */
const LARGEST_EVENT = 1_000_000;

/**
 * Reads server-sent events from bytes that come in any pieces, and hands on the `data` of each event. Lines end in LF, CR
 * or CRLF; comments, other fields and events without data are passed over. An event that the stream breaks off in is
 * not handed on. Source: WHATWG HTML, "Interpreting an event stream".
 * @throws NightdeskError `bad_answer` for an event of more than a million characters
 */
export function readEvents(onData: (data: string) => void): (piece: Uint8Array) => void {
  // Also takes a byte order mark away, and joins characters that were cut between pieces.
  const decoder = new TextDecoder();
  let rest = '';
  let afterReturn = false;
  let data: string[] = [];
  let size = 0;

  function line(text: string): void {
    if (text === '') {
      if (data.length > 0) onData(data.join('\n'));
      data = [];
      size = 0;
      return;
    }
    if (text !== 'data' && !text.startsWith('data:')) return;
    const value = text.slice(5);
    data.push(value.startsWith(' ') ? value.slice(1) : value);
    size += value.length;
    if (size > LARGEST_EVENT) throw tooLarge();
  }

  return (piece) => {
    let text = decoder.decode(piece, { stream: true });
    if (text === '') return;
    // The CR that ended the last piece has already ended its line.
    if (afterReturn && text.startsWith('\n')) text = text.slice(1);
    afterReturn = text === '' ? false : text.endsWith('\r');
    const lines = (rest + text).split(/\r\n|\r|\n/);
    rest = lines.pop() ?? '';
    for (const one of lines) line(one);
    if (rest.length > LARGEST_EVENT) throw tooLarge();
  };
}

function tooLarge(): NightdeskError {
  return new NightdeskError('bad_answer', 'One event of the stream is larger than a megabyte.');
}
