/** The way back from an earlier action: what it changed, last change first, to the exact state it recorded. */
import { NightdeskError } from '#shared/errors/index.ts';
import type { Action } from '#shared/model/action.ts';
import type { FlagChange, PlannedChange } from '#shared/model/planned-change.ts';
import { sameFlagState } from '#shared/util/flag-state.ts';
import { tookEffect } from '#shared/util/took-effect.ts';
import { diffLines } from './diff.ts';
import type { Intention, Wish } from './intend.ts';
import { untilLine } from './intend-silence.ts';
import { controlOf } from './outside.ts';
import type { PlannerDeps } from './planner.ts';

export async function intendUndo(deps: PlannerDeps, id: string): Promise<Intention> {
  const action = await deps.cache.journal('readAction', { id });
  if (action === null) throw new NightdeskError('not_found', `There is no action ${id}.`);
  if (action.undoneBy !== null) {
    throw new NightdeskError('conflict', `${id} was already undone by ${action.undoneBy}.`);
  }
  const wishes = action.plan.changes.flatMap((change, place) =>
    tookEffect(action, place) ? [wishBack(deps, action, change, place)] : [],
  );
  if (wishes.length === 0) {
    throw new NightdeskError('bad_input', `${id} changed nothing, so there is nothing to undo.`);
  }
  const now = deps.clock.now();
  const left = wishes.filter((wish) => !(wish.kind === 'silence' && wish.change.endsAt <= now));
  if (left.length === 0) {
    throw new NightdeskError(
      'bad_input',
      `What ${id} ended would have ended by itself by now: there is nothing to bring back.`,
    );
  }
  const { plan } = action;
  const [only, ...more] = left;
  const stands = only?.kind === 'flag' && more.length === 0 ? `flag ${only.flag}` : 'everything';
  const ends = left.some(({ kind }) => kind === 'end_silence');
  const but =
    left.length < wishes.length ? ', but for the silence: it would have ended by now' : '';
  return {
    title: () => `Undo ${id}: ${plan.title}${but}`,
    done: () => `Undid ${id}: ${plan.title}${but}`,
    service: deps.config().services.find((service) => service.id === plan.service) ?? null,
    environment: plan.environment,
    toVersion: null,
    wishes: left.reverse(),
    undo: `Undo of the undo brings back what stands now${ends ? '; a silence only until its end' : ', exactly'}.`,
    nothing: `There is nothing to undo: ${stands} already stands as it did before ${id}.`,
  };
}

function wishBack(deps: PlannerDeps, action: Action, change: PlannedChange, place: number): Wish {
  switch (change.kind) {
    case 'flag':
      return flagBack(deps, action, change);
    case 'silence': {
      const silence = action.made[place] ?? '';
      return {
        kind: 'end_silence',
        change: { ...change, kind: 'end_silence', silence, diff: [untilLine('-', change)] },
      };
    }
    case 'end_silence': {
      const { silence: _old, ...rest } = change;
      return {
        kind: 'silence',
        change: { ...rest, kind: 'silence', diff: [untilLine('+', change)] },
      };
    }
  }
}

function flagBack(
  deps: PlannerDeps,
  action: Action,
  { source, flag, before, after }: FlagChange,
): Wish {
  return {
    kind: 'flag',
    source,
    flag,
    target: (present) => {
      // A part of it may be none of it: then it stands as before already.
      const own =
        sameFlagState(present, after) || controlOf(deps, source).isPartOf(before, after, present);
      if (own) return { after: before, impossible: null };
      throw new NightdeskError(
        'conflict',
        `${flag} was changed since ${action.id}: undoing would overwrite that.`,
        {
          detail: {
            expected: after,
            present,
            diff: diffLines(action.environment, after, present),
          },
        },
      );
    },
  };
}
