import { Button } from '@mantine/core';
import { useState } from 'react';
import type { Action } from '#shared/model/action.ts';
import { placeOf } from '#shared/util/place.ts';
import { plainString } from '#shared/util/visible-text.ts';
import { useOperation } from '../../client/query.ts';
import { useIds } from '../../client/router.tsx';
import { LOOK_ONLY, useMayAct } from '../../client/session.ts';
import { useWindow } from '../../client/window.ts';
import {
  CopyId,
  copyText,
  ErrorState,
  formatClock,
  Go,
  inLocalTime,
  Moment,
  Panel,
  Screen,
  Skeleton,
  StateBadge,
  StateDot,
} from '../../ui/index.ts';
import { useNow } from '../../ui/now.ts';
import styles from './action.module.css';
import { Diffs } from './Diff.tsx';
import { EndDrill } from './EndDrill.tsx';
import { Facts } from './Facts.tsx';
import { Proof } from './Proof.tsx';
import { Recovery } from './Recovery.tsx';
import { meaningOf, OUTCOME, toMarkdown, whereOf, whyNoUndo } from './words.ts';

/** One action: what it changes, the proof as it comes in, the signals. It goes on when the page is left. */
export default function ActionScreen() {
  const { id = '' } = useIds();
  const [following, setFollowing] = useState(true);
  const asked = useOperation('actions.read', { id }, { everyMs: following ? 1000 : false });
  const action = asked.data?.action;
  const open = !action || action.endedAt === null;
  if (open !== following) setFollowing(open);
  if (!action) {
    return (
      <Screen title="Action">
        {asked.error ? (
          <ErrorState
            error={asked.error}
            what={`The action ${id} could not be read`}
            retry={() => void asked.refetch()}
          />
        ) : (
          <Skeleton height={260} label="Loading the action" />
        )}
      </Screen>
    );
  }
  return <Shown action={action} />;
}

function Shown(props: { action: Action }) {
  const { action } = props;
  const outcome = action.outcome === null ? null : OUTCOME[action.outcome];
  const meaning = meaningOf(action);
  return (
    <Screen
      title={inLocalTime(action.title, Date.now())}
      head={
        <>
          {outcome ? (
            <StateBadge tone={outcome.tone}>{outcome.word}</StateBadge>
          ) : (
            <StateBadge tone="info">in progress</StateBadge>
          )}
          <span className={styles.headAside}>
            {action.environment} · action <CopyId id={action.id} label="action" /> · started{' '}
            <Moment at={action.startedAt} seconds /> by {plainString(action.by)}
            {action.reason ? ` · ${plainString(action.reason)}` : ''}
            {action.override ? ` · overridden: ${plainString(action.override)}` : ''}
          </span>
        </>
      }
    >
      {outcome ? (
        <Panel
          className={styles.outcome}
          tone={outcome.tone === 'ok' ? 'ok' : outcome.tone === 'bad' ? 'bad' : 'watch'}
        >
          <p className={styles.summary} role="status">
            <StateDot tone={outcome.tone} word={`${outcome.word}:`} />{' '}
            {plainString(inLocalTime(action.summary, Date.now()))}
          </p>
          {meaning === null ? null : <p className={styles.means}>{meaning}</p>}
        </Panel>
      ) : null}
      <div className={styles.columns}>
        <Panel title={planTitle(action)} aside={planAside(action)}>
          <Diffs plan={action.plan} />
          <Facts plan={action.plan} />
        </Panel>
        <Proof action={action}>
          <Foot action={action} />
        </Proof>
      </div>
      <Recovery action={action} />
    </Screen>
  );
}

/** What an action that has ended says of the world was so when it was planned. */
function planAside({ plan, endedAt }: Action): string {
  const where = whereOf(plan);
  return endedAt === null
    ? where
    : `${where} · as of ${formatClock(plan.createdAt, { seconds: true })}`;
}

function planTitle({ outcome, endedAt, steps }: Action): string {
  if (endedAt === null) return 'What changes';
  const arrived = steps.some(({ name, state }) => name === 'stored' && state === 'done');
  return arrived || outcome === 'unknown' ? 'What changed' : 'What was planned';
}

function Foot(props: { action: Action }) {
  const { action } = props;
  const now = useNow(5);
  const [told, setTold] = useState<'copied' | 'refused' | null>(null);
  const [toldAt, setToldAt] = useState(0);
  const noUndo = whyNoUndo(action);
  const mayAct = useMayAct();
  return (
    <div className={styles.foot}>
      <span className={styles.footWords}>
        {action.outcome === null ? 'You can leave this page; it goes on. ' : null}
        {action.undoneBy ? (
          <>
            Undone by <Go to={placeOf('action', action.undoneBy)}>{action.undoneBy}</Go>.{' '}
          </>
        ) : null}
        {action.undoes ? (
          <>
            Undoes <Go to={placeOf('action', action.undoes)}>{action.undoes}</Go>.{' '}
          </>
        ) : null}
        <Go to={`/journal?action=${encodeURIComponent(action.id)}`}>In the journal</Go>
        {noUndo === null || action.outcome === null || action.undoneBy ? null : (
          <> · No undo: {noUndo}</>
        )}
      </span>
      {told === 'refused' ? <span>The browser refuses the clipboard.</span> : null}
      {action.kind === 'drill' && action.endedAt === null ? (
        <EndDrill action={action} />
      ) : (
        <Button
          variant="default"
          size="sm"
          disabled={!mayAct || noUndo !== null}
          title={noUndo ?? (mayAct ? undefined : LOOK_ONLY)}
          onClick={() => useWindow.getState().openPlan({ kind: 'undo', action: action.id })}
        >
          Undo
        </Button>
      )}
      <Button
        variant="default"
        size="sm"
        title="Copies a summary as Markdown"
        onClick={() => {
          setToldAt(now);
          void copyText(toMarkdown(action, location.href)).then((done) =>
            setTold(done ? 'copied' : 'refused'),
          );
        }}
      >
        {told === 'copied' && now - toldAt < 5000 ? 'Copied' : 'Tell the channel'}
      </Button>
    </div>
  );
}
