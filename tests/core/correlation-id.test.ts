import { describe, expect, it } from 'vitest';
import { candidateIds, idsToFind } from '#shared/util/correlation-id.ts';
import fc from '../helpers/random.ts';

const edge = fc.constantFrom(...'abcdefghijklmnopqrstuvwxyzABCXYZ0123456789');
const inner = fc.constantFrom(...'abcdefxyzABCXYZ0123456789-_.:@~+');

/** Whatever a service may use; in running text it must hold a digit to be told from a word. */
const id = fc.oneof(
  fc.uuid(),
  fc.stringMatching(/^[0-9a-f]{32}$/),
  fc.stringMatching(/^[0-9a-f]{16}$/),
  fc.stringMatching(/^c-[0-9a-f]{8}$/),
  fc.stringMatching(/^(session|user|chat)[-_:][a-z]{2,6}[0-9]{2,9}$/),
  fc
    .tuple(edge, fc.array(inner, { minLength: 3, maxLength: 40 }), edge)
    .map(([first, middle, last]) => first + middle.join('') + last)
    .filter((text) => !/id:/i.test(text)),
);

const SHAPES: Record<string, (id: string) => string> = {
  'as it is': (id) => id,
  'with spaces around': (id) => `  ${id}\t\n`,
  'in double quotes': (id) => `"${id}"`,
  'in single quotes': (id) => `'${id}'`,
  'in typographic quotes': (id) => `“${id}”`,
  'in guillemets': (id) => `«${id}»`,
  'in code ticks': (id) => `\`${id}\``,
  'in bold': (id) => `**${id}**`,
  'in round brackets': (id) => `(${id})`,
  'in square brackets': (id) => `[${id}]`,
  'in angle brackets': (id) => `<${id}>`,
  'in quotes in brackets': (id) => `["${id}"],`,
  'with a full stop': (id) => `${id}.`,
  'with a comma': (id) => `${id},`,
  'with a question mark': (id) => `${id}?!`,
  'as a deep link': (id) => `nightdesk://conversation/${encodeURIComponent(id)}`,
  'as the address of the screen': (id) =>
    `http://127.0.0.1:4173/conversation/${encodeURIComponent(id)}?env=production&from=1#token=abc123`,
  'as a path of another tool': (id) =>
    `https://traces.example.com/project/p81/sessions/${encodeURIComponent(id)}?tab=2`,
  'in the query of an address': (id) =>
    `https://logs.example.com/search/v2?from=now-1h&conversation_id=${encodeURIComponent(id)}&x=1`,
  'as a markdown link': (id) =>
    `[here](https://x.example.com/conversation/${encodeURIComponent(id)})`,
  'as a link of a chat': (id) => {
    const link = `https://a.example.com/conversations/${encodeURIComponent(id)}`;
    return `<${link}|${id}>`;
  },
  'as a link of a chat with other words': (id) =>
    `see <https://a.example.com/conversations/${encodeURIComponent(id)}|this one>`,
  'in a link within a link': (id) => {
    const link = `https://a.example.com/conversation/${encodeURIComponent(id)}?env=production`;
    return `https://eu.safelinks.example.com/?url=${encodeURIComponent(link)}&data=05%7C01&reserved=0`;
  },
  'in a link as the path of another': (id) =>
    `https://out.example.com/go/${encodeURIComponent(`https://a.example.com/conversation/${encodeURIComponent(id)}`)}`,
  'as a link written for another': (id) =>
    encodeURIComponent(`https://a.example.com/conversation/${id}`),
  'in quotes written for a link': (id) => `%22${encodeURIComponent(id)}%22`,
  'with a hash': (id) => `#${id}`,
  'as a variable': (id) => `$${id}`,
  'in the colours of a terminal': (id) => `\u001b[1;32m${id}\u001b[0m`,
  'in colours that lost their escape': (id) => `[32m${id}[0m`,
  'in a log line': (id) =>
    `2026-03-01T03:09:12.123Z WARN [support-bot] 10.0.0.17:8080 conversation_id=${id} took=7.9s status=500`,
  'in a log line with quotes': (id) =>
    `ts=2026-03-01T03:09:12Z level=warn gen_ai.conversation.id="${id}" version=v42`,
  'in a log line of words': (id) => `03:09:12 ERROR Correlation ID: ${id}, retrying 3 times`,
  'in a JSON log line': (id) =>
    JSON.stringify({ time: 1772334552123, trace: { a: 1 }, conversationId: id, version: 'v42.1' }),
  'in JSON inside JSON': (id) => JSON.stringify({ log: JSON.stringify({ session_id: id, n: 12 }) }),
  'in a header': (id) => `X-Correlation-Id: ${id}`,
  'with zero-width characters': (id) => `\u200b${[...id].join('\u200b')}\ufeff`,
  'with marks of direction': (id) => `\u2068${id}\u2069`,
  'on a line of its own': (id) =>
    `Customer says it is broken.\nConversation:\n${id}\n\nPlease look at it.`,
};

