import { Button, Modal, TextInput, Tooltip } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import type { Output } from '#shared/contract/index.ts';
import { fromWire, type NightdeskError, toWire } from '#shared/errors/index.ts';
import type { ConversationSummary } from '#shared/model/conversation.ts';
import { call, useSession } from '../../client/index.ts';
import { Moment, Notice, plural } from '../../ui/index.ts';
import { LongText } from '../../ui/PlainText.tsx';
import styles from './Conversation.module.css';
import { useLookups } from './lookups.ts';
import { asText } from './unpacked.ts';

/** What was revealed is taken off the screen again after a while. */
const SHOWN_MS = 5 * 60_000;

type Revealed = Output<'conversations.reveal'>;

/** An admin asks the source again for what was masked. The answer is held by this dialog alone, and gone with it. */
export function RevealButton({ summary }: { summary: ConversationSummary }) {
  const role = useSession()?.role;
  const lookups = useLookups();
  const [open, setOpen] = useState(false);
  const why =
    role !== 'admin'
      ? 'Only an admin may see what was masked.'
      : summary.imported
        ? 'It was imported: there is no source to ask again.'
        : !lookups
          ? 'No source can be asked again: none has a lookup in the configuration.'
          : null;
  return (
    <>
      <Tooltip
        label={
          why ?? 'Asks the source again, unmasked. It is journaled, shown once, and kept nowhere.'
        }
      >
        <Button
          variant="subtle"
          size="compact-xs"
          disabled={why !== null}
          onClick={() => setOpen(true)}
        >
          Reveal…
        </Button>
      </Tooltip>
      {open ? <RevealDialog summary={summary} onClose={() => setOpen(false)} /> : null}
    </>
  );
}

function RevealDialog(props: { summary: ConversationSummary; onClose: () => void }) {
  const { summary, onClose } = props;
  const [reason, setReason] = useState('');
  const [busy, setBusy] = useState(false);
  const [revealed, setRevealed] = useState<Revealed | null>(null);
  const [error, setError] = useState<NightdeskError | null>(null);
  const asking = useRef(new AbortController());
  useEffect(() => () => asking.current.abort(), []);
  useEffect(() => {
    if (revealed === null) return;
    const timer = setTimeout(onClose, SHOWN_MS);
    return () => clearTimeout(timer);
  }, [revealed, onClose]);
  const reveal = async () => {
    setBusy(true);
    setError(null);
    try {
      // Not through the query client: nothing may keep it.
      setRevealed(
        await call('conversations.reveal', { key: summary.key, reason }, asking.current.signal),
      );
    } catch (failed) {
      setError(fromWire(toWire(failed)));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Modal opened onClose={onClose} title="Reveal what was masked" size="lg">
      {revealed === null ? (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void reveal();
          }}
        >
          <p>
            The source is asked again for this conversation. That you ask, and why, goes into the
            journal first; what it answers is shown here once and kept nowhere.
          </p>
          <TextInput
            label="Why"
            value={reason}
            maxLength={500}
            data-autofocus
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          {error ? (
            <p role="alert" className={styles.revealError}>
              Not revealed: {error.message}
            </p>
          ) : null}
          <Button type="submit" mt="sm" loading={busy} disabled={reason.trim().length < 3}>
            Journal it and reveal
          </Button>
        </form>
      ) : (
        <Messages revealed={revealed} />
      )}
    </Modal>
  );
}

function Messages({ revealed }: { revealed: Revealed }) {
  return (
    <div className={styles.revealed}>
      <Notice tone="watch" word="Unmasked">
        As {revealed.source} answered just now. It goes with this dialog, or after five minutes.
        {revealed.missing > 0
          ? ` ${plural(revealed.missing, 'turn')} could not be had any more.`
          : ''}
      </Notice>
      {revealed.turns.map((turn) => (
        <section key={turn.startedAt}>
          <p>
            <Moment at={turn.startedAt} seconds />
          </p>
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

function partText(part: Revealed['turns'][number]['messages'][number]['parts'][number]): string {
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
