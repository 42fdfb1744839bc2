/** What an answer can be grounded in, for the judge. All of it is from outside. Pure. */
import type { ScriptTurn } from './script.ts';
import { asContent } from './values.ts';

export interface Source {
  /** `instructions`: the system prompt that the turn was answered under. */
  kind: 'tool' | 'document' | 'instructions';
  name: string;
  /** Null = only its name was recorded. */
  text: string | null;
}

const MOST_SOURCES = 100;
const LONGEST_NAME = 200;
const LONGEST_SOURCE = 8000;
/** All together, so that many documents share the room. */
const LONGEST_SOURCES = 40_000;

/** `told`: what tools answered for the answer that is judged. `earlier`: the turns before, whose tools count too. */
export function sourcesOf(
  turn: ScriptTurn,
  told: readonly { name: string; result: string }[],
  earlier: readonly ScriptTurn[] = [],
): Source[] {
  const tool = (name: string, text: string): Source => ({ kind: 'tool', name, text });
  return [
    ...told.map(({ name, result }) => tool(name, result)),
    ...turn.retrieved.map((document): Source => ({ kind: 'document', ...document })),
    // What the model was given beside the user's words.
    ...(turn.asked === turn.said
      ? []
      : [{ kind: 'document' as const, name: '', text: turn.asked.at(-1) ?? '' }]),
    ...(turn.system === null
      ? []
      : [{ kind: 'instructions' as const, name: '', text: turn.system }]),
    ...earlier
      .flatMap(({ calls }) => calls)
      .flatMap(({ name, result }) => (result === undefined ? [] : [tool(name, asContent(result))])),
  ];
}

/** As much of them as a judge is given. */
export function boundedSources(sources: readonly Source[]): Source[] {
  const kept = sources.slice(0, MOST_SOURCES);
  const longest = Math.min(LONGEST_SOURCE, Math.floor(LONGEST_SOURCES / Math.max(1, kept.length)));
  return kept.map(({ kind, name, text }) => ({
    kind,
    name: cut(name, LONGEST_NAME),
    text: text === null ? null : cut(text, longest),
  }));
}

export function cut(text: string, longest: number): string {
  return text.length > longest ? `${text.slice(0, longest)} […]` : text;
}
