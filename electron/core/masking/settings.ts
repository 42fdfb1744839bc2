/** What masking is told. Apart from the masker, which takes its memory: only who masks loads it. */
import type { Config } from '#shared/model/config.ts';

export interface MaskingSettings {
  key: Uint8Array;
  /** What to look for beside the built-in kinds: kind → regular expression. */
  patterns: Readonly<Record<string, string>>;
  /** Fields of tool results beside the usual ones → kind. */
  fields: Readonly<Record<string, string>>;
}

/** As the configuration wants it; null = nothing is masked. */
export function maskingSettings({ masking }: Config, key: Uint8Array): MaskingSettings | null {
  const { enabled, patterns, fields } = masking;
  return enabled ? { key, patterns, fields } : null;
}

/** Raised with every change of what is found: what an older number stored is masked again. */
export const MASKING_RULES = 4;
