import { create } from 'zustand';

interface Hover {
  /** The moment under the pointer, in whichever chart it is; null = nowhere. */
  at: number | null;
  set(at: number | null): void;
}

/** One moment for all charts. Only the thin layer above each chart watches it: the drawing itself stays. */
export const useHover = create<Hover>()((set) => ({
  at: null,
  set: (at) => set({ at }),
}));
