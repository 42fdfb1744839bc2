/** Spans of one turn as rows of a waterfall. Pure. */
import type { SpanOutline } from '#shared/model/conversation.ts';

export interface WaterfallRow {
  span: SpanOutline;
  depth: number;
  children: number;
  /** Share of the turn's time before it begins, and that it takes; 0–1. */
  left: number;
  width: number;
  /** Share of its own bar until the first token came; null where it is not known. */
  firstToken: number | null;
  /** Its parent is not among the spans: late, lost, or beyond the limit. */
  orphan: boolean;
  /** When the step that called it began; null = not among the spans. */
  called: number | null;
}

export interface WaterfallLayout {
  rows: readonly WaterfallRow[];
  /** How long all of it took. */
  durationMs: number;
}

/** Nested by parent, siblings by beginning. Takes any order, missing parents, and parents in a circle. */
export function layoutSpans(spans: readonly SpanOutline[]): WaterfallLayout {
  const byId = new Map<string, SpanOutline>();
  for (const span of spans) byId.set(span.spanId, span);
  const children = new Map<string | null, SpanOutline[]>();
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  for (const span of byId.values()) {
    from = Math.min(from, span.startedAt);
    to = Math.max(to, span.startedAt + span.durationMs);
    const known = span.parentId !== null && byId.has(span.parentId);
    const parent = known ? span.parentId : null;
    const siblings = children.get(parent);
    if (siblings) siblings.push(span);
    else children.set(parent, [span]);
  }
  if (byId.size === 0) return { rows: [], durationMs: 0 };
  for (const siblings of children.values()) siblings.sort(byStart);

  const durationMs = to - from;
  const rows: WaterfallRow[] = [];
  const seen = new Set<string>();
  const add = (roots: readonly SpanOutline[]) => {
    // A stack instead of recursion: a trace may be thousands of spans deep.
    const open = roots.toReversed().map((span) => ({ span, depth: 0 }));
    for (let next = open.pop(); next; next = open.pop()) {
      const { span, depth } = next;
      if (seen.has(span.spanId)) continue;
      seen.add(span.spanId);
      const own = children.get(span.spanId) ?? [];
      rows.push({
        span,
        depth,
        children: own.length,
        left: durationMs > 0 ? (span.startedAt - from) / durationMs : 0,
        width: durationMs > 0 ? span.durationMs / durationMs : 1,
        firstToken: firstTokenShare(span),
        orphan: span.parentId !== null && !byId.has(span.parentId),
        called: byId.get(span.parentId ?? '')?.startedAt ?? null,
      });
      for (const child of own.toReversed()) open.push({ span: child, depth: depth + 1 });
    }
  };
  add(children.get(null) ?? []);
  // What is left hangs in a circle: each is shown, none twice.
  if (seen.size < byId.size) add([...byId.values()].sort(byStart));
  return { rows, durationMs };
}

function byStart(a: SpanOutline, b: SpanOutline): number {
  return a.startedAt - b.startedAt || b.durationMs - a.durationMs;
}

function firstTokenShare({ firstTokenMs, durationMs }: SpanOutline): number | null {
  return firstTokenMs === null || durationMs <= 0 ? null : Math.min(1, firstTokenMs / durationMs);
}
