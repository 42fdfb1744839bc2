/** What was masked is shown as a quiet chip that says what was there. */
import { expect, test } from 'vitest';
import { splitMarks } from '#shared/util/placeholder.ts';
import { PlainText } from '../../renderer/ui/PlainText.tsx';
import { mount } from './mount.tsx';

test('a text is taken apart at its marks, and nothing of it is lost', () => {
  const text = 'Hi ⟦name k3f9⟧, ⟦ no mark ⟧ ⟦email 2x2y⟧';
  const pieces = splitMarks(text);
  expect(pieces).toEqual([
    'Hi ',
    { kind: 'name', sign: 'k3f9' },
    ', ⟦ no mark ⟧ ',
    { kind: 'email', sign: '2x2y' },
  ]);
  expect(splitMarks('')).toEqual(['']);
});

test('a mark is shown without its brackets, with what it says on hover', async () => {
  const page = await mount(<PlainText text="Hi ⟦birth date k3f9⟧!" />);
  expect(page.text()).toBe('Hi birth date k3f9!');
  const chip = document.querySelector('[title]');
  expect(chip?.getAttribute('title')).toContain('Masked before it was stored: birth date.');
  await page.unmount();
});
