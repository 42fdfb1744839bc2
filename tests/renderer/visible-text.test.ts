import { expect, test } from 'vitest';
import { cutText, plainString, visiblePieces } from '#shared/util/visible-text.ts';

const codes = (text: string) =>
  visiblePieces(text).flatMap((piece) => ('code' in piece ? [piece.code] : []));
const shown = (text: string) =>
  visiblePieces(text)
    .map((piece) => ('text' in piece ? piece.text : ''))
    .join('');

test('ordinary text in any language is one piece as it is', () => {
  for (const text of ['¿Dónde está?\n\tAquí', '返金はどこですか', 'هذا نص', '👍🏽 ok', 'e\u0301']) {
    expect(visiblePieces(text)).toEqual([{ text }]);
  }
});

test('characters that reorder or hide text are shown by their code', () => {
  expect(codes('pay \u202Egnp.exe\u202C now')).toEqual(['U+202E', 'U+202C']);
  expect(codes('ad\u200Bmin\u2060\uFEFF')).toEqual(['U+200B', 'U+2060', 'U+FEFF']);
  expect(codes('\u{E0069}\u{E0067}')).toEqual(['U+E0069', 'U+E0067']);
  expect(codes('a\u0000b\u001B[31mc\u007f\u0085')).toEqual([
    'U+0000',
    'U+001B',
    'U+007F',
    'U+0085',
  ]);
});

test('half a character is named, a whole one is not taken apart', () => {
  expect(codes('x\uD83Dy')).toEqual(['U+D83D']);
  expect(codes('😀')).toEqual([]);
});

test('joiners stay where an emoji or a spelling needs them, and show elsewhere', () => {
  expect(codes('👩\u200D👩\u200D👧')).toEqual([]);
  expect(codes('می\u200Cخواهم')).toEqual([]);
  expect(codes('pass\u200Dword')).toEqual(['U+200D']);
});

test('line endings of other systems are line endings; a lone carriage return is shown', () => {
  expect(shown('a\r\nb')).toBe('a\nb');
  expect(codes('a\r\nb')).toEqual([]);
  expect(codes('good\revil')).toEqual(['U+000D']);
});

test('nothing of the text is lost', () => {
  const text = 'a\u202Eb\u0000c\uD800d\r\ne';
  const back = visiblePieces(text)
    .map((piece) => ('text' in piece ? piece.text : piece.hidden))
    .join('');
  expect(back).toBe(text.replace('\r\n', '\n'));
});

test('in one string, what hides stands by its code; twice over it is the same', () => {
  const plain = plainString('pay \u202Egnp.exe\u0000 a\u200Bb');
  expect(plain).toBe('pay [U+202E]gnp.exe[U+0000] a[U+200B]b');
  expect(plainString(plain)).toBe(plain);
  for (const text of ['', 'می\u200Cخواهم', '👩\u200D👩\u200D👧', 'p\u0430yp\u0430l', 'a\n\tb']) {
    expect(plainString(text)).toBe(text);
  }
});

test('a cut never leaves half a character', () => {
  expect(cutText('ab😀c', 3)).toBe('ab');
  expect(cutText('ab😀c', 4)).toBe('ab😀');
});

test('a cut never leaves a part of a mark', () => {
  expect(cutText('I am ⟦name k3f9⟧ here', 10)).toBe('I am ');
  expect(cutText('I am ⟦name k3f9⟧ here', 16)).toBe('I am ⟦name k3f9⟧');
  expect(cutText('a ⟦ b and more', 8)).toBe('a ⟦ b an');
});

test('words of two alphabets and hosts beyond ASCII are marked as posing; other languages are not', () => {
  const posing = (text: string) =>
    visiblePieces(text).flatMap((piece) => ('text' in piece && piece.posing ? [piece.text] : []));
  expect(posing('log in at https://p\u0430yp\u0430l.com/now')).toEqual(['p\u0430yp\u0430l.com']);
  expect(posing('https://\u0430\u0440\u0440\u0435.com')).toEqual(['\u0430\u0440\u0440\u0435.com']);
  expect(posing('your p\u0430ssword, please')).toEqual(['p\u0430ssword']);
  for (const text of [
    'Где мой заказ? IT-отдел',
    'Πού είναι η παραγγελία;',
    '5 kΩ, 3 µs',
    'https://example.com/путь',
  ]) {
    expect(posing(text)).toEqual([]);
    expect(shown(text)).toBe(text);
  }
});
