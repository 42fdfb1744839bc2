import { Button, Modal } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { NightdeskError } from '#shared/errors/index.ts';
import type { ActionRequest, Plan } from '#shared/model/action.ts';
import { placeOf } from '#shared/util/place.ts';
import { plainString } from '#shared/util/visible-text.ts';
import { go } from '../../client/go.ts';
import { useInTheWay, usePlan, useSendPlan } from '../../client/plan.ts';
import { isUnanswered, operationKey } from '../../client/query.ts';
import { useLocked } from '../../client/session.ts';
import { useWindow } from '../../client/window.ts';
import { Age, ErrorState, Go, inLocalTime, Notice, Skeleton, StatePanel } from '../../ui/index.ts';
import { AlsoSilence } from './AlsoSilence.tsx';
import styles from './action.module.css';
import { Confirm } from './Confirm.tsx';
import { Diffs } from './Diff.tsx';
import { Facts, Remarks } from './Facts.tsx';
import { Moved } from './Moved.tsx';
import { RampTo } from './RampTo.tsx';
import { RollBackTo } from './RollBackTo.tsx';
import { SilenceFor } from './SilenceFor.tsx';
import { flagStateOf, whereOf } from './words.ts';

const close = () => useWindow.getState().closePlan();

/** The plan, already computed, and the one confirmation that sends it. */
export default function PlanDialog(props: { request: ActionRequest }) {
  const asked = usePlan(props.request);
  const plan = asked.data?.plan;
  // The focus goes back to what opened the plan.
  useEffect(() => {
    const before = document.activeElement;
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    <Modal
      opened
      onClose={close}
      size={860}
      centered
      transitionProps={{ duration: 0 }}
      title={
        plan ? (
          <span className={styles.dialogTitle}>
            {plainString(inLocalTime(plan.title, Date.now()))}{' '}
            <span className={styles.dialogAside}>
              {plan.environment} · {plainString(whereOf(plan))} · computed{' '}
              <Age at={plan.createdAt} suffix=" ago" />
            </span>
          </span>
        ) : (
          'Plan'
        )
      }
    >
      {props.request.kind === 'ramp' ? <RampTo request={props.request} /> : null}
      {props.request.kind === 'silence' ? <SilenceFor request={props.request} /> : null}
      <RollBackTo request={props.request} />
      <AlsoSilence request={props.request} />
      {plan ? (
        <PlanBody
          key={JSON.stringify(plan.request)}
          plan={plan}
          replan={() => void asked.anew()}
          reask={() => void asked.refetch()}
          replanning={asked.isFetching}
        />
      ) : asked.error ? (
        <div className={styles.plan}>
          {flagStateOf(asked.error.detail?.present) ? (
            <Moved error={asked.error} plan={null} replan={() => void asked.refetch()} />
          ) : (
            <ErrorState
              small
              error={asked.error}
              what="The plan could not be computed; nothing was changed"
              retry={() => void asked.refetch()}
            />
          )}
        </div>
      ) : (
        // Not on the cross, where a key would close the plan that is awaited.
        <div tabIndex={-1} data-autofocus>
          <Skeleton lines={6} label="Reading the present state and computing the plan" />
        </div>
      )}
    </Modal>
  );
}

function PlanBody(props: {
  plan: Plan;
  replan: () => void;
  reask: () => void;
  replanning: boolean;
}) {
  // What was sent stays, until it is known what became of it: a newer plan in its place would be a second action.
  const [sent, setSent] = useState<Sent | null>(null);
  const plan = sent?.plan ?? props.plan;
  const unanswered = sent?.unanswered ?? null;
  const { environment } = plan;
  const queries = useQueryClient();
  // Locked between the plan and the press: what was pressed did not say that it unlocks.
  const [refusedLocked, setRefusedLocked] = useState(false);
  const execute = useSendPlan(plan, {
    onMutate: () => {
      setRefusedLocked(false);
      setSent({ plan, unanswered });
    },
    onError: (error) => {
      setSent(isUnanswered(error) ? { plan, unanswered: error } : null);
      if (error.code !== 'locked') return;
      setRefusedLocked(true);
      props.replan();
    },
    onSuccess: ({ action }) => {
      queries.setQueryData(operationKey('actions.read', { id: action.id }), { action });
      queries.removeQueries({ queryKey: ['actions.plan'] });
      close();
      go(placeOf('action', action.id));
    },
  });
  // A new plan answers what went wrong with the one before.
  const { reset } = execute;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the plan's id is what makes it new
  useEffect(() => reset(), [plan.id, reset]);
  useInTheWay(plan, props.reask);
  // The button says whether it unlocks: when the lock has moved, the plan that says so is asked for again.
  const locked = useLocked(environment);
  const { reask } = props;
  // biome-ignore lint/correctness/useExhaustiveDependencies: once per turn of the lock, whatever the new plan says
  useEffect(() => {
    if (locked !== undefined && locked !== plan.unlocks) reask();
  }, [locked]);
  return (
    <div className={styles.plan}>
      <div className={styles.planColumns}>
        <section>
          <h3 className={styles.lead}>Before → after</h3>
          <Diffs plan={plan} />
        </section>
        <section>
          <h3 className={styles.lead}>What it means</h3>
          <Facts plan={plan} />
        </section>
      </div>
      <Remarks remarks={plan.blockers} tone="bad" word="Blocked:" />
      <Remarks
        // Said below in a word of its own.
        remarks={plan.warnings.filter(({ code }) => code !== 'already_so')}
        tone="watch"
        word="Note:"
      />
      {plan.noop ? (
        <Notice tone="ok" word="Nothing to do">
          It is already so: nothing would be sent.
        </Notice>
      ) : null}
      {refusedLocked ? (
        <Notice tone="watch" word="Not sent">
          {environment} was locked after this plan was made.{' '}
          {plan.unlocks ? 'The button now says that it unlocks it.' : 'Computing the plan again.'}
        </Notice>
      ) : null}
      {execute.error && unanswered === null && execute.error.code !== 'locked' ? (
        <Refused error={execute.error} plan={plan} replan={props.replan} />
      ) : null}
      {unanswered === null ? (
        <Confirm
          plan={plan}
          moved={execute.error?.code === 'conflict'}
          pending={execute.isPending}
          replan={props.replan}
          replanning={props.replanning}
          cancel={close}
          confirm={(said) => execute.mutate({ plan: plan.id, ...said, confirm: true })}
        />
      ) : (
        <Unanswered
          error={unanswered}
          pending={execute.isPending}
          sendAgain={() => {
            if (execute.variables) execute.mutate(execute.variables);
          }}
        />
      )}
    </div>
  );
}

interface Sent {
  plan: Plan;
  /** Set when no answer came to the last press. */
  unanswered: NightdeskError | null;
}

function Unanswered(props: { error: NightdeskError; pending: boolean; sendAgain: () => void }) {
  return (
    <StatePanel
      small
      tone="watch"
      word="Attention:"
      title="Whether it was carried out is not known"
      actions={
        <>
          <Button size="sm" autoFocus loading={props.pending} onClick={props.sendAgain}>
            Send this plan again
          </Button>
          <Go to="/journal" onClick={close}>
            Look in the journal
          </Go>
        </>
      }
    >
      <p>{props.error.message}</p>
      <p>
        What was sent may have arrived. To send it again is safe: a plan is carried out once, and
        the answer leads to what became of it.
      </p>
    </StatePanel>
  );
}

/** Why it was not sent. */
function Refused(props: { error: NightdeskError; plan: Plan; replan: () => void }) {
  const { error } = props;
  if (error.code === 'conflict') {
    return <Moved error={error} plan={props.plan} replan={props.replan} />;
  }
  if (error.code === 'pending_approval') {
    return (
      <Notice tone="watch" word="Pending approval">
        {error.message} Nothing has changed yet.
      </Notice>
    );
  }
  return (
    <ErrorState
      small
      act
      error={error}
      what="It was not carried out"
      retry={props.replan}
      retryWord="Compute a new plan"
    />
  );
}
