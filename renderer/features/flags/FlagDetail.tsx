import { Button } from '@mantine/core';
import type { FlagEvent, FlagState } from '#shared/model/flag.ts';
import { plainString } from '#shared/util/visible-text.ts';
import { useOperation } from '../../client/query.ts';
import { LOOK_ONLY } from '../../client/session.ts';
import { useWindow } from '../../client/window.ts';
import {
  CopyId,
  Empty,
  ErrorState,
  formatPercent,
  Go,
  Moment,
  Panel,
  Skeleton,
  StateBadge,
} from '../../ui/index.ts';
import styles from './flags.module.css';
import { roleWords, variantsOf } from './rows.ts';

/** One flag: what it hands out now, and its history with the way back to each entry. */
export function FlagDetail(props: { source: string; flagKey: string; mayAct: boolean }) {
  const { source, flagKey: key } = props;
  const environment = useWindow((state) => state.environment);
  const asked = useOperation('flags.read', { source, key, environment });
  const history = useOperation('flags.history', { source, key, environment, limit: 100 });
  const flag = asked.data?.flag;
  return (
    <Panel title={<CopyId id={key} label="flag" />} aside={<Go to="/flags">close</Go>} fill flush>
      {flag ? (
        <div className={styles.detail}>
          <p>
            <StateBadge tone={flag.state.enabled ? 'info' : 'unknown'}>
              {flag.state.enabled ? 'on' : 'off'}
            </StateBadge>{' '}
            in {flag.environment}, {flag.source}
            {roleWords(flag) ? ` · ${roleWords(flag)}` : ''}
          </p>
          {flag.description ? <p className={styles.dim}>{plainString(flag.description)}</p> : null}
          <StateNow state={flag.state} />
        </div>
      ) : asked.error ? (
        <ErrorState
          small
          error={asked.error}
          what={`The flag ${key} could not be read`}
          retry={() => void asked.refetch()}
        />
      ) : (
        <Skeleton lines={4} />
      )}
      <h3 className={styles.historyHead}>History</h3>
      {history.data ? (
        <History events={history.data.events} mayAct={props.mayAct} />
      ) : history.error ? (
        <ErrorState
          small
          error={history.error}
          what="The history could not be read"
          retry={() => void history.refetch()}
        />
      ) : (
        <Skeleton lines={5} />
      )}
    </Panel>
  );
}

function StateNow(props: { state: FlagState }) {
  const variants = variantsOf(props.state);
  return (
    <ul className={styles.strategies}>
      {props.state.strategies.map((strategy) => (
        <li key={strategy.id}>
          {plainString(strategy.name)}
          {strategy.parameters.rollout === undefined
            ? ''
            : ` ${plainString(strategy.parameters.rollout)} %`}
          {strategy.disabled ? ' (disabled)' : ''}
          {strategy.constraints.length > 0 ? ` · ${strategy.constraints.length} constraints` : ''}
        </li>
      ))}
      {variants.map((variant) => (
        <li key={variant.name} className={styles.variant}>
          <span>{plainString(variant.name)}</span>
          <span className={styles.bar} aria-hidden="true">
            <span style={{ width: `${Math.min(100, Math.max(0, variant.weight / 10))}%` }} />
          </span>
          <span className={styles.weight}>{formatPercent(variant.weight / 1000)}</span>
        </li>
      ))}
    </ul>
  );
}

function History(props: { events: readonly FlagEvent[]; mayAct: boolean }) {
  if (props.events.length === 0) {
    return (
      <Empty small title="No history">
        The flag service tells none for this flag.
      </Empty>
    );
  }
  return (
    <ol className={styles.history}>
      {props.events.map((event, index) => (
        <li key={event.id}>
          <div>
            <p>{plainString(event.summary)}</p>
            <p className={styles.dim}>
              <Moment at={event.at} seconds />
              {event.by ? ` by ${plainString(event.by)}` : ''}
            </p>
          </div>
          {index === 0 ? (
            <span className={styles.dim}>as it is now</span>
          ) : event.after === null ? (
            <span className={styles.dim} title="The flag service did not record the whole state">
              not restorable
            </span>
          ) : (
            <Button
              size="compact-xs"
              variant="default"
              disabled={!props.mayAct}
              title={props.mayAct ? undefined : LOOK_ONLY}
              onClick={() =>
                useWindow.getState().openPlan({
                  kind: 'restore',
                  source: event.source,
                  flag: event.key,
                  environment: event.environment,
                  event: event.id,
                })
              }
            >
              Restore this
            </Button>
          )}
        </li>
      ))}
    </ol>
  );
}
