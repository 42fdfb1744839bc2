/** Every ID has an address of its own, in the window and as a deep link, and leads back to itself. */
import { expect, test } from 'vitest';
import { idOfPart, placeOf } from '#shared/util/place.ts';
import { pathOfLink } from '../../electron/host/deep-link.ts';
import fc, { runs } from '../helpers/random.ts';

/** Any text, and mostly what an address is made of. */
const ids = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 1 }),
  fc.string({ unit: fc.constantFrom(...".~%/\\?#&=+ aF25:;!'()*_-é"), minLength: 1 }),
  fc.constantFrom('.', '..', '~.', '~..', '~~..', '...', '%2e', '%2E%2e', 'a%2Fb', '100%', '%25'),
);

/** What a browser makes of the address when it is opened. */
const opened = (place: string) => {
  const url = new URL(place, 'http://127.0.0.1:4173/now');
  expect(url.search + url.hash).toBe('');
  return url.pathname;
};

test('an ID is the same when its address has been opened', () => {
  fc.assert(
    fc.property(ids, ids, (id, key) => {
      const parts = opened(placeOf('flags', id, key)).split('/');
      expect(parts.map(idOfPart)).toEqual(['', 'flags', id, key]);
    }),
    runs(2000),
  );
});

test('a deep link leads to the conversation that it was written for', () => {
  fc.assert(
    fc.property(ids, (id) => {
      const place = placeOf('conversation', id);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: those are refused from outside
      const allowed = !/[\u0000-\u001f\u007f]/.test(id);
      expect(pathOfLink(`nightdesk:/${place}`)).toBe(allowed ? place : null);
      // A second start hands the path on.
      expect(pathOfLink(place)).toBe(place);
    }),
    runs(2000),
  );
});

test('the longest ID has a deep link too', () => {
  const place = placeOf('conversation', '会'.repeat(512));
  expect(pathOfLink(`nightdesk:/${place}`)).toBe(place);
});

test('half a character spoils no address', () => {
  expect(placeOf('conversation', 'a\ud83d')).toBe('/conversation/a%EF%BF%BD');
});
