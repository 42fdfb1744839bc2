/** A change of a flag: compared with the whole state, which is also what an undo writes back. */
import type { Clock } from '#core/deps.ts';
import type { FlagControl } from '#core/sources/connector.ts';
import { NightdeskError } from '#shared/errors/index.ts';
import type { FlagState } from '#shared/model/flag.ts';
import type { FlagChange } from '#shared/model/planned-change.ts';
import { flagStateText, sameFlagState } from '#shared/util/flag-state.ts';
import { diffLines } from './diff.ts';
import type { Look, Occasion, Outside } from './outside.ts';
import { expectedAnswers, judgeServed, probesFor, seconds } from './proof.ts';

export function outsideFlag(
  control: FlagControl,
  change: FlagChange,
  { environment, reason }: Occasion,
  clock: Clock,
): Outside {
  const { flag, before, after } = change;

  function moved(expected: FlagState, error: NightdeskError): NightdeskError {
    const present = error.detail?.present;
    return new NightdeskError('conflict', `${flag} was changed since the plan was made.`, {
      detail: {
        expected,
        present,
        diff: isState(present) ? diffLines(environment, expected, present) : [],
      },
      cause: error,
    });
  }

  function standing(present: FlagState): Look['is'] {
    if (sameFlagState(present, after)) return 'after';
    if (sameFlagState(present, before)) return 'before';
    return control.isPartOf(before, after, present) ? 'part' : 'other';
  }

  /** The state, or in words that there is none any more. */
  async function readOrGone(signal: AbortSignal): Promise<FlagState | string> {
    try {
      return await control.read(flag, environment, signal);
    } catch (error) {
      if (error instanceof NightdeskError && error.code === 'not_found') return error.message;
      throw error;
    }
  }

  /** Who was faster, from the flag's own history; it must not cost the action when that cannot be read. */
  async function whoDidIt(signal: AbortSignal): Promise<string> {
    const last = await control.lastChange?.(flag, environment, signal).catch(() => null);
    if (!last) return 'it was already so; nothing was sent';
    const ago = seconds(Math.max(0, clock.now() - last.at));
    return `already done by ${last.by || 'somebody'} ${ago} ago; nothing was sent`;
  }

  return {
    source: change.source,

    async send(ready, signal) {
      try {
        await control.write(
          { flag, environment, from: before, to: after, comment: reason, ready },
          signal,
        );
      } catch (error) {
        const conflict = error instanceof NightdeskError && error.code === 'conflict';
        if (!conflict || error.detail?.sending === true) throw error;
        const present = error.detail?.present;
        if (!isState(present) || !sameFlagState(present, after)) throw moved(before, error);
        await ready();
        return { already: await whoDidIt(signal), made: null, text: '' };
      }
      if (change.noop)
        return { already: 'it was already so; nothing was sent', made: null, text: '' };
      const count = change.diff.filter((line) => line.sign === ' ').length;
      const text = `${count} change${count === 1 ? '' : 's'}, journaled before it left`;
      return { already: null, made: null, text };
    },

    async look(_made, signal) {
      const present = await readOrGone(signal);
      if (typeof present === 'string') {
        return { is: 'gone', spelled: present, present, lines: [], made: null };
      }
      const is = standing(present);
      const lines = is === 'after' ? [] : diffLines(environment, after, present);
      return { is, spelled: flagStateText(present), present, lines, made: null };
    },

    async otherWriter(signal) {
      return (
        (await control.otherWriter?.({ flag, environment, from: before, to: after }, signal)) ??
        null
      );
    },

    async served(_made, signal) {
      const [was, is] = [expectedAnswers(before), expectedAnswers(after)];
      const served = await control.evaluate(flag, environment, probesFor(was, is), signal);
      const judged = judgeServed(was, is, served);
      if (judged.alike) return { skip: `${judged.text}: before it looked no different` };
      return { ...judged, data: served };
    },

    async takeBack(_made, signal) {
      const present = await control.read(flag, environment, signal);
      const from = standing(present) === 'other' ? after : present;
      try {
        await control.write(
          { flag, environment, from, to: before, comment: reason, ready: async () => {} },
          signal,
        );
      } catch (error) {
        const conflict = error instanceof NightdeskError && error.code === 'conflict';
        if (!conflict || error.detail?.sending === true) throw error;
        const present = error.detail?.present;
        if (isState(present) && sameFlagState(present, before)) return;
        throw moved(after, error);
      }
    },
  };
}

function isState(value: unknown): value is FlagState {
  return typeof value === 'object' && value !== null && 'enabled' in value && 'strategies' in value;
}
