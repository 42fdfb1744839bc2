import { Button } from '@mantine/core';
import type { Plan, SecondPerson } from '#shared/model/action.ts';
import { plainString } from '#shared/util/visible-text.ts';
import { useAct, useOperation } from '../../client/query.ts';
import { StateDot } from '../../ui/index.ts';
import styles from './action.module.css';

/** How the plan stands with the second person it needs, as the core knows it; null where it needs none. */
export function useSecond(plan: Plan): SecondPerson | null {
  const planned = useOperation(
    'actions.planned',
    { plan: plan.id },
    { enabled: plan.second !== null },
  );
  return planned.data?.plan.second ?? plan.second;
}

/** Another person signs in here, for this plan alone; who works at the console stays who they are. */
export function Second(props: { plan: Plan; second: SecondPerson }) {
  const { second } = props;
  const ask = useAct('actions.approve', {
    onSuccess: ({ address }) => {
      if (address !== null) window.open(address, '_blank', 'noopener,noreferrer');
    },
  });
  if (second.approvedBy !== null) {
    return (
      <p className={styles.lead} role="status">
        <StateDot tone="ok" word="Agreed:" showWord /> {plainString(second.approvedBy)}
      </p>
    );
  }
  const address = ask.data?.address;
  return (
    <div className={styles.confirm}>
      <p className={styles.reason} role="status">
        <StateDot tone="watch" word="A second person must agree to this plan." showWord />{' '}
        {second.asked ? 'They are to sign in in the browser now. ' : null}
        {second.asked && address ? (
          <a href={address} target="_blank" rel="noopener noreferrer">
            Open the page
          </a>
        ) : null}
        {ask.error?.message ?? plainString(second.note)}
      </p>
      <Button
        variant="default"
        size="sm"
        loading={ask.isPending}
        onClick={() => ask.mutate({ plan: props.plan.id })}
      >
        {second.asked ? 'Ask again' : 'Have them sign in'}
      </Button>
    </div>
  );
}
