import { expect, test } from 'vitest';
import { utcMinute } from '#shared/util/utc-minute.ts';
import {
  bandInWords,
  formatAge,
  formatBand,
  formatBytes,
  formatClock,
  formatCountdown,
  formatDuration,
  formatMoment,
  formatPercent,
  formatUsd,
  formatValue,
  inLocalTime,
} from '../../renderer/ui/format.ts';

const plain = (text: string) => text.replaceAll('\u00a0', ' ');

test('a value has its unit', () => {
  expect(plain(formatValue(5.8, 's'))).toBe('5.8 s');
  expect(plain(formatValue(0.042, 's'))).toBe('42 ms');
  expect(plain(formatValue(0.18, 'ratio'))).toBe('18 %');
  expect(plain(formatValue(0.041, 'ratio'))).toBe('4.1 %');
  expect(plain(formatValue(690, 'usd_per_day'))).toBe('$690');
  expect(plain(formatValue(0.86, 'score'))).toBe('0.86');
  expect(plain(formatValue(4200, 'tokens'))).toBe('4,200');
  expect(plain(formatValue(3.61, 'per_second'))).toBe('3.6 /s');
});

test('a rate that is not zero never reads as zero', () => {
  expect(plain(formatPercent(0.0001))).toBe('< 0.1 %');
  expect(plain(formatUsd(0.0004))).toBe('< $0.001');
  expect(plain(formatPercent(0))).toBe('0 %');
});

test('what is not a number is a dash, in every formatter', () => {
  for (const value of [null, undefined, Number.NaN, Number.POSITIVE_INFINITY, -Infinity]) {
    expect(formatValue(value, 's')).toBe('–');
    expect(formatPercent(value)).toBe('–');
    expect(formatUsd(value)).toBe('–');
    expect(formatDuration(value)).toBe('–');
    expect(formatAge(value)).toBe('–');
    expect(formatClock(value)).toBe('–');
    expect(formatMoment(value)).toBe('–');
    expect(formatBytes(value)).toBe('–');
  }
  expect(formatClock(9e15)).toBe('–');
});

test('durations are told as people tell them', () => {
  expect(plain(formatDuration(140))).toBe('0.14 s');
  expect(plain(formatDuration(1100))).toBe('1.1 s');
  expect(plain(formatDuration(26_400))).toBe('26 s');
  expect(plain(formatDuration(6 * 60_000))).toBe('6 min');
  expect(plain(formatDuration(130 * 60_000))).toBe('2 h 10 min');
  expect(plain(formatDuration(6 * 86_400_000))).toBe('6 d');
});

test('an age under a second is now, and a clock that jumped back gives no negative age', () => {
  expect(formatAge(400)).toBe('now');
  expect(formatAge(-90_000)).toBe('now');
});

test('a countdown counts to zero and not below', () => {
  expect(formatCountdown(861_000)).toBe('14:21');
  expect(formatCountdown(3_723_000)).toBe('1:02:03');
  expect(formatCountdown(-5)).toBe('00:00');
});

test('the day stands before the time only when it is another day', () => {
  const now = new Date(2026, 4, 20, 3, 10).getTime();
  expect(formatClock(new Date(2026, 4, 20, 3, 4).getTime(), { now })).toBe('03:04');
  expect(formatClock(new Date(2026, 4, 19, 23, 59).getTime(), { now })).toBe('Tue 19 May, 23:59');
  expect(formatClock(new Date(2025, 4, 19, 23, 59).getTime(), { now })).toBe('19 May 2025, 23:59');
});

test('a text with moments in UTC is told in local time', () => {
  const now = new Date(2026, 4, 20, 20, 7).getTime();
  const end = new Date(2026, 4, 20, 21, 7).getTime();
  const other = new Date(2026, 4, 19, 6, 0).getTime();
  const title = `Silence Slow until ${utcMinute(end)}, then restore model to ${utcMinute(other)}`;
  expect(inLocalTime(title, now)).toBe(
    'Silence Slow until 21:07, then restore model to Tue 19 May, 06:00',
  );
  const none = 'after 2026-13-40 25:61 UTC, x2026-05-20 20:07 UTC or 2026-05-20 20:07';
  expect(inLocalTime(none, now)).toBe(none);
});

test('a band is short in a head and whole in words', () => {
  expect(plain(formatBand({ kind: 'below', limit: 0.01 }, 'ratio'))).toBe('< 1 %');
  expect(plain(formatBand({ kind: 'baseline', within: 0.1, side: 'above' }, 's'))).toBe('+10 %');
  expect(plain(formatBand({ kind: 'baseline', within: 0.05, side: 'below' }, 'score'))).toBe(
    '−5 %',
  );
  expect(plain(formatBand({ kind: 'forecast', within: 0.2 }, 'usd_per_day'))).toBe('±20 %');
  expect(formatBand({ kind: 'trend' }, 'per_hour')).toBe('');
  expect(plain(bandInWords({ band: { kind: 'below', limit: 0.01 }, unit: 'ratio' }))).toBe(
    'healthy below 1 %',
  );
});
