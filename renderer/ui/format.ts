/**
 * Numbers and times as a person reads them: with units, never `NaN`, never raw milliseconds.
 * What is not there is an en dash.
 */
import type { Band, SignalDefinition, Unit } from '#shared/model/signal.ts';
import { spellMinutes } from '#shared/util/utc-minute.ts';

export const NOTHING = '–';
/** Keeps a figure and its unit on one line. */
const NBSP = '\u00a0';

function isNumber(value: number | null | undefined): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

const grouped = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** About three significant figures: 0.042, 0.42, 4.2, 42, 4,200. */
export function formatNumber(value: number | null | undefined): string {
  if (!isNumber(value)) return NOTHING;
  const size = Math.abs(value);
  if (size === 0) return '0';
  if (size < 0.001) return value < 0 ? '> −0.001' : '< 0.001';
  if (size < 0.1) return minus(trim(value.toFixed(3)));
  if (size < 1) return minus(trim(value.toFixed(2)));
  if (size < 10) return minus(trim(value.toFixed(1)));
  return minus(grouped.format(value));
}

export function formatCount(value: number | null | undefined): string {
  return isNumber(value) ? minus(grouped.format(Math.round(value))) : NOTHING;
}

/** A fraction as percent: 0.042 → "4.2 %". */
export function formatPercent(fraction: number | null | undefined): string {
  if (!isNumber(fraction)) return NOTHING;
  const percent = fraction * 100;
  const size = Math.abs(percent);
  if (size > 0 && size < 0.05) return `< 0.1${NBSP}%`;
  const digits = size < 10 && Math.abs(percent - Math.round(percent)) >= 0.05 ? 1 : 0;
  return `${minus(percent.toFixed(digits))}${NBSP}%`;
}

/** `least`: of what is that or more, which a bound from above says nothing of. */
export function formatUsd(value: number | null | undefined, least = false): string {
  if (!isNumber(value)) return NOTHING;
  const size = Math.abs(value);
  const sign = value < 0 ? '−' : '';
  if (size === 0 || (least && size < 0.001)) return '$0';
  if (size < 0.001) return `${sign}< $0.001`;
  if (size < 1) return `${sign}$${size.toFixed(3)}`;
  if (size < 100) return `${sign}$${size.toFixed(2)}`;
  return `${sign}$${grouped.format(size)}`;
}

/** A value of a signal, with its unit where one figure needs it: "5.8 s", "18 %", "$690". */
export function formatValue(value: number | null | undefined, unit: Unit): string {
  if (!isNumber(value)) return NOTHING;
  switch (unit) {
    case 's':
      return formatSeconds(value);
    case 'ratio':
      return formatPercent(value);
    case 'usd_per_day':
      return formatUsd(value);
    case 'per_second':
      return `${formatNumber(value)}${NBSP}/s`;
    case 'per_hour':
      return formatNumber(value >= 10 ? Math.round(value) : Math.round(value * 10) / 10);
    case 'score':
    case 'rating':
      return minus(value.toFixed(2));
    case 'psi':
      return minus(value.toFixed(2));
    case 'tokens':
    case 'count':
      return formatNumber(value);
  }
}

/** What a column of this unit is measured in, for heads and axes; '' where the figure says it itself. */
export function unitWord(unit: Unit): string {
  switch (unit) {
    case 'per_hour':
      return 'per hour';
    case 'usd_per_day':
      return 'per day';
    case 'tokens':
      return 'tokens';
    case 'psi':
      return 'PSI';
    case 'score':
      return '0–1';
    case 'rating':
      return '1–5';
    default:
      return '';
  }
}

function formatSeconds(seconds: number): string {
  const size = Math.abs(seconds);
  if (size < 0.0005) return `0${NBSP}s`;
  if (size < 0.1) return `${Math.round(seconds * 1000)}${NBSP}ms`;
  if (size < 1) return `${seconds.toFixed(2)}${NBSP}s`;
  if (size < 120) return `${seconds.toFixed(1)}${NBSP}s`;
  return formatDuration(seconds * 1000);
}

/** The healthy range in a table's head: "[< 1 %]", "[±20 %]"; '' for a trend. */
export function formatBand(band: Band, unit: Unit): string {
  switch (band.kind) {
    case 'below':
      return `<${NBSP}${formatValue(band.limit, unit)}`;
    case 'above':
      return `>${NBSP}${formatValue(band.limit, unit)}`;
    case 'baseline': {
      const sign = band.side === 'above' ? '+' : band.side === 'below' ? '−' : '±';
      return `${sign}${formatPercent(band.within)}`;
    }
    case 'forecast':
      return `±${formatPercent(band.within)}`;
    case 'trend':
      return '';
  }
}

