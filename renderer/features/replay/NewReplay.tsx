import { useSearchParams } from 'wouter';
import { tellingTurn } from '#shared/util/failures.ts';
import { useOperation } from '../../client/query.ts';
import { useWindow } from '../../client/window.ts';
import { Empty, ErrorState, Go, Screen, Skeleton } from '../../ui/index.ts';
import { Setup, type What } from './Setup.tsx';

/**
 * `/replays/new`: one conversation (`of`, with `service`, `in` and `turn` from 1), or many (`service`, `version`, `since`).
 */
export function NewReplay() {
  const [search] = useSearchParams();
  const of = search.get('of');
  return of === null ? <Many search={search} /> : <One id={of} search={search} />;
}

const TITLE = 'New re-run';

function One(props: { id: string; search: URLSearchParams }) {
  const { id, search } = props;
  const service = search.get('service');
  const environment = search.get('in');
  const which = {
    id,
    ...(service ? { service } : {}),
    ...(environment ? { environment } : {}),
  };
  const read = useOperation('conversations.read', { ...which, maxTurns: 0 });
  const summary = read.data?.conversation.summary;
  // Which turn failed is known of all of them, before any is read.
  const marks = useOperation(
    'conversations.marks',
    { key: summary?.key ?? 0 },
    { enabled: summary !== undefined },
  );
  const error = read.error ?? marks.error;
  if (!summary || !marks.data) {
    return (
      <Screen title={TITLE}>
        {error ? (
          <ErrorState
            error={error}
            what={`The conversation ${id} could not be read`}
            retry={() => void (read.error ? read : marks).refetch()}
          />
        ) : (
          <Skeleton height={320} label="Loading the conversation" />
        )}
      </Screen>
    );
  }
  const asked = Number(search.get('turn') ?? Number.NaN) - 1;
  const isTurn = Number.isInteger(asked) && asked >= 0 && asked < summary.turns;
  const what: What = {
    kind: 'one',
    which,
    summary,
    turn: isTurn ? asked : (tellingTurn(marks.data.marks) ?? Math.max(0, summary.turns - 1)),
  };
  return <Ready key={summary.key} what={what} environment={summary.environment} />;
}

function Many(props: { search: URLSearchParams }) {
  const { search } = props;
  const environment = useWindow((state) => state.environment);
  const settings = useOperation('settings.read', {});
  const since = Number(search.get('since') ?? Number.NaN);
  const services = settings.data?.services.map((one) => one.id) ?? [];
  const what: What = {
    kind: 'many',
    services,
    service: search.get('service') ?? services[0] ?? '',
    version: search.get('version'),
    since: Number.isFinite(since) ? since : null,
  };
  if (!settings.data || environment === '') {
    return (
      <Screen title={TITLE}>
        <Skeleton height={320} label="Loading the services" />
      </Screen>
    );
  }
  return <Ready key={`${what.service} ${what.version}`} what={what} environment={environment} />;
}

function Ready(props: { what: What; environment: string }) {
  const known = useOperation('replay.endpoints', {});
  const settings = useOperation('settings.read', {});
  if (!known.data || !settings.data) {
    return (
      <Screen title={TITLE}>
        {known.error ? (
          <ErrorState
            error={known.error}
            what="The endpoints could not be read"
            retry={() => void known.refetch()}
          />
        ) : (
          <Skeleton height={320} label="Loading the endpoints" />
        )}
      </Screen>
    );
  }
  if (known.data.endpoints.length === 0) {
    return (
      <Screen title={TITLE}>
        <Empty title="No endpoint is configured" actions={<Go to="/sources">The configuration</Go>}>
          A re-run needs a model that answers: name it under <code>endpoints</code>, with its
          address, its model and the version that it answers as. The example configuration shows
          how.
        </Empty>
      </Screen>
    );
  }
  return (
    <Setup
      what={props.what}
      environment={props.environment}
      known={known.data}
      services={settings.data.services}
    />
  );
}
