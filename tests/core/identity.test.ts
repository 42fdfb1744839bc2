/** Signing in at a real OpenID Connect provider; time is moved by hand, the rest is as it is. */
import { afterEach, describe, expect, test, vi } from 'vitest';
import { createLocks } from '#core/actions/locks.ts';
import type { Caller, Clock, Secrets } from '#core/deps.ts';
import { createIdentity, type Identity } from '#core/identity/identity.ts';
import { Config } from '#shared/model/config.ts';
import { silentLog } from '../fixtures/deps.ts';
import { type Account, CLIENT_ID, goThrough, startProvider } from '../fixtures/oidc-provider.ts';
import { testCache } from './cache-kit.ts';

const MINUTE = 60_000;
const local: Caller = { name: 'somebody', role: 'admin' };
const PEOPLE: Record<string, Account> = {
  ines: { name: 'Inés Moreau', email: 'ines@example.com', groups: ['on-call', 'staff'] },
  tomas: { name: 'Tomás Berg', groups: ['leads'] },
  guest: { name: 'A guest', groups: ['guests'] },
  bare: {},
};

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

/** Sleeps end when `advance` has moved the time past them. */
function handClock() {
  let now = Date.now();
  const sleepers = new Set<() => void>();
  const clock: Clock = {
    now: () => now,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        const until = now + ms;
        const look = () => {
          if (now < until) return;
          sleepers.delete(look);
          resolve();
        };
        sleepers.add(look);
        signal?.addEventListener('abort', () => {
          sleepers.delete(look);
          reject(signal.reason);
        });
      }),
  };
  return {
    clock,
    advance(ms: number) {
      now += ms;
      for (const look of [...sleepers]) look();
    },
  };
}

/** As a keychain keeps them; `where` says so. */
function keychain(): Secrets {
  const kept = new Map<string, string>();
  return {
    get: async (name) => kept.get(name) || null,
    where: async (name) => (kept.get(name) ? 'keychain' : 'missing'),
    set: async (name, value) => {
      kept.set(name, value);
      return true;
    },
  };
}

function signInConfig(issuer: string, more: object = {}) {
  const { signIn } = Config.parse({
    version: 1,
    environments: [{ name: 'production' }],
    services: [{ id: 'bot', environments: { production: { where: {} } } }],
    sources: [{ id: 'flags', kind: 'runbook-folder', path: '.' }],
    signIn: {
      kind: 'oidc',
      issuer,
      clientId: CLIENT_ID,
      roles: { viewer: ['staff'], responder: ['on-call'], admin: ['leads'] },
      ...more,
    },
  });
  if (!signIn) throw new Error('no signIn');
  return signIn;
}

async function setUp(more: object = {}, secrets: Secrets = keychain()) {
  const provider = await startProvider(PEOPLE, { accessTokenSeconds: 600 });
  undo.push(() => provider.close());
  const { clock, advance } = handClock();
  const cache = await testCache();
  const locks = createLocks({
    cache,
    clock,
    protectedEnvironments: () => ['production', 'live'],
    ranOut: () => undefined,
  });
  undo.push(() => locks.close());
  const make = async (): Promise<Identity> => {
    const identity = createIdentity({
      cache,
      clock,
      log: silentLog,
      secrets,
      publish: () => undefined,
      left: locks.lockAll,
      openExternal: null,
    });
    await identity.configure(signInConfig(provider.issuer, more));
    undo.push(() => identity.close());
    return identity;
  };
  return { provider, advance, clock, cache, locks, make, identity: await make() };
}

async function signIn(identity: Identity, login: string): Promise<string> {
  const address = await identity.signIn();
  const back = await goThrough(address ?? '', login);
  return (await fetch(back)).text();
}

const state = (identity: Identity) => identity.state()?.state;

