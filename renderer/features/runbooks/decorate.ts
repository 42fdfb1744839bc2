/**
 * Marks live values and numbers the steps of a rendered runbook. Runs after sanitising, so that what it adds
 * cannot come from the file.
 */

import type { Element, ElementContent, Root, RootContent, Text } from 'hast';
import { plainString } from '#shared/util/visible-text.ts';
import { cutAtLiveValues } from './read-links.ts';

/** A rehype plugin. Adds `span[data-signal]` (JSON of a live reference) and `input[data-task]` (0, 1, 2 …). */
export function decorate() {
  return (tree: Root): void => {
    showPlainly(tree);
    let task = 0;
    const walk = (parent: Root | Element, item: Element | null) => {
      const children: (RootContent | ElementContent)[] = [];
      for (const node of parent.children) {
        if (node.type === 'text') children.push(...withValues(node));
        else {
          if (node.type === 'element') {
            if (node.tagName === 'input') {
              node.properties.dataTask = String(task++);
              node.properties.ariaLabel = item ? textOf(item).trim().slice(0, 200) : 'step';
            }
            if (node.tagName !== 'code' && node.tagName !== 'pre') {
              walk(node, node.tagName === 'li' ? node : item);
            }
          }
          children.push(node);
        }
      }
      // Only text was replaced, by text and spans, which may stand wherever text may.
      parent.children = children as typeof parent.children;
    };
    walk(tree, null);
  };
}

/** What hides in the file is told by its code, in its examples too. */
function showPlainly(parent: Root | Element): void {
  for (const node of parent.children) {
    if (node.type === 'text') node.value = plainString(node.value);
    else if (node.type === 'element') showPlainly(node);
  }
}

function withValues(node: Text): (Text | Element)[] {
  return cutAtLiveValues(node.value).map((piece) =>
    typeof piece === 'string'
      ? { type: 'text', value: piece }
      : {
          type: 'element',
          tagName: 'span',
          properties: { dataSignal: JSON.stringify(piece) },
          children: [],
        },
  );
}

function textOf(node: Element): string {
  return node.children
    .map((child) =>
      child.type === 'text' ? child.value : child.type === 'element' ? textOf(child) : '',
    )
    .join('');
}
