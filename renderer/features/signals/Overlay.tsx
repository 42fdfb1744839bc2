import { type KeyboardEvent, type PointerEvent, useRef, useState } from 'react';
import type { SignalDefinition } from '#shared/model/signal.ts';
import { type ChartSeries, usualStep } from '../../ui/chart/series.ts';
import { formatClock, formatValue } from '../../ui/index.ts';
import { useHover } from './hover.ts';
import { MARGIN, momentOf, valueAt, xOf } from './plot.ts';
import styles from './Signals.module.css';

export interface OverlayMarker {
  at: number;
  title: string;
  /** Of this service, rather than of another one or of all. */
  own: boolean;
}

/** Fewer pixels than this are a click, not a stretch. */
const DRAG_PX = 5;

/** What moves above the drawing: the pointer's moment, a dragged stretch, change markers, and the keys. */
export function Overlay(props: {
  signal: SignalDefinition;
  series: readonly ChartSeries[];
  from: number;
  to: number;
  width: number;
  markers: readonly OverlayMarker[];
  onPick: (at: number) => void;
  onZoom: (from: number, to: number) => void;
}) {
  const { from, to, width, series, signal } = props;
  const scale = { from, to, width };
  const at = useHover((state) => state.at);
  const setHover = useHover((state) => state.set);
  const box = useRef<HTMLDivElement>(null);
  const [drag, setDrag] = useState<{ start: number; end: number } | null>(null);

  const xIn = (event: PointerEvent) =>
    event.clientX - (box.current?.getBoundingClientRect().left ?? 0);
  const onMove = (event: PointerEvent) => {
    const x = xIn(event);
    setHover(momentOf(scale, x));
    if (drag) setDrag({ ...drag, end: x });
  };
  const onUp = (event: PointerEvent) => {
    if (!drag) return;
    const end = xIn(event);
    setDrag(null);
    if (Math.abs(end - drag.start) < DRAG_PX) props.onPick(momentOf(scale, end));
    else {
      props.onZoom(
        momentOf(scale, Math.min(drag.start, end)),
        momentOf(scale, Math.max(drag.start, end)),
      );
    }
  };
  const onKey = (event: KeyboardEvent) => {
    const now = at ?? to;
    const step = (to - from) / 60;
    const span = to - from;
    if (event.key === 'ArrowLeft') setHover(Math.max(from, now - step));
    else if (event.key === 'ArrowRight') setHover(Math.min(to, now + step));
    else if (event.key === 'Enter') props.onPick(now);
    else if (event.key === '+') props.onZoom(now - span / 4, now + span / 4);
    else if (event.key === 'Escape') setHover(null);
    else return;
    event.preventDefault();
  };
  const moment = at ?? to;
  const words = series
    .map((one) => {
      const point = valueAt(one, moment, Math.max(30_000, 3 * usualStep(one.ts)));
      return `${one.label} ${formatValue(point?.value, signal.unit)}`;
    })
    .join(', ');
  return (
    <div
      ref={box}
      className={styles.overlay}
      role="slider"
      tabIndex={0}
      aria-label={`${signal.title}: arrows move the moment, Enter shows conversations from then, plus zooms in`}
      aria-valuemin={Math.round(from / 1000)}
      aria-valuemax={Math.round(to / 1000)}
      aria-valuenow={Math.round(moment / 1000)}
      aria-valuetext={`${formatClock(moment, { seconds: true })}: ${words}`}
      onPointerMove={onMove}
      onPointerLeave={() => {
        if (!drag) setHover(null);
      }}
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        const x = xIn(event);
        setDrag({ start: x, end: x });
      }}
      onPointerUp={onUp}
      onPointerCancel={() => setDrag(null)}
      onKeyDown={onKey}
      onBlur={() => setHover(null)}
    >
      {props.markers
        .filter((marker) => marker.at >= from && marker.at <= to)
        .map((marker) => (
          <span
            key={`${marker.at} ${marker.title}`}
            className={styles.marker}
            data-own={marker.own || undefined}
            data-near={
              at !== null && Math.abs(xOf(scale, at) - xOf(scale, marker.at)) < 5 ? '' : undefined
            }
            style={{ left: xOf(scale, marker.at), top: MARGIN.top, bottom: MARGIN.bottom }}
          >
            <span
              className={styles.markerWords}
              data-left={xOf(scale, marker.at) > width / 2 || undefined}
            >
              {formatClock(marker.at, { seconds: true })} {marker.title}
            </span>
          </span>
        ))}
      {at === null || at < from || at > to ? null : (
        <span
          className={styles.cursor}
          style={{ left: xOf(scale, at), top: MARGIN.top, bottom: MARGIN.bottom }}
        />
      )}
      {drag && Math.abs(drag.end - drag.start) >= DRAG_PX ? (
        <span
          className={styles.stretch}
          style={{
            left: Math.min(drag.start, drag.end),
            width: Math.abs(drag.end - drag.start),
            top: MARGIN.top,
            bottom: MARGIN.bottom,
          }}
        />
      ) : null}
    </div>
  );
}
