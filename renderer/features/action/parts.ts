/** An action of several changes, taken apart and put together again: what a choice in the dialog changes is one of them. */
import type { ActionRequest, SingleRequest } from '#shared/model/action.ts';

/** Empty for what is no list of changes. */
export function partsOf(request: ActionRequest): readonly SingleRequest[] {
  switch (request.kind) {
    case 'several':
      return request.requests;
    case 'undo':
    case 'drill':
      return [];
    default:
      return [request];
  }
}

export function asOne(parts: readonly SingleRequest[]): ActionRequest {
  const [only, ...more] = parts;
  return only !== undefined && more.length === 0 ? only : { kind: 'several', requests: [...parts] };
}
