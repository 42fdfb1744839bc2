/** State, told by shape and word beside colour. */

import { Tooltip } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Freshness } from '#shared/model/basics.ts';
import type { CellState } from '#shared/model/signal.ts';
import { plainString } from '#shared/util/visible-text.ts';
import { plainNode } from './plain-node.ts';
import styles from './state.module.css';

/** What a thing's state means for the person who reads it. */
export type Tone = 'bad' | 'watch' | 'ok' | 'unknown' | 'info';

const SHAPE: Record<Tone, string> = { bad: '▲', watch: '◆', ok: '●', unknown: '○', info: '◐' };

export function toneOfCell(state: CellState): Tone {
  switch (state) {
    case 'ok':
      return 'ok';
    case 'watch':
      return 'watch';
    case 'bad':
      return 'bad';
    case 'few':
    case 'stale':
    case 'none':
      return 'unknown';
  }
}

export function toneOfFreshness(state: Freshness['state']): Tone {
  switch (state) {
    case 'ok':
    case 'syncing':
      return 'ok';
    case 'stale':
      return 'watch';
    case 'error':
      return 'bad';
    case 'never':
      return 'unknown';
  }
}

export const CELL_WORD: Record<CellState, string> = {
  ok: 'in band',
  watch: 'near the edge',
  bad: 'out of band',
  few: 'too few requests to tell',
  stale: 'old',
  none: 'no value',
};

/** A shape in the state's colour. `word` is what it says; it is heard, and read where `showWord`. */
export function StateDot(props: { tone: Tone; word: string; showWord?: boolean }) {
  return (
    <span className={styles.dot} data-tone={props.tone}>
      <span aria-hidden="true" className={styles.shape}>
        {SHAPE[props.tone]}
      </span>
      <span className={props.showWord ? undefined : 'nd-unseen'}>{plainString(props.word)}</span>
    </span>
  );
}

/** A word in a box in the state's colour. */
export function StateBadge(props: { tone: Tone; children: ReactNode; title?: string }) {
  const badge = (
    <span className={styles.badge} data-tone={props.tone}>
      <span aria-hidden="true" className={styles.shape}>
        {SHAPE[props.tone]}
      </span>
      {plainNode(props.children)}
    </span>
  );
  return props.title ? <Tooltip label={plainString(props.title)}>{badge}</Tooltip> : badge;
}

/** The tag of a model version, with its part in the rollout in words. */
export function VersionTag(props: {
  version: string;
  part?: 'stable' | 'candidate' | 'other' | undefined;
  showPart?: boolean;
}) {
  if (props.version === '') return null;
  const part = props.part === 'other' ? undefined : props.part;
  return (
    <span className={styles.version} data-part={part ?? 'other'}>
      {plainString(props.version)}
      {part && props.showPart ? ` ${part}` : null}
    </span>
  );
}
