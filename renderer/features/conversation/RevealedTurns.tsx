import type { Output } from '#shared/contract/index.ts';
import { asText } from '#shared/util/unpacked.ts';
import { formatCount, Moment, Notice, plural } from '../../ui/index.ts';
import { LongText } from '../../ui/PlainText.tsx';
import styles from './Reveal.module.css';

export type Revealed = Output<'conversations.reveal'>;
type Part = Revealed['turns'][number]['messages'][number]['parts'][number];

/** What a source answered, as it is, and how much of it there is not. */
export function RevealedTurns({ revealed }: { revealed: Revealed }) {
  const { turns, beyond, missing, problem } = revealed;
  const gone = missing - beyond;
  return (
    <div className={styles.turns}>
      <Notice tone="watch" word="Unmasked">
        As {revealed.sources.join(', ')} answered just now. It goes with this dialog, or after five
        minutes.
        {beyond > 0 ? ` ${plural(beyond, 'other turn')} ${were(beyond)} not asked for.` : ''}
        {gone > 0 ? ` ${plural(gone, 'turn')} could not be had any more.` : ''}
      </Notice>
      {problem === null ? null : (
        <Notice tone="bad" word="Partial">
          {problem}
        </Notice>
      )}
      {turns.map((turn) => (
        <section key={turn.traceId}>
          <p className={styles.head}>
            {turn.number === null
              ? 'A turn that is not stored here yet'
              : `Turn ${formatCount(turn.number)}`}
            , <Moment at={turn.startedAt} seconds />
          </p>
          {turn.messages.length === 0 ? <p>No message is in its spans.</p> : null}
          {turn.messages.map((message, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: messages of one turn never move
            <p key={at}>
              <b>{message.role}</b> <LongText text={message.parts.map(partText).join('\n')} />
            </p>
          ))}
        </section>
      ))}
    </div>
  );
}

const were = (count: number) => (count === 1 ? 'was' : 'were');

function partText(part: Part): string {
  switch (part.type) {
    case 'text':
    case 'reasoning':
      return part.content;
    case 'tool_call':
      return `${part.name}(${asText(part.arguments)})`;
    case 'tool_call_response':
      return asText(part.response);
    case 'other':
      return part.json;
  }
}
