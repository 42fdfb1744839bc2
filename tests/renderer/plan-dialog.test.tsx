import { afterEach, beforeEach, expect, test } from 'vitest';
import { NightdeskError } from '#shared/errors/index.ts';
import type { ActionRequest } from '#shared/model/action.ts';
import { useWindow } from '../../renderer/client/window.ts';
import PlanDialog from '../../renderer/features/action/PlanDialog.tsx';
import { fakeCore, mount } from './mount.tsx';
import { actionOf, flagState, planOf } from './plan.fixture.ts';

const request: ActionRequest = {
  kind: 'rollback',
  service: 'support-bot',
  environment: 'production',
  to: 'v41',
};
let leave: (() => Promise<void>) | undefined;

beforeEach(() => {
  useWindow.setState({ environment: 'production', planning: request });
  history.replaceState(null, '', '/now');
});
afterEach(async () => {
  await leave?.();
  leave = undefined;
});

async function open(answers: Parameters<typeof fakeCore>[0]) {
  const core = fakeCore({ 'signals.list': () => ({ signals: [] }), ...answers });
  const page = await mount(<PlanDialog request={request} />);
  leave = page.unmount;
  return { core, page };
}

test('one confirmation sends the plan, unlocks, and goes to the action', async () => {
  const { core, page } = await open({
    'actions.plan': () => ({ plan: planOf() }),
    'actions.execute': () => ({ action: actionOf() }),
  });
  expect(page.text()).toContain('Affects 25\u00a0% of users, 31\u00a0% of traffic');
  expect(page.text()).toContain('v42 weight 250');
  await page.click(/^Unlock production and roll back$/);
  expect(core.calls.filter((one) => one.operation === 'actions.execute')).toEqual([
    { operation: 'actions.execute', input: { plan: 'p-1', reason: '', confirm: true } },
  ]);
  expect(location.pathname).toBe('/action/a-1');
  expect(useWindow.getState().planning).toBeNull();
});

test('a plan with a blocker cannot be confirmed, and says what blocks it', async () => {
  const { core, page } = await open({
    'actions.plan': () => ({
      plan: planOf({
        blockers: [{ code: 'approval', message: 'An approval is needed.', overridable: false }],
      }),
    }),
  });
  expect(page.text()).toContain('An approval is needed.');
  await page.click(/roll back$/i);
  expect(core.count('actions.execute')).toBe(0);
});

test('a plan that would change nothing cannot be confirmed', async () => {
  const { core, page } = await open({ 'actions.plan': () => ({ plan: planOf({ noop: true }) }) });
  expect(page.text()).toContain('It is already so');
  await page.click(/roll back$/i);
  expect(core.count('actions.execute')).toBe(0);
});

test('a plan that expired is computed again before it can be confirmed', async () => {
  let made = 0;
  const { core, page } = await open({
    'actions.plan': () => {
      made += 1;
      return { plan: planOf({ id: `p-${made}`, expiresAt: made === 1 ? 1 : Date.now() + 60_000 }) };
    },
    'actions.execute': () => ({ action: actionOf() }),
  });
  expect(page.button(/roll back$/i)).toBeUndefined();
  await page.click(/^Compute again$/);
  await page.click(/roll back$/i);
  expect(core.calls.at(-1)?.input).toMatchObject({ plan: 'p-2' });
});

test('when the state moved, both states are shown and the old plan cannot be sent again', async () => {
  const { core, page } = await open({
    'actions.plan': () => ({ plan: planOf() }),
    'actions.execute': () => {
      throw new NightdeskError('conflict', 'The flag is not as it was planned on.', {
        detail: { expected: flagState(750, 250), present: flagState(500, 500) },
      });
    },
  });
  await page.click(/roll back$/i);
  expect(page.text()).toContain('Nothing was changed');
  expect(page.text()).toMatch(/Planned on.*weight 750.*Found now.*weight 500/s);
  await page.click(/^Unlock production and roll back$/);
  expect(core.count('actions.execute')).toBe(1);
  core.answers['actions.plan'] = () => ({ plan: planOf({ id: 'p-2' }) });
  await page.click(/new plan/);
  await page.click(/^Unlock production and roll back$/);
  expect(core.count('actions.execute')).toBe(2);
});

test('a plan that cannot be computed says that nothing was changed', async () => {
  const { page } = await open({
    'actions.plan': () => {
      throw new NightdeskError('unreachable', 'unleash does not answer.');
    },
  });
  expect(page.text()).toContain('nothing was changed');
  expect(page.text()).toContain('unleash does not answer.');
});
