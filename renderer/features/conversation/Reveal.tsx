import { Button, Modal, TextInput, Tooltip } from '@mantine/core';
import { useCallback, useEffect, useRef, useState } from 'react';
import { useSearchParams } from 'wouter';
import { fromWire, type NightdeskError, toWire } from '#shared/errors/index.ts';
import type { ConversationSummary } from '#shared/model/conversation.ts';
import { MOST_REVEALED } from '#shared/util/lookups.ts';
import { call } from '../../client/index.ts';
import { formatCount } from '../../ui/index.ts';
import { BoundField } from '../../ui/NumberField.tsx';
import { useWhyNotRevealed } from './lookups.ts';
import styles from './Reveal.module.css';
import { type Revealed, RevealedTurns } from './RevealedTurns.tsx';

/** What was revealed is taken off the screen again after a while. */
const SHOWN_MS = 5 * 60_000;

/** An admin asks the source again for what was masked. The answer is held by this dialog alone, and gone with it. */
export function RevealButton({ summary }: { summary: ConversationSummary }) {
  const why = useWhyNotRevealed(summary);
  const [open, setOpen] = useState(false);
  const close = useCallback(() => setOpen(false), []);
  return (
    <>
      <Tooltip
        multiline
        maw={360}
        events={{ hover: true, focus: true, touch: true }}
        label={
          why ?? 'Asks the source again, unmasked. It is journaled, shown once, and kept nowhere.'
        }
      >
        {/* Not `disabled`: why it cannot be pressed is told to the keyboard too. */}
        <Button
          variant="subtle"
          size="compact-xs"
          {...(why === null ? {} : { 'data-disabled': true })}
          aria-disabled={why !== null}
          onClick={() => setOpen(why === null)}
        >
          Reveal…
        </Button>
      </Tooltip>
      {open ? <RevealDialog summary={summary} onClose={close} /> : null}
    </>
  );
}

function RevealDialog(props: { summary: ConversationSummary; onClose: () => void }) {
  const { summary, onClose } = props;
  const [search] = useSearchParams();
  const [reason, setReason] = useState('');
  const [from, setFrom] = useState(() => turnIn(search.get('turn'), summary.turns));
  const [busy, setBusy] = useState(false);
  const [revealed, setRevealed] = useState<Revealed | null>(null);
  const [error, setError] = useState<NightdeskError | null>(null);
  const asking = useRef(new AbortController());
  useEffect(() => {
    asking.current = new AbortController();
    return () => asking.current.abort();
  }, []);
  useEffect(() => {
    if (revealed === null) return;
    const timer = setTimeout(onClose, SHOWN_MS);
    return () => clearTimeout(timer);
  }, [revealed, onClose]);
  const reveal = async () => {
    setBusy(true);
    setError(null);
    const asked = { key: summary.key, reason, firstTurn: from - 1 };
    try {
      // Not through the query client: nothing may keep it.
      setRevealed(await call('conversations.reveal', asked, asking.current.signal));
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
            mt="sm"
            label="Why"
            value={reason}
            maxLength={500}
            data-autofocus
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          {summary.turns > MOST_REVEALED ? (
            <BoundField
              size="sm"
              mt="sm"
              label="From turn"
              description={`It has ${formatCount(summary.turns)} turns; ${MOST_REVEALED} are revealed at once, from this one on.`}
              value={from}
              min={1}
              max={summary.turns}
              whole
              onChange={setFrom}
            />
          ) : null}
          {error ? (
            <p role="alert" className={styles.error}>
              Not revealed: {error.message}
            </p>
          ) : null}
          <div className={styles.buttons}>
            <Button type="submit" loading={busy} disabled={reason.trim().length < 3}>
              Journal it and reveal
            </Button>
            <Button variant="default" onClick={onClose}>
              {busy ? 'Stop asking' : 'Cancel'}
            </Button>
          </div>
        </form>
      ) : (
        <RevealedTurns revealed={revealed} />
      )}
    </Modal>
  );
}

/** A turn number from 1 on; where all are revealed at once, or none is told, the first. */
function turnIn(text: string | null, turns: number): number {
  const told = Number(text ?? 1);
  return turns > MOST_REVEALED && Number.isInteger(told) && told >= 1 && told <= turns ? told : 1;
}
