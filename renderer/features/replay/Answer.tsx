import { NativeSelect } from '@mantine/core';
import { RECORDED, type ReplayEndpoint, type ReplaySample } from '#shared/model/replay.ts';
import { cameToEnd } from '#shared/util/replay-counts.ts';
import { cutText, plainString } from '#shared/util/visible-text.ts';
import { formatCount, formatDuration, formatUsd, StateDot } from '../../ui/index.ts';
import { LongText, PlainText } from '../../ui/PlainText.tsx';
import styles from './replay.module.css';
import type { Piece } from './word-diff.ts';
import { endpointName, RULE_WORD, RULES, ruleWords } from './words.ts';

/** One answer with all that is known of it. Words that the other does not have are marked. */
export function Answer(props: {
  side: 'left' | 'right';
  endpoints: readonly ReplayEndpoint[];
  endpoint: string;
  sample: ReplaySample | undefined;
  /** Null = shown without comparison. */
  pieces: readonly Piece[] | null;
  count: number;
  sampleNumber: number;
  running: boolean;
  onEndpoint: (endpoint: string) => void;
  onStep: (by: number) => void;
}) {
  const { endpoint, endpoints, pieces, sample, side } = props;
  const name = endpointName(endpoints, endpoint);
  const counts = sample !== undefined && cameToEnd(sample);
  return (
    <section className={styles.answer} aria-label={`Answer of ${name}`}>
      <header>
        <NativeSelect
          size="xs"
          aria-label={`${side === 'left' ? 'Left' : 'Right'} column`}
          value={endpoint}
          data={[...endpoints.map(({ id }) => id), RECORDED].map((id) => ({
            value: id,
            label:
              id === endpoints[0]?.id
                ? `${endpointName(endpoints, id)}, baseline`
                : endpointName(endpoints, id),
          }))}
          onChange={(event) => props.onEndpoint(event.currentTarget.value)}
        />
        {endpoint === RECORDED || props.count < 2 ? null : (
          <span className={styles.stepper}>
            <button type="button" aria-label="Previous sample" onClick={() => props.onStep(-1)}>
              ‹
            </button>
            sample {props.sampleNumber + 1} of {props.count}
            <button type="button" aria-label="Next sample" onClick={() => props.onStep(1)}>
              ›
            </button>
          </span>
        )}
        {sample ? <Took sample={sample} /> : null}
      </header>
      {sample ? (
        <>
          <div
            className={styles.text}
            data-pass={counts ? sample.verdict.pass : undefined}
            lang={sample.language ?? undefined}
          >
            {sample.text === '' ? (
              <span className={styles.dim}>no words</span>
            ) : pieces ? (
              <Compared pieces={pieces} side={side} />
            ) : (
              <LongText text={sample.text} />
            )}
          </div>
          {sample.error ? (
            <p className={styles.bad}>
              {sample.state === 'partial' ? 'It broke off here: ' : 'No answer: '}
              <PlainText text={sample.error.message} />
            </p>
          ) : null}
          {counts ? (
            <Verdict sample={sample} />
          ) : (
            <p className={styles.dim}>It counts neither for nor against the version.</p>
          )}
          <Tools sample={sample} />
          <Judged sample={sample} />
        </>
      ) : (
        <p className={styles.dim}>
          {props.running ? 'Not answered yet.' : 'It was not asked: the run ended before.'}
        </p>
      )}
    </section>
  );
}

function Compared(props: { pieces: readonly Piece[]; side: 'left' | 'right' }) {
  return props.pieces.map((piece, at) => {
    const text = <PlainText text={piece.text} />;
    // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one fixed text
    if (!piece.own) return <span key={at}>{text}</span>;
    const Mark = props.side === 'left' ? 'del' : 'ins';
    // biome-ignore lint/suspicious/noArrayIndexKey: as above
    return <Mark key={at}>{text}</Mark>;
  });
}

function Took({ sample }: { sample: ReplaySample }) {
  const parts = [
    sample.latencyMs === null ? null : formatDuration(sample.latencyMs),
    sample.firstTokenMs === null ? null : `first words ${formatDuration(sample.firstTokenMs)}`,
    sample.outputTokens === null ? null : `${formatCount(sample.outputTokens)} tokens`,
    sample.costUsd === null ? null : formatUsd(sample.costUsd),
    sample.finishReason === null || sample.finishReason === 'stop' ? null : sample.finishReason,
  ];
  return (
    <span className={styles.took}>
      {plainString(parts.filter((part) => part !== null).join(' · '))}
    </span>
  );
}

/** Each rule by its name, with shape and word. */
function Verdict({ sample }: { sample: ReplaySample }) {
  return (
    <ul className={styles.rules} aria-label="Rules">
      {RULES.map((rule) => {
        const result = sample.verdict.rules[rule];
        const tone = result === 'pass' ? 'ok' : result === 'fail' ? 'bad' : 'unknown';
        return (
          <li key={rule} title={RULE_WORD[rule].means}>
            <StateDot tone={tone} word={ruleWords(sample, rule)} showWord />
          </li>
        );
      })}
    </ul>
  );
}

const ANSWER_WORD = {
  recorded: 'from the recording',
  unanswered: 'its answer was not recorded: stubbed, not executed',
  stubbed: 'not in the recording: stubbed, not executed',
  unreadable: 'arguments are not JSON: not executed',
} as const;

function Tools({ sample }: { sample: ReplaySample }) {
  return sample.toolCalls.map((call, at) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: calls of one fixed answer
    <details key={at} className={styles.fold}>
      <summary>
        <PlainText text={call.name} />(<PlainText text={inOneLine(call.arguments)} />){' '}
        <span className={call.answer === 'recorded' ? undefined : styles.bad}>
          {ANSWER_WORD[call.answer]}
        </span>
        {call.schemaErrors && call.schemaErrors.length > 0 ? (
          <span className={styles.bad}> {plainString(call.schemaErrors.join('; '))}</span>
        ) : null}
      </summary>
      <pre>
        <LongText text={call.result} />
      </pre>
    </details>
  ));
}

function Judged({ sample }: { sample: ReplaySample }) {
  const { judgeError, judgement } = sample;
  if (judgeError !== null)
    return <p className={styles.watch}>Not scored: {plainString(judgeError)}</p>;
  if (judgement === null) return null;
  const { addressed, grounded, injection, score, tone, why } = judgement;
  return (
    <p className={styles.judged}>
      {injection ? (
        <strong className={styles.watch}>The transcript speaks to the judge; not counted. </strong>
      ) : (
        <strong>Score {score?.toFixed(2)} </strong>
      )}
      addressed {addressed.toFixed(2)}, grounded{' '}
      {grounded?.toFixed(2) ?? '(nothing to hold it against)'}, tone {tone.toFixed(2)}.{' '}
      <PlainText text={why} />
    </p>
  );
}

function inOneLine(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > 90 ? `${cutText(line, 89)}…` : line;
}
