/**
 * Every query by its name, and nothing else: the types of `Cache.read`, `.write` and `.journal` and the
 * workers' dispatch are both derived from these three maps.
 */

import { listAlerts, listSilences } from './alerts.ts';
import { listChanges } from './changes.ts';
import { commitBatch } from './commit.ts';
import { failingConversations, findConversations } from './conversations.ts';
import { listFlagEvents, listFlags, readFlag, readFlagEvent } from './flags.ts';
import { journalCalls } from './journal.ts';
import { liveCombinations, observedVersions, turnsByVersion } from './live.ts';
import { prune } from './prune.ts';
import { pinConversation, readConversation, readConversationByKey } from './read-conversation.ts';
import { listRunbooks, readRunbook } from './runbooks.ts';
import { searchConversations } from './search.ts';
import { latestValues, seriesFrame, windowStats } from './series.ts';
import { spansOfTrace } from './spans.ts';
import { cacheSize, configure, readSyncStates, removeSource, saveSyncState } from './sync.ts';

export const reads = {
  seriesFrame,
  latestValues,
  windowStats,
  listAlerts,
  listSilences,
  listChanges,
  listFlags,
  readFlag,
  listFlagEvents,
  readFlagEvent,
  listRunbooks,
  readRunbook,
  findConversations,
  searchConversations,
  readConversation,
  readConversationByKey,
  spansOfTrace,
  failingConversations,
  liveCombinations,
  observedVersions,
  turnsByVersion,
  readSyncStates,
  cacheSize,
};

export const writes = {
  commitBatch,
  saveSyncState,
  pinConversation,
  prune,
  removeSource,
  configure,
};

export { journalCalls };

export type Reads = typeof reads;
export type Writes = typeof writes;
export type JournalCalls = typeof journalCalls;
