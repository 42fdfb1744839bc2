import { Button, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { Alert } from '#shared/model/alert.ts';
import { plainString } from '#shared/util/visible-text.ts';
import { goWith, type Range, rangeAt, useOperation } from '../../client/index.ts';
import { formatClock } from '../../ui/index.ts';
import { coreNow, useNow } from '../../ui/now.ts';
import styles from './Filters.module.css';
import { Menu } from './Menu.tsx';

/** Before an alert fires its expression has been true for a while. */
const BEFORE_MS = 10 * 60_000;
const ALERTS = 6;

/** A stretch of time of one's own, or that of an alert. It becomes the range of the window, everywhere. */
export function TimeMenu(props: { environment: string; range: Range }) {
  const [opened, setOpened] = useState(false);
  return (
    <Menu
      label="Time"
      chosen={props.range.kind === 'fixed' ? 1 : 0}
      opened={opened}
      onOpen={setOpened}
    >
      {opened ? <Stretches {...props} onDone={() => setOpened(false)} /> : null}
    </Menu>
  );
}

function Stretches(props: { environment: string; range: Range; onDone: () => void }) {
  const now = useNow(30);
  const { from, to } = rangeAt(props.range, coreNow());
  const [texts, setTexts] = useState({ from: local(from), to: local(to) });
  const alerts = useOperation('alerts.list', {
    environment: props.environment,
    states: ['firing', 'suppressed', 'resolved'],
  });
  const recent = [...(alerts.data?.alerts ?? [])]
    .sort((a, b) => b.startedAt - a.startedAt)
    .slice(0, ALERTS);
  const chosen = { from: Date.parse(texts.from), to: Date.parse(texts.to) };
  const right = chosen.from < chosen.to;
  const look = (stretch: { from: number; to: number }) => {
    goWith({ range: { kind: 'fixed', ...stretch } });
    props.onDone();
  };
  return (
    <>
      <fieldset className={styles.options}>
        <legend className={styles.legend}>Last message between</legend>
        {(['from', 'to'] as const).map((end) => (
          <TextInput
            key={end}
            size="xs"
            type="datetime-local"
            step={1}
            aria-label={end === 'from' ? 'From' : 'To'}
            value={texts[end]}
            error={end === 'to' && !right ? 'after the beginning' : null}
            onChange={(event) => {
              const { value } = event.currentTarget;
              setTexts((old) => ({ ...old, [end]: value }));
            }}
          />
        ))}
        <span className={styles.bounds}>
          <Button size="compact-xs" disabled={!right} onClick={() => look(chosen)}>
            Look at these
          </Button>
          {props.range.kind === 'fixed' ? (
            <Button
              size="compact-xs"
              variant="subtle"
              onClick={() => {
                goWith({ range: { kind: 'last', ms: 3_600_000 } });
                props.onDone();
              }}
            >
              The last hour
            </Button>
          ) : null}
        </span>
      </fieldset>
      <fieldset className={styles.options}>
        <legend className={styles.legend}>While an alert fired</legend>
        {recent.map((alert) => (
          <Button
            key={`${alert.source} ${alert.fingerprint} ${alert.startedAt}`}
            size="compact-xs"
            variant="subtle"
            justify="flex-start"
            onClick={() => look(windowOf(alert, coreNow()))}
          >
            {plainString(alert.name)} · {formatClock(alert.startedAt, { now })} →{' '}
            {alert.endedAt === null ? 'now' : formatClock(alert.endedAt, { now })}
          </Button>
        ))}
        {recent.length === 0 ? <p className={styles.none}>No alert is known.</p> : null}
      </fieldset>
    </>
  );
}

/** From a little before it fired, so that what it tells of is in. */
export function windowOf(
  alert: Pick<Alert, 'startedAt' | 'endedAt'>,
  now: number,
): { from: number; to: number } {
  return {
    from: alert.startedAt - BEFORE_MS,
    to: Math.max(alert.endedAt ?? now, alert.startedAt + 1),
  };
}

/** As the browser's field wants it: local time, to the second. */
function local(ms: number): string {
  const offset = new Date(ms).getTimezoneOffset() * 60_000;
  return new Date(ms - offset).toISOString().slice(0, 19);
}
