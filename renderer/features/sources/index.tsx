import { Button } from '@mantine/core';
import { useAct, useOperation, useSession } from '../../client/index.ts';
import { Empty, ErrorState, Notice, Panel, plural, Screen, Skeleton } from '../../ui/index.ts';
import { Configuration } from './Configuration.tsx';
import { SetAside } from './SetAside.tsx';
import { SourceRow } from './SourceRow.tsx';
import styles from './Sources.module.css';

export default function Sources() {
  const session = useSession();
  const read = useOperation('sources.list', {});
  const sync = useAct('sources.sync');
  const sources = read.data?.sources;
  const failing = sources?.filter((one) => one.state === 'error' || one.state === 'stale') ?? [];
  return (
    <Screen title="Sources">
      {read.error && sources ? (
        <Notice tone="watch" word="Stale">
          The sources could not be read again: {read.error.message}
        </Notice>
      ) : null}
      <SetAside files={read.data?.setAside ?? []} />
      {read.error && !sources ? (
        <ErrorState
          error={read.error}
          what="The sources could not be read"
          retry={() => void read.refetch()}
        />
      ) : !sources ? (
        <Skeleton lines={8} label="Loading the sources" />
      ) : sources.length === 0 ? (
        <Empty title="No source is configured">
          A source is where signals, alerts, flags, transcripts and runbooks come from. They are
          named in the configuration file.
        </Empty>
      ) : (
        <Panel
          flush
          className={styles.whole}
          title={
            failing.length > 0
              ? `${plural(failing.length, 'source')} of ${sources.length} not well; the others go on`
              : `${plural(sources.length, 'source')}, all well`
          }
          aside={
            <>
              {sync.error ? <span className={styles.error}>{sync.error.message} </span> : null}
              <Button
                variant="default"
                size="compact-xs"
                loading={sync.isPending}
                onClick={() => sync.mutate({})}
              >
                Sync all now
              </Button>
            </>
          }
        >
          <div className={styles.scroll}>
            <table className={styles.table}>
              <thead>
                <tr>
                  <th scope="col">source</th>
                  <th scope="col">state</th>
                  <th scope="col">answered</th>
                  <th scope="col">asked</th>
                  <th scope="col" className={styles.number}>
                    records
                  </th>
                  <th scope="col">address</th>
                  <th scope="col">
                    <span className="nd-unseen">actions</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {sources.map((source) => (
                  <SourceRow key={source.id} source={source} />
                ))}
              </tbody>
            </table>
          </div>
        </Panel>
      )}
      <Configuration admin={session?.role === 'admin'} demo={session?.demo ?? false} />
    </Screen>
  );
}
