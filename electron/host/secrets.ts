import type { Secrets } from '#core/deps.ts';

/** The operating system's place for secrets. Electron has one; under plain Node there is none. */
export interface Keychain {
  get(name: string): Promise<string | null>;
  /** False when nothing was stored. */
  set(name: string, value: string): Promise<boolean>;
}

export interface SecretSources {
  keychain: Keychain | null;
  environment: Readonly<Record<string, string | undefined>>;
  /** Told every secret that is handed out, so that the log can leave it out. */
  onRead: (value: string) => void;
}

/** The keychain first, then the environment: what was entered in the console wins over what was inherited. */
export function createSecrets({ keychain, environment, onRead }: SecretSources): Secrets {
  const lookUp = async (
    name: string,
  ): Promise<{ value: string; where: 'keychain' | 'environment' } | null> => {
    const kept = (await keychain?.get(name)) ?? null;
    if (kept !== null && kept !== '') return { value: kept, where: 'keychain' };
    const inherited = environment[name];
    return inherited ? { value: inherited, where: 'environment' } : null;
  };
  return {
    async get(name) {
      const found = await lookUp(name);
      if (found) onRead(found.value);
      return found?.value ?? null;
    },
    async where(name) {
      return (await lookUp(name))?.where ?? 'missing';
    },
    async set(name, value) {
      onRead(value);
      return (await keychain?.set(name, value)) ?? false;
    },
  };
}