describe('signing in', () => {
  test.each([
    ['ines', 'responder', 'Inés Moreau <ines@example.com>'],
    ['tomas', 'admin', 'Tomás Berg <tomas>'],
  ])('%s gets the role that the claim gives: %s', async (login, role, actor) => {
    const { identity, cache } = await setUp();
    expect(identity.person(local)).toMatchObject({ kind: 'nobody', role: 'viewer' });
    expect(await signIn(identity, login)).toContain('Signed in as');
    await vi.waitFor(() => expect(state(identity)).toBe('signed_in'));
    expect(identity.person(local)).toEqual({
      name: PEOPLE[login]?.name,
      kind: 'oidc',
      role,
      actor,
    });
    const { entries } = await cache.journal('list', { limit: 5 });
    expect(entries[0]).toMatchObject({ kind: 'sign_in', actor, data: { subject: login, role } });
  });

  test.each(['guest', 'bare'])(
    '%s has no listed value of the claim and is not let in',
    async (login) => {
      const { identity } = await setUp();
      expect(await signIn(identity, login)).toContain('has no role here');
      await vi.waitFor(() => expect(state(identity)).toBe('signed_out'));
      expect(identity.state()?.note).toContain('has no role here');
      expect(identity.person(local).role).toBe('viewer');
    },
  );

  test('"*" lists everybody who can sign in', async () => {
    const { identity } = await setUp({ roles: { responder: ['*'] } });
    await signIn(identity, 'bare');
    await vi.waitFor(() =>
      expect(identity.person(local)).toMatchObject({ name: 'bare', role: 'responder' }),
    );
  });

  test('who denies it at the provider is not signed in, and the console says so', async () => {
    const { identity } = await setUp();
    const back = await goThrough((await identity.signIn()) ?? '', 'ines', true);
    await fetch(back);
    await vi.waitFor(() =>
      expect(identity.state()).toMatchObject({
        state: 'signed_out',
        note: 'Not signed in: it was denied.',
      }),
    );
  });

  test('a page that calls the listener without this sign-in’s state changes nothing', async () => {
    const { identity } = await setUp();
    const address = new URL((await identity.signIn()) ?? '');
    const callback = address.searchParams.get('redirect_uri') ?? '';
    for (const path of ['', '?code=stolen', '?code=stolen&state=guessed', '?error=access_denied']) {
      expect((await fetch(callback + path)).status).toBe(400);
    }
    expect(state(identity)).toBe('waiting');
    const back = await goThrough(address.href, 'ines');
    expect((await fetch(back)).status).toBe(200);
    await vi.waitFor(() => expect(state(identity)).toBe('signed_in'));
    await expect(fetch(back), 'the same code again').rejects.toThrow();
  });

  test('a code of another sign-in is refused: its verifier and nonce are not this one’s', async () => {
    const { identity } = await setUp();
    const first = new URL((await identity.signIn()) ?? '');
    const other = new URL(first);
    other.searchParams.set('nonce', 'another');
    const back = await goThrough(other.href, 'ines');
    expect(await (await fetch(back)).text()).toContain('Not signed in');
    await vi.waitFor(() => expect(state(identity)).toBe('signed_out'));
  });

  test('a second sign-in gives up the first; only one takes effect', async () => {
    const { identity } = await setUp();
    const first = (await identity.signIn()) ?? '';
    const second = (await identity.signIn()) ?? '';
    const backFirst = await goThrough(first, 'tomas');
    await expect(fetch(backFirst)).rejects.toThrow();
    await fetch(await goThrough(second, 'ines'));
    await vi.waitFor(() => expect(identity.person(local).name).toBe('Inés Moreau'));
  });

  test('nobody who does not finish stays waited for', async () => {
    const { identity, advance } = await setUp();
    await identity.signIn();
    expect(state(identity)).toBe('waiting');
    advance(6 * MINUTE);
    await vi.waitFor(() =>
      expect(identity.state()).toMatchObject({
        state: 'signed_out',
        note: 'Nobody signed in in time.',
      }),
    );
  });

  test('a provider that does not answer is said, and nobody is signed in', async () => {
    const { identity, provider } = await setUp();
    await provider.down();
    await expect(identity.signIn()).rejects.toMatchObject({ code: 'unreachable' });
    expect(state(identity)).toBe('signed_out');
    await provider.up();
    await signIn(identity, 'ines');
    await vi.waitFor(() => expect(state(identity)).toBe('signed_in'));
  });
});

describe('a session', () => {
  async function signedIn(more: object = {}, secrets?: Secrets) {
    const world = await setUp(more, secrets);
    await signIn(world.identity, 'ines');
    await vi.waitFor(() => expect(state(world.identity)).toBe('signed_in'));
    return world;
  }
  const confirmedAt = (identity: Identity) => identity.state()?.confirmedAt ?? 0;

  test('is renewed before its token ends, again and again, with a new refresh token each time', async () => {
    const { identity, advance } = await signedIn();
    for (let round = 0; round < 3; round++) {
      const before = confirmedAt(identity);
      await vi.waitFor(() => {
        advance(MINUTE);
        expect(confirmedAt(identity)).toBeGreaterThan(before);
      });
    }
    expect(state(identity)).toBe('signed_in');
  });

  test('takes over a role that was taken away', async () => {
    const { identity, advance } = await signedIn();
    const ines = PEOPLE.ines;
    PEOPLE.ines = { ...ines, groups: ['staff'] };
    try {
      await vi.waitFor(() => {
        advance(MINUTE);
        expect(identity.person(local).role).toBe('viewer');
      });
      expect(state(identity)).toBe('signed_in');
    } finally {
      PEOPLE.ines = ines ?? {};
    }
  });

  test('ends at once when renewing is refused', async () => {
    const { identity, advance, provider, cache } = await signedIn();
    await provider.revoke('ines');
    await vi.waitFor(() => {
      advance(MINUTE);
      expect(state(identity)).toBe('signed_out');
    });
    expect(identity.state()?.note).toContain('invalid_grant');
    expect(identity.person(local)).toMatchObject({ kind: 'nobody', role: 'viewer' });
    await vi.waitFor(async () => {
      const { entries } = await cache.journal('list', { limit: 5 });
      expect(entries[0]).toMatchObject({
        kind: 'sign_out',
        actor: 'Inés Moreau <ines@example.com>',
      });
    });
  });

  test('goes on for a while when the provider is down, and says so; then ends', async () => {
    const { identity, advance, provider } = await signedIn({ offline: '1h' });
    await provider.down();
    await vi.waitFor(() => {
      advance(MINUTE);
      expect(identity.state()?.note).toContain('does not answer');
    });
    expect(identity.person(local).role).toBe('responder');
    await vi.waitFor(() => {
      advance(10 * MINUTE);
      expect(state(identity)).toBe('signed_out');
    });
    expect(identity.state()?.note).toContain('for too long');
  });

  test('outlives the console where there is a keychain, is asked for at once, and dies with a sign-out', async () => {
    const { identity, make, provider } = await signedIn();
    identity.close();
    const next = await make();
    expect(next.person(local)).toMatchObject({ name: 'Inés Moreau', role: 'responder' });
    expect(await next.signOut()).toContain(`${provider.issuer}/session/end`);
    expect(state(next)).toBe('signed_out');
    expect(state(await make())).toBe('signed_out');
  });

  test('does not outlive the console without a keychain', async () => {
    const none: Secrets = {
      get: async () => null,
      where: async () => 'missing',
      set: async () => false,
    };
    const { make } = await signedIn({}, none);
    expect(state(await make())).toBe('signed_out');
  });

  test('of another issuer is not taken up', async () => {
    const { identity } = await signedIn();
    await identity.configure(signInConfig('http://127.0.0.1:9'));
    expect(state(identity)).toBe('signed_out');
  });
});

