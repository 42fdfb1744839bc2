import { z } from 'zod';
import { boundedPattern } from '../util/bounded-pattern.ts';
import { durationMs, parseDuration } from '../util/duration.ts';
import { ActionKind } from './action.ts';
import { Band, SignalDefinition, Where } from './signal.ts';

/**
 * The configuration file, as YAML. Secrets are named here and never written here: `secret: NAME`
 * is looked up in the operating system's keychain, then in the environment variable of that name.
 */
export const Duration = z
  .string()
  .refine((text) => parseDuration(text) !== null, {
    error: 'a duration such as 15s, 5m, 24h or 30d',
  })
  .meta({
    description: 'A duration: 250ms, 15s, 5m, 24h, 30d',
    pattern: '^\\d+(\\.\\d+)?(ms|s|m|h|d)$',
  });

/** Of what is done again and again, or at most: no time at all would be without a pause, or never; and there is a most to wait. */
function interval(longest: string, what = 'A duration longer than nothing') {
  const fits = (ms: number | null) => ms !== null && ms > 0 && ms <= durationMs(longest);
  return Duration.refine((text) => fits(parseDuration(text)), {
    error: `a duration longer than nothing and up to ${longest}, such as 15s or 5m`,
  }).meta({
    description: `${what}: 15s, 5m or 1h, up to ${longest}`,
    pattern: '^(?=.*[1-9])\\d+(\\.\\d+)?(ms|s|m|h|d)$',
  });
}

const Id = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]*$/i, { error: 'letters, digits, dot, dash and underscore' });
const HttpUrl = z.url({
  protocol: /^https?$/,
  error: 'an address that begins with http:// or https://',
});
const SecretName = z.string().regex(/^[A-Z][A-Z0-9_]*$/, {
  error: 'the NAME of a secret (capitals, digits, underscore), not the secret itself',
});

const sourceBase = {
  id: Id,
  every: interval('1d', 'How often it is pulled').optional(),
  timeout: interval('1h', 'How long one request may take').optional(),
};

const OpenMetricsSource = z.strictObject({
  ...sourceBase,
  kind: z.literal('openmetrics'),
  targets: z
    .array(
      z.strictObject({
        url: HttpUrl,
        /** Added to every sample of the target, as a scraper's relabelling would. */
        labels: z.record(z.string(), z.string()).default({}),
        /** An OpenMetrics exposition with timestamps, imported once. */
        history: HttpUrl.optional(),
      }),
    )
    .min(1),
});

const PrometheusSource = z.strictObject({
  ...sourceBase,
  kind: z.literal('prometheus'),
  url: HttpUrl,
  /** Bearer token. */
  secret: SecretName.optional(),
  /** How far back the first sync reads. */
  history: Duration.default('24h'),
  step: interval('1d').default('15s'),
});

const AlertmanagerSource = z.strictObject({
  ...sourceBase,
  kind: z.literal('alertmanager'),
  url: HttpUrl,
  secret: SecretName.optional(),
});

const UnleashSource = z.strictObject({
  ...sourceBase,
  kind: z.literal('unleash'),
  url: HttpUrl,
  project: z.string().default('default'),
  /** Admin or personal token: reads, history and control. */
  secret: SecretName,
  /** Environment → its name in Unleash and the client token that proves what is served there. */
  environments: z.record(
    Id,
    z.strictObject({ name: z.string(), clientSecret: SecretName.optional() }),
  ),
});

/** Where a tracing backend answers for one conversation or one trace, in OTLP's JSON form. */
const Lookup = z.strictObject({
  url: z
    .string()
    .regex(/^https?:\/\/[^\s/?#{}@]+[/?][^\s#]*\{id\}[^\s#]*$/, {
      error:
        'an address that begins with http:// or https:// and has {id} in its path or query, where the ID goes',
    })
    .meta({ description: 'Address of one trace or conversation; {id} stands for its ID' }),
  by: z
    .enum(['trace', 'conversation'])
    .default('trace')
    .meta({ description: 'Whose ID goes into the address' }),
  /** Bearer token. */
  secret: SecretName.optional(),
  /** Without it any service's may be there. To reveal a conversation, backends of other services are not asked. */
  services: z
    .array(z.string())
    .min(1)
    .optional()
    .meta({ description: 'Ids of the services whose conversations are there; without it, of any' }),
});
export type Lookup = z.infer<typeof Lookup>;

const OtlpSource = z.strictObject({
  ...sourceBase,
  kind: z.literal('otlp'),
  /** Loopback only. */
  port: z.number().int().min(1).max(65535).default(4318),
  /** Attributes tried for the conversation's id, before the standard ones. */
  conversationAttributes: z.array(z.string()).default([]),
  /** All are asked for an unknown ID; those of its service, one after the other, for what was masked. */
  lookup: z.array(Lookup).default([]),
});

