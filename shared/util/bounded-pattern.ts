/**
 * Regular expressions that a person configures and that are tried on texts which anybody sends. JavaScript's engine goes back and
 * tries again, so some expressions take for ever on the right text. Here they are bounded: a repetition without an end counts
 * to `ENDLESS`, and what could still take too many steps is refused.
 */

/** As far as `*`, `+` and `{3,}` count. */
const ENDLESS = 64;
/** Ways in which one expression may take the same stretch of text: two repetitions without an end, and a choice. */
const MOST_WAYS = 2 * (ENDLESS + 1) ** 2;

export type Bounded = { source: string } | { problem: string };

export function boundedPattern(pattern: string): Bounded {
  try {
    new RegExp(pattern, 'u');
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return {
      problem: `is no regular expression: ${why.replace(/^Invalid regular expression: /, '')}`,
    };
  }
  if (/\\[1-9]|\\k</.test(pattern)) {
    return { problem: 'refers back to a group (\\1), which can take for ever' };
  }
  const walked = walk(pattern);
  if ('problem' in walked) return walked;
  if (new RegExp(walked.source, 'u').test('')) {
    return { problem: 'matches the empty text, and so everywhere' };
  }
  return walked;
}

interface Group {
  /** Something in it can be repeated or left out, or it has alternatives. */
  varies: boolean;
}

/** The expression is known to be valid. */
function walk(pattern: string): Bounded {
  const groups: Group[] = [{ varies: false }];
  let source = '';
  let ways = 1;
  /** The group that the last thing was, if it was one. */
  let closed: Group | null = null;
  for (let at = 0; at < pattern.length; ) {
    const here = pattern.slice(at);
    const group = groups.at(-1);
    const repeat = /^(?:[*+?]|\{(\d+)(,(\d*))?\})/.exec(here);
    if (repeat) {
      const [from, to] = range(repeat);
      const once = to <= 1;
      if (closed?.varies && !once) {
        return {
          problem:
            'repeats a group in which something is repeated or has alternatives, which can take for ever: repeat single signs or [classes] only',
        };
      }
      ways *= to - from + 1;
      if (group && to !== from) group.varies = true;
      source += to === from ? `{${to}}` : `{${from},${to}}`;
      at += repeat[0].length;
      if (pattern[at] === '?') {
        source += '?';
        at++;
      }
      closed = null;
      continue;
    }
    closed = null;
    if (pattern[at] === '(') {
      const opening = /^\((?:\?(?:[:=!]|<[=!]|<[^>]*>))?/.exec(here)?.[0] ?? '(';
      groups.push({ varies: false });
      source += opening;
      at += opening.length;
    } else if (pattern[at] === ')') {
      closed = groups.pop() ?? null;
      const outer = groups.at(-1);
      if (outer && closed?.varies) outer.varies = true;
      source += ')';
      at++;
    } else {
      if (pattern[at] === '|' && group) group.varies = true;
      const one =
        /^(?:\[(?:\\[\s\S]|[^\]\\])*\]|\\[pP]\{[^}]*\}|\\u\{[^}]*\}|\\[\s\S])/.exec(here)?.[0] ??
        String.fromCodePoint(pattern.codePointAt(at) ?? 0);
      source += one;
      at += one.length;
    }
  }
  if (ways > MOST_WAYS) {
    return {
      problem:
        'repeats too freely, which can take very long: say how often, as in {1,12}, instead of + and *',
    };
  }
  return { source };
}

function range(repeat: RegExpExecArray): [number, number] {
  const [sign, from, comma, to] = repeat;
  if (sign === '*') return [0, ENDLESS];
  if (sign === '+') return [1, ENDLESS];
  if (sign === '?') return [0, 1];
  const least = Number(from);
  if (comma === undefined) return [least, least];
  return [least, to ? Number(to) : Math.max(least, ENDLESS)];
}
