/** One change as the run meets it: how it is sent, looked at, proven and taken back. One file per kind. */
import type { Clock } from '#core/deps.ts';
import type { FlagControl, OtherWriter, SilenceControl } from '#core/sources/connector.ts';
import { NightdeskError } from '#shared/errors/index.ts';
import type { DiffLine, PlannedChange } from '#shared/model/planned-change.ts';
import { outsideFlag } from './outside-flag.ts';
import { outsideEndSilence, outsideSilence } from './outside-silence.ts';
import type { Judgement } from './proof.ts';

export interface Sent {
  /** It was so before: nothing was sent. Says by whom, as far as that can be told. */
  already: string | null;
  /** What the outside calls what was made, or what stood already. */
  made: string | null;
  text: string;
}

/** How the outside stands, against what was planned. */
export interface Look {
  /** `part`: what was sent took effect in part, and nothing else differs from before. `gone`: the outside knows it no more. */
  is: 'before' | 'after' | 'part' | 'other' | 'gone';
  /** The same text for the same state. */
  spelled: string;
  present: unknown;
  /** From what was planned to what is. */
  lines: DiffLine[];
  made: string | null;
}

export type Served = (Judgement & { data: unknown }) | { skip: string };

/** Every method throws NightdeskError. `detail.sending` tells that a call which changes something had begun. */
export interface Outside {
  readonly source: string;
  /**
   * Looks whether the world still is what was planned on, awaits `ready`, and sends.
   * @throws NightdeskError `conflict` (detail: expected, present, diff) when it is not; nothing was sent then.
   */
  send(ready: () => Promise<void>, signal: AbortSignal): Promise<Sent>;
  look(made: string | null, signal: AbortSignal): Promise<Look>;
  /** Who else made the same at the same moment, once it was read back; where that can be found out. */
  otherWriter?(signal: AbortSignal): Promise<OtherWriter | null>;
  served(made: string | null, signal: AbortSignal): Promise<Served>;
  /** Brings back what was before; to be looked at again afterwards. Throws `conflict` as `send` does. */
  takeBack(made: string | null, signal: AbortSignal): Promise<void>;
}

export interface Controls {
  control: (source: string) => FlagControl | undefined;
  silences: (source: string) => SilenceControl | undefined;
  clock: Clock;
}

export interface Occasion {
  environment: string;
  action: string;
  by: string;
  reason: string;
}

/** @throws NightdeskError `unsupported` when the source offers no control. */
export function outsideOf(deps: Controls, change: PlannedChange, occasion: Occasion): Outside {
  switch (change.kind) {
    case 'flag':
      return outsideFlag(controlOf(deps, change.source), change, occasion, deps.clock);
    case 'silence':
      return outsideSilence(silencesOf(deps, change.source), change, occasion, deps.clock);
    case 'end_silence':
      return outsideEndSilence(silencesOf(deps, change.source), change, occasion, deps.clock);
  }
}

export function controlOf(deps: Pick<Controls, 'control'>, source: string): FlagControl {
  const control = deps.control(source);
  if (control !== undefined) return control;
  throw new NightdeskError('unsupported', `The source ${source} cannot change flags.`);
}

export function silencesOf(deps: Pick<Controls, 'silences'>, source: string): SilenceControl {
  const silences = deps.silences(source);
  if (silences !== undefined) return silences;
  throw new NightdeskError('unsupported', `The source ${source} cannot silence alerts.`);
}