const RunbookFolderSource = z.strictObject({
  ...sourceBase,
  kind: z.literal('runbook-folder'),
  /** Relative to the configuration file. */
  path: z.string().min(1),
});

export const SourceConfig = z.discriminatedUnion('kind', [
  OpenMetricsSource,
  PrometheusSource,
  AlertmanagerSource,
  UnleashSource,
  OtlpSource,
  RunbookFolderSource,
]);
export type SourceConfig = z.infer<typeof SourceConfig>;
export type SourceConfigOf<K extends SourceConfig['kind']> = Extract<SourceConfig, { kind: K }>;

const FlagRef = z.strictObject({ source: Id, flag: z.string().min(1) });

export const ModelFlag = FlagRef.extend({
  /**
   * How the flag picks the version: the weights of its variants, named after the versions; or its
   * rollout percentage, which sends that share to the candidate and the rest to stable.
   */
  by: z.enum(['variants', 'rollout']).default('variants'),
  stable: z.string().min(1),
  candidate: z.string().min(1).optional(),
});

/** The rungs that the candidate's share climbs, and how long each must hold before the next. */
export const Ramp = z
  .strictObject({
    ladder: z
      .array(z.number().int().min(1).max(100))
      .min(1)
      .refine((rungs) => rungs.every((rung, i) => i === 0 || rung > (rungs[i - 1] ?? 0)), {
        error: 'percentages that rise, such as [1, 5, 25, 50, 100]',
      })
      .default([1, 5, 25, 50, 100]),
    hold: Duration.default('10m'),
  })
  .prefault({});

export const ServiceConfig = z.strictObject({
  id: Id,
  title: z.string().optional(),
  /** Environments it runs in, with the label matchers that find its series there. */
  environments: z.record(Id, z.strictObject({ where: Where })),
  /** The label and resource attribute that names the model version. */
  versionLabel: z.string().default('version'),
  modelFlag: ModelFlag.optional(),
  killSwitch: FlagRef.optional(),
  ramp: Ramp,
  /** Ids of runbooks. */
  runbooks: z.array(z.string()).default([]),
  /** Bands that differ from the default ones, by signal. */
  bands: z.record(z.string(), Band).default({}),
  /** A turn slower than this counts as failing. */
  slowTurn: Duration.default('5s'),
});
export type ServiceConfig = z.infer<typeof ServiceConfig>;

/** Who may do what, when a provider says who is there. Without it the person at the machine may do all. */
const SignIn = z.strictObject({
  kind: z.literal('oidc'),
  /** The provider's issuer identifier; http only on this machine. */
  issuer: HttpUrl.refine(
    (text) => /^https:|^http:\/\/(127\.0\.0\.1|localhost|\[::1\])[:/]/i.test(`${text}/`),
    {
      error: 'an address that begins with https:// (http:// only for 127.0.0.1 and localhost)',
    },
  ),
  clientId: z.string().min(1),
  /** Only where the provider gives out no public clients. */
  secret: SecretName.optional(),
  scopes: z
    .array(z.string().min(1))
    .default(['openid', 'profile', 'email', 'offline_access'])
    .refine((scopes) => scopes.includes('openid'), { error: 'a list that has "openid" in it' }),
  /** A claim of the ID token or of the user's information, by its name or a dotted path. */
  rolesClaim: z.string().min(1).default('groups'),
  /** Role → values of the claim that give it; "*" is everybody who can sign in. The highest counts. */
  roles: z.strictObject({
    viewer: z.array(z.string()).default([]),
    responder: z.array(z.string()).default([]),
    admin: z.array(z.string()).default([]),
  }),
  /** How long a session goes on while the provider cannot be asked to confirm it. */
  offline: Duration.default('8h'),
});
export type SignInConfig = z.infer<typeof SignIn>;

/** Where a model answers again what was recorded: anything that speaks the OpenAI chat completions API. */
export const EndpointConfig = z.strictObject({
  id: Id,
  /** Up to and with the version of the API: `https://host/v1`. */
  baseUrl: HttpUrl,
  /** As the endpoint names it. */
  model: z.string().min(1),
  /** The model version it answers as; the same names as on the services' signals. */
  version: z.string().min(1).optional(),
  /** For which service, and where it runs; left out = any. */
  service: Id.optional(),
  environment: Id.optional(),
  /** Sent as a bearer token. */
  apiKeySecret: SecretName.optional(),
  timeout: interval('1h', 'How long one request may take').default('60s'),
  /** Requests under way at once. */
  concurrency: z.number().int().min(1).max(32).default(4),
  /** US dollars per million tokens. Without them no cost is told. */
  prices: z
    .strictObject({ input: z.number().nonnegative(), output: z.number().nonnegative() })
    .optional(),
  /** Sends a `seed` with each sample, for endpoints that can repeat an answer. */
  seed: z.boolean().default(false),
});
export type EndpointConfig = z.infer<typeof EndpointConfig>;

