import { Button, TextInput } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import type { Plan } from '#shared/model/action.ts';
import { roleAllows } from '#shared/model/session.ts';
import { useSession } from '../../client/session.ts';
import { useWindow } from '../../client/window.ts';
import { useNow } from '../../ui/now.ts';
import styles from './action.module.css';
import { Second, useSecond } from './Second.tsx';
import { confirmLabel } from './words.ts';

/** What a person says with the one press that sends it. */
export interface Said {
  reason: string;
  override?: string;
  typed?: string;
}

/**
 * The end of the dialog: why, what must be typed or overridden, and one button that also unlocks. The core checks all
 * of it again; here it only shows what is missing.
 */
export function Confirm(props: {
  plan: Plan;
  moved: boolean;
  pending: boolean;
  replanning: boolean;
  replan: () => void;
  cancel: () => void;
  confirm: (said: Said) => void;
}) {
  const { plan } = props;
  const session = useSession();
  const now = useNow(5);
  const reason = useWindow((state) => state.planReason);
  const setReason = useWindow((state) => state.setPlanReason);
  const [override, setOverride] = useState('');
  const [typed, setTyped] = useState('');
  const expired = plan.expiresAt <= now;
  const second = useSecond(plan);
  const blocked = plan.blockers.some(({ overridable }) => !overridable);
  const overridable = !blocked && plan.blockers.length > 0;
  const mayOverride = session !== undefined && roleAllows(session.role, 'admin');
  const missing =
    (overridable && override.trim() === '') ||
    (plan.needsReason && reason.trim() === '') ||
    (second !== null && second.approvedBy === null) ||
    (plan.typed !== null && typed.trim() !== plan.typed);
  const closed = blocked || plan.noop || props.moved || (overridable && !mayOverride);
  // Marked for the modal, which looks for it when it opens.
  const first = closed
    ? 'cancel'
    : overridable
      ? 'override'
      : plan.typed !== null
        ? 'typed'
        : plan.needsReason
          ? 'reason'
          : 'press';
  const focused = (field: typeof first) => (field === first ? { 'data-autofocus': true } : {});
  const form = useRef<HTMLFormElement>(null);
  // A plan that came later than the modal takes the focus that waited for it; not one that a person has moved meanwhile.
  useEffect(() => {
    if (document.activeElement !== document.body) return;
    form.current?.querySelector<HTMLElement>('[data-autofocus]')?.focus();
  }, []);
  return (
    <form
      ref={form}
      className={styles.override}
      onSubmit={(event) => {
        event.preventDefault();
        if (closed || missing || expired || props.pending) return;
        props.confirm({
          reason: reason.trim(),
          ...(overridable ? { override: override.trim() } : {}),
          ...(plan.typed === null ? {} : { typed: typed.trim() }),
        });
      }}
    >
      {second === null ? null : <Second plan={plan} second={second} />}
      {overridable && mayOverride ? (
        <TextInput
          label="Go over what blocks it: why? It stands in the journal under your name."
          {...focused('override')}
          value={override}
          maxLength={1000}
          onChange={(event) => setOverride(event.currentTarget.value)}
        />
      ) : null}
      {overridable && !mayOverride ? (
        <p className={styles.lead}>An admin may go over what blocks it, in words.</p>
      ) : null}
      {plan.typed === null ? null : (
        <TextInput
          label={`This affects everyone. Type ${plan.typed} to confirm.`}
          {...focused('typed')}
          value={typed}
          autoComplete="off"
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
      )}
      <div className={styles.confirm}>
        <TextInput
          className={styles.reason}
          placeholder={
            plan.needsReason
              ? 'Why (whoever looks at it sees this)'
              : 'Why (for the journal; may stay empty)'
          }
          aria-label="Why, for the journal"
          required={plan.needsReason}
          {...focused('reason')}
          value={reason}
          maxLength={1000}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        <Button variant="default" size="sm" {...focused('cancel')} onClick={props.cancel}>
          Cancel
        </Button>
        {expired ? (
          <Button size="sm" loading={props.replanning} onClick={props.replan}>
            Compute again
          </Button>
        ) : (
          <Button
            type="submit"
            size="sm"
            {...focused('press')}
            disabled={closed || missing}
            loading={props.pending}
            // A key held down from opening the dialog must not confirm it.
            onKeyDown={(event) => {
              if (event.repeat) event.preventDefault();
            }}
          >
            {overridable ? `Override: ${confirmLabel(plan)}` : confirmLabel(plan)}
          </Button>
        )}
      </div>
    </form>
  );
}
