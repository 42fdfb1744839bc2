import Database from 'better-sqlite3';
import { NightdeskError } from '#shared/errors/index.ts';

export type StorageProblem = 'full' | 'damaged' | 'busy' | 'unavailable' | 'mistake';

/** SQLite's result codes by what can be done about them; null for errors of another kind. */
export function storageProblem(error: unknown): StorageProblem | null {
  if (!(error instanceof Database.SqliteError)) return null;
  const { code } = error;
  // SHMSIZE: the file beside the log could not grow, which is the first to fail on a full disk.
  if (code === 'SQLITE_FULL' || code === 'SQLITE_IOERR_SHMSIZE') return 'full';
  if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB') return 'damaged';
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) return 'busy';
  if (/^SQLITE_(IOERR|CANTOPEN|READONLY|PERM|AUTH|NOMEM)/.test(code)) return 'unavailable';
  return 'mistake';
}

/** What keeps a file from being used now, and says nothing against the file itself. */
export function isPassing(error: unknown): boolean {
  const problem = storageProblem(error);
  return problem === 'full' || problem === 'busy' || problem === 'unavailable';
}

/**
 * Any error of a worker as one that says what became of the data. `file` is its name, not its path. `opening`: the
 * console cannot start with it.
 */
export function storageError(error: unknown, file: string, opening = false): unknown {
  const cause = error instanceof Error ? error : undefined;
  switch (storageProblem(error)) {
    case 'full':
      return new NightdeskError(
        'storage_full',
        `No space left for ${file}. Nothing that was stored is lost; free some space${opening ? ' and start again.' : ', or lower retention.maxMegabytes.'}`,
        { detail: { file }, cause },
      );
    case 'damaged':
      return new NightdeskError(
        'storage_failed',
        opening ? `${file} is damaged.` : `${file} is damaged. What can be read is still shown.`,
        { detail: { file }, cause },
      );
    case 'busy':
      return new NightdeskError(
        'storage_failed',
        `${file} is in use by another program.${opening ? ' End that program and start again.' : ''}`,
        {
          retryable: true,
          detail: { file },
          cause,
        },
      );
    case 'unavailable':
      return new NightdeskError(
        'storage_failed',
        `${file} cannot be read or written (${cause?.message ?? 'unknown'}). Check the disk and the folder's permissions.`,
        { detail: { file }, cause },
      );
    default:
      return error;
  }
}
