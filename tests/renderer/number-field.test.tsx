/** What is typed for a number is that number, or is refused in words: never another one. */
import { act, useState } from 'react';
import { afterEach, expect, test } from 'vitest';
import { useWindow } from '../../renderer/client/window.ts';
import { RampTo } from '../../renderer/features/action/RampTo.tsx';
import { BoundField, NumberField, readNumber } from '../../renderer/ui/NumberField.tsx';
import { mount } from './mount.tsx';

let leave: (() => Promise<void>) | undefined;
afterEach(async () => {
  await leave?.();
  leave = undefined;
});

test.each([
  ['0,5', 0.5],
  ['0.5', 0.5],
  [' 12 ', 12],
  [',5', 0.5],
  ['3,', 3],
  ['1000', 1000],
  ['0,125', 0.125],
  ['1,000', null],
  ['12,500', null],
  ['1.000,5', null],
  ['1e3', null],
  ['0x10', null],
  ['5 %', null],
  ['', null],
])('“%s” is read as %s', (text, number) => {
  expect(readNumber(text)).toBe(number);
});

test.each([
  ['20', 20],
  ['2,5', null],
  ['1.000', null],
])('“%s” as a whole number is %s', (text, number) => {
  expect(readNumber(text, true)).toBe(number);
});

const box = () => document.querySelector('input');

test('half a dollar with a comma is half a dollar, and what does not fit holds the form back', async () => {
  const told: number[] = [];
  const page = await mount(
    <form>
      <BoundField
        label="US dollars"
        value={1}
        min={0.01}
        max={100}
        onChange={(value) => told.push(value)}
      />
    </form>,
  );
  leave = page.unmount;
  await page.type('US dollars', '0,5');
  expect(told).toEqual([0.5]);
  expect(document.querySelector('form')?.checkValidity()).toBe(true);
  for (const [text, words] of [
    ['1,000', 'leave the comma out'],
    ['500', '0.01 to 100'],
    ['', '0.01 to 100'],
  ] as const) {
    await page.type('US dollars', text);
    expect(page.text()).toContain(words);
    expect(document.querySelector('form')?.checkValidity(), text).toBe(false);
  }
  expect(told).toEqual([0.5]);
});

test('where nothing is required, an empty box says so', async () => {
  const told: (number | null)[] = [];
  const page = await mount(
    <NumberField label="From" value={2} min={0} max={9} onChange={(value) => told.push(value)} />,
  );
  leave = page.unmount;
  await page.type('From', '');
  expect(told).toEqual([null]);
  expect(box()?.validity.valid).toBe(true);
});

test('a value set from elsewhere is shown in place of what was typed', async () => {
  let set: (value: number | null) => void = () => {};
  function Held() {
    const [value, setValue] = useState<number | null>(2);
    set = setValue;
    return <NumberField label="Number" value={value} min={0} max={9} onChange={setValue} />;
  }
  const page = await mount(<Held />);
  leave = page.unmount;
  await page.type('Number', '3,');
  expect(box()?.value).toBe('3,');
  await act(async () => set(4));
  expect(box()?.value).toBe('4');
  for (const [value, shown] of [
    [7, '7'],
    [null, ''],
  ] as const) {
    await page.type('Number', '99999');
    expect(box()?.validity.valid).toBe(false);
    await act(async () => set(value));
    expect([box()?.value, box()?.validity.valid]).toEqual([shown, true]);
  }
});

test('half a percent is no five', async () => {
  const request = { kind: 'ramp', service: 'bot', environment: 'production', to: 'next' } as const;
  useWindow.getState().openPlan(request);
  const page = await mount(<RampTo request={request} />);
  leave = page.unmount;
  await page.typeInto(box(), '0,5');
  await page.click(/Compute/);
  expect(useWindow.getState().planning).toMatchObject({ to: 0.5 });
});
