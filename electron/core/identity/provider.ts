/** The OpenID Connect provider: code flow with PKCE, refresh, revocation. Tokens stay in this folder. */
import * as oidc from 'openid-client';
import { NightdeskError } from '#shared/errors/index.ts';
import type { SignInConfig } from '#shared/model/config.ts';
import type { Role } from '#shared/model/session.ts';
import { type Callback, listenForCallback } from './callback.ts';
import { actorOf, nameOf, roleOf } from './claims.ts';

const ANSWERS_WITHIN_S = 10;
/** Clocks of provider and console may be so far apart. */
const CLOCK_TOLERANCE_S = 60;
/** Without `expires_in` a token is asked to be renewed after this long. */
const USUAL_LIFE_S = 300;

/** Whom the provider vouches for. */
export interface SignedInPerson {
  subject: string;
  name: string;
  actor: string;
  role: Role;
}

export interface SignedIn {
  person: SignedInPerson;
  /** Null when the provider gives none: then the session ends with its token. */
  refreshToken: string | null;
  /** Seconds that the access token is good for. */
  expiresIn: number;
}

/** A sign-in that a person is to finish in the browser. */
export interface Begun {
  address: string;
  /** Rejects with NightdeskError `forbidden` (refused, no role), `timeout`, `cancelled`, or as the provider fails. */
  finished: Promise<SignedIn>;
}

export interface Provider {
  /** `again`: the provider must ask who it is, also where somebody is signed in there. */
  begin(options: { again: boolean; signal: AbortSignal }): Promise<Begun>;
  /** @throws NightdeskError `forbidden` when the provider refuses, `unreachable` when it cannot be asked. */
  refresh(token: string, before: SignedInPerson): Promise<SignedIn>;
  /** Where the browser ends the provider's own session; null when it has no such place. Revokes what it can. */
  end(refreshToken: string | null): Promise<string | null>;
}

