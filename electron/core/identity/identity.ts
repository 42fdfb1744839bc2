/**
 * Who works at this console. Without a provider in the configuration the person at this machine, whom the host vouches
 * for; with one, whoever signed in there, and nobody until then. Nobody may look (the cache is on this machine, and a
 * page at 3 a.m. must not wait for a login) but not act. Actions that run do so in the core and finish by themselves.
 */
import type { Cache } from '#core/cache/client.ts';
import type { Caller, Clock, Log, Person, Secrets } from '#core/deps.ts';
import type { Topic } from '#shared/contract/index.ts';
import { NightdeskError } from '#shared/errors/index.ts';
import type { SignInConfig } from '#shared/model/config.ts';
import type { Session } from '#shared/model/session.ts';
import { durationMs } from '#shared/util/duration.ts';
import { type IdentitySession, keepSession, keptSession } from './kept-session.ts';
import type { Provider, SignedIn, SignedInPerson } from './provider.ts';

export interface IdentityDeps {
  cache: Pick<Cache, 'journal'>;
  clock: Clock;
  log: Log;
  secrets: Secrets;
  publish: (topics: Topic[]) => void;
  /** Told when whoever worked here does not any more: what they opened must not stay open for the next. */
  left: (actor: string, why: string) => Promise<void>;
  /** Opens an address in the system's browser; null where the window does that itself. */
  openExternal: ((address: string) => Promise<void>) | null;
}

export interface Identity {
  /** Who is behind a call. */
  person(caller: Caller): Person;
  /** For the screens; null without a provider. */
  state(): Session['signIn'];
  /**
   * Begins a sign-in; one that was under way is given up. Answers the address to open, or null when it was opened.
   * @throws NightdeskError `unsupported` without a provider, `unreachable` when it cannot be asked.
   */
  signIn(): Promise<string | null>;
  /** Has somebody sign in anew to vouch for one thing, without becoming who works here. */
  vouch(): Promise<{ address: string | null; whoever: Promise<SignedInPerson> }>;
  /** Answers where the browser ends the provider's own session; null when there is no such place. */
  signOut(): Promise<string | null>;
  /** With the configuration, at the start and whenever it changes; takes up a session that the keychain holds. */
  configure(config: SignInConfig | undefined): Promise<void>;
  close(): void;
}

/** How long a person may take in the browser. */
const SIGN_IN_WITHIN_MS = 5 * 60_000;
/** A token is renewed so long before its end. */
const RENEW_AHEAD_MS = 30_000;
/** However short a token lives, the provider is left alone for so long. */
const RENEW_PAUSE_MS = 5_000;
const ASK_AGAIN_MS = 15_000;

interface Active {
  config: SignInConfig;
  provider: Provider;
  session: IdentitySession | null;
  /** Why nobody is signed in, or what is wrong with the session; '' = nothing to say. */
  note: string;
  waiting: AbortController | null;
  renewing: AbortController;
}

