/**
 * How imported conversations are kept apart from everything else: they lie in an environment of their own, and every trace and
 * change under a name of its own. So no bundle can add to, move or overwrite what came from a source or in
 * another conversation, and what a source brings later under the same IDs is stored as if there were no import.
 */
import { hash } from 'node:crypto';
import type { Change } from '#shared/model/change.ts';
import { importedEnvironment, importedFrom } from '#shared/util/imported.ts';

const TRACE = /^imported:[0-9a-f]{16}:/;
const CHANGE = /^imported:/;

export interface Origin {
  id: string;
  service: string;
  environment: string;
}

export function importedTrace(traceId: string, { id, service, environment }: Origin): string {
  const origin = hash('sha256', JSON.stringify([id, service, environment])).slice(0, 16);
  return `imported:${origin}:${traceId}`;
}

export function plainTrace(traceId: string): string {
  return traceId.replace(TRACE, '');
}

/** One without an environment concerned all of them, also the one the conversation was in. */
export function importedChange(change: Change, environment: string): Change {
  return {
    ...change,
    id: `imported:${plainChange(change, environment).id}`,
    environment: importedEnvironment(change.environment || environment),
  };
}

export function plainChange(change: Change, environment: string): Change {
  return {
    ...change,
    id: change.id.replace(CHANGE, ''),
    environment: importedFrom(change.environment) ?? (change.environment || environment),
  };
}
