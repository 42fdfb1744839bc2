import { expect, test } from 'vitest';
import { addressOf } from '../../renderer/client/go.ts';
import { DEFAULT_RANGE, rangeAt, rangeFrom } from '../../renderer/client/range.ts';

const at = (text: string) => rangeFrom(new URLSearchParams(text));

test('environment and range are in every address, the default range is not', () => {
  expect(addressOf('/flags', {}, { environment: 'production', range: DEFAULT_RANGE })).toBe(
    '/flags?env=production',
  );
  expect(
    addressOf('/flags', {}, { environment: 'staging', range: { kind: 'last', ms: 21_600_000 } }),
  ).toBe('/flags?env=staging&range=6h');
  expect(
    addressOf(
      '/signals',
      { service: 'a b' },
      {
        environment: '',
        range: { kind: 'fixed', from: 1000.4, to: 2000 },
      },
    ),
  ).toBe('/signals?from=1000&to=2000&service=a+b');
});

test('what an address says itself is kept', () => {
  expect(
    addressOf(
      '/conversations?from=5&to=9&env=staging',
      {},
      {
        environment: 'production',
        range: { kind: 'last', ms: 21_600_000 },
      },
    ),
  ).toBe('/conversations?from=5&to=9&env=staging');
});

test('a range is read back as it was written', () => {
  expect(at('range=6h')).toEqual({ kind: 'last', ms: 21_600_000 });
  expect(at('from=1000&to=2000')).toEqual({ kind: 'fixed', from: 1000, to: 2000 });
  expect(at('from=1970-01-01T00:00:01Z&to=2000')).toEqual({ kind: 'fixed', from: 1000, to: 2000 });
});

test('nonsense in an address is no range', () => {
  for (const text of ['', 'range=9y', 'from=2000&to=1000', 'from=x&to=y', 'from=5']) {
    expect(at(text), text).toBeNull();
  }
});

test('a sliding range ends now, a fixed one stays', () => {
  expect(rangeAt({ kind: 'last', ms: 10 }, 100)).toEqual({ from: 90, to: 100 });
  expect(rangeAt({ kind: 'fixed', from: 1, to: 2 }, 100)).toEqual({ from: 1, to: 2 });
});
