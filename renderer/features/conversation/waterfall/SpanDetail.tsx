import { type ReactNode, useState } from 'react';
import type { Span } from '#shared/model/conversation.ts';
import { beganAt } from '#shared/util/began.ts';
import { languageSwitched } from '#shared/util/failures.ts';
import { type RetrievedDocument, readSpan } from '#shared/util/read-span.ts';
import { asText } from '#shared/util/unpacked.ts';
import {
  formatCount,
  formatDuration,
  formatUsd,
  NOTHING,
  plural,
  StateBadge,
} from '../../../ui/index.ts';
import { LongText, PlainText } from '../../../ui/PlainText.tsx';
import { OPERATION_WORD } from './operations.ts';
import styles from './SpanDetail.module.css';

const MOST_DOCUMENTS = 200;

/** All that one step tells: first what one looks for, then every attribute. */
export function SpanDetail(props: {
  span: Span;
  /** When the step that called it began; null = not known. */
  called: number | null;
  /** When its turn began. */
  startedAt: number;
  language: string | null;
}) {
  const { span } = props;
  const began = beganAt(span.startedAt, props.called, props.startedAt);
  const facts = readSpan(span);
  const figures: [string, string][] = [
    ['began', `${formatDuration(began.ms)} ${began.words}`],
    ['took', formatDuration(span.durationMs)],
    ...when(facts.model !== null, ['model', facts.model ?? '']),
    ...when(facts.firstTokenMs !== null, ['first token', formatDuration(facts.firstTokenMs)]),
    ...when(facts.inputTokens !== null || facts.outputTokens !== null, [
      'tokens in / out',
      `${formatCount(facts.inputTokens)} / ${formatCount(facts.outputTokens)}`,
    ]),
    ...when(facts.costUsd !== null, ['cost', formatUsd(facts.costUsd)]),
    ...when(facts.finishReason !== null, ['ended by', facts.finishReason ?? '']),
  ];
  return (
    <section
      className={styles.detail}
      aria-label="What the step told"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by key
      tabIndex={0}
    >
      <p className={styles.head}>
        <strong>
          <PlainText text={span.name} />
        </strong>{' '}
        {OPERATION_WORD[span.operation] === span.name ? null : (
          <span className={styles.kind}>{OPERATION_WORD[span.operation]}</span>
        )}
        {span.status === 'error' ? (
          <StateBadge tone="bad">
            error{span.statusMessage ? ':' : ''} <PlainText text={span.statusMessage} />
          </StateBadge>
        ) : null}
        {facts.guardrailBlocked === true ? <StateBadge tone="bad">blocked</StateBadge> : null}
        {facts.guardrailBlocked === false ? <StateBadge tone="ok">passed</StateBadge> : null}
      </p>
      <dl className={styles.figures}>
        {figures.map(([what, value]) => (
          <div key={what}>
            <dt>{what}</dt>
            <dd>
              <PlainText text={value} />
            </dd>
          </div>
        ))}
      </dl>
      {facts.query !== null || facts.filter !== null ? (
        <p className={styles.query}>
          {facts.query === null ? null : (
            <>
              query «<PlainText text={facts.query} />»{' '}
            </>
          )}
          · filter{' '}
          {facts.filter === null || /\bnone$/.test(facts.filter) ? (
            <strong>
              <PlainText text={facts.filter ?? 'none'} />
            </strong>
          ) : (
            <PlainText text={facts.filter} />
          )}
        </p>
      ) : null}
      {facts.documents ? <Documents documents={facts.documents} asked={props.language} /> : null}
      <Block title="arguments" value={facts.toolArguments} />
      <Block title="result" value={facts.toolResult} />
      {span.events.length > 0 ? (
        <Section title={`events (${span.events.length})`}>
          <dl className={styles.attributes}>
            {span.events.slice(0, 100).map((event, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: events have no id and never move
              <div key={at}>
                <dt>
                  <PlainText text={event.name} />
                </dt>
                <dd>
                  <LongText text={asText(event.attributes)} fold={300} />
                </dd>
              </div>
            ))}
          </dl>
        </Section>
      ) : null}
      {facts.rest.length > 0 ? (
        <Section title={`attributes (${facts.rest.length})`}>
          <dl className={styles.attributes}>
            {facts.rest.map(([key, value]) => (
              <div key={key}>
                <dt>
                  <PlainText text={key} />
                </dt>
                <dd>
                  <LongText text={asText(value)} fold={300} />
                </dd>
              </div>
            ))}
          </dl>
        </Section>
      ) : null}
    </section>
  );
}

function when(is: boolean, figure: [string, string]): [string, string][] {
  return is ? [figure] : [];
}

function Documents(props: {
  documents: NonNullable<ReturnType<typeof readSpan>['documents']>;
  asked: string | null;
}) {
  if (props.documents.length === 0) return <p className={styles.query}>No documents came back.</p>;
  const more = props.documents.length - MOST_DOCUMENTS;
  return (
    <table className={styles.documents}>
      <thead>
        <tr>
          <th scope="col">document</th>
          <th scope="col">language</th>
          <th scope="col">score</th>
        </tr>
      </thead>
      <tbody>
        {props.documents.slice(0, MOST_DOCUMENTS).map((document, at) => {
          const other = languageSwitched(props.asked, document.language);
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: ranked, and one may come twice
            <tr key={at}>
              <td>
                <PlainText text={document.id} />
                <About document={document} />
              </td>
              <td data-other={other || undefined}>
                <PlainText text={document.language ?? NOTHING} />
                {other ? ', not the user’s' : ''}
              </td>
              <td>{document.score === null ? NOTHING : document.score.toFixed(2)}</td>
            </tr>
          );
        })}
      </tbody>
      {more > 0 ? (
        <tfoot>
          <tr>
            <td colSpan={3}>and {plural(more, 'more document')}</td>
          </tr>
        </tfoot>
      ) : null}
    </table>
  );
}

/** What a document is and says, as text; what it says is laid out once it is wanted. */
function About({ document }: { document: RetrievedDocument }) {
  const [open, setOpen] = useState(false);
  const { title, source, content } = document;
  return (
    <>
      {[title, source].map((told, at) =>
        told === null ? null : (
          // biome-ignore lint/suspicious/noArrayIndexKey: two places, which never move
          <div key={at} className={styles.about}>
            <LongText text={told} fold={300} />
          </div>
        ),
      )}
      {content === null ? null : (
        <details className={styles.section} onToggle={(event) => setOpen(event.currentTarget.open)}>
          <summary>text, {plural(content.length, 'character')}</summary>
          {open ? (
            <pre className={styles.block}>
              <LongText text={content} />
            </pre>
          ) : null}
        </details>
      )}
    </>
  );
}

function Block(props: { title: string; value: unknown }) {
  if (props.value === undefined || props.value === null || props.value === '') return null;
  return (
    <Section title={props.title} open>
      <pre className={styles.block}>
        <LongText text={asText(props.value)} />
      </pre>
    </Section>
  );
}

function Section(props: { title: string; open?: boolean; children: ReactNode }) {
  return (
    <details className={styles.section} open={props.open ?? false}>
      <summary>{props.title}</summary>
      {props.children}
    </details>
  );
}
