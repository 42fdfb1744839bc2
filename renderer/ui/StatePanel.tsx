/** What a view shows when it has not got what it wants to show: each state says what to do. */

import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import type { ErrorCode, NightdeskError } from '#shared/errors/index.ts';
import { plainNode } from './plain-node.ts';
import styles from './StatePanel.module.css';
import { StateDot, type Tone } from './state.tsx';

export function StatePanel(props: {
  tone: Tone;
  word: string;
  title: ReactNode;
  children?: ReactNode;
  actions?: ReactNode;
  /** In a panel's body rather than as a whole screen. */
  small?: boolean;
}) {
  return (
    <div className={styles.state} data-small={props.small || undefined} role="status">
      <h2 className={styles.title}>
        <StateDot tone={props.tone} word={props.word} /> {plainNode(props.title)}
      </h2>
      {props.children === undefined ? null : <div className={styles.text}>{props.children}</div>}
      {props.actions === undefined ? null : <div className={styles.actions}>{props.actions}</div>}
    </div>
  );
}

/** Nothing there, and that is an answer: say why, and what would fill it. */
export function Empty(props: {
  title: ReactNode;
  children?: ReactNode;
  actions?: ReactNode;
  small?: boolean;
}) {
  return <StatePanel tone="unknown" word="Empty:" {...props} />;
}

const NEXT: Partial<Record<ErrorCode, string>> = {
  unauthorized:
    'The source refused the credentials: look at Sources, and at the secret that it names.',
  forbidden: 'Your role does not allow this. Ask someone who may.',
  locked: 'Unlock the environment at the top, then try again.',
  bad_answer:
    'The source answered something that could not be read: look at Sources for the details.',
  storage_full: 'Free some disk space: the cache and the journal need it.',
  storage_failed:
    'If it stays so, start the console again: a damaged cache is set aside and begun anew; the journal is kept.',
  config_invalid: 'The configuration needs a correction.',
  internal: 'The log has the details.',
};

/** True only of what is read: nothing that a person set off is tried again by itself. */
const NEXT_READ: typeof NEXT = {
  unreachable: 'It is tried again by itself. What was fetched before stays on screen.',
  timeout: 'It is tried again by itself. What was fetched before stays on screen.',
  rate_limited: 'It is tried again when the source allows it.',
  not_found: 'It may have been pruned, or never have reached this console.',
};

/** An error as a person can use it: what failed, what still works, what to do next. */
export function ErrorState(props: {
  error: NightdeskError;
  /** What was tried: "The overview could not be read". */
  what: string;
  retry?: () => void;
  /** What `retry` does, where that is more than to try again. */
  retryWord?: string;
  /** It was set off by a person rather than read. */
  act?: boolean;
  small?: boolean;
}) {
  const { code } = props.error;
  const next = NEXT[code] ?? (props.act ? undefined : NEXT_READ[code]);
  return (
    <StatePanel
      tone="bad"
      word="Error:"
      title={props.what}
      {...(props.small ? { small: true } : {})}
      {...(props.retry
        ? {
            actions: (
              <Button size="xs" variant="default" onClick={props.retry}>
                {props.retryWord ?? 'Try again'}
              </Button>
            ),
          }
        : {})}
    >
      <p>{props.error.message}</p>
      {next ? <p>{next}</p> : null}
    </StatePanel>
  );
}

/** Grey bars where text will be. `lines` × one line of text; or one block of `height` pixels. */
export function Skeleton(props: { lines?: number; height?: number; label?: string }) {
  const lines = props.lines ?? (props.height === undefined ? 3 : 0);
  return (
    <div className={styles.skeleton} role="status" aria-busy="true">
      <span className="nd-unseen">{props.label ?? 'Loading'}</span>
      {props.height === undefined ? null : (
        <div className={styles.block} style={{ height: props.height }} />
      )}
      {Array.from({ length: lines }, (_, index) => (
        <div
          // biome-ignore lint/suspicious/noArrayIndexKey: bars have no identity
          key={index}
          className={styles.bar}
          style={{ width: `${[92, 78, 85, 64][index % 4]}%` }}
        />
      ))}
    </div>
  );
}

/** One line above a view that shows something, but not all or not fresh. */
export function Notice(props: {
  tone: Tone;
  word: string;
  children: ReactNode;
  actions?: ReactNode;
}) {
  return (
    <div className={styles.notice} data-tone={props.tone} role="status">
      <StateDot tone={props.tone} word={props.word} showWord />
      <span>{plainNode(props.children)}</span>
      {props.actions}
    </div>
  );
}
