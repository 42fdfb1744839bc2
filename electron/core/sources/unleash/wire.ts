/** What Unleash answers, as far as it is read. */
import { z } from 'zod';
import type { FlagState, Strategy, Variant } from '#shared/model/flag.ts';

const WireVariant = z.object({
  name: z.string(),
  weight: z.number(),
  weightType: z.string().optional(),
  stickiness: z.string().optional(),
  payload: z.unknown().optional(),
  overrides: z.unknown().optional(),
});

const WireStrategy = z.object({
  id: z.string(),
  name: z.string(),
  title: z.string().nullish(),
  disabled: z.boolean().nullish(),
  sortOrder: z.number().nullish(),
  parameters: z.record(z.string(), z.unknown()).nullish(),
  constraints: z.array(z.unknown()).nullish(),
  segments: z.array(z.number()).nullish(),
  variants: z.array(WireVariant).nullish(),
});
export type WireStrategy = z.infer<typeof WireStrategy>;

const WireEnvironment = z.object({
  name: z.string(),
  enabled: z.boolean(),
  strategies: z.array(WireStrategy).nullish(),
  variants: z.array(WireVariant).nullish(),
});
export type WireEnvironment = z.infer<typeof WireEnvironment>;

export const WireFeatureList = z.object({
  features: z.array(z.object({ name: z.string() })),
});

export const WireFeature = z.object({
  name: z.string(),
  type: z.string().nullish(),
  description: z.string().nullish(),
  stale: z.boolean().nullish(),
  archived: z.boolean().nullish(),
  createdAt: z.string().nullish(),
  environments: z.array(WireEnvironment),
});
export type WireFeature = z.infer<typeof WireFeature>;

export const WireEvent = z.object({
  id: z.number(),
  type: z.string(),
  createdBy: z.string().nullish(),
  createdAt: z.union([z.string(), z.number()]),
  featureName: z.string().nullish(),
  environment: z.string().nullish(),
  data: z.unknown().optional(),
  preData: z.unknown().optional(),
});
export type WireEvent = z.infer<typeof WireEvent>;

/** Events are read one by one, so that one that does not fit costs only itself. */
export const WireEventPage = z.object({
  events: z.array(z.unknown()),
  total: z.number().nullish(),
});

/** Never put this answer into a message: it repeats the token. */
export const WireUser = z.object({
  user: z.object({ username: z.string().nullish(), email: z.string().nullish() }).nullish(),
  permissions: z
    .array(
      z.object({
        permission: z.string(),
        project: z.string().nullish(),
        environment: z.string().nullish(),
      }),
    )
    .nullish(),
});

export const WireProject = z.object({
  environments: z.array(z.object({ environment: z.string() })),
});

/** Per environment whether changes wait for an approval; not every edition answers it. */
export const WireChangeRequests = z.array(
  z.object({
    environment: z.string(),
    changeRequestEnabled: z.boolean(),
    requiredApprovals: z.number().nullish(),
  }),
);

export const WireClientFeatures = z.object({
  features: z.array(z.looseObject({ name: z.string() })),
  segments: z.array(z.looseObject({ id: z.number() })).nullish(),
});
export type WireClientFeatures = z.infer<typeof WireClientFeatures>;

export function toStrategy(wire: WireStrategy): Strategy {
  return {
    id: wire.id,
    name: wire.name,
    title: wire.title || null,
    disabled: wire.disabled ?? false,
    ...(wire.sortOrder == null ? {} : { sortOrder: wire.sortOrder }),
    parameters: Object.fromEntries(
      Object.entries(wire.parameters ?? {}).map(([key, value]) => [
        key,
        typeof value === 'string' ? value : value == null ? '' : String(value),
      ]),
    ),
    constraints: wire.constraints ?? [],
    segments: wire.segments ?? [],
    variants: (wire.variants ?? []).map(toVariant),
  };
}

/** Null when it is not the data of a strategy. */
export function readStrategy(value: unknown): Strategy | null {
  const parsed = WireStrategy.safeParse(value);
  return parsed.success ? toStrategy(parsed.data) : null;
}

export function readVariants(value: unknown): Variant[] | null {
  const parsed = z.object({ variants: z.array(WireVariant) }).safeParse(value);
  return parsed.success ? parsed.data.variants.map(toVariant) : null;
}

/** The ids of a flag's strategies in their order. */
export function readOrder(value: unknown): string[] | null {
  const parsed = z.object({ strategyIds: z.array(z.string()) }).safeParse(value);
  return parsed.success ? parsed.data.strategyIds : null;
}

function toVariant(wire: z.infer<typeof WireVariant>): Variant {
  const { name, weight, weightType, stickiness, payload, overrides } = wire;
  return {
    name,
    weight,
    ...(weightType === undefined ? {} : { weightType }),
    ...(stickiness === undefined ? {} : { stickiness }),
    ...(payload === undefined ? {} : { payload }),
    ...(overrides === undefined ? {} : { overrides }),
  };
}

export function toFlagState(wire: WireEnvironment): FlagState {
  return {
    enabled: wire.enabled,
    strategies: (wire.strategies ?? []).map(toStrategy),
    variants: (wire.variants ?? []).map(toVariant),
  };
}
