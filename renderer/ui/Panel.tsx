import { type ReactNode, useEffect, useId, useRef, useState } from 'react';
import styles from './Panel.module.css';
import { plainNode } from './plain-node.ts';

/**
 * The one box of the console: a head with a title and an aside, then its content.
 * `fill` lets the content scroll inside the height that the panel is given.
 */
export function Panel(props: {
  title?: ReactNode;
  aside?: ReactNode;
  children: ReactNode;
  /** No padding around the content: tables and lists bring their own. */
  flush?: boolean;
  fill?: boolean;
  tone?: 'bad' | 'watch' | 'ok';
  className?: string | undefined;
}) {
  const id = useId();
  const className = props.className ? `${styles.panel} ${props.className}` : styles.panel;
  return (
    <section
      className={className}
      data-fill={props.fill || undefined}
      data-tone={props.tone}
      aria-labelledby={props.title === undefined ? undefined : id}
    >
      {props.title === undefined ? null : (
        <header className={styles.head}>
          <h2 id={id} className={styles.title}>
            {plainNode(props.title)}
          </h2>
          {props.aside === undefined ? null : (
            <div className={styles.aside}>{plainNode(props.aside)}</div>
          )}
        </header>
      )}
      <Body className={props.flush ? styles.flush : styles.body} fill={props.fill ?? false}>
        {props.children}
      </Body>
    </section>
  );
}

/** Content that scrolls can be scrolled by keyboard too: it takes the focus, but only while it is too long. */
function Body(props: { className: string | undefined; fill: boolean; children: ReactNode }) {
  const box = useRef<HTMLDivElement>(null);
  const [long, setLong] = useState(false);
  useEffect(() => {
    const element = box.current;
    if (!element || !props.fill || typeof ResizeObserver === 'undefined') return;
    const look = () => setLong(element.scrollHeight > element.clientHeight + 1);
    const observer = new ResizeObserver(look);
    observer.observe(element);
    for (const child of element.children) observer.observe(child);
    return () => observer.disconnect();
  }, [props.fill]);
  return (
    <div ref={box} className={props.className} {...(long ? { tabIndex: 0 } : {})}>
      {props.children}
    </div>
  );
}
