import { SegmentedControl } from '@mantine/core';
import { useState } from 'react';
import type { ActionRequest } from '#shared/model/action.ts';
import { SILENCE_MS, silenceUntil } from '../../client/plan.ts';
import { useWindow } from '../../client/window.ts';
import styles from './action.module.css';

const LABELS = {
  '30m': '30 min',
  '1h': '1 hour',
  '4h': '4 hours',
  '24h': '1 day',
  '7d': '1 week',
} as const;

const KEYS = ['30m', '1h', '4h', '24h', '7d'] as const;

/** For how long an alert is kept quiet; another choice is another plan. */
export function SilenceFor(props: { request: Extract<ActionRequest, { kind: 'silence' }> }) {
  const { request } = props;
  const [shown, setShown] = useState<keyof typeof SILENCE_MS | null>(null);
  const chosen = shown ?? closest(request.until);
  return (
    <div className={styles.choice}>
      <span className={styles.lead} id="silence-for">
        For
      </span>
      <SegmentedControl
        size="xs"
        aria-labelledby="silence-for"
        value={chosen}
        data={KEYS.map((value) => ({ value, label: LABELS[value] }))}
        onChange={(value) => {
          setShown(value);
          useWindow.getState().changePlan({ ...request, until: silenceUntil(value) });
        }}
      />
    </div>
  );
}

function closest(until: number): keyof typeof SILENCE_MS {
  const left = until - Date.now();
  const away = (ms: number) => Math.abs(Math.log(ms / Math.max(left, 1)));
  let best: keyof typeof SILENCE_MS = '1h';
  for (const key of KEYS) {
    if (away(SILENCE_MS[key]) < away(SILENCE_MS[best])) best = key;
  }
  return best;
}
