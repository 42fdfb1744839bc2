import type { ColumnDefTemplate } from '@tanstack/react-table';
import type { ReactNode } from 'react';

/**
 * What a column draws, called as the plain function that it is: no hooks in it. FlexRender would mount each new function as
 * a new component, and columns are made anew with the data: a button would go while it is held, and its focus with it.
 */
export function drawCell<Context extends object>(
  template: ColumnDefTemplate<Context> | undefined,
  context: Context,
): ReactNode {
  return typeof template === 'function' ? template(context) : template;
}
