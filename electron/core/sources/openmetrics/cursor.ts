import { createHash } from 'node:crypto';
import { z } from 'zod';

/** What is remembered between runs: which histories are in the cache, by hash, since an address may hold credentials. */
const Cursor = z.object({ imported: z.array(z.string()) });
export type Cursor = z.infer<typeof Cursor>;

export function parseCursor(text: string | null): Cursor {
  if (text === null) return { imported: [] };
  try {
    return Cursor.parse(JSON.parse(text));
  } catch {
    // Written by another version. Importing once more only costs time.
    return { imported: [] };
  }
}

export function isImported(cursor: Cursor, address: string): boolean {
  return cursor.imported.includes(hash(address));
}

/** The cursor once the history at `address` is in the cache too. */
export function withImported(cursor: Cursor, address: string): string {
  return JSON.stringify({ imported: [...new Set([...cursor.imported, hash(address)])] });
}

function hash(address: string): string {
  return createHash('sha256').update(address).digest('base64url').slice(0, 22);
}
