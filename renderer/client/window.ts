import { create } from 'zustand';
import type { ActionRequest } from '#shared/model/action.ts';
import { DEFAULT_RANGE, type Range } from './range.ts';

/** A command of the screen that is open, offered in the palette beside the places. */
export interface ScreenCommand {
  id: string;
  label: string;
  description?: string;
  keys?: string;
  run(): void;
}

interface WindowState {
  /** '' until the session has told which environments exist. */
  environment: string;
  range: Range;
  help: boolean;
  /** The action whose plan is open, from wherever it was asked for. */
  planning: ActionRequest | null;
  /** Counts the openings: each begins anew, a change in the open dialog does not. */
  plansOpened: number;
  /** Why it is done, as it will stand in the journal; what opened the plan may have given it to begin with. */
  planReason: string;
  /** Commands of the open screen, by screen. */
  commands: Readonly<Record<string, readonly ScreenCommand[]>>;
  setEnvironment(environment: string): void;
  setRange(range: Range): void;
  setHelp(open: boolean): void;
  /** Opens the plan dialog on this request; every "Roll back" button in the console calls this. */
  openPlan(request: ActionRequest, reason?: string): void;
  /** Another choice in the open dialog is another plan; the reason typed so far stays. */
  changePlan(request: ActionRequest): void;
  /** Why, as typed so far. */
  setPlanReason(reason: string): void;
  closePlan(): void;
  setCommands(screen: string, commands: readonly ScreenCommand[]): void;
}

/** What belongs to this window alone. What comes from the core is never kept here. */
export const useWindow = create<WindowState>()((set) => ({
  environment: '',
  range: DEFAULT_RANGE,
  help: false,
  planning: null,
  plansOpened: 0,
  planReason: '',
  commands: {},
  setEnvironment: (environment) => set({ environment }),
  setRange: (range) => set({ range }),
  setHelp: (help) => set({ help }),
  openPlan: (planning, planReason = '') =>
    set(({ plansOpened }) => ({ planning, planReason, plansOpened: plansOpened + 1 })),
  changePlan: (planning) => set({ planning }),
  setPlanReason: (planReason) => set({ planReason }),
  closePlan: () => set({ planning: null, planReason: '' }),
  setCommands: (screen, commands) =>
    set((now) => {
      const { [screen]: _old, ...rest } = now.commands;
      return { commands: commands.length > 0 ? { ...rest, [screen]: commands } : rest };
    }),
}));
