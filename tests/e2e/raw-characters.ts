import type { Page } from 'playwright-core';
import { RAW_CHARACTERS } from '../fixtures/hostile.ts';

/** Attributes that are shown or heard. The value of a field is not among them: what was typed or pasted stays as it is. */
const ATTRIBUTES = [
  'title',
  'alt',
  'label',
  'placeholder',
  'aria-label',
  'aria-description',
  'aria-placeholder',
  'aria-roledescription',
  'aria-valuetext',
];

/** The console's own word in the rail, with a place to break it. */
const OWN = 'Conver\u00adsations';

/** Where the page shows a character that hides or turns text around: the place, and what stands there as JSON. */
export function rawOn(page: Page): Promise<string[]> {
  return page.evaluate(
    ({ attributes, own, raw }) => {
      const hides = new RegExp(`[${raw}]`, 'u');
      const found: string[] = [];
      const look = (where: string, text: string | null) => {
        if (text !== null && text !== own && hides.test(text)) {
          found.push(`${where}: ${JSON.stringify(text.slice(0, 200))}`);
        }
      };
      look('document.title', document.title);
      const walker = document.createTreeWalker(
        document.documentElement,
        NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT,
      );
      for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        if (node instanceof Element) {
          for (const name of attributes) {
            look(`<${node.localName} ${name}>`, node.getAttribute(name));
          }
        } else {
          const { parentElement } = node;
          look(`<${parentElement?.localName} class="${parentElement?.className}">`, node.nodeValue);
        }
      }
      return found;
    },
    { attributes: ATTRIBUTES, own: OWN, raw: RAW_CHARACTERS },
  );
}
