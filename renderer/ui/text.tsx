/** Small pieces of text: ages, moments, figures, ids, keys. */

import { Tooltip } from '@mantine/core';
import { type ReactNode, useEffect, useState } from 'react';
import type { Unit } from '#shared/model/signal.ts';
import { cutText, plainString } from '#shared/util/visible-text.ts';
import { formatAge, formatClock, formatMoment, formatValue, NOTHING } from './format.ts';
import { IconCheck, IconCopy } from './icons.ts';
import { useNow } from './now.ts';
import { plainNode } from './plain-node.ts';
import styles from './text.module.css';

/** How long ago: "4 s", with the moment in full on hover. `suffix` such as " ago". */
export function Age(props: { at: number | null | undefined; suffix?: string; never?: string }) {
  const now = useNow();
  if (props.at === null || props.at === undefined || !Number.isFinite(props.at)) {
    return <span className={styles.faint}>{props.never ?? 'never'}</span>;
  }
  const age = formatAge(now - props.at);
  return (
    <time dateTime={new Date(props.at).toISOString()} title={formatMoment(props.at)}>
      {age}
      {age === 'now' ? '' : (props.suffix ?? '')}
    </time>
  );
}

/** A moment as local time of day, with the day when it is not today. */
export function Moment(props: { at: number | null | undefined; seconds?: boolean }) {
  const now = useNow(60);
  if (props.at === null || props.at === undefined || !Number.isFinite(props.at)) {
    return <span className={styles.faint}>{NOTHING}</span>;
  }
  return (
    <time dateTime={new Date(props.at).toISOString()} title={formatMoment(props.at)}>
      {formatClock(props.at, { now, ...(props.seconds ? { seconds: true } : {}) })}
    </time>
  );
}

/** A signal's value with its unit, right-aligned by tabular figures. */
export function Num(props: { value: number | null | undefined; unit: Unit }) {
  return <span className={styles.num}>{formatValue(props.value, props.unit)}</span>;
}

export function Mono(props: { children: ReactNode; title?: string }) {
  return (
    <code
      className={styles.mono}
      title={props.title === undefined ? undefined : plainString(props.title)}
    >
      {plainNode(props.children)}
    </code>
  );
}

/** An id that can be copied whole and as it is, also where it is cut short or shown by codes on screen. */
export function CopyId(props: { id: string; chars?: number; label?: string }) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 1500);
    return () => clearTimeout(timer);
  }, [copied]);
  const plain = plainString(props.id);
  const shown =
    props.chars && plain.length > props.chars ? `${cutText(plain, props.chars)}…` : plain;
  return (
    <span className={styles.copy}>
      <Mono title={props.id}>{shown}</Mono>
      <Tooltip label={copied ? 'Copied' : 'Copy'}>
        <button
          type="button"
          className={styles.copyButton}
          aria-label={plainString(`Copy ${props.label ?? 'ID'} ${props.id}`)}
          onClick={() => {
            void copyText(props.id).then(setCopied);
          }}
        >
          {copied ? <IconCheck size={13} /> : <IconCopy size={13} />}
        </button>
      </Tooltip>
    </span>
  );
}

/** Puts text on the clipboard; false where the browser refuses. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

export function Kbd(props: { children: ReactNode }) {
  return <kbd className={styles.kbd}>{props.children}</kbd>;
}

/** A short text of secondary weight. */
export function Dim(props: { children: ReactNode }) {
  return <span className={styles.dim}>{plainNode(props.children)}</span>;
}
