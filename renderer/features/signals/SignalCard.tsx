import { Tooltip } from '@mantine/core';
import { memo, useEffect, useRef, useState } from 'react';
import type { Band, SignalDefinition } from '#shared/model/signal.ts';
import { type ChartSeries, type LineTone, usualStep } from '../../ui/chart/series.ts';
import { bandInWords, formatBand, formatValue, unitWord } from '../../ui/index.ts';
import Drawing from './Drawing.tsx';
import { useHover } from './hover.ts';
import { Overlay, type OverlayMarker } from './Overlay.tsx';
import { valueAt } from './plot.ts';
import styles from './Signals.module.css';

export const PLOT_HEIGHT = 118;

export interface SignalCardProps {
  signal: SignalDefinition;
  series: readonly ChartSeries[];
  /** What the service says is healthy, where it says so. */
  ownBand: Band | undefined;
  band: { low: number | null; high: number | null } | null;
  from: number;
  to: number;
  width: number;
  markers: readonly OverlayMarker[];
  onPick: (at: number) => void;
  onZoom: (from: number, to: number) => void;
}

/** One signal: what it is and is worth now (or at the moment under the pointer), and its course. */
export default memo(function SignalCard(props: SignalCardProps) {
  const { signal, series, width } = props;
  const [box, near] = useNear();
  // Beside the band of the signal, a service may have its own.
  const judged = props.ownBand ?? signal.band;
  const words = formatBand(judged, signal.unit);
  return (
    <section ref={box} className={styles.card} aria-label={signal.title}>
      <header className={styles.cardHead}>
        <Tooltip
          label={`${signal.description} ${bandInWords({ band: judged, unit: signal.unit })}`}
        >
          <h2>{signal.title}</h2>
        </Tooltip>
        <span className={styles.bandWords}>
          {unitWord(signal.unit)}
          {words ? ` [${words}]` : ''}
        </span>
      </header>
      <Values signal={signal} series={series} />
      <div className={styles.plot} style={{ height: PLOT_HEIGHT }}>
        {series.length === 0 ? (
          <p className={styles.none}>
            No points in this range: no traffic, or the service does not expose it.
          </p>
        ) : near && width > 0 ? (
          <>
            <Drawing
              series={series}
              unit={signal.unit}
              from={props.from}
              to={props.to}
              band={props.band}
              width={width}
              height={PLOT_HEIGHT}
            />
            <Overlay {...props} />
          </>
        ) : null}
      </div>
    </section>
  );
});

const SHAPE: Record<LineTone, string> = {
  bad: '▲',
  watch: '◆',
  ok: '●',
  neutral: '–',
  accent: '–',
  faint: '○',
};

/** The figure of each line: at the pointer's moment, else the newest. */
function Values(props: { signal: SignalDefinition; series: readonly ChartSeries[] }) {
  const at = useHover((state) => state.at);
  return (
    <p className={styles.values}>
      {props.series.map((one) => {
        const reach = Math.max(30_000, 3 * usualStep(one.ts));
        const point = at === null ? null : valueAt(one, at, reach);
        const value = at === null ? one.value.at(-1) : point?.value;
        return (
          <span key={one.id}>
            <span
              className={styles.line}
              data-tone={one.tone}
              data-dashed={one.dashed || undefined}
            >
              <span aria-hidden="true">{SHAPE[one.tone]} </span>
              {one.label}
            </span>{' '}
            {formatValue(value, props.signal.unit)}
          </span>
        );
      })}
    </p>
  );
}

/** True from when the card first comes near the view: what is far below is not drawn. */
function useNear() {
  const box = useRef<HTMLElement>(null);
  const [near, setNear] = useState(false);
  useEffect(() => {
    const element = box.current;
    if (!element || near) return;
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some((entry) => entry.isIntersecting)) setNear(true);
      },
      { rootMargin: '300px' },
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, [near]);
  return [box, near] as const;
}
