/** Bodies of writes, read leniently as Unleash reads them: a rollout of "abc" is taken as it comes. */
import { FlagError, type Strategy, type Variant } from './model.ts';

export type Fields = Record<string, unknown>;

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What a strategy becomes when it is written whole: what is left out is gone. */
export function strategyFrom(body: unknown, kept: { id: string; sortOrder: number }): Strategy {
  if (!isFields(body) || typeof body.name !== 'string') {
    throw new FlagError(400, 'ValidationError', 'The "name" of the strategy is required.');
  }
  const parameters = isFields(body.parameters) ? body.parameters : {};
  return {
    id: kept.id,
    name: body.name,
    title: typeof body.title === 'string' ? body.title : null,
    disabled: body.disabled === true,
    sortOrder: typeof body.sortOrder === 'number' ? body.sortOrder : kept.sortOrder,
    parameters: Object.fromEntries(
      Object.entries(parameters).map(([name, value]) => [name, String(value)]),
    ),
    constraints: Array.isArray(body.constraints) ? body.constraints : [],
    segments: Array.isArray(body.segments)
      ? body.segments.filter((id) => typeof id === 'number')
      : [],
    variants: variantsFrom(body.variants ?? []),
  };
}

export function variantsFrom(value: unknown): Variant[] {
  if (!Array.isArray(value))
    throw new FlagError(400, 'ValidationError', '"variants" must be an array');
  return value.map((one: unknown) => {
    if (!isFields(one) || typeof one.name !== 'string' || typeof one.weight !== 'number') {
      throw new FlagError(400, 'ValidationError', 'A variant needs a "name" and a "weight".');
    }
    return {
      name: one.name,
      weight: one.weight,
      weightType: one.weightType === 'fix' ? 'fix' : 'variable',
      stickiness: typeof one.stickiness === 'string' ? one.stickiness : 'default',
      ...('payload' in one ? { payload: one.payload } : {}),
      ...('overrides' in one ? { overrides: one.overrides } : {}),
    };
  });
}

/** `[{ id, sortOrder }]`, by id. */
export function sortOrdersFrom(value: unknown): Map<string, number> {
  if (!Array.isArray(value))
    throw new FlagError(400, 'ValidationError', 'The order of strategies is an array.');
  return new Map(
    value.map((one: unknown) => {
      if (!isFields(one) || typeof one.id !== 'string' || typeof one.sortOrder !== 'number') {
        throw new FlagError(400, 'ValidationError', 'A place needs an "id" and a "sortOrder".');
      }
      return [one.id, one.sortOrder];
    }),
  );
}

/** JSON Patch, of which `add`, `replace` and `remove` are used; `test` is not atomic in Unleash and is passed over here too. */
export function patched(target: unknown, operations: unknown): unknown {
  if (!Array.isArray(operations))
    throw new FlagError(400, 'ValidationError', 'A patch is an array of operations.');
  const copy: unknown = structuredClone(target);
  for (const operation of operations) {
    if (!isFields(operation) || typeof operation.path !== 'string') {
      throw new FlagError(400, 'ValidationError', 'An operation needs a "path".');
    }
    apply(
      copy,
      operation.op,
      operation.path.split('/').slice(1).map(unescapePointer),
      operation.value,
    );
  }
  return copy;
}

const unescapePointer = (part: string) => part.replaceAll('~1', '/').replaceAll('~0', '~');

function apply(target: unknown, op: unknown, path: string[], value: unknown): void {
  const last = path.at(-1);
  let holder: unknown = target;
  for (const part of path.slice(0, -1)) {
    holder = Array.isArray(holder)
      ? holder[Number(part)]
      : isFields(holder)
        ? holder[part]
        : undefined;
  }
  if (last === undefined || op === 'test') return;
  if (Array.isArray(holder)) {
    const at = last === '-' ? holder.length : Number(last);
    if (op === 'remove') holder.splice(at, 1);
    else if (op === 'add') holder.splice(at, 0, value);
    else holder[at] = value;
  } else if (isFields(holder)) {
    if (op === 'remove') delete holder[last];
    else holder[last] = value;
  } else {
    throw new FlagError(400, 'BadDataError', `Nothing is at ${path.join('/')}.`);
  }
}
