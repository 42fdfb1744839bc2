import { Button } from '@mantine/core';
import { useState } from 'react';
import type { ActionRequest } from '#shared/model/action.ts';
import { useWindow } from '../../client/window.ts';
import { NumberField } from '../../ui/NumberField.tsx';
import styles from './action.module.css';

/** To which share the candidate goes; another choice is another plan. The core says what it thinks of it. */
export function RampTo(props: { request: Extract<ActionRequest, { kind: 'ramp' }> }) {
  const { request } = props;
  const [percent, setPercent] = useState(request.to === 'next' ? null : request.to);
  const open = (to: number | 'next') => useWindow.getState().changePlan({ ...request, to });
  return (
    <form
      className={styles.choice}
      onSubmit={(event) => {
        event.preventDefault();
        if (percent !== null) open(percent);
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
      <NumberField
        w={110}
        aria-label="Percentage of all users"
        rightSection="%"
        value={percent}
        min={0}
        max={100}
        onChange={setPercent}
      />
      <Button type="submit" size="compact-sm" variant="default" disabled={percent === null}>
        Compute
      </Button>
    </form>
  );
}
