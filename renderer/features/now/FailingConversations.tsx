import type { Incident } from '#shared/contract/overview.ts';
import type { ConversationSummary } from '#shared/model/conversation.ts';
import {
  Empty,
  formatCount,
  formatDuration,
  Go,
  Moment,
  Panel,
  VersionTag,
} from '../../ui/index.ts';
import { conversationPath } from './IncidentBanner.tsx';
import styles from './now.module.css';

/** The newest failing conversations: what the user said, and how it failed. */
export function FailingConversations(props: { incident: Incident }) {
  const { incident } = props;
  const byVersion = Object.entries(incident.failingByVersion)
    .filter(([, count]) => count > 0)
    .sort((a, b) => b[1] - a[1]);
  return (
    <Panel
      title="Failing conversations"
      aside={
        <>
          <Go
            to="/replays/new"
            extra={{
              service: incident.service,
              version: byVersion[0]?.[0],
              since: String(Math.round(incident.since)),
            }}
            title="Answers them again with the stable version and the candidate"
          >
            re-run them
          </Go>
          {' · '}
          <Go to={`/conversations?service=${encodeURIComponent(incident.service)}&failing=1`}>
            {formatCount(incident.failingTotal)} since <Moment at={incident.since} />
            {byVersion.length > 0
              ? ` · ${byVersion.map(([version, count]) => `${formatCount(count)} on ${version || 'unknown'}`).join(', ')}`
              : ''}
          </Go>
        </>
      }
      flush
      fill
    >
      {incident.failing.length === 0 ? (
        <Empty small title="No failing conversation yet">
          The signals broke before a conversation did, or transcripts do not reach this console.
        </Empty>
      ) : (
        <ul className={styles.list}>
          {incident.failing.map((one) => (
            <li key={one.key}>
              <Go to={conversationPath(one)} className={styles.conversation}>
                <code className={styles.id}>{one.id}</code>
                <span className={styles.said} lang={one.language ?? undefined}>
                  {one.title === '' ? 'no text was recorded' : `«${one.title}»`}
                </span>
                <VersionTag version={one.version} />
                <span className={styles.how}>{failureWords(one)}</span>
              </Go>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

/** How it failed, in words: "unsure ×3, thumbs-down", "8.2 s, handoff". */
export function failureWords(one: ConversationSummary): string {
  const words = one.failures.map((failure): string => {
    switch (failure) {
      case 'unsure':
        return one.unsure > 1 ? `unsure ×${one.unsure}` : 'unsure';
      case 'thumbs_down':
        return 'thumbs-down';
      case 'handoff':
        return 'handoff';
      case 'slow':
        return formatDuration(one.slowestTurnMs);
      case 'guardrail':
        return 'blocked by guardrail';
      case 'language_switched':
        return 'language switched';
      case 'error':
        return failure;
    }
    return failure satisfies never;
  });
  return words.slice(0, 3).join(', ');
}
