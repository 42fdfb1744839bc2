import { act } from 'react';
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import { NightdeskError } from '#shared/errors/index.ts';
import type { ActionRequest, Plan } from '#shared/model/action.ts';
import type { Alert } from '#shared/model/alert.ts';
import { utcMinute } from '#shared/util/utc-minute.ts';
import { useWindow } from '../../renderer/client/window.ts';
import PlanDialog from '../../renderer/features/action/PlanDialog.tsx';
import { fakeCore, mount, settle } from './mount.tsx';
import { actionOf, flagState, planOf } from './plan.fixture.ts';

const request = {
  kind: 'rollback',
  service: 'support-bot',
  environment: 'production',
  to: 'v41',
} satisfies ActionRequest;
let leave: (() => Promise<void>) | undefined;

beforeEach(() => {
  useWindow.setState({ environment: 'production', planning: request, planReason: '' });
  history.replaceState(null, '', '/now');
});
afterEach(async () => {
  await leave?.();
  leave = undefined;
});

const sessionOf = (unlockedUntil: number | null) => ({
  role: 'responder',
  environments: [{ name: 'production', protected: true, unlockedUntil }],
});

/** The dialog on what the window plans, as the shell shows it. */
function Planning() {
  const planning = useWindow((state) => state.planning);
  return planning ? <PlanDialog request={planning} /> : null;
}

