/** What Now tells while nothing fires of what was done lately. */
import { afterEach, expect, it } from 'vitest';
import { utcMinute } from '#shared/util/utc-minute.ts';
import { CalmHistory } from '../../renderer/features/now/Calm.tsx';
import { fakeCore, mount } from './mount.tsx';
import { actionOf } from './plan.fixture.ts';

let page: Awaited<ReturnType<typeof mount>> | undefined;
afterEach(() => page?.unmount());

it('the title of an action names its moments in local time', async () => {
  const end = new Date().setHours(23, 59, 0, 0);
  const title = `Silence Slow until ${utcMinute(end)}`;
  fakeCore({
    'alerts.list': () => ({ alerts: [] }),
    'actions.list': () => ({ actions: [actionOf({ title })] }),
    'models.list': () => ({ models: [] }),
    'actions.readiness': () => ({ drills: [], approvals: [] }),
  });
  page = await mount(<CalmHistory environment="production" />);
  expect(page.text()).toContain('Silence Slow until 23:59');
  expect(page.text()).not.toContain('UTC');
});
