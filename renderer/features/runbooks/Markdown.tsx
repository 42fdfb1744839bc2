/** A runbook's text as a page. Loaded when the first runbook is opened. */

import { Button, Checkbox } from '@mantine/core';
import { useMemo } from 'react';
import ReactMarkdown, { type Components, defaultUrlTransform } from 'react-markdown';
import rehypeSanitize, { defaultSchema } from 'rehype-sanitize';
import remarkGfm from 'remark-gfm';
import { placeOf } from '#shared/util/place.ts';
import { plainString } from '#shared/util/visible-text.ts';
import { LOOK_ONLY, useMayAct, useWindow } from '../../client/index.ts';
import { Go } from '../../ui/index.ts';
import { decorate } from './decorate.ts';
import { LiveValue } from './live.tsx';
import styles from './Runbooks.module.css';
import { actionRequestOf, type LiveReference, runbookLink } from './read-links.ts';
import { useSteps } from './steps.ts';

const SCHEMA: typeof defaultSchema = {
  ...defaultSchema,
  // Pictures would be fetched from wherever the file says; a runbook is read in an incident, offline too.
  tagNames: (defaultSchema.tagNames ?? []).filter((name) => name !== 'img'),
  protocols: { ...defaultSchema.protocols, href: ['http', 'https', 'action'] },
};

export default function Markdown(props: { id: string; stepsKey: string; body: string }) {
  const components = useMemo<Components>(
    () => ({
      a: ({ href, children }) => (
        <Link href={href ?? ''} from={props.id}>
          {children}
        </Link>
      ),
      input: ({ node }) => (
        <Step
          stepsKey={props.stepsKey}
          number={Number(node?.properties.dataTask ?? 0)}
          written={node?.properties.checked === true}
          label={String(node?.properties.ariaLabel ?? 'step')}
        />
      ),
      span: ({ node, children }) => {
        const reference = readReference(node?.properties.dataSignal);
        return reference ? <LiveValue reference={reference} /> : <span>{children}</span>;
      },
      table: ({ children }) => (
        <div className={styles.wide}>
          <table>{children}</table>
        </div>
      ),
    }),
    [props.id, props.stepsKey],
  );
  return (
    <div className={styles.text}>
      <ReactMarkdown
        remarkPlugins={[remarkGfm]}
        rehypePlugins={[[rehypeSanitize, SCHEMA], decorate]}
        urlTransform={(url) => (url.startsWith('action:') ? url : defaultUrlTransform(url))}
        components={components}
      >
        {props.body}
      </ReactMarkdown>
    </div>
  );
}

function readReference(value: unknown): LiveReference | null {
  // Written by `decorate`, after everything from the file was sanitised.
  return typeof value === 'string' ? (JSON.parse(value) as LiveReference) : null;
}

/** A step that can be ticked off. What the file says of it is where it starts. */
function Step(props: { stepsKey: string; number: number; written: boolean; label: string }) {
  const flipped = useSteps((state) => state.done[props.stepsKey]?.includes(props.number) ?? false);
  const toggle = useSteps((state) => state.toggle);
  return (
    <Checkbox
      size="xs"
      className={styles.step}
      checked={flipped !== props.written}
      aria-label={props.label}
      onChange={() => toggle(props.stepsKey, props.number)}
    />
  );
}

function Link(props: { href: string; from: string; children: React.ReactNode }) {
  const environment = useWindow((state) => state.environment);
  const mayAct = useMayAct();
  const { href } = props;
  if (href.startsWith('action:')) {
    const request = actionRequestOf(href, environment);
    if (!request) {
      return (
        <span className={styles.broken}>
          {props.children} (this console knows no such action: {plainString(href)})
        </span>
      );
    }
    return (
      <Button
        variant={request.kind === 'rollback' ? 'filled' : 'default'}
        size="compact-xs"
        className={styles.action}
        disabled={!mayAct}
        title={mayAct ? undefined : LOOK_ONLY}
        onClick={() => useWindow.getState().openPlan(request)}
      >
        {props.children}
      </Button>
    );
  }
  const other = runbookLink(href, props.from);
  if (other !== null) return <Go to={placeOfRunbook(other)}>{props.children}</Go>;
  if (href.startsWith('#')) return <span>{props.children}</span>;
  return (
    <a href={href} target="_blank" rel="noreferrer noopener" title={plainString(href)}>
      {props.children}
    </a>
  );
}

export function placeOfRunbook(id: string): string {
  return placeOf('runbooks', ...id.split('/'));
}
