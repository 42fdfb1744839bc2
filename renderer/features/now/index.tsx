import { useEffect, useState } from 'react';
import { useSearch } from 'wouter';
import type { Overview } from '#shared/contract/overview.ts';
import type { ActionRequest } from '#shared/model/action.ts';
import { requestOf, silenceOf, usePrefetchPlan } from '../../client/plan.ts';
import { useOperation } from '../../client/query.ts';
import { useMayAct } from '../../client/session.ts';
import { useWindow } from '../../client/window.ts';
import { ErrorState, Notice, Screen, Skeleton, StaleNotice } from '../../ui/index.ts';
import { CalmBanner, CalmHistory } from './Calm.tsx';
import { Drills } from './Drills.tsx';
import { FailingConversations } from './FailingConversations.tsx';
import { IncidentBanner } from './IncidentBanner.tsx';
import { Matrix } from './Matrix.tsx';
import styles from './now.module.css';
import { StrayAlerts } from './OtherAlerts.tsx';
import { RunbookPanel } from './RunbookPanel.tsx';
import { Trend } from './Trend.tsx';
import { RecentChanges, WhatChanged } from './WhatChanged.tsx';

/** What a paged person opens: readable in ten seconds, with the one suggested action. */
export default function Now() {
  const environment = useWindow((state) => state.environment);
  const overview = useOperation('overview.read', { environment }, { enabled: environment !== '' });
  if (!overview.data) {
    return (
      <Screen title="Now">
        {overview.error ? (
          <ErrorState
            error={overview.error}
            what="The overview could not be read"
            retry={() => void overview.refetch()}
          />
        ) : (
          <>
            <Skeleton height={70} label="Loading the overview" />
            <Skeleton height={170} />
            <Skeleton height={260} />
          </>
        )}
      </Screen>
    );
  }
  return (
    <Screen title="Now">
      {overview.error ? (
        <Notice tone="watch" word="Stale">
          The overview could not be read again: {overview.error.message}
        </Notice>
      ) : null}
      <StaleNotice freshness={overview.data.freshness} />
      {overview.data.incidents.length > 0 ? (
        <>
          <Incidents overview={overview.data} />
          <StrayAlerts alerts={overview.data.strayAlerts} />
          <Drills environment={environment} />
        </>
      ) : (
        <>
          <CalmBanner overview={overview.data} />
          <StrayAlerts alerts={overview.data.strayAlerts} />
          <Drills environment={environment} />
          <Matrix rows={overview.data.matrix} signals={overview.data.signals} />
          <div className={styles.calmColumns}>
            <RecentChanges changes={overview.data.changes} />
            <CalmHistory environment={environment} />
          </div>
        </>
      )}
    </Screen>
  );
}

function Incidents(props: { overview: Overview }) {
  const { overview } = props;
  const asked = new URLSearchParams(useSearch()).get('alert');
  const [chosen, setChosen] = useState<string | null>(null);
  const wanted = chosen ?? asked;
  const found = overview.incidents.findIndex(
    (one) => wanted !== null && (one.alert?.fingerprint === wanted || one.service === wanted),
  );
  const index = Math.max(0, found);
  const incident = overview.incidents[index];
  const mayAct = useMayAct();
  const request: ActionRequest | null =
    incident?.suggestion && mayAct
      ? requestOf(incident.service, overview.environment, incident.suggestion)
      : null;
  const prefetch = usePrefetchPlan(request);
  const key = JSON.stringify(request);
  // Computed before it is asked for, once for each suggestion.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the request is compared by what it says
  useEffect(prefetch, [key]);
  if (!incident) return null;
  const act = request ? () => useWindow.getState().openPlan(request) : null;
  return (
    <>
      <IncidentBanner
        incident={incident}
        others={overview.incidents
          .map((one, at) => ({ index: at, incident: one }))
          .filter((one) => one.index !== index)}
        onSelect={(at) => {
          const other = overview.incidents[at];
          setChosen(other?.alert?.fingerprint ?? other?.service ?? null);
        }}
        mayAct={mayAct}
        onAct={() => act?.()}
        onSilence={() => {
          if (incident.alert) useWindow.getState().openPlan(silenceOf(incident.alert));
        }}
        onNear={prefetch}
      />
      <Matrix rows={overview.matrix} signals={overview.signals} />
      <div className={styles.columns}>
        <Trend incident={incident} rows={overview.matrix} />
        <WhatChanged suspects={incident.suspects} changes={overview.changes} />
        <FailingConversations incident={incident} />
        <RunbookPanel runbook={incident.runbook} service={incident.service} onAct={act} />
      </div>
    </>
  );
}
