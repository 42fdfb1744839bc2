import { Button } from '@mantine/core';
import type { SourceStatus } from '#shared/model/source.ts';
import { useAct } from '../../client/index.ts';
import {
  Age,
  formatCount,
  formatDuration,
  plural,
  StateBadge,
  StateDot,
  type Tone,
} from '../../ui/index.ts';
import { useNow } from '../../ui/now.ts';
import { PlainText } from '../../ui/PlainText.tsx';
import { adviceFor, KIND_WORD } from './advice.ts';
import styles from './Sources.module.css';

const STATE: Record<SourceStatus['state'], { tone: Tone; word: string }> = {
  ok: { tone: 'ok', word: 'fresh' },
  syncing: { tone: 'info', word: 'syncing' },
  stale: { tone: 'watch', word: 'stale' },
  error: { tone: 'bad', word: 'failing' },
  never: { tone: 'unknown', word: 'never read' },
};

/** One source: how it is, how fresh, and what to do when it is not well. */
export function SourceRow({ source }: { source: SourceStatus }) {
  const check = useAct('sources.check');
  const sync = useAct('sources.sync');
  const { tone, word } = STATE[source.state];
  const advice = adviceFor(source);
  return (
    <>
      <tr>
        <td>
          <strong>{source.id}</strong>
          <div className={styles.dim}>
            {KIND_WORD[source.kind]} · {source.kind}
          </div>
        </td>
        <td>
          <StateBadge tone={tone}>{word}</StateBadge>
          {source.failures > 0 ? (
            <div className={styles.dim}>{plural(source.failures, 'failure')} in a row</div>
          ) : null}
        </td>
        <td>
          <Age at={source.lastSuccessAt} suffix=" ago" />
          <Next at={source.nextAttemptAt} failing={source.failures > 0} />
        </td>
        <td>{source.everyMs > 0 ? `every ${formatDuration(source.everyMs)}` : 'when it sends'}</td>
        <td className={styles.number}>{formatCount(source.records)}</td>
        <td className={styles.address}>
          <code>
            <PlainText text={source.address} />
          </code>
        </td>
        <td className={styles.actions}>
          <Button
            variant="default"
            loading={check.isPending}
            aria-label={`Check ${source.id}`}
            onClick={() => check.mutate({ id: source.id })}
          >
            Check
          </Button>
          <Button
            variant="default"
            loading={sync.isPending}
            aria-label={`Sync ${source.id}`}
            onClick={() => sync.mutate({ id: source.id })}
          >
            Sync
          </Button>
        </td>
      </tr>
      {source.error ||
      advice ||
      source.rejected.length > 0 ||
      source.progress ||
      check.data ||
      check.error ||
      sync.error ? (
        <tr className={styles.more}>
          <td colSpan={7}>
            {source.error ? (
              <p className={styles.error}>
                <PlainText text={source.error.message} />{' '}
                <span className={styles.dim}>({source.error.code})</span>
              </p>
            ) : null}
            {advice ? <p className={styles.dim}>{advice}</p> : null}
            {source.progress ? <Progress progress={source.progress} /> : null}
            {source.rejected.map((one) => (
              <p key={one.reason} className={styles.dim}>
                {formatCount(one.count)} not used: <PlainText text={one.reason} />, last{' '}
                <Age at={one.at} suffix=" ago" />
              </p>
            ))}
            {sync.error ? <p className={styles.error}>Not synced: {sync.error.message}</p> : null}
            {check.error ? (
              <p className={styles.error}>Not checked: {check.error.message}</p>
            ) : null}
            {check.data ? (
              <div className={styles.report} role="status">
                <p>
                  <StateDot
                    tone={check.data.report.ok ? 'ok' : 'bad'}
                    word={check.data.report.ok ? 'The check passed' : 'The check found something'}
                    showWord
                  />{' '}
                  <button type="button" className={styles.plain} onClick={() => check.reset()}>
                    hide
                  </button>
                </p>
                <ul>
                  {check.data.report.items.map((item) => (
                    <li key={item.what}>
                      <StateDot tone={item.ok ? 'ok' : 'bad'} word={item.ok ? 'yes' : 'no'} />{' '}
                      {item.what}: <PlainText text={item.detail} />{' '}
                      <span className={styles.dim}>{formatDuration(item.ms)}</span>
                    </li>
                  ))}
                </ul>
              </div>
            ) : null}
          </td>
        </tr>
      ) : null}
    </>
  );
}

function Next(props: { at: number | null; failing: boolean }) {
  const now = useNow();
  if (props.at === null) return null;
  const wait = props.at - now;
  return (
    <div className={styles.dim}>
      {props.failing ? 'tried again ' : 'next '}
      {wait > 1000 ? <>in {formatDuration(Math.round(wait / 1000) * 1000)}</> : 'now'}
    </div>
  );
}

function Progress({ progress }: { progress: NonNullable<SourceStatus['progress']> }) {
  const share = progress.total > 0 ? Math.min(1, progress.done / progress.total) : 0;
  return (
    <div className={styles.progress}>
      <span>{progress.what}</span>
      <progress max={1} value={share} aria-label={progress.what} />
      <span className={styles.dim}>
        {formatCount(progress.done)} of {formatCount(progress.total)}
      </span>
    </div>
  );
}
