import type { Incident } from '#shared/contract/overview.ts';
import type { ConversationSummary } from '#shared/model/conversation.ts';
import { FAILURE_WORD } from '#shared/util/failure-words.ts';
import { plainString } from '#shared/util/visible-text.ts';
import { useOperation } from '../../client/query.ts';
import { useWindow } from '../../client/window.ts';
import { clusterWords } from '../../ui/cluster-words.ts';
import {
  Empty,
  formatCount,
  formatDuration,
  Go,
  Moment,
  Panel,
  VersionTag,
} from '../../ui/index.ts';
import { useNow } from '../../ui/now.ts';
import { PlainText } from '../../ui/PlainText.tsx';
import { conversationPath } from './IncidentBanner.tsx';
import styles from './now.module.css';
import { ShareIncident } from './ShareIncident.tsx';

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
          </Go>{' '}
          <ShareIncident incident={incident} />
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
          <InCommon incident={incident} />
          {incident.failing.map((one) => (
            <li key={one.key}>
              <Go to={conversationPath(one)} className={styles.conversation}>
                <code className={styles.id}>{plainString(one.id)}</code>
                <span className={styles.said} lang={one.language ?? undefined}>
                  {one.title === '' ? (
                    'no text was recorded'
                  ) : (
                    <>
                      «<PlainText text={one.title} />»
                    </>
                  )}
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

/** Its words are compared with those of as long a time before. */
const BEFORE_MS = 30 * 60_000;
const EVERY_S = 30;

/** What most of them say, as a line before them; nothing where nothing stands out. */
function InCommon({ incident }: { incident: Incident }) {
  const environment = useWindow((state) => state.environment);
  const now = useNow(EVERY_S);
  const { data } = useOperation(
    'conversations.clusters',
    {
      environment,
      service: incident.service,
      from: Math.round(incident.since) - BEFORE_MS,
      to: Math.floor(now / (EVERY_S * 1000)) * EVERY_S * 1000,
      limit: 1,
    },
    { keepPrevious: true },
  );
  const [cluster] = data?.clusters ?? [];
  if (!data || !cluster) return null;
  const { count, when, traits } = clusterWords(cluster, data.failing + data.healthy, now);
  const { from, to } = cluster.search.filter;
  return (
    <li>
      <Go
        to="/conversations"
        extra={{
          service: incident.service,
          failing: '1',
          q: cluster.search.text,
          range: undefined,
          from: String(from),
          to: String(to),
        }}
        className={styles.common}
      >
        <strong>{count}</strong> say «
        <PlainText text={cluster.phrase.slice(0, 80)} />» {when}
        {traits.slice(0, 1).map((words) => (
          <span key={words}>, {words}</span>
        ))}
      </Go>
    </li>
  );
}

/** How it failed, in words: "unsure ×3, thumbs-down", "8.2 s, handoff". */
export function failureWords(one: ConversationSummary): string {
  const words = one.failures.map((failure) => {
    if (failure === 'unsure' && one.unsure > 1) return `unsure ×${one.unsure}`;
    return failure === 'slow' ? formatDuration(one.slowestTurnMs) : FAILURE_WORD[failure];
  });
  return words.slice(0, 3).join(', ');
}