export function createIdentity(deps: IdentityDeps): Identity {
  const { clock, log, secrets, publish } = deps;
  let active: Active | null = null;

  const journal = (kind: 'sign_in' | 'sign_out', { person }: IdentitySession, summary: string) =>
    deps.cache.journal('append', {
      entry: {
        at: clock.now(),
        kind,
        actor: person.actor,
        action: null,
        environment: '',
        summary,
        data: { issuer: active?.config.issuer, subject: person.subject, role: person.role },
      },
    });

  async function begin(mine: Active, signedIn: SignedIn): Promise<void> {
    const session: IdentitySession = {
      person: signedIn.person,
      refreshToken: signedIn.refreshToken,
      confirmedAt: clock.now(),
      endsAt: clock.now() + signedIn.expiresIn * 1000,
    };
    // Nobody acts as somebody of whose sign-in the journal does not know.
    await journal('sign_in', session, `${session.person.name} signed in as ${session.person.role}`);
    if (active !== mine) return;
    const before = mine.session?.person.actor ?? session.person.actor;
    mine.session = session;
    mine.note = '';
    renew(mine);
    if (before !== session.person.actor)
      await deps.left(before, `${session.person.name} signed in`);
    await keep(mine, session);
    publish(['session', 'journal']);
  }

  /** A session that cannot be kept over a restart is one all the same; one that cannot be forgotten has ended here. */
  async function keep({ config }: Active, session: IdentitySession | null): Promise<void> {
    try {
      await keepSession(secrets, config, session);
    } catch (error) {
      log.error({ err: error }, 'the kept session could not be written');
    }
  }

  /** Nobody may act from here on; what is told to the screens and the journal comes after that. */
  async function end(mine: Active, note: string): Promise<void> {
    const { session } = mine;
    mine.renewing.abort();
    mine.session = null;
    mine.note = note;
    publish(['session']);
    if (session === null) return;
    const { name, actor } = session.person;
    await Promise.all([
      deps.left(actor, `${name} is signed out`),
      keep(mine, null).then(() =>
        journal('sign_out', session, `${name} is signed out. ${note}`.trim()),
      ),
    ]);
    publish(['journal']);
  }

  function renew(mine: Active): void {
    mine.renewing.abort();
    mine.renewing = new AbortController();
    const { signal } = mine.renewing;
    void keepRenewing(mine, signal).catch((error: unknown) => {
      if (!signal.aborted) log.error({ err: error }, 'the session could not be kept up');
    });
  }

  async function keepRenewing(mine: Active, signal: AbortSignal): Promise<void> {
    const offline = durationMs(mine.config.offline);
    let wait = 0;
    for (;;) {
      const { session } = mine;
      if (session === null) return;
      const due = session.endsAt - clock.now() - RENEW_AHEAD_MS;
      await clock.sleep(wait || Math.max(due, RENEW_PAUSE_MS), signal);
      signal.throwIfAborted();
      if (session.refreshToken === null) {
        if (clock.now() < session.endsAt) continue;
        return end(mine, 'The session has ended. Sign in again.');
      }
      try {
        const signedIn = await mine.provider.refresh(session.refreshToken, session.person);
        signal.throwIfAborted();
        mine.session = {
          person: signedIn.person,
          refreshToken: signedIn.refreshToken,
          confirmedAt: clock.now(),
          endsAt: clock.now() + signedIn.expiresIn * 1000,
        };
        mine.note = '';
        wait = 0;
        await keep(mine, mine.session);
        publish(['session']);
      } catch (error) {
        signal.throwIfAborted();
        const problem = error instanceof NightdeskError ? error : null;
        if (problem?.code === 'forbidden') return end(mine, problem.message);
        if (clock.now() - session.confirmedAt >= offline) {
          return end(mine, 'The provider did not confirm the session for too long.');
        }
        mine.note = problem?.message ?? 'The session could not be renewed.';
        wait = ASK_AGAIN_MS;
        publish(['session']);
      }
    }
  }

  async function giveUpLater(waiting: AbortController, unless: AbortSignal): Promise<void> {
    try {
      await clock.sleep(SIGN_IN_WITHIN_MS, unless);
      waiting.abort(new NightdeskError('timeout', 'Nobody signed in in time.'));
    } catch {
      // It has ended before.
    }
  }

  function required(): Active {
    if (active !== null) return active;
    throw new NightdeskError(
      'unsupported',
      'No provider is configured to sign in at (signIn in the configuration).',
    );
  }

  return {
    person(caller) {
      if (active === null) return { ...caller, kind: 'local', actor: `${caller.name} (local)` };
      const { session } = active;
      if (session === null) {
        return { name: 'nobody', role: 'viewer', kind: 'nobody', actor: 'nobody (signed out)' };
      }
      const { name, role, actor } = session.person;
      return { name, role, kind: 'oidc', actor };
    },

    state() {
      if (active === null) return null;
      const { config, session, note, waiting } = active;
      return {
        issuer: config.issuer,
        state: session !== null ? 'signed_in' : waiting !== null ? 'waiting' : 'signed_out',
        note,
        confirmedAt: session?.confirmedAt ?? null,
      };
    },

    async signIn() {
      const mine = required();
      mine.waiting?.abort();
      const waiting = new AbortController();
      mine.waiting = waiting;
      const done = (note: string) => {
        if (mine.waiting !== waiting) return;
        mine.waiting = null;
        mine.note = note;
        publish(['session']);
      };
      const timer = new AbortController();
      try {
        const begun = await mine.provider.begin({ again: false, signal: waiting.signal });
        void giveUpLater(waiting, timer.signal);
        void begun.finished
          .then(async (signedIn) => {
            // A sign-in that was given up must not take effect late.
            if (mine.waiting !== waiting || active !== mine) return;
            mine.waiting = null;
            await begin(mine, signedIn);
          })
          .catch((error: unknown) => {
            done(error instanceof NightdeskError ? error.message : 'The sign-in failed.');
          })
          .finally(() => timer.abort());
        publish(['session']);
        if (deps.openExternal === null) return begun.address;
        await deps.openExternal(begun.address);
        return null;
      } catch (error) {
        done(error instanceof NightdeskError ? error.message : '');
        throw error;
      }
    },

    async vouch() {
      const mine = required();
      const controller = new AbortController();
      const begun = await mine.provider.begin({ again: true, signal: controller.signal });
      const timer = new AbortController();
      void giveUpLater(controller, timer.signal);
      const whoever = begun.finished.then(({ person }) => person).finally(() => timer.abort());
      whoever.catch(() => undefined);
      if (deps.openExternal === null) return { address: begun.address, whoever };
      await deps.openExternal(begun.address);
      return { address: null, whoever };
    },

    async signOut() {
      const mine = required();
      const refreshToken = mine.session?.refreshToken ?? null;
      mine.waiting?.abort();
      await end(mine, '');
      return mine.provider.end(refreshToken).catch(() => null);
    },

    async configure(config) {
      if (JSON.stringify(config) === JSON.stringify(active?.config)) return;
      active?.waiting?.abort();
      active?.renewing.abort();
      const before = active?.session?.person.actor ?? 'nightdesk';
      const left = () => deps.left(before, 'who signs in is configured anew');
      if (config === undefined) {
        active = null;
        return left();
      }
      // Its library is loaded only where somebody can sign in.
      const { createProvider } = await import('./provider.ts');
      const mine: Active = {
        config,
        provider: createProvider(config, () => secrets.get(config.secret ?? '')),
        session: null,
        note: '',
        waiting: null,
        renewing: new AbortController(),
      };
      active = mine;
      await left();
      const session = await keptSession(secrets, config);
      const offline = durationMs(config.offline);
      if (session === null || clock.now() - session.confirmedAt >= offline) return;
      // Good until the provider says otherwise, which is asked at once.
      mine.session = { ...session, endsAt: clock.now() };
      renew(mine);
    },

    close() {
      active?.waiting?.abort();
      active?.renewing.abort();
    },
  };
}