describe('an ID is found first', () => {
  for (const [shape, wrap] of Object.entries(SHAPES)) {
    it(shape, () => {
      fc.assert(
        fc.property(id, (one) => {
          expect(candidateIds(wrap(one))[0]).toBe(one);
        }),
      );
    });
  }

  it('also where it is written in another way, behind what was pasted', () => {
    const others: Record<string, (id: string) => string> = {
      'in italics': (id) => `_${id}_`,
      'struck out': (id) => `~${id}~`,
      'with a prefix': (id) => `cid:${id}`,
      'with a line number': (id) => `${id}:2`,
      'in upper case': (id) => id.toUpperCase(),
      'as a UUID without its hyphens': (id) => (id.length === 36 ? id.replaceAll('-', '') : id),
      'with hyphens that do not break': (id) => id.replaceAll('-', '\u2011'),
      'with dashes': (id) => `(${id.replaceAll('-', '–')})`,
      'in upper case in a log line': (id) => `WARN conversation_id=${id.toUpperCase()} took=7.9s`,
    };
    const plain = fc.oneof(fc.uuid(), fc.stringMatching(/^c-[0-9a-f]{7}[0-9]$/));
    for (const [shape, wrap] of Object.entries(others)) {
      fc.assert(
        fc.property(plain, (one) => {
          expect(candidateIds(wrap(one)), shape).toContain(one);
        }),
      );
    }
    // What is meant as it stands comes first all the same.
    expect(candidateIds('_C-7F3A_')[0]).toBe('_C-7F3A_');
  });

  it('in brackets, though it begins as a colour that lost its escape would', () => {
    for (const one of ['31m-c7f3', '0m7f3a91e2', 'mbot-42', 'M7:x', '6822m']) {
      expect(candidateIds(`[${one}]`)[0]).toBe(one);
      expect(candidateIds(`WARN [${one}] took 7.9s`)).toContain(one);
    }
    expect(candidateIds('[32m[c-7f3a91e2][0m')[0]).toBe('c-7f3a91e2');
  });

  it('as the trace of a traceparent, wherever that stands', () => {
    const hex = (length: number) => fc.stringMatching(new RegExp(`^[0-9a-f]{${length}}$`));
    fc.assert(
      fc.property(hex(32), hex(16), (trace, span) => {
        const header = `00-${trace}-${span}-01`;
        for (const text of [header, `traceparent: ${header}`, `x "traceparent":"${header}", y`]) {
          expect(candidateIds(text)).toContain(trace);
        }
        expect(candidateIds(`trace_id=${trace.toUpperCase()} level=warn`)).toContain(trace);
      }),
    );
  });

  it('in running text, when it does not look like a word', () => {
    fc.assert(
      fc.property(fc.oneof(fc.uuid(), fc.stringMatching(/^c-[0-9a-f]{7}[0-9]$/)), (one) => {
        expect(candidateIds(`hi, can you look at ${one}? since 03:04 it is 5.8s slow`)[0]).toBe(
          one,
        );
      }),
    );
  });
});

describe('whatever is pasted', () => {
  it('gives few, different, bounded candidates', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 2000 }), (text) => {
        const ids = candidateIds(text);
        expect(ids.length).toBeLessThanOrEqual(20);
        expect(new Set(ids).size).toBe(ids.length);
        for (const one of ids) {
          expect(one.length).toBeGreaterThan(0);
          expect(one.length).toBeLessThanOrEqual(512);
        }
      }),
    );
  });

  it('is looked up as it stands first: an ID may be of any signs', () => {
    for (const one of ['#hash-1', 'x y z', '(7)', 'a/b?c=d', '"quoted"']) {
      expect(idsToFind(` ${one}\n`)[0]).toBe(one);
      expect(idsToFind(one)).toEqual([...new Set([one, ...candidateIds(one)])]);
    }
    expect(idsToFind(' "" ')).toEqual([]);
    expect(idsToFind('a '.repeat(300)).every(({ length }) => length <= 512)).toBe(true);
  });

  it('keeps several IDs in their order', () => {
    expect(candidateIds('c-7f3a91e2\nc-12bd04aa\n').slice(0, 2)).toEqual([
      'c-7f3a91e2',
      'c-12bd04aa',
    ]);
  });

  it('finds nothing where there is nothing', () => {
    expect(candidateIds(' \n "" () … \u200b')).toEqual([]);
  });

  it('is not held up by long hostile text', () => {
    for (const text of [
      'conversation'.repeat(5000),
      'id='.repeat(20_000),
      '['.repeat(100_000),
      'a://'.repeat(9000),
      `https://a.example/?u=${'%3A%2F%2Fa?u='.repeat(1500)}`,
      '%41'.repeat(9000),
      '\u001b[1'.repeat(9000),
    ]) {
      expect(candidateIds(text).length).toBeLessThanOrEqual(20);
    }
  });
});
