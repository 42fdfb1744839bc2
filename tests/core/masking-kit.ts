/** Masking as the tests see it: marks without their signs, so that they can be written down. */
import { Known } from '#core/masking/known.ts';
import { Masker } from '#core/masking/masker.ts';
import type { MaskingSettings } from '#core/masking/settings.ts';
import type { SpanRecord } from '#core/sources/connector.ts';
import { PLACEHOLDERS } from '#shared/util/placeholder.ts';
import { turn } from './cache-kit.ts';

export const KEY = new Uint8Array(32).fill(7);

export const masker = (more: Partial<MaskingSettings> = {}) =>
  new Masker({ key: KEY, patterns: {}, fields: {}, ...more });

/** `write to ⟦email⟧`. */
export const unsigned = (text: string) => text.replaceAll(PLACEHOLDERS, '⟦$1⟧');

const usual = masker();

export function mask(text: string, known = new Known()): string {
  return unsigned(usual.text(text, known));
}

/** Somebody of these names is known. */
export function knowing(fields: Record<string, string>): Known {
  const known = new Known();
  usual.text(JSON.stringify(fields), known);
  return known;
}

/** A record that says this. */
export function saying(said: string, attributes: Record<string, unknown> = {}): SpanRecord {
  return turn({ conversation: 'c-1', trace: 't1', said, attributes })[0];
}
