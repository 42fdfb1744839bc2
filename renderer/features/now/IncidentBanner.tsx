import { Button } from '@mantine/core';
import type { Incident } from '#shared/contract/overview.ts';
import { placeOf } from '#shared/util/place.ts';
import { plainString } from '#shared/util/visible-text.ts';
import { go } from '../../client/go.ts';
import { LOOK_ONLY } from '../../client/session.ts';
import { Age, formatClock, Panel, StateDot } from '../../ui/index.ts';
import { useNow } from '../../ui/now.ts';
import styles from './IncidentBanner.module.css';
import { headline } from './matrix.ts';
import { OtherAlerts, silenceWord } from './OtherAlerts.tsx';
import { Quiet } from './Quiet.tsx';

/** What is broken, since when, on what evidence, and the few things to do about it. */
export function IncidentBanner(props: {
  incident: Incident;
  others: readonly { index: number; incident: Incident }[];
  onSelect: (index: number) => void;
  mayAct: boolean;
  onAct: () => void;
  onSilence: () => void;
  /** Called when acting is near: the plan is computed before it is asked for. */
  onNear: () => void;
}) {
  const { incident, others } = props;
  const now = useNow(5);
  const failing = incident.failing[0];
  const [first, ...rest] = incident.evidence;
  const quiet = incident.alert !== null && incident.alert.state !== 'firing';
  return (
    <Panel tone="bad">
      <div role="alert">
        <h2 className={styles.title}>
          <StateDot
            tone="bad"
            word={quiet ? 'Silenced:' : incident.alert ? 'Firing:' : 'Out of band:'}
          />{' '}
          {plainString(headline(incident))}{' '}
          <span className={styles.since}>
            {quiet ? (
              <>
                <Quiet silenced={incident.silenced} />; began{' '}
              </>
            ) : incident.alert ? (
              <>
                firing for <Age at={incident.alert.startedAt} />, out of band since{' '}
              </>
            ) : (
              <>
                out of band for <Age at={incident.since} />, since{' '}
              </>
            )}
            {formatClock(incident.since, { now })}
          </span>
        </h2>
        <div className={styles.banner}>
          <div className={styles.words}>
            <p className={styles.evidence}>
              {first ? <strong>{plainString(first)}</strong> : null} {plainString(rest.join(' '))}
            </p>
            <OtherAlerts others={incident.otherAlerts} mayAct={props.mayAct} />
            {others.length > 0 ? (
              <p className={styles.others}>
                Also:{' '}
                {others.map((other) => (
                  <button
                    key={other.index}
                    type="button"
                    className={styles.other}
                    onClick={() => props.onSelect(other.index)}
                  >
                    {plainString(headline(other.incident))}
                  </button>
                ))}
              </p>
            ) : null}
          </div>
          <div className={styles.actions}>
            {incident.runbook ? (
              <Button
                variant="default"
                size="sm"
                onClick={() => go(runbookPath(incident.runbook?.id ?? ''))}
              >
                Runbook
              </Button>
            ) : null}
            {failing ? (
              <Button
                variant="default"
                size="sm"
                onClick={() => go(`${conversationPath(failing)}&play=1`)}
              >
                Replay a failure
              </Button>
            ) : null}
            {incident.alert ? (
              <Button
                variant="default"
                size="sm"
                disabled={!props.mayAct}
                title={
                  props.mayAct
                    ? 'Keeps the alert quiet for a while; nothing is mended by it'
                    : LOOK_ONLY
                }
                onClick={props.onSilence}
              >
                {silenceWord(incident.alert)}
              </Button>
            ) : null}
            {incident.suggestion ? (
              <Button
                size="sm"
                disabled={!props.mayAct}
                onClick={props.onAct}
                onMouseEnter={props.onNear}
                onFocus={props.onNear}
                title={
                  props.mayAct ? plainString(incident.suggestion.reasons.join('. ')) : LOOK_ONLY
                }
              >
                {plainString(incident.suggestion.label)}
              </Button>
            ) : null}
          </div>
        </div>
      </div>
    </Panel>
  );
}

export function conversationPath(one: { id: string; service: string }): string {
  return `${placeOf('conversation', one.id)}?service=${encodeURIComponent(one.service)}`;
}

export function runbookPath(id: string): string {
  return placeOf('runbooks', ...id.split('/'));
}
