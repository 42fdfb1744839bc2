/** What the reader's thread answers. */
import { listAlerts, listSilences } from './alerts.ts';
import { listChanges } from './changes.ts';
import { conversationGroups, conversationTexts, phraseCount } from './clusters.ts';
import { failingConversations, findConversations } from './conversations.ts';
import { listFlagEvents, listFlags, readFlag, readFlagEvent } from './flags.ts';
import { listFacets } from './list-facets.ts';
import { liveCombinations, newestOf, observedVersions, turnsByVersion } from './live.ts';
import { conversationMarks } from './marks.ts';
import { maskingUnderWay } from './masked-by.ts';
import { readConversation, readConversationByKey } from './read-conversation.ts';
import { readShared } from './read-shared.ts';
import { listReplayCases, listReplays, readReplay, readReplayCase } from './replays.ts';
import { listRunbooks, readRunbook } from './runbooks.ts';
import { searchConversations } from './search.ts';
import { latestValues, seriesFrame, windowStats } from './series.ts';
import { outlineOfTrace, spanOfTrace, spansOfTrace } from './spans.ts';
import { cacheSize, readSyncStates } from './sync.ts';

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
  listFacets,
  conversationGroups,
  conversationTexts,
  phraseCount,
  readConversation,
  readConversationByKey,
  conversationMarks,
  spansOfTrace,
  readShared,
  outlineOfTrace,
  spanOfTrace,
  failingConversations,
  liveCombinations,
  observedVersions,
  newestOf,
  turnsByVersion,
  readReplay,
  listReplays,
  listReplayCases,
  readReplayCase,
  readSyncStates,
  cacheSize,
  maskingUnderWay,
};
