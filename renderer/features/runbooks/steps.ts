import { create } from 'zustand';

const KEY = 'nightdesk.steps';

interface Steps {
  /** Runbook and its version → numbers of the steps that are done. */
  done: Readonly<Record<string, readonly number[]>>;
  toggle(runbook: string, step: number): void;
  clear(runbook: string): void;
}

/** The steps that were ticked off in this window. A changed file starts anew: its numbers mean other steps. */
export const useSteps = create<Steps>()((set) => ({
  done: read(),
  toggle: (runbook, step) =>
    set(({ done }) => {
      const now = done[runbook] ?? [];
      const next = now.includes(step) ? now.filter((one) => one !== step) : [...now, step];
      return { done: keep({ ...done, [runbook]: next }) };
    }),
  clear: (runbook) =>
    set(({ done }) => {
      const { [runbook]: _gone, ...rest } = done;
      return { done: keep(rest) };
    }),
}));

function read(): Steps['done'] {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(KEY) ?? '{}');
    if (typeof kept !== 'object' || kept === null) return {};
    return Object.fromEntries(
      Object.entries(kept).map(([id, steps]) => [
        id,
        Array.isArray(steps) ? steps.filter((step) => Number.isInteger(step)) : [],
      ]),
    );
  } catch {
    return {};
  }
}

function keep(done: Steps['done']): Steps['done'] {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(done));
  } catch {
    // A full or forbidden store loses the ticks with the window, nothing else.
  }
  return done;
}
