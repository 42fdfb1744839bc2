import { Button, NumberInput } from '@mantine/core';
import { useState } from 'react';
import type { ActionRequest } from '#shared/model/action.ts';
import { useWindow } from '../../client/window.ts';
import styles from './action.module.css';

/** To which share the candidate goes; another choice is another plan. The core says what it thinks of it. */
export function RampTo(props: { request: Extract<ActionRequest, { kind: 'ramp' }> }) {
  const { request } = props;
  const [percent, setPercent] = useState<number | string>(request.to === 'next' ? '' : request.to);
  const open = (to: number | 'next') => useWindow.getState().changePlan({ ...request, to });
  return (
    <form
      className={styles.choice}
      onSubmit={(event) => {
        event.preventDefault();
        if (typeof percent === 'number') open(percent);
      }}
    >
      <span className={styles.lead}>To</span>
      <Button
        size="compact-sm"
        variant={request.to === 'next' ? 'filled' : 'default'}
        onClick={() => open('next')}
      >
        the next rung
      </Button>
      <span className={styles.lead}>or</span>
      <NumberInput
        size="xs"
        w={110}
        aria-label="Percentage of all users"
        suffix=" %"
        value={percent}
        onChange={setPercent}
      />
      <Button type="submit" size="compact-sm" variant="default" disabled={percent === ''}>
        Compute
      </Button>
    </form>
  );
}
