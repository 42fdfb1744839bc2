import { useMemo } from 'react';
import type { Turn } from '#shared/model/conversation.ts';
import { useOperation } from '../../client/index.ts';
import {
  Empty,
  ErrorState,
  formatCount,
  formatDuration,
  Panel,
  plural,
  Skeleton,
} from '../../ui/index.ts';
import styles from './Conversation.module.css';
import { Rerun } from './Rerun.tsx';
import { useSteps } from './steps.ts';
import { layoutSpans } from './waterfall/layout.ts';
import { SpanDetail } from './waterfall/SpanDetail.tsx';
import { Waterfall } from './waterfall/Waterfall.tsx';

/** The steps of the selected turn, and what the selected step tells. */
export function TurnPanel(props: {
  /** Key of the conversation. */
  conversation: number;
  turn: Turn | null;
  number: number;
  span: string | null;
  /** The step that took longest is what one came for, rather than the one that failed. */
  slowest: boolean;
  onSpan: (spanId: string) => void;
}) {
  const { turn } = props;
  const { answer, coming } = useSteps(turn?.traceId ?? null);
  const layout = useMemo(() => layoutSpans(answer.data?.spans ?? []), [answer.data]);
  const steps = useMemo(
    () => layout.rows.filter((row) => row.depth > 0).map((row) => row.span),
    [layout],
  );
  const slowest = useMemo(() => steps.toSorted((a, b) => b.durationMs - a.durationMs)[0], [steps]);
  // What one wants to see first: the step that failed, else the one that took longest.
  const selected =
    layout.rows.find((row) => row.span.spanId === props.span)?.span ??
    (props.slowest ? undefined : steps.find((span) => span.status === 'error')) ??
    slowest ??
    layout.rows[0]?.span ??
    null;
  const total = answer.data?.total ?? 0;
  return (
    <Panel
      flush
      fill
      className={styles.side}
      title={
        turn
          ? `Turn ${props.number + 1} · ${formatDuration(turn.durationMs)}`
          : `Turn ${props.number + 1}`
      }
      aside={
        answer.data
          ? total > layout.rows.length
            ? `the first ${formatCount(layout.rows.length)} of ${plural(total, 'step')}${coming ? ', the rest is coming' : ''}`
            : plural(total, 'step')
          : null
      }
    >
      {answer.error && !answer.data ? (
        <ErrorState
          small
          error={answer.error}
          what="The steps of this turn could not be read"
          retry={() => void answer.refetch()}
        />
      ) : !answer.data ? (
        <Skeleton lines={6} label="Loading the steps of this turn" />
      ) : layout.rows.length === 0 ? (
        <Empty small title="No steps of this turn are cached">
          Its spans were pruned, or have not arrived yet. The messages stay.
        </Empty>
      ) : (
        <div className={styles.steps}>
          <Waterfall
            layout={layout}
            selected={selected?.spanId ?? null}
            slowest={slowest?.spanId ?? null}
            onSelect={props.onSpan}
          />
          {selected && turn ? (
            <StepDetail
              traceId={turn.traceId}
              spanId={selected.spanId}
              called={layout.rows.find(({ span }) => span === selected)?.called ?? null}
              startedAt={turn.startedAt}
              language={turn.language}
            />
          ) : null}
          <Rerun conversation={props.conversation} turn={props.number} />
        </div>
      )}
    </Panel>
  );
}

function StepDetail(props: {
  traceId: string;
  spanId: string;
  called: number | null;
  startedAt: number;
  language: string | null;
}) {
  const { traceId, spanId } = props;
  const answer = useOperation('conversations.span', { traceId, spanId }, { keepPrevious: true });
  if (answer.error && !answer.data) {
    return (
      <ErrorState
        small
        error={answer.error}
        what="This step could not be read"
        retry={() => void answer.refetch()}
      />
    );
  }
  if (!answer.data) return <Skeleton lines={4} label="Loading the step" />;
  if (answer.data.span === null) return <Empty small title="This step is no longer cached" />;
  return (
    <SpanDetail
      span={answer.data.span}
      called={props.called}
      startedAt={props.startedAt}
      language={props.language}
    />
  );
}