const ReplayConfig = z.strictObject({
  /** Id of the endpoint that scores answers. */
  judge: Id.optional(),
  /** What a run may use where nobody says otherwise. */
  budget: z
    .strictObject({
      requests: z.number().int().positive().default(500),
      tokens: z.number().int().positive().default(2_000_000),
      usd: z.number().positive().default(5),
      time: Duration.default('15m'),
    })
    .prefault({}),
  /** Words by which answers are recognised as unsure, beside the built-in ones. */
  unsurePhrases: z.array(z.string().min(3)).default([]),
  refusalPhrases: z.array(z.string().min(3)).default([]),
  /** Scores a sample of the last day's conversations, by itself. */
  nightly: z
    .strictObject({
      /** Local time of day, 24 h. */
      at: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, { error: 'a time of day such as 03:10' }),
      services: z.array(Id).min(1),
      sample: z.number().int().min(1).max(1000).default(200),
      /** Holds one service's sample in one environment. What is left out is sized by what was drawn, so that all of it is answered. */
      budget: z
        .strictObject({
          requests: z.number().int().positive().optional(),
          tokens: z.number().int().positive().optional(),
          usd: z.number().positive().optional(),
          time: Duration.optional(),
        })
        .prefault({}),
    })
    .optional(),
});

/** What stands in a placeholder: `⟦customer number k3f9⟧`. */
const MaskKind = z.string().regex(/^\p{L}[\p{L} _-]{0,29}$/u, {
  error: 'a word or two, of letters: it stands in place of what is masked',
});

const MaskPattern = z
  .string()
  .min(1)
  .max(500)
  .superRefine((pattern, context) => {
    const bounded = boundedPattern(pattern);
    if ('problem' in bounded) context.addIssue({ code: 'custom', message: bounded.problem });
  });

/** Personal data is replaced by placeholders before anything is stored. */
const MaskingConfig = z.strictObject({
  enabled: z.boolean().default(true),
  /** Beside the built-in kinds: kind → regular expression, as JavaScript has it. */
  patterns: z.record(MaskKind, MaskPattern).default({}),
  /** Fields of tool calls and their results that hold personal data, beside the usual ones: field → kind. */
  fields: z.record(z.string().min(1), MaskKind).default({}),
});

export const Config = z
  .strictObject({
    version: z.literal(1),
    environments: z
      .array(z.strictObject({ name: Id, protected: z.boolean().default(true) }))
      .min(1),
    services: z.array(ServiceConfig).min(1),
    sources: z.array(SourceConfig).min(1),
    signIn: SignIn.optional(),
    endpoints: z.array(EndpointConfig).default([]),
    replay: ReplayConfig.prefault({}),
    signals: z
      .strictObject({
        /** The stretch a rate is taken over. */
        window: interval('1d').default('5m'),
        /** Definitions beside the default ones; the same id replaces. */
        definitions: z.array(SignalDefinition).default([]),
      })
      .prefault({}),
    actions: z
      .strictObject({
        /** How long signals must be back in band before an action counts as recovered. */
        hold: Duration.default('3m'),
        /** When recovery is given up on. */
        giveUp: Duration.default('15m'),
        unlockFor: interval('1d').default('15m'),
        /** Which actions a second person must agree to, who signs in for that. Needs `signIn`. */
        approval: z
          .strictObject({
            kinds: z.array(ActionKind).min(1),
            /** By default every protected one. */
            environments: z.array(Id).optional(),
          })
          .optional(),
        /** Fewer requests than this in the window cannot tell anything. */
        minRequests: z.number().int().positive().default(30),
      })
      .prefault({}),
    /** What is carried out on trial, where, and how often. */
    drills: z
      .array(
        z.strictObject({
          service: Id,
          /** A protected environment is drilled only when it is named here. */
          environment: Id,
          kind: z.enum(['rollback', 'kill_switch']),
          every: interval('366d').default('30d'),
        }),
      )
      .default([]),
    masking: MaskingConfig.prefault({}),
    retention: z
      .strictObject({
        raw: Duration.default('7d'),
        fiveMinutes: Duration.default('60d'),
        oneHour: Duration.default('400d'),
        conversations: Duration.default('30d'),
        maxMegabytes: z.number().int().positive().default(2048),
      })
      .prefault({}),
  })
  .meta({ title: 'Nightdesk configuration' });
export type Config = z.infer<typeof Config>;
export type ConfigInput = z.input<typeof Config>;
