/** Every operation with every role, through every adapter: signed in at a real provider, as a person would be. */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { contract, type OperationName } from '#shared/contract/index.ts';
import { NightdeskError } from '#shared/errors/index.ts';
import { type Role, roleAllows, type Session } from '#shared/model/session.ts';
import {
  CLIENT_ID,
  goThrough,
  startProvider,
  type TestProvider,
} from '../fixtures/oidc-provider.ts';
import type { RunningAdapter } from './adapters/adapter.ts';
import { browserAdapter } from './adapters/browser.ts';
import { electronIpcAdapter } from './adapters/electron-ipc.ts';
import { configuration, type Folder, temporaryFolder } from './fixtures.ts';

const names = Object.keys(contract) as OperationName[];

describe.each([browserAdapter, electronIpcAdapter])('roles through $name', (adapter) => {
  let provider: TestProvider;
  let folder: Folder;
  let running: RunningAdapter;

  beforeAll(async () => {
    provider = await startProvider({
      viewer: { groups: ['viewer'] },
      responder: { groups: ['responder'] },
      admin: { groups: ['admin'] },
    });
    folder = temporaryFolder();
    const signIn = `signIn:
  kind: oidc
  issuer: ${provider.issuer}
  clientId: ${CLIENT_ID}
  roles: { viewer: [viewer], responder: [responder], admin: [admin] }
`;
    const config = folder.write('nightdesk.yml', configuration('http://127.0.0.1:9') + signIn);
    running = await adapter.start({ data: folder.dir, config });
  });
  afterAll(async () => {
    await running?.close();
    await provider?.close();
    folder?.remove();
  });

  const call = (operation: string, input: unknown) => running.transport.call(operation, input);
  const session = async () => (await call('session.read', {})) as Session;

  /** Input that no operation takes: what passes the role ends at the schema, and nothing is changed. */
  async function codeOf(operation: string): Promise<string> {
    try {
      await call(operation, { 'no such key': 1 });
    } catch (error) {
      if (error instanceof NightdeskError) return error.code;
      throw error;
    }
    throw new Error(`${operation} took what it must not`);
  }

  async function expectRole(role: Role): Promise<void> {
    expect((await session()).role).toBe(role);
    for (const name of names) {
      const allowed = roleAllows(role, contract[name].role);
      expect(`${name}: ${await codeOf(name)}`).toBe(
        `${name}: ${allowed ? 'bad_input' : 'forbidden'}`,
      );
    }
  }

  test('nobody who is not signed in may do more than look', async () => {
    expect((await session()).identity.kind).toBe('nobody');
    await expectRole('viewer');
    await expect(call('session.unlock', { environment: 'production' })).rejects.toThrow(
      /nobody is signed in/,
    );
  });

  test.each(['viewer', 'responder', 'admin'] as const)('a signed-in %s', async (role) => {
    const { address } = (await call('session.signIn', {})) as { address: string };
    await fetch(await goThrough(address, role));
    await vi.waitFor(async () => expect((await session()).identity.name).toBe(role), 5_000);
    await expectRole(role);
  });

  test('after the sign-out nobody may act any more, and what was unlocked is locked', async () => {
    const isOpen = async () =>
      (await session()).environments.some(({ unlockedUntil }) => unlockedUntil !== null);
    await call('session.unlock', { environment: 'production' });
    expect(await isOpen()).toBe(true);
    await call('session.signOut', {});
    await expectRole('viewer');
    expect(await isOpen()).toBe(false);
  });
});
