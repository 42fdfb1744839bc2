import { Menu } from '@mantine/core';
import type { ToldAlert } from '#shared/contract/overview.ts';
import type { Alert } from '#shared/model/alert.ts';
import { plainString } from '#shared/util/visible-text.ts';
import { silenceOf } from '../../client/plan.ts';
import { LOOK_ONLY, useMayAct } from '../../client/session.ts';
import { useWindow } from '../../client/window.ts';
import { Age, Notice } from '../../ui/index.ts';
import styles from './IncidentBanner.module.css';
import { Quiet } from './Quiet.tsx';

const SHOWN = 3;

/** The service's other alerts beside the worst: each can be kept quiet too. */
export function OtherAlerts(props: { others: readonly ToldAlert[]; mayAct: boolean }) {
  return props.others.length === 0 ? null : (
    <Alerts label="Other alerts of the service" others={props.others} mayAct={props.mayAct} />
  );
}

/** Alerts of services that are not configured: no incident speaks of them, and they fire all the same. */
export function StrayAlerts(props: { alerts: readonly ToldAlert[] }) {
  const mayAct = useMayAct();
  return props.alerts.length === 0 ? null : (
    <Notice tone="watch" word="Alerts of services that are not watched">
      <Alerts label="Alerts of other services" others={props.alerts} mayAct={mayAct} ofService />
    </Notice>
  );
}

function Alerts(props: {
  label: string;
  others: readonly ToldAlert[];
  mayAct: boolean;
  /** Says whose each is. */
  ofService?: boolean;
}) {
  const { others, mayAct } = props;
  return (
    <ul className={styles.alerts} aria-label={props.label}>
      {others.slice(0, SHOWN).map(({ alert, silenced }) => (
        <li key={`${alert.source} ${alert.fingerprint}`}>
          <strong title={plainString(alert.summary)}>{plainString(alert.name)}</strong>{' '}
          {props.ofService && alert.service !== '' ? `of ${plainString(alert.service)} ` : null}
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

function SilenceButton(props: { alert: Alert; mayAct: boolean }) {
  const { alert } = props;
  return (
    <button
      type="button"
      className={styles.silence}
      disabled={!props.mayAct}
      title={props.mayAct ? undefined : LOOK_ONLY}
      aria-label={`${silenceWord(alert)} ${plainString(alert.name)}`}
      onClick={() => useWindow.getState().openPlan(silenceOf(alert))}
    >
      {silenceWord(alert)}
    </button>
  );
}

function More(props: { others: readonly ToldAlert[]; mayAct: boolean }) {
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
