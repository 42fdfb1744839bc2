import { lazy, Suspense } from 'react';
import type { SignalChartProps } from './chart/SignalChart.tsx';
import { Skeleton } from './StatePanel.tsx';

const SignalChart = lazy(() => import('./chart/SignalChart.tsx'));

/** The chart, fetched when the first one is shown: figures never wait for the drawing library. */
export function LazyChart(props: SignalChartProps) {
  return (
    <Suspense fallback={<Skeleton height={props.height ?? 120} label="Loading the chart" />}>
      <SignalChart {...props} />
    </Suspense>
  );
}
