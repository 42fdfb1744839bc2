/** By which settings what is stored was masked. Apart from the masking itself, which a reader does not load. */
import { createHash } from 'node:crypto';
import type { ReadDb, WriteDb } from '#core/cache/db.ts';
import { MASKING_RULES } from '#core/masking/settings.ts';

/** Settings that nobody can have: what is stored while masking is off must be masked once it is on. */
export const OFF = 'off';

export interface MaskedBy {
  settings: string;
  older: number;
  rewrite: number;
}

const NONE: MaskedBy = { settings: OFF, older: 0, rewrite: 0 };
const READ = 'SELECT settings, older, rewrite FROM masked_by';

/** Some conversations still wait to be masked as the settings say. */
export function maskingUnderWay(db: ReadDb, _args: Record<string, never>): boolean {
  const { settings, older } = db.get<MaskedBy>(READ) ?? NONE;
  return settings !== OFF && older > 0;
}

/** Notes the settings in force. By other ones than before, or by rules that found less, everything that is stored counts as not masked. */
export function settleMasking(db: WriteDb): MaskedBy {
  const { masking } = db.settings;
  const settings =
    masking === null
      ? OFF
      : createHash('sha256')
          .update(JSON.stringify([MASKING_RULES, masking]))
          .digest('hex');
  const stored = db.get<MaskedBy>(READ) ?? NONE;
  if (stored.settings === settings) return stored;
  const older =
    settings === OFF
      ? stored.older
      : (db.value<number | null>('SELECT max(key) FROM conversations') ?? 0);
  db.run('UPDATE masked_by SET settings = ?, older = ?', settings, older);
  return { ...stored, settings, older };
}
