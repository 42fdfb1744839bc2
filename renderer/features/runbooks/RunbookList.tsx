import { placeOf } from '#shared/util/place.ts';
import { plainString } from '#shared/util/visible-text.ts';
import { useOperation, useWindow } from '../../client/index.ts';
import {
  Age,
  Empty,
  ErrorState,
  Go,
  Notice,
  Panel,
  Screen,
  Skeleton,
  StaleNotice,
} from '../../ui/index.ts';
import styles from './Runbooks.module.css';
import { ReferencesBadge } from './references.tsx';

export function RunbookList() {
  const environment = useWindow((state) => state.environment);
  const read = useOperation('runbooks.list', { environment }, { enabled: environment !== '' });
  const alerts = useOperation('alerts.list', { environment }, { enabled: environment !== '' });
  const firing = new Set(
    alerts.data?.alerts.filter((one) => one.state === 'firing').map((one) => one.name),
  );
  const runbooks = (read.data?.runbooks ?? []).toSorted(
    (a, b) =>
      Number(b.alerts.some((name) => firing.has(name))) -
        Number(a.alerts.some((name) => firing.has(name))) || a.title.localeCompare(b.title),
  );
  return (
    <Screen title="Runbooks">
      <StaleNotice freshness={read.data?.freshness} />
      {read.error && read.data ? (
        <Notice tone="watch" word="Stale">
          The runbooks could not be read again: {read.error.message}
        </Notice>
      ) : null}
      {read.error && !read.data ? (
        <ErrorState
          error={read.error}
          what="The runbooks could not be read"
          retry={() => void read.refetch()}
        />
      ) : !read.data ? (
        <Skeleton lines={8} label="Loading the runbooks" />
      ) : runbooks.length === 0 ? (
        <Empty title="No runbooks yet" actions={<Go to="/sources">Sources</Go>}>
          Add a source of kind <code>runbook-folder</code>, and put markdown files with a title in
          their front matter into it.
        </Empty>
      ) : (
        <Panel
          flush
          className={styles.whole}
          title="Runbooks"
          aside="every flag, signal, service and action they name is checked"
        >
          <table className={styles.list}>
            <thead>
              <tr>
                <th scope="col">runbook</th>
                <th scope="col">answers</th>
                <th scope="col">for</th>
                <th scope="col">owner</th>
                <th scope="col">changed</th>
                <th scope="col">still true?</th>
              </tr>
            </thead>
            <tbody>
              {runbooks.map((runbook) => (
                <tr key={`${runbook.source} ${runbook.id}`}>
                  <td>
                    <Go to={placeOf('runbooks', ...runbook.id.split('/'))}>
                      <strong>{plainString(runbook.title)}</strong>
                    </Go>
                    {runbook.problem ? (
                      <div className={styles.broken}>{plainString(runbook.problem)}</div>
                    ) : null}
                    {runbook.check.references
                      .filter((one) => one.state === 'broken')
                      .map((one) => (
                        <div key={`${one.kind} ${one.name}`} className={styles.broken}>
                          {plainString(`${one.kind} ${one.name}: ${one.why}`)}
                        </div>
                      ))}
                  </td>
                  <td>
                    {runbook.alerts.length === 0 ? <span className={styles.dim}>–</span> : null}
                    {runbook.alerts.map((name) => (
                      <div key={name} data-firing={firing.has(name) || undefined}>
                        {firing.has(name) ? '▲ ' : ''}
                        {plainString(name)}
                        {firing.has(name) ? ' is firing' : ''}
                      </div>
                    ))}
                  </td>
                  <td>
                    {runbook.services.length === 0
                      ? 'every service'
                      : plainString(runbook.services.join(', '))}
                  </td>
                  <td>{plainString(runbook.owner ?? '–')}</td>
                  <td>
                    <Age at={runbook.modifiedAt} suffix=" ago" />
                  </td>
                  <td>
                    <ReferencesBadge check={runbook.check} problem={runbook.problem} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </Panel>
      )}
    </Screen>
  );
}
