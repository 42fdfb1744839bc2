/** What the flag service keeps, in the shapes that Unleash 7 answers. */
export interface Variant {
  name: string;
  weight: number;
  weightType: 'fix' | 'variable';
  stickiness: string;
  payload?: unknown;
  overrides?: unknown;
}

export interface Strategy {
  id: string;
  name: string;
  title: string | null;
  disabled: boolean;
  sortOrder: number;
  parameters: Record<string, string>;
  constraints: unknown[];
  segments: number[];
  variants: Variant[];
}

export interface FeatureEnvironment {
  enabled: boolean;
  strategies: Strategy[];
  variants: Variant[];
}

export interface Feature {
  name: string;
  type: string;
  description: string;
  createdAt: string;
  stale: boolean;
  impressionData: boolean;
  archived: boolean;
  environments: Record<string, FeatureEnvironment>;
}

export interface FlagEvent {
  id: number;
  type: string;
  createdBy: string;
  createdAt: string;
  featureName: string;
  project: string;
  environment: string | null;
  data: unknown;
  preData: unknown;
  tags: unknown[];
}

export const PROJECT = 'default';
export const ENVIRONMENTS: readonly { name: string; type: string }[] = [
  { name: 'development', type: 'development' },
  { name: 'production', type: 'production' },
];

/** An answer other than 2xx; `name` as Unleash calls it. */
export class FlagError extends Error {
  readonly status: 400 | 401 | 403 | 404 | 409;
  readonly kind: string;
  constructor(status: FlagError['status'], kind: string, message: string) {
    super(message);
    this.status = status;
    this.kind = kind;
  }
}

/**
 * As Unleash does on every write: variants of weight type `variable` share evenly what the fixed ones leave
 * of 1000, whatever weight was sent for them.
 */
export function balance(variants: Variant[]): Variant[] {
  if (variants.length === 0) return [];
  const free = variants.filter((variant) => variant.weightType !== 'fix');
  if (free.length === 0)
    throw new FlagError(400, 'BadDataError', 'There must be at least one "variable" variant');
  const fixed = variants.reduce((sum, one) => sum + (one.weightType === 'fix' ? one.weight : 0), 0);
  if (fixed > 1000)
    throw new FlagError(400, 'BadDataError', 'The traffic distribution total must equal 100%');
  const each = Math.floor((1000 - fixed) / free.length);
  let rest = (1000 - fixed) % free.length;
  return variants.map((one) =>
    one.weightType === 'fix' ? one : { ...one, weight: each + (rest-- > 0 ? 1 : 0) },
  );
}
