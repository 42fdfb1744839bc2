/** Files that once were cache.db and could not be used. They lie in the data folder until a person moves them away. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { SetAsideCache } from '#shared/model/source.ts';

const NAME = /^cache\.db\.set-aside-(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d\.\d{3}Z)$/;

/** What is put behind the name of a file that is set aside now. */
export function setAsideSuffix(now: number): string {
  return `.set-aside-${new Date(now).toISOString().replaceAll(':', '-')}`;
}

/** Newest first. Empty too where the folder cannot be read: who asks has other things to tell. */
export async function listSetAside(dataDir: string): Promise<SetAsideCache[]> {
  const names = await readdir(dataDir).catch(() => []);
  const found = await Promise.all(
    names.map(async (file): Promise<SetAsideCache[]> => {
      const at = setAsideAt(file);
      if (at === null) return [];
      const known = await stat(join(dataDir, file)).catch(() => null);
      return known ? [{ file, at, bytes: known.size }] : [];
    }),
  );
  return found.flat().sort((a, b) => b.at - a.at);
}

function setAsideAt(file: string): number | null {
  const parts = NAME.exec(file);
  if (!parts) return null;
  const at = Date.parse(`${parts[1]}T${parts[2]}:${parts[3]}:${parts[4]}`);
  return Number.isNaN(at) ? null : at;
}
