import type { Output } from '#shared/contract/index.ts';
import type { EnvironmentStatus } from '#shared/model/session.ts';
import { useOperation } from './query.ts';
import { useWindow } from './window.ts';

export function useSession(): Output<'session.read'> | undefined {
  return useOperation('session.read', {}).data;
}

/** False also until the session is there. */
export function useMayAct(): boolean {
  const session = useSession();
  return session !== undefined && session.role !== 'viewer';
}

/** Why what acts is out of reach. */
export const LOOK_ONLY = 'A viewer may look, not act';

/** Whether an environment is read-only now, as the core says; undefined until the session is there. */
export function useLocked(name: string): boolean | undefined {
  const found = useSession()?.environments.find((one) => one.name === name);
  return found?.protected && found.unlockedUntil === null;
}

/** The environment that the window looks at; null until the session is there. */
export function useEnvironment(): EnvironmentStatus | null {
  const name = useWindow((state) => state.environment);
  const session = useSession();
  return session?.environments.find((one) => one.name === name) ?? null;
}
