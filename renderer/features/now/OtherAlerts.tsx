import { Menu } from '@mantine/core';
import type { Incident } from '#shared/contract/overview.ts';
import { plainString } from '#shared/util/visible-text.ts';
import { silenceOf } from '../../client/plan.ts';
import { useWindow } from '../../client/window.ts';
import { Age } from '../../ui/index.ts';
import styles from './IncidentBanner.module.css';
import { Quiet } from './Quiet.tsx';

const SHOWN = 3;

/** The service's other alerts beside the worst: each can be kept quiet too. */
export function OtherAlerts(props: { others: Incident['otherAlerts']; mayAct: boolean }) {
  const { others, mayAct } = props;
  if (others.length === 0) return null;
  return (
    <ul className={styles.alerts} aria-label="Other alerts of the service">
      {others.slice(0, SHOWN).map(({ alert, silenced }) => (
        <li key={`${alert.source} ${alert.fingerprint}`}>
          <strong>{plainString(alert.name)}</strong>{' '}
          {alert.state === 'firing' ? (
            <>
              firing for <Age at={alert.startedAt} />
            </>
          ) : (
            <Quiet silenced={silenced} />
          )}{' '}
          <SilenceButton alert={alert} mayAct={mayAct} />
        </li>
      ))}
      {others.length > SHOWN ? (
        <li>
          <More others={others.slice(SHOWN)} mayAct={mayAct} />
        </li>
      ) : null}
    </ul>
  );
}

function SilenceButton(props: {
  alert: Incident['otherAlerts'][number]['alert'];
  mayAct: boolean;
}) {
  const { alert } = props;
  return (
    <button
      type="button"
      className={styles.silence}
      disabled={!props.mayAct}
      aria-label={`${silenceWord(alert)} ${plainString(alert.name)}`}
      onClick={() => useWindow.getState().openPlan(silenceOf(alert))}
    >
      {silenceWord(alert)}
    </button>
  );
}

function More(props: { others: Incident['otherAlerts']; mayAct: boolean }) {
  return (
    <Menu position="bottom-start" transitionProps={{ duration: 0 }}>
      <Menu.Target>
        <button type="button" className={styles.silence}>
          and {props.others.length} more
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        {props.others.map(({ alert }) => (
          <Menu.Item
            key={`${alert.source} ${alert.fingerprint}`}
            disabled={!props.mayAct}
            onClick={() => useWindow.getState().openPlan(silenceOf(alert))}
          >
            {silenceWord(alert)} {plainString(alert.name)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

/** What is kept quiet already can be kept so for longer. */
export function silenceWord(alert: { state: string }): string {
  return alert.state === 'suppressed' ? 'Silence longer' : 'Silence';
}
