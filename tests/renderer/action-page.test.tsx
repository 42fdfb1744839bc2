/** What the page of an action offers: the way to an approval, and an undo only of what was sent. */
import { afterEach, expect, test } from 'vitest';
import { Route } from 'wouter';
import type { Action, Step } from '#shared/model/action.ts';
import { utcMinute } from '#shared/util/utc-minute.ts';
import { AddressRouter } from '../../renderer/client/router.tsx';
import ActionScreen from '../../renderer/features/action/index.tsx';
import { type Answers, fakeCore, mount, settle } from './mount.tsx';
import { actionOf } from './plan.fixture.ts';

let leave: (() => Promise<void>) | undefined;
afterEach(async () => {
  await leave?.();
  leave = undefined;
});

async function open(action: Action, answers: Answers = {}) {
  history.replaceState(null, '', `/action/${action.id}`);
  const core = fakeCore({
    'actions.read': () => ({ action }),
    'session.read': () => ({ role: 'responder', environments: [] }),
    'signals.list': () => ({ signals: [] }),
    'signals.query': () => ({ frame: { series: [] } }),
    ...answers,
  });
  const page = await mount(
    <AddressRouter>
      <Route path="/action/:id" component={ActionScreen} />
    </AddressRouter>,
  );
  leave = page.unmount;
  await settle(30);
  return { ...page, core };
}
const ended = (sent: Partial<Step>, more: Partial<Action> = {}): Action => {
  const [first, ...rest] = actionOf().steps;
  if (!first) throw new Error('an action without steps');
  return actionOf({ endedAt: 1_001_000, steps: [{ ...first, ...sent }, ...rest], ...more });
};
const drill = (restored: Step['state'], more: Partial<Action> = {}): Action => {
  const step = { name: 'restored', change: 0, startedAt: null, endedAt: null } as const;
  const steps = [...actionOf().steps, { ...step, state: restored, text: '', next: '' }];
  return actionOf({ kind: 'drill', outcome: more.endedAt ? 'not_restored' : null, steps, ...more });
};
const link = () => document.querySelector<HTMLAnchorElement>('li a[target=_blank]');
const waits = (address: string) =>
  ended(
    { state: 'failed', next: 'Ask for it at the source.', link: address },
    { outcome: 'pending_approval', summary: 'waits for approval' },
  );

test('a pending approval has a link to where it is asked for, which opens outside', async () => {
  await open(waits('https://flags.example/projects/default/change-requests'));
  expect(link()?.href).toBe('https://flags.example/projects/default/change-requests');
  expect(link()?.rel).toBe('noopener noreferrer');
});

test('a moment that a step names stands in local time, as in the title', async () => {
  const end = new Date().setHours(23, 59, 0, 0);
  const words = `until ${utcMinute(end)}`;
  const page = await open(
    ended(
      { text: `sent ${words}`, next: `Look again, ${words}.` },
      { title: `Silence Slow ${words}` },
    ),
  );
  expect(page.text()).toContain('sent until 23:59');
  expect(page.text()).toContain('Look again, until 23:59.');
  expect(page.text()).not.toContain('UTC');
});

test.each(['javascript:alert(1)', 'file:///etc/passwd', 'https://bank.example@evil.example/'])(
  'what is no page of the web is no link: %s',
  async (address) => {
    const page = await open(waits(address));
    expect(page.text()).toContain('Ask for it at the source.');
    expect(link()).toBeNull();
  },
);

test.each<[string, Action, string | null]>([
  ['was sent', ended({}, { outcome: 'effective' }), null],
  [
    'somebody else had done',
    ended({ state: 'skipped' }, { outcome: 'effective' }),
    'No undo: This action sent nothing: it was already so.',
  ],
  [
    'was refused',
    ended({ state: 'failed' }, { outcome: 'refused' }),
    'No undo: Nothing is known to have been sent by this action.',
  ],
  ['a drill could not take back', drill('failed', { endedAt: 1_002_000 }), null],
  [
    'a drill has taken back',
    drill('done', { endedAt: 1_002_000 }),
    'No undo: A drill takes back what it did by itself.',
  ],
])('an undo of what %s', async (_what, action, why) => {
  const page = await open(action);
  expect(page.button(/^Undo$/)?.disabled).toBe(why !== null);
  if (why === null) expect(page.text()).not.toContain('No undo');
  else expect(page.text()).toContain(why);
});

test.each(['unknown', 'effective', 'refused', null] as const)(
  'is asked after while it goes on, and not once it has ended: %s',
  async (outcome) => {
    const over = outcome !== null;
    const page = await open(over ? ended({}, { outcome }) : actionOf({ endedAt: null, outcome }));
    const asked = page.core.count('actions.read');
    await settle(1300);
    expect(page.core.count('actions.read') > asked).toBe(!over);
  },
);

test('a drill that runs is ended by one press, and not undone', async () => {
  let action = drill('waiting');
  const page = await open(action, {
    'actions.read': () => ({ action }),
    'actions.undo': () => {
      action = { ...action, endedEarlyBy: 'ines' };
      return { action };
    },
  });
  expect(page.button(/^Undo$/)).toBeUndefined();
  await page.click(/^End the drill now$/);
  expect(page.core.calls).toContainEqual({ operation: 'actions.undo', input: { id: 'a-1' } });
  expect(page.button(/^End the drill now$/)).toMatchObject({
    disabled: true,
    title: 'It is being taken back',
  });
});
