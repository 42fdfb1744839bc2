/** What the writer's thread does, each in one transaction. */
import { commitBatch } from './commit.ts';
import { importConversations } from './imports.ts';
import { maskOlder } from './mask-older.ts';
import { prune } from './prune.ts';
import { pinConversation } from './read-conversation.ts';
import {
  endRunningReplays,
  saveReplay,
  saveReplayCases,
  saveReplaySamples,
} from './save-replays.ts';
import { configure, removeSource, saveSyncState } from './sync.ts';

export const writes = {
  commitBatch,
  saveSyncState,
  pinConversation,
  prune,
  saveReplay,
  saveReplayCases,
  saveReplaySamples,
  endRunningReplays,
  removeSource,
  configure,
  maskOlder,
  importConversations,
};
