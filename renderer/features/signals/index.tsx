import { Button, SegmentedControl } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { lazy, type ReactNode, Suspense, useCallback, useMemo } from 'react';
import { useSearchParams } from 'wouter';
import type { MatrixRow } from '#shared/contract/overview.ts';
import type { FrameSeries, SignalDefinition } from '#shared/model/signal.ts';
import { placeOf } from '#shared/util/place.ts';
import { plainString } from '#shared/util/visible-text.ts';
import { addressOf, go, goWith, LAST, useOperation, useWindow } from '../../client/index.ts';
import {
  Age,
  Dim,
  Empty,
  ErrorState,
  formatClock,
  Go,
  Notice,
  Screen,
  Skeleton,
  StaleNotice,
} from '../../ui/index.ts';
import { useNow } from '../../ui/now.ts';
import { useHover } from './hover.ts';
import type { OverlayMarker } from './Overlay.tsx';
import { aroundMoment, bandOf, seriesOf } from './plot.ts';
import styles from './Signals.module.css';
import { useFrames } from './use-frames.ts';

// The drawing library is fetched with the first card, and once for all of them.
const SignalCard = lazy(() => import('./SignalCard.tsx'));

const RESOLUTION: Record<string, string> = {
  raw: 'every scrape',
  '5m': '5 min averages',
  '1h': '1 h averages',
  '3h': '3 h averages',
};
const NO_ROWS: readonly MatrixRow[] = [];
const NO_SIGNALS: readonly SignalDefinition[] = [];

export default function Signals() {
  const environment = useWindow((state) => state.environment);
  const range = useWindow((state) => state.range);
  const [params, setParams] = useSearchParams();
  const overview = useOperation('overview.read', { environment }, { enabled: environment !== '' });
  const listed = useOperation('signals.list', {});
  const settings = useOperation('settings.read', {});
  const services = useMemo(
    () => [...new Set(overview.data?.matrix.map((row) => row.service))],
    [overview.data],
  );
  // Where nobody has chosen: the service that is in trouble.
  const troubled = overview.data?.incidents[0]?.service ?? overview.data?.alerts[0]?.service;
  const service =
    params.get('service') ?? services.find((one) => one === troubled) ?? services[0] ?? '';
  const signals = listed.data?.signals ?? NO_SIGNALS;
  const frames = useFrames(signals, environment, service, range);
  const { from, to } = frames;
  const changes = useOperation(
    'changes.list',
    { environment, service, from: minute(from, -1), to: minute(to, 1) },
    { enabled: environment !== '' && service !== '', keepPrevious: true },
  );

  const rows = useMemo(
    () => overview.data?.matrix.filter((row) => row.service === service) ?? NO_ROWS,
    [overview.data, service],
  );
  const config = settings.data?.services.find((one) => one.id === service);
  const lines = useLines(frames.series, signals, rows);
  const bands = useMemo(
    () => new Map(signals.map((signal) => [signal.id, bandOf(signal, config, rows)])),
    [signals, config, rows],
  );
  const pinned = Number(params.get('at') ?? Number.NaN);
  const markers = useMemo<OverlayMarker[]>(
    () => [
      ...(changes.data?.changes ?? []).map((change) => ({
        at: change.at,
        title: plainString(change.title),
        own: change.service === service,
      })),
      ...(Number.isFinite(pinned)
        ? [{ at: pinned, title: 'the turn you came from', own: true }]
        : []),
    ],
    [changes.data, service, pinned],
  );
  const span = to - from;
  const onPick = useCallback(
    (at: number) => {
      const around = aroundMoment(at, span);
      go(
        addressOf('/conversations', {
          service,
          range: '',
          from: String(around.from),
          to: String(around.to),
        }),
      );
    },
    [service, span],
  );
  const onZoom = useCallback((start: number, end: number) => {
    goWith({
      range: {
        kind: 'fixed',
        from: Math.round(start),
        to: Math.round(Math.max(end, start + 10_000)),
      },
    });
  }, []);

  const { ref, width } = useElementSize();
  const columns = Math.max(1, Math.floor((width + GAP) / (MIN_CARD + GAP)));
  const cardWidth = width > 0 ? Math.floor((width - (columns - 1) * GAP) / columns) - 2 : 0;

  const error = frames.error ?? listed.error ?? overview.error;
  const nothing = frames.answered && frames.series.length === 0;
  return (
    <Screen
      title="Signals"
      head={
        <>
          {services.length > 0 ? (
            <SegmentedControl
              size="xs"
              aria-label="Service"
              data={services}
              value={service}
              onChange={(next) =>
                setParams((now) => {
                  now.set('service', next);
                  return now;
                })
              }
            />
          ) : null}
          <SegmentedControl
            size="xs"
            aria-label="Range"
            data={LAST.map((one) => ({ value: one.id, label: one.id }))}
            value={range.kind === 'last' ? (LAST.find((one) => one.ms === range.ms)?.id ?? '') : ''}
            onChange={(id) => {
              const next = LAST.find((one) => one.id === id);
              if (next) goWith({ range: { kind: 'last', ms: next.ms } });
            }}
          />
          {range.kind === 'fixed' ? (
            <>
              <Dim>
                <Stretch from={from} to={to} />
              </Dim>
              <Button variant="default" onClick={() => goWith({ range: wider(range) })}>
                Wider
              </Button>
            </>
          ) : null}
          <span className={styles.facts}>
            <HoverTime />
            {frames.resolution ? RESOLUTION[frames.resolution] : null}
            {frames.newest === null ? null : (
              <>
                {' · newest point '}
                <Age at={frames.newest} suffix=" ago" />
              </>
            )}
          </span>
        </>
      }
    >
      <StaleNotice freshness={frames.freshness} />
      {error && frames.answered ? (
        <Notice tone="watch" word="Stale">
          The signals could not be read again: {error.message}
        </Notice>
      ) : null}
      {error && !frames.answered ? (
        <ErrorState error={error} what="The signals could not be read" retry={frames.again} />
      ) : overview.data && services.length === 0 ? (
        <Empty title="No service runs in this environment" actions={<Go to="/sources">Sources</Go>}>
          The configuration names none here.
        </Empty>
      ) : nothing ? (
        <Empty
          title={`No points of ${service} in this range`}
          actions={<Go to="/sources">Look at the sources</Go>}
        >
          No traffic gives no points. If there was traffic, its source has not been read yet.
        </Empty>
      ) : null}
      <Changes markers={markers} back={params.get('of') ? <BackToTurn params={params} /> : null} />
      <div
        ref={ref}
        className={styles.grid}
        style={{ gridTemplateColumns: `repeat(${columns}, 1fr)` }}
      >
        <Suspense fallback={<Blocks />}>
          {frames.loading ? (
            <Blocks />
          ) : nothing ? null : (
            signals.map((signal) => (
              <SignalCard
                key={signal.id}
                signal={signal}
                series={lines.get(signal.id) ?? []}
                ownBand={config?.bands[signal.id]}
                band={bands.get(signal.id) ?? null}
                from={from}
                to={to}
                width={cardWidth}
                markers={markers}
                onPick={onPick}
                onZoom={onZoom}
              />
            ))
          )}
        </Suspense>
      </div>
    </Screen>
  );
}

