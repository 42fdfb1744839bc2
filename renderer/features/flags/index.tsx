import { plainString } from '#shared/util/visible-text.ts';
import { useOperation } from '../../client/query.ts';
import { useIds } from '../../client/router.tsx';
import { useMayAct } from '../../client/session.ts';
import { useWindow } from '../../client/window.ts';
import { Empty, ErrorState, Panel, plural, Screen, Skeleton, StaleNotice } from '../../ui/index.ts';
import { FlagDetail } from './FlagDetail.tsx';
import { FlagsTable } from './FlagsTable.tsx';
import styles from './flags.module.css';
import { ModelsTable } from './ModelsTable.tsx';

const NONE: readonly never[] = [];

/** Flags and model versions: who gets what, how it does, and the way back in one click. */
export default function Flags() {
  const { source, key } = useIds();
  const environment = useWindow((state) => state.environment);
  const enabled = environment !== '';
  const models = useOperation('models.list', { environment }, { enabled });
  const flags = useOperation('flags.list', { environment }, { enabled });
  const readiness = useOperation('actions.readiness', { environment }, { enabled });
  const approvals = readiness.data?.approvals ?? NONE;
  const mayAct = useMayAct();
  const open = source !== undefined && key !== undefined;
  return (
    <Screen title="Flags & models" fill>
      <StaleNotice freshness={flags.data?.freshness} />
      <div className={styles.screen} data-open={open || undefined}>
        <div className={styles.tables}>
          <Panel
            title="Model versions"
            aside="traffic is what arrives; rollout is what the flag intends"
            flush
            className={styles.models}
          >
            {models.data ? (
              models.data.models.length > 0 ? (
                <ModelsTable
                  models={models.data.models}
                  flags={flags.data?.flags ?? NONE}
                  mayAct={mayAct}
                  narrow={open}
                />
              ) : (
                <Empty small title="No model version has been seen">
                  Versions come from the version label of the services’ series, and from the flag
                  that steers them.
                </Empty>
              )
            ) : models.error ? (
              <ErrorState
                small
                error={models.error}
                what="Model versions could not be read"
                retry={() => void models.refetch()}
              />
            ) : (
              <Skeleton lines={4} />
            )}
          </Panel>
          <Panel
            title="Flags"
            aside={
              flags.data ? (
                <>
                  {plural(flags.data.flags.length, 'flag')} in {environment}
                  {approvals.map((one) => (
                    <span key={one.source} title={plainString(one.how)}>
                      {' · '}
                      {approvalWord(one.needed)}
                    </span>
                  ))}
                </>
              ) : undefined
            }
            flush
            fill
          >
            {flags.data ? (
              flags.data.flags.length > 0 ? (
                <FlagsTable
                  flags={flags.data.flags}
                  models={models.data?.models ?? NONE}
                  drills={readiness.data?.drills ?? NONE}
                  selected={open ? `${source} ${key}` : null}
                  mayAct={mayAct}
                />
              ) : (
                <Empty small title={`No flag is known in ${environment}`}>
                  Connect a flag service in the configuration; Sources says whether one answers.
                </Empty>
              )
            ) : flags.error ? (
              <ErrorState
                small
                error={flags.error}
                what="Flags could not be read"
                retry={() => void flags.refetch()}
              />
            ) : (
              <Skeleton lines={5} />
            )}
          </Panel>
        </div>
        {open ? <FlagDetail source={source} flagKey={key} mayAct={mayAct} /> : null}
      </div>
    </Screen>
  );
}

function approvalWord(needed: boolean | null): string {
  if (needed === null) return 'approval: not known until the first write';
  return needed ? 'changes need an approval' : 'no approval is asked for';
}
