/** From what is to be looked at to the next of its kind, through the whole conversation. Pure. */
import type { TurnMark } from '#shared/model/conversation.ts';

export const JUMP_KINDS = ['any', 'error', 'slow', 'unsure', 'guardrail'] as const;
export type JumpKind = (typeof JUMP_KINDS)[number];

export interface Jump {
  kind: JumpKind;
  by: 1 | -1;
}

export const JUMP_WORD: Record<JumpKind, { one: string; many: string }> = {
  any: { one: 'failure', many: 'failures' },
  error: { one: 'error', many: 'errors' },
  slow: { one: 'slow turn', many: 'slow turns' },
  unsure: { one: 'unsure answer', many: 'unsure answers' },
  guardrail: { one: 'guardrail hit', many: 'guardrail hits' },
};

/** With Shift: to the one before. */
export const JUMP_KEY: Record<JumpKind, string> = {
  any: 'N',
  error: 'E',
  slow: 'S',
  unsure: 'U',
  guardrail: 'B',
};

/** Turns, ascending. A tool that failed is an error, whatever the answer was. */
export function turnsOf(marks: readonly TurnMark[], kind: JumpKind): number[] {
  return marks
    .filter(({ failures, toolFailed }) => {
      switch (kind) {
        case 'any':
          return failures.length > 0;
        case 'error':
          return toolFailed || failures.includes('error');
        default:
          return failures.includes(kind);
      }
    })
    .map(({ turn }) => turn);
}

/** After the last one the first comes again: one key walks round all of them. Null when there is none. */
export function jumpFrom(
  marks: readonly TurnMark[],
  from: number | null,
  { kind, by }: Jump,
): number | null {
  const turns = turnsOf(marks, kind);
  const next =
    by > 0
      ? (turns.find((turn) => from !== null && turn > from) ?? turns[0])
      : (turns.findLast((turn) => from !== null && turn < from) ?? turns.at(-1));
  return next ?? null;
}
