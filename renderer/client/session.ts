import type { Output } from '#shared/contract/index.ts';
import type { EnvironmentStatus } from '#shared/model/session.ts';
import { useOperation } from './query.ts';
import { useWindow } from './window.ts';

export function useSession(): Output<'session.read'> | undefined {
  return useOperation('session.read', {}).data;
}

/** The environment that the window looks at; null until the session is there. */
export function useEnvironment(): EnvironmentStatus | null {
  const name = useWindow((state) => state.environment);
  const session = useSession();
  return session?.environments.find((one) => one.name === name) ?? null;
}
