/** From where a drill can be begun: Flags, what is due, and calm Now. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FlagRow } from '#shared/contract/flags.ts';
import type { Drilled } from '#shared/model/action.ts';
import type { Role } from '#shared/model/session.ts';
import { useWindow } from '../../renderer/client/window.ts';
import { FlagsTable } from '../../renderer/features/flags/FlagsTable.tsx';
import { CalmHistory } from '../../renderer/features/now/Calm.tsx';
import { Drills } from '../../renderer/features/now/Drills.tsx';
import { type Answers, fakeCore, mount, settle } from './mount.tsx';
import { flagState } from './plan.fixture.ts';

const ROLLBACK: Drilled = {
  service: 'support-bot',
  environment: 'staging',
  drill: 'rollback',
  at: null,
  action: null,
  everyMs: null,
  overdue: false,
  failed: null,
};
const KILL: Drilled = { ...ROLLBACK, environment: 'production', drill: 'kill_switch' };
const asked = { kind: 'drill', service: 'support-bot', environment: 'staging', drill: 'rollback' };

let page: Awaited<ReturnType<typeof mount>> | undefined;
beforeEach(() => useWindow.setState({ environment: 'production', planning: null }));
afterEach(() => page?.unmount());

function core(role: Role, drills: Drilled[], answers: Answers = {}) {
  return fakeCore({
    'session.read': () => ({ role, environments: [] }),
    'actions.readiness': () => ({ drills, approvals: [] }),
    ...answers,
  });
}
const drillButtons = () =>
  [...document.querySelectorAll('button')].filter((one) => one.textContent === 'Drill');

describe('Flags', () => {
  const flag: FlagRow = {
    source: 'flags',
    key: 'model',
    environment: 'production',
    description: '',
    type: 'release',
    stale: false,
    createdAt: 1,
    state: flagState(750, 250),
    roles: [{ service: 'support-bot', role: 'model' }],
    rollout: 1,
    lastChangedAt: null,
    lastChangedBy: null,
    lastDrilledAt: null,
  };
  const table = (drills: Drilled[], mayAct = true) => {
    core('responder', []);
    return mount(
      <FlagsTable flags={[flag]} models={[]} drills={drills} selected={null} mayAct={mayAct} />,
    );
  };

  it('offers the drill of a flag’s path beside when it last was, here rather than elsewhere', async () => {
    page = await table([KILL, ROLLBACK]);
    expect(drillButtons()).toHaveLength(1);
    await page.click(/^Drill$/);
    expect(useWindow.getState().planning).toEqual(asked);
    await page.unmount();
    page = await table([ROLLBACK, { ...ROLLBACK, environment: 'production' }]);
    await page.click(/^Drill$/);
    expect(useWindow.getState().planning).toEqual({ ...asked, environment: 'production' });
  });

  it('says why there is nothing to drill now', async () => {
    page = await table([{ ...ROLLBACK, idle: 'no candidate is served' }]);
    expect(drillButtons()[0]).toMatchObject({
      disabled: true,
      title: 'cannot be drilled now: no candidate is served in staging',
    });
  });

  it('offers none where none may be done, and says to a viewer why not', async () => {
    page = await table([KILL]);
    expect(drillButtons()).toEqual([]);
    await page.unmount();
    page = await table([ROLLBACK], false);
    expect(drillButtons()[0]).toMatchObject({
      disabled: true,
      title: 'A viewer may look, not act',
    });
  });
});

describe('Now', () => {
  const answers = {
    'alerts.list': () => ({ alerts: [] }),
    'actions.list': () => ({ actions: [] }),
    'models.list': () => ({
      models: [
        { service: 'support-bot', lastDrilledAt: null },
        { service: 'docs-search', lastDrilledAt: null },
      ],
    }),
  };

  it('offers, while it is calm, what may be drilled, and says what never was', async () => {
    core('responder', [ROLLBACK, KILL], answers);
    page = await mount(<CalmHistory environment="production" />);
    expect(page.text()).toMatch(
      /rollback of docs-search: ◆?never drilled ?rollback of support-bot in staging: .*Drill ?kill switch of support-bot in production/,
    );
    expect(drillButtons()).toHaveLength(2);
    await settle();
    await page.click(/^Drill$/);
    expect(useWindow.getState().planning).toEqual(asked);
  });

  it('says where there is nothing to drill now, and does not call that overdue', async () => {
    const idle = { ...ROLLBACK, everyMs: 86_400_000, idle: 'no candidate is served' };
    core('responder', [idle, { ...idle, service: 'docs', failed: 'a-7' }], answers);
    page = await mount(<Drills environment="production" />);
    expect(page.text()).toBe('');
    await page.unmount();
    page = await mount(<CalmHistory environment="production" />);
    expect(page.text()).toContain('cannot be drilled now: no candidate is served');
    expect(drillButtons()).toEqual([]);
  });

  it('tells of a drill that failed only where one is due again, and a viewer may not begin it', async () => {
    const failed = { ...ROLLBACK, failed: 'a-7' };
    core('viewer', [failed]);
    page = await mount(<Drills environment="production" />);
    expect(page.text()).toBe('');
    await page.unmount();
    core('viewer', [{ ...failed, everyMs: 86_400_000 }]);
    page = await mount(<Drills environment="production" />);
    expect(page.text()).toContain('the latest failed');
    expect(drillButtons()[0]).toMatchObject({
      disabled: true,
      title: 'A viewer may look, not act',
    });
  });
});
