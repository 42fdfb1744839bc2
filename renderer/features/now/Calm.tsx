import type { ModelRow } from '#shared/contract/flags.ts';
import type { Overview } from '#shared/contract/overview.ts';
import type { Drilled } from '#shared/model/action.ts';
import { placeOf } from '#shared/util/place.ts';
import { plainString } from '#shared/util/visible-text.ts';
import { DRILL_PATH } from '../../client/plan.ts';
import { useOperation } from '../../client/query.ts';
import {
  Age,
  formatDuration,
  Go,
  inLocalTime,
  Moment,
  Panel,
  plural,
  StateDot,
} from '../../ui/index.ts';
import { DrillButton } from './DrillButton.tsx';
import { countStates, headline } from './matrix.ts';
import styles from './now.module.css';

/** Nothing fires: what is being watched, so that calm is not mistaken for blindness. */
export function CalmBanner(props: { overview: Overview }) {
  const { overview } = props;
  const services = new Set(overview.matrix.map((row) => row.service)).size;
  const { ok, bad, watch } = countStates(overview.matrix);
  const blind = overview.freshness.filter((one) => one.state === 'error' || one.state === 'never');
  const stray = overview.strayAlerts.some(({ alert }) => alert.state === 'firing');
  const sure = blind.length === 0 && bad === 0 && ok > 0 && !stray;
  return (
    <Panel tone={sure ? 'ok' : 'watch'}>
      <div className={styles.calm}>
        <h2 className={styles.calmTitle}>
          <StateDot tone={sure ? 'ok' : 'watch'} word={sure ? 'Calm:' : 'Look:'} />{' '}
          {stray ? 'No watched service is' : 'Nothing is'} firing in {overview.environment}
        </h2>
        <p>
          {plural(services, 'service')} and {plural(overview.signals.length, 'signal')} each are
          watched. {bad + watch === 0 && ok > 0 ? 'All that can be judged are in band.' : null}
          {ok + bad + watch === 0 ? 'None of them has a value that can be judged yet.' : null}
          {bad > 0 ? `${plural(bad, 'value')} out of band. ` : null}
          {watch > 0 ? `${plural(watch, 'value')} near the edge.` : null}
        </p>
        {blind.length > 0 ? (
          <p>
            But {blind.map((one) => one.source).join(', ')} {blind.length === 1 ? 'does' : 'do'} not
            answer: what only {blind.length === 1 ? 'it' : 'they'} would tell is not known.{' '}
            <Go to="/sources">Look at Sources</Go>
          </p>
        ) : null}
      </div>
    </Panel>
  );
}

/** The last incident, and when the way back was last drilled. */
export function CalmHistory(props: { environment: string }) {
  const alerts = useOperation('alerts.list', {
    environment: props.environment,
    states: ['resolved'],
  });
  const actions = useOperation('actions.list', { environment: props.environment, limit: 5 });
  const models = useOperation('models.list', { environment: props.environment });
  const last = alerts.data?.alerts.toSorted((a, b) => b.startedAt - a.startedAt)[0];
  const readiness = useOperation('actions.readiness', { environment: props.environment });
  const ways = waysBack(models.data?.models ?? [], readiness.data?.drills ?? []);
  return (
    <>
      <Panel title="Last incident" fill>
        {last ? (
          <p>
            <strong>
              {plainString(headline({ service: last.service, title: last.summary || last.name }))}
            </strong>
            <br />
            <span className={styles.changeWhy}>
              <Moment at={last.startedAt} />
              {last.endedAt === null
                ? ''
                : `, for ${formatDuration(last.endedAt - last.startedAt)}`}
            </span>
          </p>
        ) : (
          <p className={styles.changeWhy}>None is recorded.</p>
        )}
        {actions.data?.actions.length ? (
          <ul className={styles.plainList}>
            {actions.data.actions.slice(0, 4).map((action) => (
              <li key={action.id}>
                <Go to={placeOf('action', action.id)}>{inLocalTime(action.title, Date.now())}</Go>{' '}
                <span className={styles.changeWhy}>
                  {action.outcome?.replaceAll('_', ' ') ?? 'running'} ·{' '}
                  <Age at={action.startedAt} suffix=" ago" />
                </span>
              </li>
            ))}
          </ul>
        ) : null}
      </Panel>
      <Panel title="Way back, last drilled" fill>
        <ul className={styles.plainList}>
          {ways.map((way) => (
            <li key={`${way.service} ${way.drill} ${way.environment}`}>
              {DRILL_PATH[way.drill]} of {plainString(way.service)}
              {way.environment === null ? '' : ` in ${way.environment}`}:{' '}
              {way.at === null ? (
                <StateDot tone="watch" word="never drilled" showWord />
              ) : (
                <Age at={way.at} suffix=" ago" />
              )}{' '}
              <DrillButton of={way} />
            </li>
          ))}
        </ul>
      </Panel>
    </>
  );
}

type Way = Pick<Drilled, 'service' | 'environment' | 'drill' | 'at' | 'idle'>;

/** What may be drilled, and the rollback of every other service that answers with a model version. */
function waysBack(models: readonly ModelRow[], drills: readonly Drilled[]): Way[] {
  const ways = new Map<string, Way>();
  for (const { service, lastDrilledAt: at } of models) {
    ways.set(service, { service, environment: null, drill: 'rollback', at });
  }
  for (const { service, drill } of drills) if (drill === 'rollback') ways.delete(service);
  return [...ways.values(), ...drills].sort((a, b) => a.service.localeCompare(b.service));
}
