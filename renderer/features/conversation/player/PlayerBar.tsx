import { ActionIcon, Button, Tooltip } from '@mantine/core';
import { type PointerEvent, useRef } from 'react';
import { type StoreApi, useStore } from 'zustand';
import type { TurnMark } from '#shared/model/conversation.ts';
import { isEstimated, realAt, type Timeline } from '#shared/util/timeline.ts';
import { IconPause, IconPlay } from '../../../ui/icons.ts';
import { formatCount, formatCountdown, formatDuration, Kbd } from '../../../ui/index.ts';
import { JUMP_KEY, JUMP_KINDS, JUMP_WORD, type Jump, turnsOf } from './jumps.ts';
import styles from './PlayerBar.module.css';
import { SPEEDS } from './player.ts';
import type { PlayerStore } from './store.ts';

/** Play, scrub, step; failures and shortened silences are marked on the track. */
export function PlayerBar(props: {
  store: StoreApi<PlayerStore>;
  timeline: Timeline;
  /** What the track covers when it is not the whole conversation. */
  note: string | null;
  failureWord: (turn: number) => string;
  /** Null = not read. */
  marks: readonly TurnMark[] | null;
  /** What is said where there is no failure. */
  calm: string;
  onJump: (jump: Jump) => void;
}) {
  const { store, timeline } = props;
  const playing = useStore(store, (state) => state.playing);
  const speed = useStore(store, (state) => state.speed);
  const act = store.getState().act;
  const none = timeline.cues.length === 0;
  return (
    <section className={styles.bar} aria-label="Player">
      <Tooltip label={playing ? 'Pause (Space)' : 'Play (Space)'}>
        <ActionIcon
          variant="default"
          size={31}
          disabled={none}
          aria-label={playing ? 'Pause' : 'Play'}
          onClick={() => act({ type: 'toggle' })}
        >
          {playing ? <IconPause size={16} /> : <IconPlay size={16} />}
        </ActionIcon>
      </Tooltip>
      <Clock store={store} timeline={timeline} />
      <Track store={store} timeline={timeline} failureWord={props.failureWord} />
      {props.note ? <span className={styles.note}>{props.note}</span> : null}
      {props.marks ? <Jumps {...props} marks={props.marks} /> : null}
      <span className={styles.steps}>
        <span className={styles.stepWord}>step</span>
        <button
          type="button"
          aria-label="One message back"
          onClick={() => act({ type: 'step', by: -1 })}
        >
          <Kbd>←</Kbd>
        </button>
        <button
          type="button"
          aria-label="One message on"
          onClick={() => act({ type: 'step', by: 1 })}
        >
          <Kbd>→</Kbd>
        </button>
      </span>
      <Tooltip label="Speed (+ and −)">
        <Button
          variant="default"
          className={styles.speed}
          aria-label={`Speed ${speed} times; press for the next`}
          onClick={() => {
            const next = SPEEDS[(SPEEDS.indexOf(speed) + 1) % SPEEDS.length];
            if (next) act({ type: 'setSpeed', speed: next });
          }}
        >
          {speed}×
        </Button>
      </Tooltip>
    </section>
  );
}

/** How many there are of each kind in the whole conversation, and the way to the next. */
function Jumps(props: { marks: readonly TurnMark[]; calm: string; onJump: (jump: Jump) => void }) {
  const kinds = JUMP_KINDS.map((kind) => ({ kind, count: turnsOf(props.marks, kind).length }));
  const there = kinds.filter(({ count }) => count > 0);
  if (there.length === 0) return <span className={styles.note}>{props.calm}</span>;
  return (
    <span className={styles.jumps}>
      {there.map(({ kind, count }) => {
        const { one, many } = JUMP_WORD[kind];
        return (
          <Tooltip
            key={kind}
            label={`To the next ${one} (${JUMP_KEY[kind]}); with Shift to the one before`}
          >
            <button
              type="button"
              className={styles.hint}
              onClick={(event) => props.onJump({ kind, by: event.shiftKey ? -1 : 1 })}
            >
              {formatCount(count)} {count === 1 ? one : many} <Kbd>{JUMP_KEY[kind]}</Kbd>
            </button>
          </Tooltip>
        );
      })}
    </span>
  );
}

const ESTIMATED =
  'No step tells when this message came: it is placed between those of which that is known.';

function Clock(props: { store: StoreApi<PlayerStore>; timeline: Timeline }) {
  // Whole seconds: the clock is drawn again once a second, not once a frame.
  const second = useStore(props.store, (state) =>
    Math.floor(realAt(props.timeline, state.at) / 1000),
  );
  const estimated = useStore(props.store, (state) => isEstimated(props.timeline, state.at));
  return (
    <span className={styles.clock} title={estimated ? ESTIMATED : undefined}>
      {estimated ? '≈ ' : ''}
      {formatCountdown(second * 1000)} /{' '}
      {formatCountdown(Math.floor(props.timeline.realTotal / 1000) * 1000)}
    </span>
  );
}

function Track(props: {
  store: StoreApi<PlayerStore>;
  timeline: Timeline;
  failureWord: (turn: number) => string;
}) {
  const { store, timeline } = props;
  const { playTotal, cues, failures, feedback } = timeline;
  const at = useStore(store, (state) => state.at ?? playTotal);
  const track = useRef<HTMLDivElement>(null);
  const act = store.getState().act;
  const share = (ms: number) => (playTotal > 0 ? `${(100 * ms) / playTotal}%` : '0%');

  const seek = (event: PointerEvent) => {
    const box = track.current?.getBoundingClientRect();
    if (!box || box.width === 0) return;
    act({ type: 'seek', at: ((event.clientX - box.left) / box.width) * playTotal });
  };
  const real = realAt(timeline, at >= playTotal ? null : at);
  return (
    <div
      ref={track}
      className={styles.track}
      role="slider"
      tabIndex={0}
      aria-label="Position in the recording"
      aria-valuemin={0}
      aria-valuemax={Math.round(timeline.realTotal / 1000)}
      aria-valuenow={Math.round(real / 1000)}
      aria-valuetext={`${isEstimated(timeline, at) ? 'about ' : ''}${formatDuration(real)} of ${formatDuration(timeline.realTotal)}`}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        seek(event);
      }}
      onPointerMove={(event) => {
        if (event.buttons === 1) seek(event);
      }}
    >
      <div className={styles.rail} />
      <div className={styles.done} style={{ width: share(at) }} />
      {[...cues, ...feedback].map((cue) =>
        cue.skippedMs > 0 ? (
          <span
            key={`silence-${cue.waitedFrom}`}
            className={styles.silence}
            title={`${formatDuration(cue.skippedMs)} of silence left out`}
            style={{
              left: share(cue.waitedFrom),
              width: share(cue.playAt - cue.waitedFrom),
            }}
          />
        ) : null,
      )}
      {failures.map((failure) => (
        <span
          key={failure.turn}
          className={styles.failure}
          title={props.failureWord(failure.turn)}
          style={{ left: share(failure.playAt) }}
        />
      ))}
      <span className={styles.knob} style={{ left: share(at) }} />
    </div>
  );
}