async function open(answers: Parameters<typeof fakeCore>[0]) {
  const core = fakeCore({
    'signals.list': () => ({ signals: [] }),
    'alerts.list': () => ({ alerts: [] }),
    ...answers,
  });
  const page = await mount(<Planning />);
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

test('what another action blocks leads to that action', async () => {
  const message = 'root is drilling this flag (a-28). End the drill.';
  const { page } = await open({
    'actions.plan': () => ({
      plan: planOf({ blockers: [{ code: 'busy', message, overridable: false, action: 'a-28' }] }),
    }),
  });
  expect(page.text()).toContain(message);
  const link = [...document.querySelectorAll('a')].find((one) => one.textContent === 'Open a-28');
  await act(async () => link?.click());
  expect(location.pathname).toBe('/action/a-28');
  expect(useWindow.getState().planning).toBeNull();
});

describe('what stands in the way', () => {
  const busy = {
    code: 'busy',
    message: 'root is drilling this flag (a-28). End the drill.',
    overridable: false,
    action: 'a-28',
  };
  /** The drill a-28, until the test ends it. */
  async function openBlocked() {
    const drill = actionOf({ id: 'a-28', kind: 'drill', endedAt: null });
    const { core, page } = await open({
      'actions.plan': () => ({ plan: planOf({ blockers: drill.endedAt === null ? [busy] : [] }) }),
      'actions.read': () => ({ action: structuredClone(drill) }),
    });
    expect(page.text()).toContain(busy.message);
    async function end(): Promise<void> {
      drill.endedAt = Date.now();
      await act(async () => core.emit({ type: 'changed', topics: ['actions', 'journal'] }));
      await settle(600);
    }
    return { core, page, end };
  }

  it('is gone from the open dialog as soon as it is over', async () => {
    const { page, end } = await openBlocked();
    expect(page.button(/roll back$/)?.disabled).toBe(true);
    await end();
    expect(page.text()).not.toContain(busy.message);
    expect(page.button(/roll back$/)?.disabled).toBe(false);
  });

  it('is not shown from an older plan when the dialog opens again', async () => {
    const { core, page, end } = await openBlocked();
    await act(async () => useWindow.getState().closePlan());
    await end();
    await act(async () => useWindow.getState().openPlan(request));
    expect(page.text()).not.toContain(busy.message);
    await settle();
    expect(core.count('actions.plan')).toBe(2);
    expect(page.button(/roll back$/)?.disabled).toBe(false);
  });
});

test('the end of a silence stands in local time, in the title and in the difference', async () => {
  const end = new Date().setHours(23, 59, 0, 0);
  const { page } = await open({
    'actions.plan': () => ({
      plan: planOf({
        title: `Silence Slow until ${utcMinute(end)}`,
        changes: [
          {
            kind: 'silence',
            source: 'alerts',
            what: 'alert Slow',
            alert: 'Slow',
            noop: false,
            matchers: [],
            endsAt: end,
            diff: [{ sign: '+', text: `silenced until ${utcMinute(end)}` }],
          },
        ],
      }),
    }),
  });
  expect(document.body.textContent).toContain('Silence Slow until 23:59');
  expect(page.text()).toContain('silenced until 23:59');
  expect(document.body.textContent).not.toContain('UTC');
});

test('an alert can be kept quiet for up to a week, each choice another plan', async () => {
  const silence = {
    kind: 'silence',
    source: 'alerts',
    alert: 'f1',
    environment: 'production',
  } as const;
  useWindow.setState({ planning: { ...silence, until: Date.now() + 3_600_000 } });
  await open({ 'actions.plan': (input) => ({ plan: planOf(input as Pick<Plan, 'request'>) }) });
  const weeks = () =>
    [...document.querySelectorAll('label')].find(({ textContent }) => textContent === '1 week');
  await act(async () => weeks()?.click());
  await settle(30);
  const { planning } = useWindow.getState();
  const left = planning?.kind === 'silence' ? planning.until - Date.now() : 0;
  expect(left / 86_400_000).toBeCloseTo(7, 2);
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
  const state = flagState(1000, 0);
  const changes = planOf().changes.map((one) =>
    one.kind === 'flag' ? { ...one, noop: true, before: state, after: state, diff: [] } : one,
  );
  const { core, page } = await open({
    'actions.plan': () => ({ plan: planOf({ noop: true, changes }) }),
  });
  expect(page.text()).toContain('It is already so');
  const shown = document.querySelector('section')?.textContent ?? '';
  expect(shown).toContain('Before → afterNothing would change. It stands as:');
  expect(shown).toMatch(/on.*flexibleRollout 100 %.*v41 {2}weight 1000.*v42 {2}weight 0/);
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

test('an undo over what somebody has changed since is refused with both states and the difference', async () => {
  const { core, page } = await open({
    'actions.plan': () => {
      const paused = structuredClone(flagState(1000, 0));
      for (const one of paused.strategies) one.constraints = [{ contextName: 'userId' }];
      throw new NightdeskError(
        'conflict',
        'model was changed since a-1: undoing would overwrite.',
        {
          detail: {
            expected: flagState(1000, 0),
            present: paused,
            diff: [{ sign: '+', text: 'constraints [{"contextName":"userId"}]' }],
          },
        },
      );
    },
  });
  expect(page.text()).toMatch(
    /changed since a-1.*Nothing was changed.*As it was left.*weight 1000.*Found now.*weight 1000.*What was changed.*constraints/s,
  );
  core.answers['actions.plan'] = () => ({ plan: planOf() });
  await page.click(/new plan/);
  expect(page.button(/roll back$/)).toBeDefined();
});

test('a candidate that went bad since the plan is refused with why, not with states', async () => {
  const { page } = await open({
    'actions.plan': () => ({ plan: planOf() }),
    'actions.execute': () => {
      throw new NightdeskError('conflict', 'That was not so when it was planned: v42 is out.', {
        detail: { blockers: [{ code: 'out_of_band', message: 'v42 is out.', overridable: true }] },
      });
    },
  });
  await page.click(/roll back$/i);
  expect(page.text()).toContain('v42 is out. Nothing was changed.');
  expect(page.text()).not.toContain('Planned on');
  expect(page.text()).toContain('Compute a new plan');
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

describe('the focus of a plan that was not computed ahead', () => {
  /** A dialog that waits; `arrive` brings the plan. */
  async function openWaiting(change: Partial<Plan> = {}) {
    const asked = Promise.withResolvers<{ plan: Plan }>();
    const { page } = await open({ 'actions.plan': () => asked.promise });
    // The modal sets its focus in a turn of its own.
    await settle(10);
    const arrive = async () => {
      asked.resolve({ plan: planOf(change) });
      await settle(30);
    };
    return { page, arrive };
  }
  const focused = () => document.activeElement;

  it('waits where no key closes it, then is on the button that sends', async () => {
    const { page, arrive } = await openWaiting();
    expect(focused()).not.toBeInstanceOf(HTMLButtonElement);
    expect(focused()?.textContent).toContain('computing the plan');
    await arrive();
    expect(focused()).toBe(page.button(/^Unlock production and roll back$/));
  });

  it('is on the word to type, or on the reason that is needed', async () => {
    const { arrive } = await openWaiting({ typed: 'support-bot' });
    await arrive();
    expect((focused() as HTMLInputElement).labels?.[0]?.textContent).toContain('Type support-bot');
    await leave?.();
    const again = await openWaiting({ needsReason: true });
    await again.arrive();
    expect(focused()?.getAttribute('aria-label')).toBe('Why, for the journal');
  });

  it('stays where a person has moved it', async () => {
    const { arrive } = await openWaiting();
    const close = document.querySelector<HTMLElement>('.mantine-Modal-close');
    close?.focus();
    await arrive();
    expect(focused()).toBe(close);
  });
});

describe('a press whose answer gets lost', () => {
  const lost = () => {
    throw new NightdeskError('unreachable', 'The console does not answer.');
  };
  const plans = (core: Awaited<ReturnType<typeof open>>['core']) =>
    core.calls
      .filter(({ operation }) => operation === 'actions.execute')
      .map(({ input }) => (input as { plan: string }).plan);

  /** Each plan that is computed is another; the first press has no answer. */
  async function openAndLose() {
    let made = 0;
    const { core, page } = await open({
      'actions.plan': () => {
        made += 1;
        return { plan: planOf({ id: `p-${made}` }) };
      },
      'actions.execute': lost,
    });
    await page.click(/^Unlock production and roll back$/);
    return { core, page };
  }

  it('says that it is not known, and sends the same plan again, whatever was planned meanwhile', async () => {
    const { core, page } = await openAndLose();
    expect(page.text()).toContain('Whether it was carried out is not known');
    expect(page.text()).not.toContain('It was not carried out');
    expect(page.text()).not.toContain('tried again by itself');
    expect(page.button(/roll back$/i)).toBeUndefined();
    await act(async () => {
      core.line(false);
      core.line(true);
    });
    await settle(30);
    expect(core.count('actions.plan')).toBe(2);
    core.answers['actions.execute'] = () => ({ action: actionOf() });
    await page.click(/^Send this plan again$/);
    expect(plans(core)).toEqual(['p-1', 'p-1']);
    expect(location.pathname).toBe('/action/a-1');
  });

  it('leads to the action where the console has begun anew and does not know the plan', async () => {
    const { core, page } = await openAndLose();
    core.answers['actions.execute'] = () => {
      throw new NightdeskError('not_found', 'This plan is not known any more. Plan again.');
    };
    core.answers['actions.list'] = () => ({
      actions: [
        actionOf({ id: 'a-3', plan: planOf({ id: 'p-0' }) }),
        actionOf({ id: 'a-2', plan: planOf({ id: 'p-1' }) }),
      ],
    });
    await page.click(/^Send this plan again$/);
    expect(location.pathname).toBe('/action/a-2');
  });

  it('was not carried out where the journal has no action of it', async () => {
    const { core, page } = await openAndLose();
    core.answers['actions.execute'] = () => {
      throw new NightdeskError('not_found', 'This plan is not known any more. Plan again.');
    };
    core.answers['actions.list'] = () => ({ actions: [actionOf({ plan: planOf({ id: 'p-0' }) })] });
    await page.click(/^Send this plan again$/);
    expect(location.pathname).toBe('/now');
    expect(page.text()).toContain('It was not carried out');
    expect(page.text()).not.toContain('pruned');
    core.answers['actions.execute'] = () => ({ action: actionOf() });
    await page.click(/^Compute a new plan$/);
    await page.click(/^Unlock production and roll back$/);
    expect(plans(core)).toEqual(['p-1', 'p-1', 'p-2']);
  });
});

describe('the lock of the environment', () => {
  /** A core whose production is locked or not, and which plans accordingly. */
  async function openUnlocked() {
    const lock = { locked: false };
    let made = 0;
    const { core, page } = await open({
      'session.read': () => sessionOf(lock.locked ? null : Date.now() + 60_000),
      'actions.plan': () => {
        made += 1;
        return { plan: planOf({ id: `p-${made}`, unlocks: lock.locked }) };
      },
      'actions.execute': (input) => {
        const { plan } = input as { plan: string };
        if (lock.locked && plan === 'p-1') {
          throw new NightdeskError('locked', 'production is read-only. Unlock it first.');
        }
        return { action: actionOf() };
      },
    });
    return { core, page, lock };
  }
  const write = async (reason: string) => {
    await act(async () => useWindow.getState().setPlanReason(reason));
  };

  it('that is turned while the dialog is open changes the button before anybody presses it', async () => {
    const { core, page, lock } = await openUnlocked();
    await write('p95 at 9 s');
    expect(page.button(/^Roll back$/)).toBeDefined();
    lock.locked = true;
    await act(async () => core.emit({ type: 'changed', topics: ['session'] }));
    await settle(600);
    expect(page.button(/^Roll back$/)).toBeUndefined();
    expect(page.text()).not.toContain('Not sent');
    await page.click(/^Unlock production and roll back$/);
    expect(core.calls.filter((one) => one.operation === 'actions.execute')).toEqual([
      { operation: 'actions.execute', input: { plan: 'p-2', reason: 'p95 at 9 s', confirm: true } },
    ]);
    expect(location.pathname).toBe('/action/a-1');
  });

  it('that the press runs into is told, and the same dialog then says that it unlocks', async () => {
    const { core, page, lock } = await openUnlocked();
    await write('p95 at 9 s');
    lock.locked = true;
    await page.click(/^Roll back$/);
    expect(location.pathname).toBe('/now');
    expect(page.text()).toContain('production was locked after this plan was made.');
    await page.click(/^Unlock production and roll back$/);
    expect(core.calls.at(-1)?.input).toMatchObject({ plan: 'p-2', reason: 'p95 at 9 s' });
    expect(location.pathname).toBe('/action/a-1');
  });

  it('that was turned since the plan was computed ahead is seen when the dialog opens', async () => {
    let made = 0;
    const { core, page } = await open({
      'session.read': () => sessionOf(null),
      'actions.plan': () => {
        made += 1;
        return { plan: planOf({ id: `p-${made}`, unlocks: made > 1 }) };
      },
    });
    await settle(30);
    expect(page.button(/^Unlock production and roll back$/)).toBeDefined();
    expect(core.count('actions.plan')).toBe(2);
  });
});

describe('the version it goes back to', () => {
  const model = (version: string, part: string, change: object = {}) => ({
    service: 'support-bot',
    version,
    part,
    rollout: 0,
    firstSeenAt: 1,
    lastSeenAt: Date.now() - 3_600_000,
    ...change,
  });
  const variants = ['v41', 'v42', 'v40', 'v39', 'v44', 'v45'].map((name) => ({ name, weight: 0 }));
  const flag = {
    roles: [{ service: 'support-bot', role: 'model' }],
    state: { enabled: true, strategies: [{ variants }], variants: [] },
  };
  const models = [
    model('v39', 'other', { lastSeenAt: 1 }),
    model('v40', 'other'),
    model('v42', 'candidate', { rollout: 0.25 }),
    model('v41', 'stable', { rollout: 0.5 }),
    model('v43', 'other'),
    model('v44', 'other', { firstSeenAt: null }),
    model('v45', 'other', { rollout: 0.25 }),
    model('v38', 'stable', { service: 'docs-search' }),
  ];
  const box = () => document.querySelector('select');
  const choices = () => [...(box()?.options ?? [])].map(({ value }) => value);
  const choose = async (version: string) => {
    const select = box();
    await act(async () => {
      if (select) select.value = version;
      select?.dispatchEvent(new Event('change', { bubbles: true }));
    });
    await settle(30);
  };
  const openOn = (planning: ActionRequest, rows = models) => {
    useWindow.setState({ planning });
    return open({
      'models.list': () => ({ models: rows }),
      'flags.list': () => ({ flags: [flag] }),
      'actions.plan': (input) => ({ plan: planOf(input as Pick<Plan, 'request'>) }),
    });
  };

  it('is stable, or one that ran before and is still offered: not the candidate, nor what serves', async () => {
    const { to: _to, ...unsaid } = request;
    const { core } = await openOn(unsaid);
    expect(choices()).toEqual(['v41', 'v40', 'v39']);
    expect(box()?.value).toBe('v41');
    expect(box()?.options[1]?.textContent).toBe('v40, last served 1\u00a0h ago');
    await choose('v40');
    expect(useWindow.getState().planning).toEqual({ ...request, to: 'v40' });
    const plans = core.calls.filter(({ operation }) => operation === 'actions.plan');
    expect(plans.at(-1)?.input).toEqual({ request: { ...request, to: 'v40' } });
    expect(box()?.value).toBe('v40');
  });

  it('can be chosen in an action of several changes, which stays the same otherwise', async () => {
    const kill = {
      kind: 'kill_switch',
      service: 'support-bot',
      environment: 'production',
      on: false,
    } as const;
    await openOn({ kind: 'several', requests: [kill, request] });
    await choose('v39');
    expect(useWindow.getState().planning).toEqual({
      kind: 'several',
      requests: [kill, { ...request, to: 'v39' }],
    });
  });

  it('is shown where a link asked for another, and not asked where there is only the stable one', async () => {
    await openOn({ ...request, to: 'v12' });
    expect(choices()).toEqual(['v41', 'v40', 'v39', 'v12']);
    expect(box()?.value).toBe('v12');
    await leave?.();
    await openOn(
      request,
      models.filter(({ part }) => part !== 'other'),
    );
    expect(box()).toBeNull();
  });
});

describe('also keeping the alert quiet', () => {
  const alert: Alert = {
    source: 'alerts',
    fingerprint: 'f1',
    name: 'SupportBotLatencyHigh',
    service: 'support-bot',
    environment: 'production',
    severity: 'critical',
    state: 'firing',
    startedAt: 1,
    endedAt: null,
    summary: '',
    labels: {},
    annotations: {},
    silencedBy: [],
    url: null,
  };
  const others: Alert[] = [{ ...alert, fingerprint: 'f2', service: 'docs-search' }];
  const box = () => document.querySelector<HTMLInputElement>('input[type=checkbox]');
  const tick = async () => {
    await act(async () => box()?.click());
    await settle(30);
  };

  it('is one plan, silence first, with a reason that a person may better, and can be taken back', async () => {
    const { page } = await open({
      'alerts.list': () => ({ alerts: [alert, ...others] }),
      'actions.plan': (input) => ({ plan: planOf(input as Pick<Plan, 'request'>) }),
    });
    expect(page.text()).toContain('Also silence SupportBotLatencyHigh for an hour');
    await tick();
    expect(useWindow.getState()).toMatchObject({
      planning: {
        kind: 'several',
        requests: [{ kind: 'silence', source: 'alerts', alert: 'f1' }, request],
      },
      planReason: 'rolling back support-bot',
    });
    expect(page.button(/^Unlock production and silence, then roll back$/)).toBeDefined();
    await act(async () => useWindow.getState().setPlanReason('p95 at 9 s'));
    await tick();
    expect(useWindow.getState()).toMatchObject({ planning: request, planReason: 'p95 at 9 s' });
    expect(page.button(/^Unlock production and roll back$/)).toBeDefined();
  });

  it('leaves no reason behind that nobody typed, and says what it asks for, whatever fires meanwhile', async () => {
    const many = Array.from({ length: 12 }, (_, at) => ({ ...alert, fingerprint: `f${at}` }));
    const { core, page } = await open({
      'alerts.list': () => ({ alerts: many }),
      'actions.plan': (input) => ({ plan: planOf(input as Pick<Plan, 'request'>) }),
    });
    expect(page.text()).toContain('Also silence 9 of 12');
    await tick();
    core.answers['alerts.list'] = () => ({ alerts: [] });
    await act(async () => core.emit({ type: 'changed', topics: ['alerts'] }));
    await settle(600);
    expect(page.text()).toContain('Also silence 9\u00a0alerts');
    expect(useWindow.getState().planning).toMatchObject({ requests: { length: 10 } });
    await tick();
    expect(useWindow.getState()).toMatchObject({ planning: request, planReason: '' });
  });

  it('is not offered where no alert of the service fires, nor for what mends nothing', async () => {
    await open({
      'alerts.list': () => ({ alerts: others }),
      'actions.plan': () => ({ plan: planOf() }),
    });
    expect(box()).toBeNull();
    await leave?.();
    useWindow.setState({
      planning: {
        kind: 'kill_switch',
        service: 'support-bot',
        environment: 'production',
        on: true,
      },
    });
    await open({
      'alerts.list': () => ({ alerts: [alert] }),
      'actions.plan': () => ({ plan: planOf() }),
    });
    expect(box()).toBeNull();
  });
});
