import { Button } from '@mantine/core';
import { lazy, Suspense } from 'react';
import type { Alert } from '#shared/model/alert.ts';
import type { Runbook } from '#shared/model/runbook.ts';
import { plainString } from '#shared/util/visible-text.ts';
import { useAct, useOperation, useWindow } from '../../client/index.ts';
import {
  Age,
  Empty,
  ErrorState,
  Go,
  Notice,
  Panel,
  Screen,
  Skeleton,
  StaleNotice,
  StateDot,
} from '../../ui/index.ts';
import { PlainText } from '../../ui/PlainText.tsx';
import { LiveValuesOf } from './live.tsx';
import styles from './Runbooks.module.css';
import { ReferenceList, ReferencesBadge } from './references.tsx';
import { useSteps } from './steps.ts';

const Markdown = lazy(() => import('./Markdown.tsx'));

export function RunbookPage({ id }: { id: string }) {
  const environment = useWindow((state) => state.environment);
  const read = useOperation(
    'runbooks.read',
    { id, environment },
    { enabled: environment !== '', keepPrevious: false },
  );
  const check = useAct('runbooks.check', { onSettled: () => void read.refetch() });
  if (read.error && !read.data) {
    return (
      <Screen title={`Runbook ${id}`}>
        {read.error.code === 'not_found' ? (
          <Empty
            title={`There is no runbook “${id}”`}
            actions={<Go to="/runbooks">All runbooks</Go>}
          >
            It was renamed or removed, or its folder has not been read yet.
          </Empty>
        ) : (
          <ErrorState
            error={read.error}
            what="The runbook could not be read"
            retry={() => void read.refetch()}
          />
        )}
      </Screen>
    );
  }
  if (!read.data) {
    return (
      <Screen title={`Runbook ${id}`}>
        <Skeleton lines={12} label="Loading the runbook" />
      </Screen>
    );
  }
  const { runbook } = read.data;
  const result = read.data.check;
  const broken = result.references.filter((one) => one.state === 'broken');
  return (
    <Screen
      title={runbook.title}
      head={
        <>
          <ReferencesBadge check={result} problem={runbook.problem} />
          <span className={styles.facts}>
            {runbook.owner ? `owned by ${plainString(runbook.owner)} · ` : ''}
            {plainString(runbook.id)}, changed <Age at={runbook.modifiedAt} suffix=" ago" />
          </span>
          <Go to="/runbooks" className={styles.back}>
            All runbooks
          </Go>
        </>
      }
    >
      <StaleNotice freshness={read.data.freshness} />
      {runbook.problem ? (
        <Notice tone="bad" word="The file has a problem">
          {runbook.problem}
        </Notice>
      ) : null}
      {broken.length > 0 ? (
        <Notice tone="bad" word="Do not trust this page blindly">
          {broken.map((one) => `${one.kind} ${one.name}: ${one.why}`).join('; ')}
        </Notice>
      ) : null}
      <div className={styles.columns}>
        <Panel>
          <Suspense fallback={<Skeleton lines={12} label="Loading the text" />}>
            <LiveValuesOf body={runbook.body}>
              {runbook.body.trim() === '' ? (
                <Empty small title="The file has no text" />
              ) : (
                <Markdown id={runbook.id} stepsKey={stepsKey(runbook)} body={runbook.body} />
              )}
            </LiveValuesOf>
          </Suspense>
        </Panel>
        <div className={styles.beside}>
          <Alerts runbook={runbook} environment={environment} />
          <Panel
            title="What it relies on"
            aside={
              <Button
                variant="default"
                size="compact-xs"
                loading={check.isPending}
                onClick={() => check.mutate({ id: runbook.id, environment })}
              >
                Check now
              </Button>
            }
          >
            {result.references.length === 0 ? (
              <p className={styles.dim}>It names nothing that could be checked.</p>
            ) : (
              <ReferenceList check={result} />
            )}
            {check.error ? <p role="alert">Not checked: {check.error.message}</p> : null}
          </Panel>
          <StepsDone runbook={runbook} />
        </div>
      </div>
    </Screen>
  );
}

function stepsKey(runbook: Pick<Runbook, 'id' | 'modifiedAt'>): string {
  return `${runbook.id} ${runbook.modifiedAt}`;
}

function StepsDone({ runbook }: { runbook: Runbook }) {
  const key = stepsKey(runbook);
  const ticked = useSteps((state) => state.done[key]?.length ?? 0);
  const clear = useSteps((state) => state.clear);
  if (ticked === 0) return null;
  return (
    <p className={styles.dim}>
      {ticked} ticked in this window.{' '}
      <button type="button" className={styles.plain} onClick={() => clear(key)}>
        Start over
      </button>
    </p>
  );
}

/** What is firing beside what to do about it. */
function Alerts(props: { runbook: Runbook; environment: string }) {
  const { runbook } = props;
  const read = useOperation(
    'alerts.list',
    { environment: props.environment },
    { enabled: props.environment !== '' },
  );
  const answers = (alert: Alert) =>
    runbook.alerts.includes(alert.name) ||
    (runbook.alerts.length === 0 && runbook.services.includes(alert.service));
  const alerts = read.data?.alerts.filter(answers) ?? [];
  const firing = alerts.some((alert) => alert.state === 'firing');
  return (
    <Panel title="Alert" {...(firing ? { tone: 'bad' as const } : {})}>
      {read.error && !read.data ? (
        <ErrorState small error={read.error} what="The alerts could not be read" />
      ) : !read.data ? (
        <Skeleton lines={2} label="Loading the alerts" />
      ) : alerts.length === 0 ? (
        <p className={styles.dim}>
          None of its alerts is firing
          {runbook.alerts.length > 0 ? `: ${plainString(runbook.alerts.join(', '))}` : ''}.
        </p>
      ) : (
        <ul className={styles.alerts}>
          {alerts.map((alert) => (
            <li key={`${alert.source} ${alert.fingerprint}`}>
              <p>
                <StateDot tone={alert.state === 'firing' ? 'bad' : 'unknown'} word={alert.state} />{' '}
                <strong>{plainString(alert.name)}</strong>{' '}
                <span className={styles.dim}>
                  {alert.state}, since <Age at={alert.startedAt} suffix=" ago" />
                </span>
              </p>
              <p>
                <PlainText text={alert.summary} />
              </p>
              <p>
                <Go to="/now">Evidence on Now</Go>
                {' · '}
                <Go to="/conversations" extra={{ service: alert.service, failing: '1' }}>
                  Failing conversations
                </Go>
              </p>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
