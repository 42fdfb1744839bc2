import { useEffect, useMemo, useState } from 'react';
import { useSearchParams } from 'wouter';
import { RECORDED, type Replay, type ReplaySample, type ReplayTurn } from '#shared/model/replay.ts';
import { placeOf } from '#shared/util/place.ts';
import { cutText, plainString } from '#shared/util/visible-text.ts';
import { useOperation } from '../../client/query.ts';
import { useWindow } from '../../client/window.ts';
import { ErrorState, Go, Notice, Panel, Skeleton, StateDot } from '../../ui/index.ts';
import { LongText } from '../../ui/PlainText.tsx';
import { Answer } from './Answer.tsx';
import styles from './replay.module.css';
import { wordDiff } from './word-diff.ts';
import { endpointName, passedOf, remarkWords, toneOfTotals } from './words.ts';

/** One conversation of a re-run: a turn, and two of its answers word against word. */
export function Comparison(props: { replay: Replay; number: number }) {
  const { number, replay } = props;
  const asked = useOperation('replay.case', { id: replay.id, number });
  const [search, setSearch] = useSearchParams();
  if (!asked.data) {
    return (
      <Panel title="Answers">
        {asked.error ? (
          <ErrorState
            small
            error={asked.error}
            what="The answers could not be read"
            retry={() => void asked.refetch()}
          />
        ) : (
          <Skeleton height={180} label="Loading the answers" />
        )}
      </Panel>
    );
  }
  const { case: one, turns } = asked.data;
  const wanted = Number(search.get('turn') ?? Number.NaN) - 1;
  const turn = turns.find((other) => other.turn === wanted) ?? turns[0];
  return (
    <Panel
      className={styles.comparison}
      title="Answers, word against word"
      aside={
        <Go
          to={placeOf('conversation', one.conversationId)}
          extra={{
            service: replay.service,
            in: replay.environment,
            turn: String((turn?.turn ?? 0) + 1),
          }}
        >
          the recording of <code>{plainString(one.conversationId)}</code>
        </Go>
      }
    >
      {one.remarks.length > 0 ? (
        <div className={styles.remarks}>
          <Notice tone="watch" word="Note:">
            {remarkWords(one.remarks)}
          </Notice>
        </div>
      ) : null}
      {turns.length > 1 ? (
        <TurnTabs
          endpoints={replay.endpoints}
          turns={turns}
          chosen={turn?.turn ?? 0}
          onChoose={(next) =>
            setSearch(
              (now) => {
                now.set('turn', String(next + 1));
                return now;
              },
              { replace: true },
            )
          }
        />
      ) : null}
      {turn ? (
        <Pair key={turn.turn} replay={replay} turn={turn} />
      ) : (
        <p className={styles.dim}>Nothing was answered yet.</p>
      )}
    </Panel>
  );
}

function TurnTabs(props: {
  endpoints: Replay['endpoints'];
  turns: readonly ReplayTurn[];
  chosen: number;
  onChoose: (turn: number) => void;
}) {
  return (
    <nav className={styles.tabs} aria-label="Turns">
      {props.turns.map((turn) => (
        <button
          key={turn.turn}
          type="button"
          aria-pressed={turn.turn === props.chosen}
          title={plainString(cutText(turn.question, 200))}
          onClick={() => props.onChoose(turn.turn)}
        >
          turn {turn.turn + 1}{' '}
          {turn.totals
            .filter((totals) => totals.endpoint !== RECORDED)
            .map((totals) => (
              <StateDot
                key={totals.endpoint}
                tone={toneOfTotals(totals)}
                word={`${endpointName(props.endpoints, totals.endpoint)}: ${passedOf(totals)}`}
              />
            ))}
        </button>
      ))}
    </nav>
  );
}

/** The baseline beside the other; each column can show any endpoint, and both step through the samples. */
function Pair(props: { replay: Replay; turn: ReplayTurn }) {
  const { replay, turn } = props;
  const [first, second] = replay.endpoints;
  const [left, setLeft] = useState(first?.id ?? RECORDED);
  const [right, setRight] = useState(second?.id ?? RECORDED);
  const [sample, setSample] = useState(0);
  const count = Math.max(1, replay.samples);
  const step = (by: number) => setSample((at) => (at + by + count) % count);
  const leftSample = sampleOf(turn, left, sample);
  const rightSample = sampleOf(turn, right, sample);
  const diff = useMemo(
    () =>
      leftSample && rightSample && leftSample.text !== '' && rightSample.text !== ''
        ? wordDiff(leftSample.text, rightSample.text)
        : null,
    [leftSample, rightSample],
  );
  useStepKeys(step, count > 1);
  const column = {
    endpoints: replay.endpoints,
    count,
    sampleNumber: sample,
    running: replay.state === 'running',
  };
  return (
    <>
      <div className={styles.question}>
        <span className="nd-unseen">User: </span>
        <LongText text={turn.question} />
      </div>
      <div className={styles.pair}>
        <Answer
          {...column}
          side="left"
          endpoint={left}
          sample={leftSample}
          pieces={diff?.left ?? null}
          onEndpoint={setLeft}
          onStep={step}
        />
        <Answer
          {...column}
          side="right"
          endpoint={right}
          sample={rightSample}
          pieces={diff?.right ?? null}
          onEndpoint={setRight}
          onStep={step}
        />
      </div>
      {leftSample?.text && rightSample?.text && diff === null ? (
        <p className={styles.note}>
          Hardly a word in common, or too long to compare: shown without marks.
        </p>
      ) : null}
    </>
  );
}

function sampleOf(turn: ReplayTurn, endpoint: string, sample: number): ReplaySample | undefined {
  if (endpoint === RECORDED) return turn.recorded;
  return turn.samples.find((one) => one.endpoint === endpoint && one.sample === sample);
}

/** Arrows step through the samples, wherever nothing is typed into. */
function useStepKeys(step: (by: number) => void, several: boolean): void {
  useEffect(() => {
    if (!several) return;
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (document.querySelector('[aria-modal="true"]')) return;
      const target = event.target;
      if (target instanceof HTMLElement && /^(input|select|textarea)$/i.test(target.tagName))
        return;
      if (event.key === 'ArrowRight') step(1);
      else if (event.key === 'ArrowLeft') step(-1);
      else return;
      event.preventDefault();
    };
    window.addEventListener('keydown', onKey);
    const { setCommands } = useWindow.getState();
    setCommands('replay', [
      { id: 'next', label: 'Next sample', keys: '→', run: () => step(1) },
      { id: 'previous', label: 'Previous sample', keys: '←', run: () => step(-1) },
    ]);
    return () => {
      window.removeEventListener('keydown', onKey);
      setCommands('replay', []);
    };
  }, [step, several]);
}
