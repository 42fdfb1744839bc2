import { readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { NightdeskError } from '#shared/errors/index.ts';
import { oneAtATime } from '#shared/util/one-at-a-time.ts';
import type { Keychain } from '../host/secrets.ts';

/** The part of Electron's safeStorage that is used. */
export interface SafeStorage {
  isEncryptionAvailable(): boolean;
  getSelectedStorageBackend?(): string;
  encryptString(text: string): Buffer;
  decryptString(data: Buffer): string;
}

const File = z.record(z.string(), z.string());

/**
 * Secrets encrypted with a key that the operating system keeps, in a file of the data folder. Null where
 * there is no such key: on Linux without a keyring Electron would use a key that everybody has.
 */
export function createKeychain(storage: SafeStorage, dataDir: string): Keychain | null {
  if (!storage.isEncryptionAvailable()) return null;
  if (storage.getSelectedStorageBackend?.() === 'basic_text') return null;
  const file = path.join(dataDir, 'secrets.json');
  /** Or the second would write back what the first had just replaced. */
  const inTurn = oneAtATime();

  const read = async (): Promise<Record<string, string>> => {
    try {
      return File.parse(JSON.parse(await readFile(file, 'utf8')));
    } catch (cause) {
      if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return {};
      throw new NightdeskError(
        'storage_failed',
        `${file} cannot be read, and nothing was put into it. Mend it, or move it away and enter the secrets again.`,
        { cause },
      );
    }
  };
  return {
    async get(name) {
      try {
        const kept = (await read())[name];
        if (kept === undefined) return null;
        return storage.decryptString(Buffer.from(kept, 'base64'));
      } catch {
        // The keyring changed under us, or the file was damaged: the secret must be entered again.
        return null;
      }
    },
    set: (name, value) =>
      inTurn(async () => {
        const all = { ...(await read()), [name]: storage.encryptString(value).toString('base64') };
        await writeFile(`${file}.new`, JSON.stringify(all), { mode: 0o600 });
        await rename(`${file}.new`, file);
        return true;
      }),
  };
}
