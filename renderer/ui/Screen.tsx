import type { ReactNode } from 'react';
import { plainString } from '#shared/util/visible-text.ts';
import styles from './Screen.module.css';

/** The frame of a screen: scrolls by itself; `fill` gives the children the whole height instead. */
export function Screen(props: {
  title: string;
  head?: ReactNode;
  fill?: boolean;
  children: ReactNode;
}) {
  const title = plainString(props.title);
  return (
    <div className={styles.screen} data-fill={props.fill || undefined}>
      <title>{`${title} · Nightdesk`}</title>
      {props.head === undefined ? (
        <h1 className="nd-unseen">{title}</h1>
      ) : (
        <div className={styles.head}>
          <h1 className={styles.title}>{title}</h1>
          {props.head}
        </div>
      )}
      {props.children}
    </div>
  );
}