describe('what somebody unlocked', () => {
  async function unlocked() {
    const world = await setUp();
    const { identity, locks, clock } = world;
    await signIn(identity, 'ines');
    await vi.waitFor(() => expect(state(identity)).toBe('signed_in'));
    const { actor } = identity.person(local);
    const unlock = () => locks.unlock('production', clock.now() + 600 * MINUTE, actor);
    await unlock();
    await locks.unlock('live', clock.now() + 600 * MINUTE, actor);
    const open = () => [locks.isUnlocked('production'), locks.isUnlocked('live')];
    expect(open()).toEqual([true, true]);
    const told = async () =>
      (await world.cache.journal('list', { limit: 20 })).entries
        .filter(({ kind }) => kind === 'lock')
        .map((entry) => [entry.actor, entry.environment, entry.summary]);
    return { ...world, actor, unlock, open, told };
  }

  test('is locked when they sign out, and the journal tells', async () => {
    const { identity, open, told, actor } = await unlocked();
    const leaving = identity.signOut();
    expect(open()).toEqual([false, false]);
    await leaving;
    expect((await told()).toSorted()).toEqual([
      [actor, 'live', 'live locked: Inés Moreau is signed out'],
      [actor, 'production', 'production locked: Inés Moreau is signed out'],
    ]);
  });

  test('is locked when renewing the session is refused', async () => {
    const { open, advance, provider } = await unlocked();
    await provider.revoke('ines');
    await vi.waitFor(() => {
      advance(MINUTE);
      expect(open()).toEqual([false, false]);
    });
  });

  test('is locked when somebody else signs in, not when they do so again themselves', async () => {
    const { identity, open, told, actor } = await unlocked();
    await signIn(identity, 'ines');
    await signIn(identity, 'tomas');
    await vi.waitFor(() => expect(identity.person(local).name).toBe('Tomás Berg'));
    expect(open()).toEqual([false, false]);
    await vi.waitFor(async () =>
      expect((await told()).toSorted()).toEqual([
        [actor, 'live', 'live locked: Tomás Berg signed in'],
        [actor, 'production', 'production locked: Tomás Berg signed in'],
      ]),
    );
  });

  test('is locked when who signs in is configured anew, or that nobody has to', async () => {
    const { identity, open, unlock, provider } = await unlocked();
    await identity.configure(signInConfig(provider.issuer));
    expect(open(), 'nothing changed').toEqual([true, true]);
    await identity.configure(signInConfig(provider.issuer, { rolesClaim: 'others' }));
    expect(open()).toEqual([false, false]);
    await unlock();
    await identity.configure(undefined);
    expect(open()).toEqual([false, false]);
  });

  test('does not come open by an unlock that was being journaled as they left', async () => {
    const { identity, open, unlock, told, locks } = await unlocked();
    await locks.lock('production', 'ines');
    const opening = unlock();
    await identity.signOut();
    await opening;
    expect(open()).toEqual([false, false]);
    expect((await told()).map(([, , summary]) => summary)).toContain(
      'production locked: who unlocked it has left',
    );
  });
});

test('without a provider it is the person at the machine, and the journal can tell', async () => {
  const { identity } = await setUp();
  await identity.configure(undefined);
  expect(identity.state()).toBeNull();
  expect(identity.person(local)).toEqual({ ...local, kind: 'local', actor: 'somebody (local)' });
  await expect(identity.signIn()).rejects.toMatchObject({ code: 'unsupported' });
});
