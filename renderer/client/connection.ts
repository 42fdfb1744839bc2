import { create } from 'zustand';

interface Connection {
  state: 'opening' | 'open' | 'lost';
  /** When it was lost, milliseconds since the epoch; null while it is there. */
  lostAt: number | null;
  /** How often the line came up. When it grows, events may have been missed: everything is read again. */
  openings: number;
  heard(up: boolean): void;
}

/** Whether the engine can be heard. Written by the client, read by the frame. */
export const useConnection = create<Connection>()((set) => ({
  state: 'opening',
  lostAt: null,
  openings: 0,
  heard: (up) =>
    set((now) =>
      up
        ? { state: 'open', lostAt: null, openings: now.openings + (now.state === 'open' ? 0 : 1) }
        : { state: 'lost', lostAt: now.lostAt ?? Date.now() },
    ),
}));
