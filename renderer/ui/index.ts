export { FreshnessLine, StaleNotice } from './FreshnessLine.tsx';
export * from './format.ts';
export { Go } from './Go.tsx';
export { Panel } from './Panel.tsx';
export { Screen } from './Screen.tsx';
export { Empty, ErrorState, Notice, Skeleton, StatePanel } from './StatePanel.tsx';
export * from './state.tsx';
export { Age, CopyId, copyText, Dim, Kbd, Moment, Mono, Num } from './text.tsx';
