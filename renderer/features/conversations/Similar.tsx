import { useState } from 'react';
import type { ConversationCluster } from '#shared/contract/conversations.ts';
import { type Range, rangeAt, rangeInto, useOperation } from '../../client/index.ts';
import { clusterWords } from '../../ui/cluster-words.ts';
import { formatClock, formatCount, Go, Panel } from '../../ui/index.ts';
import { useNow } from '../../ui/now.ts';
import { PlainText } from '../../ui/PlainText.tsx';
import { askedOf, writeAsked } from './filter-url.ts';
import styles from './Similar.module.css';

/** A window's clusters are looked for again after so many seconds. */
const EVERY_S = 30;
const FIRST = 3;

/** What failing conversations of the range have in common, each line a search for exactly these. */
export function Similar(props: { environment: string; service: string | undefined; range: Range }) {
  const { environment, service, range } = props;
  const now = useNow(EVERY_S);
  const [all, setAll] = useState(false);
  const end = Math.floor(now / (EVERY_S * 1000)) * EVERY_S * 1000;
  const { from, to } = rangeAt(range, end);
  const asked = {
    environment,
    ...(service === undefined ? {} : { service }),
    from: Math.round(from),
    to: Math.round(to),
  };
  const read = useOperation('conversations.clusters', asked, { keepPrevious: true });
  const { data } = read;
  if (!data || data.clusters.length === 0) {
    return data && data.failing > 0 && read.error === null ? (
      <p className={styles.none}>
        {data.healthy === 0
          ? `${formatCount(data.failing)} failing, and no healthy conversation in this range to compare their words with.`
          : `${formatCount(data.failing)} failing; they say nothing in common that healthy ones do not.`}
      </p>
    ) : null;
  }
  const { clusters, compared, failing, healthy } = data;
  const total = failing + healthy;
  const sampled = compared.failing < failing || compared.healthy < healthy;
  return (
    <Panel
      flush
      className={styles.panel}
      title="Similar failures"
      aside={
        <>
          {sampled
            ? `words of ${formatCount(compared.failing)} of ${formatCount(failing)} failing and ${formatCount(compared.healthy)} of ${formatCount(healthy)} healthy ones compared; the counts are of all`
            : `words of ${formatCount(failing)} failing and ${formatCount(healthy)} healthy conversations compared`}
          {clusters.length > FIRST ? (
            <button type="button" className={styles.more} onClick={() => setAll(!all)}>
              {all ? 'fewer' : `${clusters.length - FIRST} more`}
            </button>
          ) : null}
        </>
      }
    >
      <ul className={styles.list} aria-label="Similar failures">
        {clusters.slice(0, all ? clusters.length : FIRST).map((cluster) => (
          <Line key={cluster.phrase} cluster={cluster} total={total} now={now} />
        ))}
      </ul>
    </Panel>
  );
}

function Line(props: { cluster: ConversationCluster; total: number; now: number }) {
  const { cluster, now, total } = props;
  const { count, when, traits } = clusterWords(cluster, total, now);
  const also = cluster.also.map((text) => `«${text}»`).join(', ');
  return (
    <li>
      <Go to={placeOf(cluster)} className={styles.line}>
        <strong>{count}</strong> say{' '}
        <span className={styles.phrase}>
          «<PlainText text={cluster.phrase.slice(0, 120)} />»
        </span>{' '}
        {when}
        {traits.map((words) => (
          <span key={words}>, {words}</span>
        ))}
        {cluster.healthy > 0 ? `; so do ${formatCount(cluster.healthy)} healthy ones` : ''}
        {also === '' ? null : (
          <span className={styles.also}>
            {' '}
            also <PlainText text={also.slice(0, 160)} />
          </span>
        )}
      </Go>
      <Bars cluster={cluster} now={now} />
    </li>
  );
}

const HEIGHT = 18;
const WIDTH = 4;

/** How many in each stretch of the range. */
function Bars({ cluster, now }: { cluster: ConversationCluster; now: number }) {
  const { times } = cluster;
  const most = Math.max(1, ...times.map((one) => one.conversations));
  const [first] = times;
  const last = times.at(-1);
  const peak = times.find((one) => one.conversations === most);
  const title = `${formatClock(first?.from, { now })} to ${formatClock(last?.from, { now })}; most, ${formatCount(most)}, from ${formatClock(peak?.from, { now })}`;
  return (
    <svg
      className={styles.bars}
      width={times.length * WIDTH}
      height={HEIGHT}
      role="img"
      aria-label={title}
    >
      <title>{title}</title>
      {times.map(({ from, conversations }, index) => {
        const height = conversations === 0 ? 1 : Math.max(2, (HEIGHT * conversations) / most);
        return (
          <rect
            key={from}
            x={index * WIDTH}
            y={HEIGHT - height}
            width={WIDTH - 1}
            height={height}
            data-some={conversations > 0 || undefined}
          />
        );
      })}
    </svg>
  );
}

function placeOf({ search }: ConversationCluster): string {
  const { environment, from, to } = search.filter;
  const params = new URLSearchParams(environment === undefined ? {} : { env: environment });
  if (from !== undefined && to !== undefined) rangeInto(params, { kind: 'fixed', from, to });
  return `/conversations?${writeAsked(params, askedOf(search.text, search.filter, 'newest'))}`;
}
