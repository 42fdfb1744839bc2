/**
 * The whole vocabulary between the renderer and the core: operation → input, output, role, mutates.
 * Both hosts speak it; the core checks every call against it.
 */
import type { z } from 'zod';
import { actionsContract } from './actions.ts';
import { conversationsContract } from './conversations.ts';
import { flagsContract } from './flags.ts';
import { journalContract } from './journal.ts';
import { overviewContract } from './overview.ts';
import { replayContract } from './replay.ts';
import { runbooksContract } from './runbooks.ts';
import { searchesContract } from './searches.ts';
import { shareContract } from './share.ts';
import { signalsContract } from './signals.ts';
import { systemContract } from './system.ts';

export const contract = {
  ...overviewContract,
  ...signalsContract,
  ...conversationsContract,
  ...searchesContract,
  ...shareContract,
  ...flagsContract,
  ...actionsContract,
  ...journalContract,
  ...runbooksContract,
  ...replayContract,
  ...systemContract,
};

export type Contract = typeof contract;
export type OperationName = keyof Contract;
/** What a caller passes: defaults may be left out. */
export type Input<K extends OperationName> = z.input<Contract[K]['input']>;
/** What a handler gets: parsed, defaults filled in. */
export type ParsedInput<K extends OperationName> = z.output<Contract[K]['input']>;
export type Output<K extends OperationName> = z.output<Contract[K]['output']>;

export function isOperation(name: string): name is OperationName {
  return Object.hasOwn(contract, name);
}

/** What a view can be told has changed. */
export const TOPICS = [
  'signals',
  'alerts',
  'conversations',
  'searches',
  'evaluations',
  'flags',
  'changes',
  'runbooks',
  'sources',
  'actions',
  'journal',
  'replays',
  'session',
] as const;
export type Topic = (typeof TOPICS)[number];

/**
 * The events a host passes on. `changed` tells which topics to read again; `open` asks the window to
 * go to a path (a deep link that another instance handed over).
 */
export type CoreEvent = { type: 'changed'; topics: Topic[] } | { type: 'open'; path: string };
