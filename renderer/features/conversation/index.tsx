import { useParams, useSearchParams } from 'wouter';
import type { Freshness } from '#shared/model/basics.ts';
import { Empty, ErrorState, Go, Screen, Skeleton } from '../../ui/index.ts';
import { MarkedWords } from '../../ui/Marked.tsx';
import { ConversationView } from './ConversationView.tsx';
import { FetchProblems, NotFound, useFetchNow } from './NotFound.tsx';
import { useConversation } from './pages.ts';

/** `/conversation/:id`, with `turn` (from 1), `span`, `play=1`; `service` and `in` where two share the ID; `q` = words to mark. */
export default function ConversationScreen() {
  const params = useParams<{ id: string }>();
  const id = decode(params.id);
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
          <NotFound id={id} freshness={freshnessIn(head.error.detail)} fetching={fetching} />
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

function decode(text: string | undefined): string {
  if (text === undefined) return '';
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function freshnessIn(detail: Readonly<Record<string, unknown>> | undefined): Freshness[] {
  const list = detail?.freshness;
  return Array.isArray(list) ? list.filter(isFreshness) : [];
}

function isFreshness(value: unknown): value is Freshness {
  return typeof value === 'object' && value !== null && 'source' in value && 'state' in value;
}
