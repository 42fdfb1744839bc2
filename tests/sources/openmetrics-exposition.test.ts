import { describe, expect, it } from 'vitest';
import { ExpositionReader, Spellings } from '#core/sources/openmetrics/exposition.ts';
import { labelText } from '../fixtures/bot-metrics.ts';
import fc, { runs } from '../helpers/random.ts';

interface Sample {
  name: string;
  labels: Record<string, string>;
  value: number;
  ts: number;
}

type Known = Pick<Sample, 'name' | 'labels'>;

function read(
  pieces: readonly (string | Uint8Array)[],
  openMetrics = true,
  spellings = new Spellings<Known>(),
) {
  const samples: Sample[] = [];
  const rejected: { reason: string; line: number }[] = [];
  let resolved = 0;
  const reader = new ExpositionReader<Known>(
    {
      resolve: (name, labels) => {
        resolved++;
        return { name, labels };
      },
      sample: (known, value, ts) => samples.push({ ...known, value, ts }),
      reject: (reason, line) => rejected.push({ reason, line }),
    },
    openMetrics,
    spellings,
  );
  for (const piece of pieces) reader.push(Buffer.from(piece));
  reader.end();
  return { samples, rejected, complete: reader.complete, resolved };
}

describe('an exposition', () => {
  it('of OpenMetrics is read with labels, escapes, seconds and exemplars', () => {
    const { samples, rejected, complete } = read([
      '# TYPE a counter\n# HELP a what "it" is\n# UNIT a seconds\n',
      'a_total{x="1",y="a\\\\b\\"c\\nd"} 5 1700000000.123 # {trace_id="t # 1"} 0.5 1700000000.1\n',
      'b_bucket{le="+Inf"} 17 # {} 1\n',
      'c 1e3\n',
      '# EOF\n',
    ]);
    expect(rejected).toEqual([]);
    expect(complete).toBe(true);
    expect(samples).toEqual([
      { name: 'a_total', labels: { x: '1', y: 'a\\b"c\nd' }, value: 5, ts: 1700000000123 },
      { name: 'b_bucket', labels: { le: '+Inf' }, value: 17, ts: Number.NaN },
      { name: 'c', labels: {}, value: 1000, ts: Number.NaN },
    ]);
  });

  it('of the text format is read with milliseconds, tabs, carriage returns and free comments', () => {
    const { samples, rejected, complete } = read(
      [
        '# anything at all\n\n   \n#TYPE\n# TYPE a untyped\n',
        'a\t{ x = "1" , }   7\t1700000000123 \r\n',
        'a 8\r\n',
        '# EOF\n',
        'b 9\n',
      ],
      false,
    );
    expect(rejected).toEqual([]);
    expect(complete).toBe(false);
    expect(samples.map(({ name, labels, value, ts }) => [name, labels, value, ts])).toEqual([
      ['a', { x: '1' }, 7, 1700000000123],
      ['a', {}, 8, Number.NaN],
      ['b', {}, 9, Number.NaN],
    ]);
  });

  it('keeps values that are no ordinary numbers for others to judge', () => {
    const { samples } = read(['a NaN\na +Inf\na -Inf\na inf\na -0.5\na .5\na 5.\na +3\n']);
    expect(samples.map(({ value }) => value)).toEqual([
      Number.NaN,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      Number.POSITIVE_INFINITY,
      -0.5,
      0.5,
      5,
      3,
    ]);
  });

  it.each([
    ['a{x="1} 5', 'labels without an end'],
    ['a{x="1"', 'labels without an end'],
    ['a{x=1} 5', 'a label value without quotes'],
    ['a{x} 5', 'a label without a value'],
    ['a{0x="1"} 5', 'a label without a valid name'],
    ['a{x="1" y="2"} 5', 'labels without a comma between them'],
    ['a{x="1",x="2"} 5', 'a label that comes twice'],
    ['a', 'no value'],
    ['a ', 'a value that is no number'],
    ['a five', 'a value that is no number'],
    ['a 0x10', 'a value that is no number'],
    ['a 1_000', 'a value that is no number'],
    ['a 1.2.3', 'a value that is no number'],
    ['1a 5', 'no valid metric name'],
    ['{x="1"} 5', 'no valid metric name'],
    ['a-b 5', 'no valid metric name'],
    ['a 5 soon', 'a value that is no number'],
    ['a 5 NaN', 'a timestamp that is no number'],
    ['a 5 6 7', 'something after the value and the timestamp'],
    ['a 5 # {x="1"', 'an exemplar that cannot be read'],
    ['# TYPE a thing', 'TYPE with a type that does not exist'],
    ['# HELP 1a x', 'HELP without a valid metric name'],
  ])('refuses the line %j and goes on', (line, reason) => {
    const { samples, rejected } = read([`first 1\n${line}\nlast 2\n# EOF\n`]);
    expect(rejected).toEqual([{ reason, line: 2 }]);
    expect(samples.map(({ name }) => name)).toEqual(['first', 'last']);
  });

  it('refuses what comes after # EOF, a last line without an end, and bytes that are not UTF-8', () => {
    expect(read(['a 1\n# EOF\nb 2\n']).rejected).toEqual([
      { reason: 'a line after # EOF', line: 3 },
    ]);
    expect(read(['a 1\nb 2']).rejected).toEqual([
      { reason: 'a last line without an end', line: 2 },
    ]);
    expect(read(['a 1\n# EOF']).complete).toBe(true);
    const bad = Buffer.concat([
      Buffer.from('a{x="'),
      Buffer.from([0xff]),
      Buffer.from('"} 1\nb 2\n'),
    ]);
    expect(read([bad]).rejected).toEqual([{ reason: 'bytes that are not UTF-8', line: 1 }]);
    expect(read([bad]).samples.map(({ name }) => name)).toEqual(['b']);
  });

  it('skips a line without end instead of holding it', () => {
    const endless = 'x'.repeat(700_000);
    const { samples, rejected } = read(['a 1\n', endless, endless, `${endless} 5\nb 2\n`]);
    expect(rejected).toEqual([{ reason: 'a line of more than 1 MB', line: 2 }]);
    expect(samples.map(({ name }) => name)).toEqual(['a', 'b']);
  });

  it('does not take `name{…}` for the `name` that came before it in the last document', () => {
    const spellings = new Spellings<Known>();
    read(['a 1\nb 2\n'], false, spellings);
    const { samples, resolved } = read(['a {x="1"} 3\nb 4\n'], false, spellings);
    expect(samples.map(({ labels, value }) => [labels, value])).toEqual([
      [{ x: '1' }, 3],
      [{}, 4],
    ]);
    expect(resolved).toBe(1);
  });

  it('is the same however it is cut into pieces, in the order of before or not', () => {
    const name = fc.stringMatching(/^[a-zA-Z_:][a-zA-Z0-9_:]{0,8}$/);
    const label = fc.stringMatching(/^[a-zA-Z_][a-zA-Z0-9_]{0,5}$/);
    const value = fc.string({ unit: 'grapheme', maxLength: 12 });
    const line = fc.record({
      name,
      labels: fc.dictionary(label, value, { maxKeys: 3 }),
      value: fc
        .oneof(fc.double(), fc.integer(), fc.constantFrom(0.1 + 0.2, 1e21, 5e-324, 2 ** 53))
        // JavaScript writes -0 as 0.
        .map((number) => (number === 0 ? 0 : number)),
      ts: fc.oneof(fc.constant(Number.NaN), fc.integer({ min: 0, max: 4e12 })),
    });
    fc.assert(
      fc.property(
        fc.array(line, { minLength: 1, maxLength: 20 }),
        fc.array(fc.nat({ max: 500 }), { maxLength: 12 }),
        (lines, cuts) => {
          const document = Buffer.from(
            `${lines
              .map(({ name: metric, labels, value: number, ts }) => {
                const stamp = Number.isNaN(ts) ? '' : ` ${ts / 1000}`;
                return `${metric}${labelText(labels)} ${number}${stamp}`.replace('Infinity', 'Inf');
              })
              .join('\n')}\n# EOF\n`,
          );
          const places = [0, ...cuts.map((cut) => Math.min(cut, document.length)), document.length];
          places.sort((a, b) => a - b);
          const pieces = places.map((place, index) =>
            document.subarray(places[index - 1] ?? 0, place),
          );
          const spellings = new Spellings<Known>();
          for (const _ of [1, 2]) {
            const { samples, rejected, complete } = read(pieces, true, spellings);
            expect(rejected).toEqual([]);
            expect(complete).toBe(true);
            expect(samples).toEqual(lines.map((one) => ({ ...one, labels: { ...one.labels } })));
          }
        },
      ),
      runs(150),
    );
  });

  it('of any bytes is read or refused, never a crash', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 5 }), (pieces) => {
        const { samples, rejected } = read(pieces);
        for (const { line } of rejected) expect(line).toBeGreaterThan(0);
        expect(samples.every(({ name }) => name !== '')).toBe(true);
      }),
      runs(150),
    );
  });
});