export function createProvider(
  config: SignInConfig,
  secret: () => Promise<string | null>,
): Provider {
  let discovered: Promise<oidc.Configuration> | null = null;

  /** Asked once; asked again after a failure. */
  function discover(): Promise<oidc.Configuration> {
    discovered ??= ask().catch((error: unknown) => {
      discovered = null;
      throw asProblem(error, 'The sign-in provider could not be asked');
    });
    return discovered;
  }

  async function ask(): Promise<oidc.Configuration> {
    const issuer = new URL(config.issuer);
    const value = config.secret === undefined ? null : await secret();
    if (config.secret !== undefined && value === null) {
      throw new NightdeskError('config_invalid', `The secret ${config.secret} is missing.`);
    }
    return oidc.discovery(
      issuer,
      config.clientId,
      { [oidc.clockTolerance]: CLOCK_TOLERANCE_S },
      value === null ? oidc.None() : oidc.ClientSecretPost(value),
      {
        timeout: ANSWERS_WITHIN_S,
        // The configuration takes http:// for loopback only.
        execute: issuer.protocol === 'http:' ? [oidc.allowInsecureRequests] : [],
      },
    );
  }

  async function read(
    server: oidc.Configuration,
    tokens: oidc.TokenEndpointResponse & oidc.TokenEndpointResponseHelpers,
    known: string | null,
  ): Promise<SignedIn> {
    const claims = tokens.claims();
    const subject = claims?.sub ?? known;
    if (!subject) throw new NightdeskError('bad_answer', 'The provider did not say who signed in.');
    if (known !== null && subject !== known) {
      throw new NightdeskError('forbidden', 'The provider renewed the session for somebody else.');
    }
    const more = server.serverMetadata().userinfo_endpoint
      ? await oidc.fetchUserInfo(server, tokens.access_token, subject)
      : {};
    const all = { ...more, ...claims };
    const name = nameOf(all, subject);
    const role = roleOf(all, config);
    if (role === null) {
      throw new NightdeskError(
        'forbidden',
        `${name} has no role here: no value of the claim "${config.rolesClaim}" is listed under signIn.roles.`,
      );
    }
    return {
      person: { subject, name, actor: actorOf(name, all, subject), role },
      refreshToken: tokens.refresh_token ?? null,
      expiresIn: tokens.expiresIn() ?? USUAL_LIFE_S,
    };
  }

  return {
    async begin({ again, signal }) {
      const server = await discover();
      signal.throwIfAborted();
      const [state, nonce, verifier] = [
        oidc.randomState(),
        oidc.randomNonce(),
        oidc.randomPKCECodeVerifier(),
      ];
      const { promise, resolve, reject } = Promise.withResolvers<SignedIn>();
      let callback: Callback | null = null;
      const finish = async (address: URL): Promise<string> => {
        try {
          const tokens = await oidc.authorizationCodeGrant(server, address, {
            pkceCodeVerifier: verifier,
            expectedState: state,
            expectedNonce: nonce,
            idTokenExpected: true,
          });
          const signedIn = await read(server, tokens, null);
          resolve(signedIn);
          return `Signed in as ${signedIn.person.name}.`;
        } catch (error) {
          const problem = asProblem(error, 'Not signed in');
          reject(problem);
          return problem.message;
        }
      };
      callback = await listenForCallback(state, finish);
      const stop = () => reject(asCancelled(signal));
      signal.addEventListener('abort', stop, { once: true });
      promise
        .catch(() => undefined)
        .finally(() => {
          signal.removeEventListener('abort', stop);
          callback?.close();
        });
      const address = oidc.buildAuthorizationUrl(server, {
        redirect_uri: callback.redirectUri,
        scope: config.scopes.join(' '),
        code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
        state,
        nonce,
        // A refresh token is given by many only when the person is asked for it.
        ...(again
          ? { prompt: 'login' }
          : config.scopes.includes('offline_access')
            ? { prompt: 'consent' }
            : {}),
      });
      return { address: address.href, finished: promise };
    },

    async refresh(token, before) {
      const server = await discover();
      try {
        const tokens = await oidc.refreshTokenGrant(server, token);
        const renewed = await read(server, tokens, before.subject);
        // Without rotation the old one stays good.
        return { ...renewed, refreshToken: renewed.refreshToken ?? token };
      } catch (error) {
        throw asProblem(error, 'The session could not be renewed');
      }
    },

    async end(refreshToken) {
      const server = await discover();
      const { revocation_endpoint, end_session_endpoint } = server.serverMetadata();
      if (refreshToken !== null && revocation_endpoint) {
        await oidc.tokenRevocation(server, refreshToken).catch(() => undefined);
      }
      return end_session_endpoint ? oidc.buildEndSessionUrl(server).href : null;
    },
  };
}

/** A refusal is told apart from a provider that cannot be asked: only the first ends a session. */
function asProblem(error: unknown, what: string): NightdeskError {
  if (error instanceof NightdeskError) return error;
  if (error instanceof oidc.AuthorizationResponseError) {
    const why = error.error === 'access_denied' ? 'it was denied' : error.error;
    return new NightdeskError('forbidden', `${what}: ${why}.`, { cause: error });
  }
  if (error instanceof oidc.ResponseBodyError && error.status < 500 && error.status !== 429) {
    return new NightdeskError('forbidden', `${what}: the provider says ${error.error}.`, {
      cause: error,
    });
  }
  const refused =
    error instanceof oidc.WWWAuthenticateChallengeError ||
    (error instanceof oidc.ClientError && !UNANSWERED.has(error.code ?? ''));
  if (refused) {
    return new NightdeskError('forbidden', `${what}: ${error.message}.`, { cause: error });
  }
  return new NightdeskError('unreachable', `${what}: the provider does not answer.`, {
    cause: error,
  });
}

/** The codes under which openid-client tells of answers that never came, or came from something in between. */
const UNANSWERED: ReadonlySet<string> = new Set([
  'OAUTH_TIMEOUT',
  'OAUTH_ABORT',
  'OAUTH_RESPONSE_IS_NOT_CONFORM',
  'OAUTH_RESPONSE_IS_NOT_JSON',
  'OAUTH_PARSE_ERROR',
]);

function asCancelled(signal: AbortSignal): NightdeskError {
  const { reason } = signal;
  return reason instanceof NightdeskError
    ? reason
    : new NightdeskError('cancelled', 'The sign-in was given up.', { cause: reason });
}
