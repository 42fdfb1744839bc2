import type { ReactNode } from 'react';
import { Redirect, useSearchParams } from 'wouter';
import type { Freshness } from '#shared/model/basics.ts';
import { placeOf } from '#shared/util/place.ts';
import { addressOf, useOperation } from '../../client/index.ts';
import { useIds } from '../../client/router.tsx';
import { Empty, ErrorState, Go, Screen, Skeleton } from '../../ui/index.ts';
import { MarkedWords } from '../../ui/Marked.tsx';
import { ConversationView } from './ConversationView.tsx';
import { FetchProblems, NotFound, useFetchNow } from './NotFound.tsx';
import { useConversation } from './pages.ts';

/** `/conversation/:id`, with `turn` (from 1), `span`, `play=1`; `service` and `in` where two share the ID; `q` = words to mark. */
export default function ConversationScreen() {
  const { id = '' } = useIds();
  const [search] = useSearchParams();
  const service = search.get('service');
  const environment = search.get('in');
  return (
    <MarkedWords value={search.get('q') ?? ''}>
      <Loaded
        key={`${id} ${service ?? ''} ${environment ?? ''}`}
        which={{ id, ...(service ? { service } : {}), ...(environment ? { environment } : {}) }}
      />
    </MarkedWords>
  );
}

function Loaded(props: { which: Parameters<typeof useConversation>[0] }) {
  const read = useConversation(props.which);
  const { head, summary } = read;
  const { id } = props.which;
  const fetching = useFetchNow(id, () => void head.refetch());
  if (id === '') {
    return (
      <Screen title="Conversation">
        <Empty title="No correlation ID" actions={<Go to="/conversations">All conversations</Go>}>
          The address should end with the ID of a conversation.
        </Empty>
      </Screen>
    );
  }
  if (head.error && !head.data) {
    return (
      <Screen title={`Conversation ${id}`}>
        {head.error.code === 'not_found' ? (
          <Elsewhere id={id}>
            <NotFound id={id} freshness={freshnessIn(head.error.detail)} fetching={fetching} />
          </Elsewhere>
        ) : (
          <ErrorState
            error={head.error}
            what="The conversation could not be read"
            retry={() => void head.refetch()}
          />
        )}
      </Screen>
    );
  }
  if (!head.data || !summary) {
    return (
      <Screen title={`Conversation ${id}`} fill>
        <Skeleton lines={2} label="Loading the conversation" />
        <Skeleton height={420} />
      </Screen>
    );
  }
  return (
    <ConversationView {...read} answer={head.data} summary={summary}>
      <FetchProblems asked={fetching.asked} />
    </ConversationView>
  );
}

/** What is no conversation's ID may be the trace ID of a turn, or an ID with something around it. */
function Elsewhere({ id, children }: { id: string; children: ReactNode }) {
  const [search] = useSearchParams();
  const { data, error } = useOperation('conversations.find', {
    text: id.slice(0, 10_000),
    limit: 2,
  });
  const found = data?.matches.filter(
    (match) => match.exact && (match.hitTurn !== null || match.id !== id),
  );
  const [only] = found?.length === 1 ? found : [];
  if (only) {
    const to = addressOf(placeOf('conversation', only.id), {
      service: only.service,
      in: only.environment,
      env: search.get('env') ?? undefined,
      turn: only.hitTurn === null ? undefined : String(only.hitTurn + 1),
    });
    return <Redirect to={to} replace />;
  }
  return data || error ? children : <Skeleton lines={4} label="Looking for it" />;
}

function freshnessIn(detail: Readonly<Record<string, unknown>> | undefined): Freshness[] {
  const list = detail?.freshness;
  return Array.isArray(list) ? list.filter(isFreshness) : [];
}

function isFreshness(value: unknown): value is Freshness {
  return typeof value === 'object' && value !== null && 'source' in value && 'state' in value;
}
