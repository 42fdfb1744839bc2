/** The key that placeholders are made with: random, of this data folder, and never shown. */
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { NightdeskError } from '#shared/errors/index.ts';

const BYTES = 32;

/**
 * Made when it is missing. Without it nobody can find out, by trying all telephone numbers, which one a placeholder
 * stands for; with another one the same person gets another placeholder from then on. Throws `storage_failed`.
 */
export function maskingKey(dataDir: string): Uint8Array {
  const file = join(dataDir, 'masking.key');
  try {
    const found = readIfThere(file);
    if (found?.length === BYTES) return found;
    const made = randomBytes(BYTES);
    mkdirSync(dataDir, { recursive: true });
    writeFileSync(file, made, { mode: 0o600 });
    return made;
  } catch (cause) {
    throw new NightdeskError(
      'storage_failed',
      `${file} cannot be read or written: without it personal data cannot be masked.`,
      { cause },
    );
  }
}

function readIfThere(file: string): Uint8Array | null {
  try {
    return readFileSync(file);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}