function Blocks() {
  return Array.from({ length: 9 }, (_, at) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: blocks have no identity
    <Skeleton key={at} height={160} label="Loading the signals" />
  ));
}

const GAP = 10;
const MIN_CARD = 340;

function useLines(
  series: readonly FrameSeries[],
  signals: readonly SignalDefinition[],
  rows: readonly MatrixRow[],
) {
  // The rows change with every look at the world; the lines only need their parts and states.
  const states = JSON.stringify(
    rows.map((row) => [row.version, row.part, row.cells.map((cell) => [cell.signal, cell.state])]),
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: `states` is what is used of the rows
  return useMemo(
    () => new Map(signals.map((signal) => [signal.id, seriesOf(series, signal.id, rows)])),
    [series, signals, states],
  );
}

function HoverTime() {
  const at = useHover((state) => state.at);
  return at === null ? null : (
    <strong>{formatClock(at, { seconds: true, now: Date.now() })} · </strong>
  );
}

function Stretch(props: { from: number; to: number }) {
  const now = useNow(60);
  return (
    <>
      {formatClock(props.from, { seconds: true, now })} –{' '}
      {formatClock(props.to, { seconds: true, now })}
    </>
  );
}

/** The markers in words: pointing at one shows its moment in all charts. */
function Changes(props: { markers: readonly OverlayMarker[]; back: ReactNode }) {
  const { markers } = props;
  const setHover = useHover((state) => state.set);
  if (markers.length === 0) return null;
  const newest = markers.toSorted((a, b) => b.at - a.at).slice(0, 6);
  return (
    <ul className={styles.changes} aria-label="Changes in this range">
      {props.back ? <li>{props.back}</li> : null}
      {newest.map((marker) => (
        <li
          key={`${marker.at} ${marker.title}`}
          data-own={marker.own || undefined}
          onPointerEnter={() => setHover(marker.at)}
          onPointerLeave={() => setHover(null)}
        >
          <span aria-hidden="true">┆ </span>
          {formatClock(marker.at, { seconds: true, now: Date.now() })} {marker.title}
        </li>
      ))}
      {markers.length > newest.length ? <li>and {markers.length - newest.length} more</li> : null}
    </ul>
  );
}

function wider(range: { from: number; to: number }) {
  const span = range.to - range.from;
  return { kind: 'fixed' as const, from: range.from - span / 2, to: range.to + span / 2 };
}

/** Whole minutes, so that a moving range asks the same question for a while. */
function minute(at: number, side: 1 | -1): number {
  const whole = at / 60_000;
  return (side > 0 ? Math.ceil(whole) : Math.floor(whole)) * 60_000;
}

/** Whoever looked up what the signals did at a turn goes back to it from here. */
function BackToTurn({ params }: { params: URLSearchParams }) {
  const id = params.get('of') ?? '';
  const turn = params.get('turn') ?? '1';
  return (
    <Go
      to={placeOf('conversation', id)}
      extra={{ turn, service: params.get('by') ?? '', in: params.get('where') ?? '' }}
    >
      ← back to turn {turn} of {id.slice(0, 24)}
    </Go>
  );
}
