import { Button } from '@mantine/core';
import { useCallback } from 'react';
import { useSearchParams } from 'wouter';
import type { Output } from '#shared/contract/index.ts';
import type { Replay } from '#shared/model/replay.ts';
import { plainString } from '#shared/util/visible-text.ts';
import { useAct, useOperation } from '../../client/query.ts';
import { useIds } from '../../client/router.tsx';
import { useSession } from '../../client/session.ts';
import { useWindow } from '../../client/window.ts';
import {
  ErrorState,
  formatCount,
  formatDuration,
  formatUsd,
  Moment,
  Notice,
  Panel,
  plural,
  Screen,
  Skeleton,
  StateBadge,
} from '../../ui/index.ts';
import { CaseTable } from './CaseTable.tsx';
import { Categories } from './Categories.tsx';
import { Comparison } from './Comparison.tsx';
import { Numbers } from './Numbers.tsx';
import styles from './replay.module.css';
import { KIND_WORD, RULE_WORD, RULES, rollbackOf, STATE_WORD, wanderSentence } from './words.ts';

/** `/replays/:id`, with `case` and `turn` (both from 1) of what is compared. It goes on when the page is left. */
export function ReplayPage() {
  const { id = '' } = useIds();
  const asked = useOperation('replay.read', { id });
  if (!asked.data) {
    return (
      <Screen title="Re-run">
        {asked.error ? (
          <ErrorState
            error={asked.error}
            what={`The re-run ${id} could not be read`}
            retry={() => void asked.refetch()}
          />
        ) : (
          <Skeleton height={320} label="Loading the re-run" />
        )}
      </Screen>
    );
  }
  return <Shown {...asked.data} stale={asked.error?.message ?? null} />;
}

function Shown(props: Output<'replay.read'> & { stale: string | null }) {
  const { cases, finding, replay } = props;
  const [search, setSearch] = useSearchParams();
  const session = useSession();
  const mayAct = session !== undefined && session.role !== 'viewer';
  const cancel = useAct('replay.cancel');
  const running = replay.state === 'running';
  const wanted = Number(search.get('case') ?? 1) - 1;
  const number = cases.some((one) => one.number === wanted) ? wanted : (cases[0]?.number ?? null);
  const choose = useCallback(
    (next: number) =>
      setSearch(
        (now) => {
          now.set('case', String(next + 1));
          now.delete('turn');
          return now;
        },
        { replace: true },
      ),
    [setSearch],
  );
  return (
    <Screen
      title={`Re-run of ${replay.title}`}
      head={
        <>
          <StateBadge tone={STATE_WORD[replay.state].tone}>
            {STATE_WORD[replay.state].word}
          </StateBadge>
          <span className={styles.headAside}>
            {KIND_WORD[replay.kind]} · {plural(replay.samples, 'sample')} each ·{' '}
            {replay.history === 'own' ? 'on its own answers' : 'on the recording'} · started{' '}
            <Moment at={replay.startedAt} seconds /> by {plainString(replay.by)}
          </span>
          {running ? (
            <Button
              variant="default"
              className={styles.right}
              disabled={!mayAct}
              loading={cancel.isPending}
              onClick={() => cancel.mutate({ id: replay.id })}
            >
              Cancel
            </Button>
          ) : null}
        </>
      }
    >
      {props.stale ? (
        <Notice tone="watch" word="Stale">
          It could not be read again: {props.stale}
        </Notice>
      ) : null}
      {running ? <Progress replay={replay} /> : null}
      {replay.note ? (
        <Notice tone={STATE_WORD[replay.state].tone} word={`${STATE_WORD[replay.state].word}:`}>
          {replay.note}
        </Notice>
      ) : null}
      <div className={styles.findingRow}>
        <Finding replay={replay} finding={finding} mayAct={mayAct} />
        <Numbers replay={replay} />
      </div>
      <Categories replay={replay} cases={cases} />
      {cases.length > 1 ? (
        <CaseTable replay={replay} cases={cases} selected={number} onSelect={choose} />
      ) : null}
      {number === null ? (
        <Notice tone="unknown" word="Pruned">
          The conversations of this re-run are no longer cached, and with them its answers.
        </Notice>
      ) : (
        <Comparison key={number} replay={replay} number={number} />
      )}
    </Screen>
  );
}

function Progress(props: { replay: Replay }) {
  const { budget, progress, spent } = props.replay;
  const share = progress.total === 0 ? 0 : progress.done / progress.total;
  return (
    <div className={styles.progress}>
      <div
        role="progressbar"
        aria-label="Answers"
        aria-valuemin={0}
        aria-valuemax={progress.total}
        aria-valuenow={progress.done}
        className={styles.bar}
      >
        <span style={{ width: `${Math.round(share * 100)}%` }} />
      </div>
      <span>
        {formatCount(progress.done)} of {plural(progress.total, 'answer')} ·{' '}
        {formatCount(spent.requests)} of {formatCount(budget.requests)} requests ·{' '}
        {formatCount(spent.tokens)} of {formatCount(budget.tokens)} tokens · {formatUsd(spent.usd)}{' '}
        of {formatUsd(budget.usd)} · {formatDuration(spent.ms)} of{' '}
        {formatDuration(budget.minutes * 60_000)}. You can leave this page; it goes on.
      </span>
    </div>
  );
}

/** The one sentence, how much it means, and the way to the plan with it as the reason. */
function Finding(props: { replay: Replay; finding: string | null; mayAct: boolean }) {
  const { finding, replay } = props;
  const settings = useOperation('settings.read', {});
  const flag = settings.data?.services.find((one) => one.id === replay.service)?.modelFlag;
  const rollback = rollbackOf(replay, flag);
  const wander = wanderSentence(replay);
  const reason = `${finding ?? ''} (re-run ${replay.id})`;
  return (
    <Panel
      title="What it shows"
      aside={replay.judge ? `rules, and scored by ${replay.judge}` : 'by rules'}
    >
      <p className={styles.finding} role="status">
        {finding === null
          ? replay.state === 'running'
            ? 'No answer yet.'
            : 'Nothing was answered.'
          : plainString(finding).replaceAll(/(\d+) of (\d+)/g, '$1\u00a0of\u00a0$2')}
      </p>
      {wander ? <p className={styles.dim}>{wander}</p> : null}
      {replay.coldScore === null ? null : (
        <p className={styles.dim}>
          The evaluation before launch recorded a score of {replay.coldScore.toFixed(2)}.
        </p>
      )}
      <p className={styles.dim}>
        Correct means: {RULES.map((rule) => RULE_WORD[rule].name).join(', ')}. What cannot be told
        does not count against an answer, a recording that failed does not say which tools to call,
        and an endpoint that could not be asked, or broke off, says nothing of its version.
      </p>
      {rollback && finding ? (
        <Button
          size="sm"
          className={styles.act}
          disabled={!props.mayAct}
          title="Opens the plan, with this as the reason; nothing is sent yet"
          onClick={() =>
            useWindow.getState().openPlan(
              {
                kind: 'rollback',
                service: replay.service,
                environment: replay.environment,
                to: rollback.to,
              },
              reason,
            )
          }
        >
          Roll back {rollback.from} → {rollback.to}
        </Button>
      ) : null}
    </Panel>
  );
}
