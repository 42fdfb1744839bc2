/** Large JSON bodies are taken apart before they are parsed; that must not change what is read. */

import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Breather } from '#core/sources/breather.ts';
import { takeApart } from '#core/sources/otlp/json-pieces.ts';
import { MalformedBody } from '#core/sources/otlp/raw.ts';
import fc, { runs } from '../helpers/random.ts';

const tricky = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom('"', '\\', '\\"', '{[{[{[{', ']}', '"spans":[{', '\u2028', '💶'),
  fc.string({ unit: 'binary' }),
);
const few = { maxLength: 3 };
const item = fc.oneof(
  fc.dictionary(fc.string(), tricky, { maxKeys: 3 }),
  fc.record({ attributes: fc.array(tricky, few) }),
);
const attributes = fc.array(fc.record({ key: fc.string(), value: tricky }), few);
const group = fc.record({
  resource: fc.record({ attributes }),
  scopeSpans: fc.array(
    fc.record({ scope: fc.record({ attributes }), spans: fc.array(item, few) }),
    few,
  ),
});
const request = fc.record({ other: tricky, resourceSpans: fc.array(group, few) });

const Frame = z.looseObject({
  resourceSpans: z.array(
    z.looseObject({ scopeSpans: z.array(z.looseObject({ spans: z.array(z.unknown()) })) }),
  ),
});

/** Puts the pieces where the frame says that they belong. */
async function together(text: string): Promise<unknown> {
  const body = Buffer.from(text);
  const { frame, items } = await takeApart(body, new Breather());
  const whole = Frame.parse(JSON.parse(frame));
  for (const { scopeSpans } of whole.resourceSpans) {
    for (const scope of scopeSpans) {
      scope.spans = scope.spans.map((index) => {
        const place = items[Number(index)];
        return place === undefined ? index : JSON.parse(body.toString('utf8', ...place));
      });
    }
  }
  return whole;
}

describe('a request taken apart', () => {
  it('is the same when it is put together again, however it is written', async () => {
    await fc.assert(
      fc.asyncProperty(request, fc.constantFrom(0, 2), async (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        expect(await together(text)).toEqual(JSON.parse(text));
      }),
      runs(150),
    );
  });

  it('has every span as a piece, and nothing else', async () => {
    const span = { name: 'a', attributes: [{ key: 'k', value: { arrayValue: { values: [{}] } } }] };
    const group = {
      resource: { attributes: [{ key: 'r', value: { kvlistValue: { values: [{}] } } }] },
      scopeSpans: [{ scope: { attributes: [{}] }, spans: [span, span] }, { spans: [span] }],
    };
    const { items, frame } = await takeApart(
      Buffer.from(JSON.stringify({ resourceSpans: [group, group] })),
      new Breather(),
    );
    expect(items).toHaveLength(6);
    expect(frame).not.toContain('"name"');
  });

  it.each(['{', '[]]', '{"a":"b', '{"a":"\\"}', '}'])(
    'that is cut off is refused: %s',
    async (text) => {
      await expect(takeApart(Buffer.from(text), new Breather())).rejects.toThrow(MalformedBody);
    },
  );
});
