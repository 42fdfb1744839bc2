import { Children, type ReactNode } from 'react';
import { plainString } from '#shared/util/visible-text.ts';

/**
 * What a part of `ui/` is given to show: the texts in it as `plainString` has them. Elements stay as they are: what is in
 * them is shown plainly by whoever made them.
 */
export function plainNode(node: ReactNode): ReactNode {
  if (typeof node === 'string') return plainString(node);
  if (!Array.isArray(node)) return node;
  return Children.map(node, (child) => (typeof child === 'string' ? plainString(child) : child));
}
