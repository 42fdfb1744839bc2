import type { NightdeskError } from '#shared/errors/index.ts';
import type { Turn } from '#shared/model/conversation.ts';
import { useOperation } from '../../client/query.ts';

/** Turns of a long conversation are read in pages of so many. */
export const PAGE_TURNS = 200;

export interface ConversationId {
  id: string;
  service?: string;
  environment?: string;
}

export interface TurnPage {
  /** Number of the first, from 0. */
  first: number;
  /** Null = not read yet. */
  turns: readonly Turn[] | null;
  error: NightdeskError | null;
}

/** The page that the turn `at` stands on, from 0. Null for `which`: nothing is read. */
export function useTurnsAround(which: ConversationId | null, at: number): TurnPage {
  const first = at - (at % PAGE_TURNS);
  const { data, error } = useOperation(
    'conversations.read',
    { id: '', ...which, firstTurn: first, maxTurns: PAGE_TURNS },
    { enabled: which !== null },
  );
  return { first, turns: data?.conversation.turns ?? null, error };
}
