import type { OperationName, Topic } from '#shared/contract/index.ts';

/**
 * Which topics make an answer old. Operations that are not here are asked once (a plan, an export,
 * a search by hand) and never invalidated from outside.
 */
export const TOPICS_OF: Partial<Record<OperationName, readonly Topic[]>> = {
  'overview.read': [
    'signals',
    'alerts',
    'conversations',
    'flags',
    'changes',
    'runbooks',
    'sources',
    'actions',
  ],
  'signals.list': ['session'],
  'signals.query': ['signals'],
  'alerts.list': ['alerts'],
  'changes.list': ['changes', 'flags', 'actions'],
  'conversations.find': ['conversations'],
  'conversations.search': ['conversations'],
  'searches.list': ['searches'],
  'share.evaluationSets': ['evaluations'],
  'conversations.read': ['conversations', 'flags'],
  'conversations.spans': ['conversations'],
  'conversations.span': ['conversations'],
  'flags.list': ['flags', 'actions'],
  'flags.read': ['flags', 'actions'],
  'flags.history': ['flags', 'actions'],
  'models.list': ['signals', 'flags', 'actions'],
  'models.liveAt': ['conversations', 'flags'],
  'actions.read': ['actions'],
  'actions.list': ['actions'],
  'actions.readiness': ['actions', 'session'],
  'actions.planned': ['actions', 'session'],
  'journal.list': ['journal', 'actions'],
  'journal.state': ['journal'],
  'replay.endpoints': ['session'],
  'replay.read': ['replays'],
  'replay.case': ['replays'],
  'replay.list': ['replays'],
  'runbooks.list': ['runbooks', 'flags'],
  'runbooks.read': ['runbooks', 'flags', 'signals'],
  'sources.list': ['sources'],
  'settings.read': ['session'],
  'session.read': ['session'],
};

/** True when an answer of `operation` may have changed with any of `topics`. */
export function isTouched(operation: string, topics: ReadonlySet<Topic>): boolean {
  const own: readonly Topic[] | undefined = TOPICS_OF[operation as OperationName];
  return own?.some((topic) => topics.has(topic)) ?? false;
}
