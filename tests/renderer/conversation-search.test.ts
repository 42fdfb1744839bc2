import { expect, test } from 'vitest';
import {
  filterOf,
  NOTHING_ASKED,
  readAsked,
  writeAsked,
} from '../../renderer/features/conversations/filter-url.ts';
import { fromFirstHit, highlight } from '../../renderer/ui/highlight.ts';

const marked = (text: string, asked: string) =>
  highlight(text, asked).map((one) => (one.hit ? `[${one.text}]` : one.text));

test('every filter survives the way through the address, and nothing else of it is lost', () => {
  const asked = {
    ...NOTHING_ASKED,
    text: 'reembolso "mi pedido"',
    services: ['support-bot', 'docs-search'],
    versions: ['v42'],
    languages: ['es'],
    failures: ['unsure' as const, 'slow' as const],
    failing: true,
    feedback: ['thumbs_down' as const],
    pinned: true,
    imported: true,
    minSeconds: 2.5,
    minUsd: 0.01,
    sort: 'costliest' as const,
  };
  const address = writeAsked(new URLSearchParams('env=production&range=6h'), asked);
  expect(readAsked(new URLSearchParams(address.toString()))).toEqual(asked);
  expect(address.get('env')).toBe('production');
  expect(address.get('range')).toBe('6h');
  expect(writeAsked(address, NOTHING_ASKED).toString()).toBe('env=production&range=6h');
});

test('an address with nonsense in it filters by what can be understood', () => {
  const asked = readAsked(
    new URLSearchParams(
      'failure=unsure,bogus&feedback=&min-s=-4&min-usd=x&sort=sideways&service=,,a',
    ),
  );
  expect(asked).toEqual({ ...NOTHING_ASKED, failures: ['unsure'], services: ['a'] });
});

test('what is not asked does not filter', () => {
  const filter = filterOf(NOTHING_ASKED, 'production', { from: 1, to: 2 });
  expect(filter).toEqual({ environment: 'production', from: 1, to: 2 });
  expect(filterOf({ ...NOTHING_ASKED, minSeconds: 2 }, 'p', { from: 1, to: 2 }).minDurationMs).toBe(
    2000,
  );
});

test('words are marked whatever their case and accents', () => {
  expect(marked('¿Dónde está mi Reembolso?', 'reembolso donde')).toEqual([
    '¿',
    '[Dónde]',
    ' está mi ',
    '[Reembolso]',
    '?',
  ]);
  expect(marked('e\u0301te\u0301', 'ete')).toEqual(['[e\u0301te\u0301]']);
});

test('whole words only, unless a star asks for beginnings or the script has no spaces', () => {
  expect(marked('refund refunds', 'refund')).toEqual(['[refund]', ' refunds']);
  expect(marked('refund refunds', 'refund*')).toEqual(['[refund]', ' ', '[refund]', 's']);
  expect(marked('返金はどこ', '返金')).toEqual(['[返金]', 'はどこ']);
  expect(marked('我想申请退款谢谢', '退款')).toEqual(['我想申请', '[退款]', '谢谢']);
  expect(marked('ยังไม่พบคำสั่งซื้อ', 'คำสั่งซื้อ')).toEqual(['ยังไม่พบ', '[คำสั่งซื้อ]']);
  expect(marked('がか', 'か')).toEqual(['が', '[か]']);
  expect(marked('iPhone手机壳', 'iphone 手机')).toEqual(['[iPhone]', '[手机]', '壳']);
});

test('punctuation between words does not matter, neither in the text nor in what was typed', () => {
  expect(marked('No, encuentro nada', '"no encuentro"')).toEqual(['[No, encuentro]', ' nada']);
  expect(marked('my order-id', '(order)')).toEqual(['my ', '[order]', '-id']);
  expect(marked('no lo encuentro', '"no encuentro"')).toEqual(['no lo encuentro']);
  expect(marked('uno dos tres', '"dos tres" "uno dos"')).toEqual(['[uno dos]', ' tres']);
});

test('markup in a text stays text, and a search of signs marks nothing', () => {
  expect(marked('<b>refund</b>', 'refund')).toEqual(['<b>', '[refund]', '</b>']);
  expect(marked('a (b) c', '( ) *')).toEqual(['a (b) c']);
  expect(marked('text', '')).toEqual(['text']);
});

test('a text begins shortly before its first hit', () => {
  const text = `${'so many words before it '.repeat(5)}refund and after`;
  const [lead, hit] = fromFirstHit(highlight(text, 'refund'));
  expect(lead?.text.length).toBeLessThan(32);
  expect(lead?.text.startsWith('…')).toBe(true);
  expect(hit).toEqual({ text: 'refund', hit: true });
  expect(fromFirstHit(highlight('no hit at all', 'refund'))).toEqual([
    { text: 'no hit at all', hit: false },
  ]);
});
