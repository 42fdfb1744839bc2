/**
 * Who else made the same change since the re-read before it, by Unleash's events. The re-read saw the state from before, so
 * the newest events that do what the change's own calls do came after it. Pure.
 */
import type { OtherWriter } from '#core/sources/connector.ts';
import { sameStrategy, sameVariants } from '#shared/util/flag-state.ts';
import type { Step } from './steps.ts';
import { readOrder, readStrategy, readVariants, type WireEvent } from './wire.ts';

/** `events`: of the flag in that environment. `me`: the name that this console's writes stand under. */
export function otherWriter(
  events: readonly WireEvent[],
  own: readonly Step[],
  me: string,
): OtherWriter | null {
  // By number: the times are of the transactions' beginnings, and two at once may end the other way round.
  const newestFirst = events.toSorted((a, b) => b.id - a.id);
  const end = newestFirst.findIndex((event) => !own.some((step) => isOf(event, step)));
  const alike = end < 0 ? newestFirst : newestFirst.slice(0, end);
  const first = alike.at(-1);
  if (first === undefined) return null;
  const by = first.createdBy ?? '';
  if (by !== me) return { by, first: true };
  // Under one name they cannot be told apart, only counted.
  const mine = alike.every(({ createdBy }) => createdBy === me);
  return mine && alike.length > own.length ? { by, first: null } : null;
}

function isOf({ type, data, preData }: WireEvent, step: Step): boolean {
  switch (step.call) {
    case 'on':
      return type === 'feature-environment-enabled';
    case 'off':
      return type === 'feature-environment-disabled';
    case 'add':
    case 'update': {
      const written = readStrategy(data);
      const fits = written !== null && sameStrategy(written, step.strategy);
      return fits && type === `feature-strategy-${step.call}`;
    }
    case 'remove':
      return type === 'feature-strategy-remove' && readStrategy(preData)?.id === step.id;
    case 'order':
      return type === 'strategy-order-changed' && readOrder(data) !== null;
    case 'variants': {
      const written = readVariants(data);
      const fits = written !== null && sameVariants(written, step.variants);
      return fits && type === 'feature-environment-variants-updated';
    }
  }
}
