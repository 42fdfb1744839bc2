import { Button, Modal, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { NightdeskError } from '#shared/errors/index.ts';
import type { ActionRequest, Plan } from '#shared/model/action.ts';
import { go } from '../../client/go.ts';
import { usePlan } from '../../client/plan.ts';
import { operationKey, useAct } from '../../client/query.ts';
import { useWindow } from '../../client/window.ts';
import { Age, ErrorState, Notice, Skeleton } from '../../ui/index.ts';
import { useNow } from '../../ui/now.ts';
import styles from './action.module.css';
import { Diff } from './Diff.tsx';
import { Facts, Remarks } from './Facts.tsx';
import { Moved } from './Moved.tsx';
import { confirmLabel } from './words.ts';

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
            {plan.title}{' '}
            <span className={styles.dialogAside}>
              {plan.environment}
              {plan.flag ? ` · flag ${plan.flag} in ${plan.source}` : ''} · computed{' '}
              <Age at={plan.createdAt} suffix=" ago" />
            </span>
          </span>
        ) : (
          'Plan'
        )
      }
    >
      {plan ? (
        <PlanBody plan={plan} replan={() => void asked.refetch()} replanning={asked.isFetching} />
      ) : asked.error ? (
        <ErrorState
          small
          error={asked.error}
          what="The plan could not be computed; nothing was changed"
          retry={() => void asked.refetch()}
        />
      ) : (
        <Skeleton lines={6} label="Reading the present state and computing the plan" />
      )}
    </Modal>
  );
}

function PlanBody(props: { plan: Plan; replan: () => void; replanning: boolean }) {
  const { plan } = props;
  const queries = useQueryClient();
  const [reason, setReason] = useState('');
  const now = useNow(5);
  const execute = useAct('actions.execute', {
    onSuccess: ({ action }) => {
      queries.setQueryData(operationKey('actions.read', { id: action.id }), { action });
      queries.removeQueries({ queryKey: ['actions.plan'] });
      close();
      go(`/action/${encodeURIComponent(action.id)}`);
    },
  });
  // A new plan answers what went wrong with the one before.
  const { reset } = execute;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the plan's id is what makes it new
  useEffect(() => reset(), [plan.id, reset]);
  const moved = execute.error?.code === 'conflict';
  const expired = plan.expiresAt <= now;
  const blocked = plan.blockers.length > 0 || plan.noop || moved;
  return (
    <form
      className={styles.plan}
      onSubmit={(event) => {
        event.preventDefault();
        if (!blocked && !expired && !execute.isPending) {
          execute.mutate({ plan: plan.id, reason: reason.trim(), confirm: true });
        }
      }}
    >
      <div className={styles.planColumns}>
        <section>
          <h3 className={styles.lead}>Before → after</h3>
          <Diff lines={plan.diff} />
        </section>
        <section>
          <h3 className={styles.lead}>What it means</h3>
          <Facts plan={plan} />
        </section>
      </div>
      <Remarks remarks={plan.blockers} tone="bad" word="Blocked:" />
      <Remarks remarks={plan.warnings} tone="watch" word="Note:" />
      {plan.noop ? (
        <Notice tone="ok" word="Nothing to do">
          The flag is already in this state.
        </Notice>
      ) : null}
      {execute.error ? <Refused error={execute.error} plan={plan} replan={props.replan} /> : null}
      <div className={styles.confirm}>
        <TextInput
          className={styles.reason}
          placeholder="Why (for the journal; may stay empty)"
          aria-label="Why, for the journal"
          value={reason}
          maxLength={1000}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        <Button variant="default" size="sm" onClick={close}>
          Cancel
        </Button>
        {expired ? (
          <Button size="sm" loading={props.replanning} onClick={props.replan}>
            Compute again
          </Button>
        ) : (
          <Button
            type="submit"
            size="sm"
            data-autofocus
            disabled={blocked}
            loading={execute.isPending}
            // A key held down from opening the dialog must not confirm it.
            onKeyDown={(event) => {
              if (event.repeat) event.preventDefault();
            }}
          >
            {confirmLabel(plan)}
          </Button>
        )}
      </div>
    </form>
  );
}

/** Why it was not sent, or what is known of it. */
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
  return <ErrorState small error={error} what="It was not carried out" retry={props.replan} />;
}
