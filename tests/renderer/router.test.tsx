/** A screen reads the ID that a link was written for, whatever it is made of. */
import { act } from 'react';
import { afterEach, expect, test } from 'vitest';
import { Route, Switch, useSearchParams } from 'wouter';
import { placeOf } from '#shared/util/place.ts';
import { addressOf, go } from '../../renderer/client/go.ts';
import { AddressRouter, useIds } from '../../renderer/client/router.tsx';
import fc, { runs } from '../helpers/random.ts';
import { mount, settle } from './mount.tsx';

let read: unknown;

function Screen() {
  const ids = useIds();
  const [search, setSearch] = useSearchParams();
  read = {
    id: ids.id ?? ids['*'],
    source: ids.source,
    q: search.get('q'),
    set: (q: string) => setSearch({ q }),
  };
  return null;
}

const routes = (
  <AddressRouter>
    <Switch>
      <Route path="/conversation/:id" component={Screen} />
      <Route path="/flags/:source/:id" component={Screen} />
      <Route path="/runbooks/*?" component={Screen} />
    </Switch>
  </AddressRouter>
);

let leave: (() => Promise<void>) | undefined;
afterEach(async () => {
  await leave?.();
  leave = undefined;
  history.replaceState(null, '', '/');
});

async function openAt(path: string) {
  await act(async () => go(path));
  await settle();
}

const AWKWARD = [
  ...['a%2Fb', 'a/b', '100%', '%', '%25', 'a%20b', 'a b', '%E4', '.', '..', '~.', '~~..'],
  ...['a?b', 'a#b', 'a+b', 'a&b=c', 'a;b', 'c:\\d', 'é%C3%A9', '会話', '😀'],
];

test.each(AWKWARD)('the ID %s', async (id) => {
  leave = (await mount(routes)).unmount;
  await openAt(`${placeOf('conversation', id)}?${new URLSearchParams({ q: id })}`);
  expect(read).toMatchObject({ id, q: id });
  await openAt(placeOf('flags', id, id));
  expect(read).toMatchObject({ source: id, id });
  await openAt(placeOf('runbooks', 'folder', id));
  expect(read).toMatchObject({ id: `folder/${id}` });
});

test('any ID, beside any search, and still after the search has changed', async () => {
  leave = (await mount(routes)).unmount;
  const text = fc.oneof(
    fc.string({ unit: 'grapheme', minLength: 1 }),
    fc.string({ unit: fc.constantFrom(...'.~%/?#&=+ aF25'), minLength: 1 }),
  );
  await fc.assert(
    fc.asyncProperty(text, text, async (id, q) => {
      await openAt(addressOf(placeOf('conversation', id), { q }));
      expect(read).toMatchObject({ id, q });
      await act(async () => (read as { set(q: string): void }).set(`${q}%41`));
      await settle();
      expect(read).toMatchObject({ id, q: `${q}%41` });
    }),
    runs(60),
  );
});

test('what somebody typed by hand is taken as it was meant', async () => {
  leave = (await mount(routes)).unmount;
  await openAt('/conversation/100%');
  expect(read).toMatchObject({ id: '100%' });
});
