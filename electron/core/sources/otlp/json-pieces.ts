/**
 * Takes a large JSON request apart without parsing it in one piece: finds where its spans (or log records)
 * begin and end, so that each is parsed for itself and others get their turn in between.
 *
 * They are the objects at object › list › object › list › object › list, the only things in an export request
 * that lie so: resources and attributes have an object where these have a list.
 */
import type { Breather } from '../breather.ts';
import { MalformedBody } from './raw.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;

/** Containers around an item, outermost first: 1 object, 2 list. */
const AROUND_ITEM = [1, 2, 1, 2, 1, 2];
/** Characters looked at between two looks at the clock. */
const STRIDE = 1 << 16;

export interface Pieces {
  /** The request with a number in the place of each item: its index in `items`. */
  frame: string;
  /** First byte and the byte behind the last, for each item. */
  items: [number, number][];
}

/** Throws MalformedBody when brackets or quotes do not match; what is between them is not looked at. */
export async function takeApart(body: Buffer, breather: Breather): Promise<Pieces> {
  const items: [number, number][] = [];
  const frame: string[] = [];
  /** How many of the containers now open are as they are around an item. */
  let matching = 0;
  let depth = 0;
  let itemStart = -1;
  let framed = 0;
  let rest = STRIDE;
  for (let at = 0; at < body.length; at++) {
    if (at >= rest) {
      await breather.rest();
      rest = at + STRIDE;
    }
    const byte = body[at];
    if (byte === QUOTE) {
      at = endOfString(body, at);
    } else if (byte === OPEN_OBJECT || byte === OPEN_LIST) {
      const kind = byte === OPEN_OBJECT ? 1 : 2;
      if (depth === AROUND_ITEM.length && matching === depth && kind === 1) itemStart = at;
      if (matching === depth && AROUND_ITEM[depth] === kind) matching++;
      depth++;
    } else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) {
      depth--;
      if (depth < 0)
        throw new MalformedBody('The body is not JSON: a bracket closes what is not open.');
      matching = Math.min(matching, depth);
      if (depth === AROUND_ITEM.length && itemStart >= 0) {
        frame.push(body.toString('utf8', framed, itemStart), String(items.length));
        items.push([itemStart, at + 1]);
        framed = at + 1;
        itemStart = -1;
      }
    }
  }
  if (depth !== 0) throw new MalformedBody('The body is not JSON: it is cut off.');
  frame.push(body.toString('utf8', framed));
  return { frame: frame.join(''), items };
}

/** Index of the quote that ends the string that begins at `start`. */
function endOfString(body: Buffer, start: number): number {
  for (let at = start + 1; ; at++) {
    at = body.indexOf(QUOTE, at);
    if (at < 0) throw new MalformedBody('The body is not JSON: a text does not end.');
    let slashes = 0;
    while (body[at - 1 - slashes] === BACKSLASH) slashes++;
    if (slashes % 2 === 0) return at;
  }
}