/** The band in words, for a tooltip. */
export function bandInWords(signal: Pick<SignalDefinition, 'band' | 'unit'>): string {
  const { band, unit } = signal;
  switch (band.kind) {
    case 'below':
      return `healthy below ${formatValue(band.limit, unit)}`;
    case 'above':
      return `healthy above ${formatValue(band.limit, unit)}`;
    case 'baseline': {
      const where = band.side === 'both' ? 'around' : band.side;
      return `healthy within ${formatPercent(band.within)} ${where} the stable version`;
    }
    case 'forecast':
      return `healthy within ${formatPercent(band.within)} of the forecast`;
    case 'trend':
      return 'no healthy level: the trend counts';
  }
}

/** A stretch of time, two units at most: "0.14 s", "26 s", "6 min", "2 h 10 min", "6 d". */
export function formatDuration(ms: number | null | undefined): string {
  if (!isNumber(ms)) return NOTHING;
  if (ms < 0) return NOTHING;
  if (ms < 1) return `0${NBSP}s`;
  if (ms < 100) return `${Math.round(ms)}${NBSP}ms`;
  if (ms < 995) return `${(ms / 1000).toFixed(2)}${NBSP}s`;
  if (ms < 9950) return `${(ms / 1000).toFixed(1)}${NBSP}s`;
  return formatWhole(ms);
}

/** The same without fractions, for ages and countdowns: "4 s", "11 min", "3 h". */
export function formatAge(ms: number | null | undefined): string {
  if (!isNumber(ms)) return NOTHING;
  if (ms < 1000) return 'now';
  return formatWhole(ms);
}

function formatWhole(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 90) return `${seconds}${NBSP}s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes}${NBSP}min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24)
    return hours < 10 && minutes % 60 > 0
      ? `${hours}${NBSP}h ${minutes % 60}${NBSP}min`
      : `${hours}${NBSP}h`;
  const days = Math.floor(hours / 24);
  return days < 3 && hours % 24 > 0 ? `${days}${NBSP}d ${hours % 24}${NBSP}h` : `${days}${NBSP}d`;
}

/** A countdown: "14:21", "1:02:03". */
export function formatCountdown(ms: number): string {
  const total = Math.max(0, Math.ceil(ms / 1000));
  const two = (value: number) => String(value).padStart(2, '0');
  const hours = Math.floor(total / 3600);
  const rest = `${two(Math.floor((total % 3600) / 60))}:${two(total % 60)}`;
  return hours > 0 ? `${hours}:${rest}` : rest;
}

const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const clockSeconds = new Intl.DateTimeFormat('en-GB', {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});
const day = new Intl.DateTimeFormat('en-GB', { weekday: 'short', day: 'numeric', month: 'short' });
const dayYear = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
});

/** Local time of day; the day is put before it when it is another one than `now`'s. */
export function formatClock(
  ms: number | null | undefined,
  options: { seconds?: boolean; now?: number } = {},
): string {
  if (!isNumber(ms) || Math.abs(ms) > 8.64e15) return NOTHING;
  const time = (options.seconds ? clockSeconds : clock).format(ms);
  if (options.now === undefined) return time;
  const date = new Date(ms);
  const today = new Date(options.now);
  if (date.toDateString() === today.toDateString()) return time;
  const sameYear = date.getFullYear() === today.getFullYear();
  return `${(sameYear ? day : dayYear).format(ms)}, ${time}`;
}

/** A text that names moments in UTC (`utcMinute`), in the local time of who reads it. */
export function inLocalTime(text: string, now: number): string {
  return spellMinutes(text, (at) => formatClock(at, { now }));
}

/** The whole moment, for a tooltip, with the offset from UTC. */
export function formatMoment(ms: number | null | undefined): string {
  if (!isNumber(ms) || Math.abs(ms) > 8.64e15) return NOTHING;
  return new Date(ms).toString().replace(/ \(.*\)$/, '');
}

export function formatBytes(bytes: number | null | undefined): string {
  if (!isNumber(bytes)) return NOTHING;
  if (bytes < 1000) return `${bytes}${NBSP}B`;
  if (bytes < 1e6) return `${Math.round(bytes / 1000)}${NBSP}kB`;
  if (bytes < 1e9) return `${Math.round(bytes / 1e6)}${NBSP}MB`;
  return `${(bytes / 1e9).toFixed(1)}${NBSP}GB`;
}

/** "1 turn", "6 turns". */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)}${NBSP}${count === 1 ? one : many}`;
}

function minus(text: string): string {
  return text.replace('-', '−');
}

function trim(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}
