/** The network fails or the console dies, at each point of an action: what is not known is found out, and nothing is sent twice. */
import { describe, expect, it } from 'vitest';
import type { Action, Plan } from '#shared/model/action.ts';
import type { FlagState } from '#shared/model/flag.ts';
import { flagStateText } from '#shared/util/flag-state.ts';
import { FEATURES } from '../fixtures/flag-service.ts';
import { actionKit, as, flagOf, isWrite, signal, states, step } from './action-kit.ts';

const kit = actionKit();

describe('when the network fails', () => {
  it('nothing was sent if the service was not there to be read', async () => {
    const made = await kit.plan();
    await kit.flags.server.vanish();
    const action = await kit.world.actions.execute(made.id, as());
    expect(action).toMatchObject({ outcome: 'failed', endedAt: expect.any(Number) });
    // The page has nothing to press again.
    expect(step(action, 'sent').next).toBe(
      'Nothing was changed by it. Plan again when the source answers.',
    );
  });

  it('an answer that got lost is found to have arrived, and is not sent again', async () => {
    const made = await kit.plan();
    kit.flags.server.fault({ kind: 'cut-off' }, isWrite);
    const { id } = await kit.world.actions.execute(made.id, as());
    const proven = await kit.served(id);
    expect(step(proven, 'sent').text).toContain('read back equal to the plan');
    expect(kit.writes()).toHaveLength(1);
  });

  it.each(['hang', 'reset', 'stall'] as const)(
    'a request that did not arrive (%s) ends as not carried out',
    async (kind) => {
      const made = await kit.plan();
      kit.flags.server.fault({ kind }, isWrite);
      const { id } = await kit.world.actions.execute(made.id, as());
      const ended = await kit.world.ended(id);
      expect(ended.outcome).toBe('failed');
      expect(ended.summary).toContain('nothing was changed');
      expect(flagStateText(await kit.present())).toBe(flagStateText(flagOf(made).before));
      expect(kit.writes()).toHaveLength(1);
    },
  );

  it('it is unknown while the service is gone, and proven when it is back', async () => {
    const made = await kit.plan();
    const cut = cutAndVanish();
    const { id } = await kit.world.actions.execute(made.id, as());
    await cut;
    const unknown = await kit.world.until(id, (one) => one.outcome === 'unknown');
    expect(unknown.endedAt).toBeNull();
    expect(step(unknown, 'sent')).toMatchObject({ state: 'unknown' });
    await kit.flags.server.comeBack();
    const proven = await kit.served(id);
    expect(proven.outcome).toBeNull();
    expect(kit.writes()).toHaveLength(1);
  });

  it('between stored and served it is unknown too, until clients can be asked again', async () => {
    kit.flags.server.fault({ kind: 'reset' }, ({ path }) => path.startsWith('/api/client'));
    const { id } = await kit.carryOut();
    const unknown = await kit.world.until(id, (one) => one.outcome === 'unknown');
    expect(states(unknown)).toMatchObject({ sent: 'done', stored: 'done', served: 'unknown' });
    kit.flags.server.fault(null);
    const proven = await kit.served(id);
    expect(proven.outcome).toBeNull();
  });

  it('a refusal is told with its reason, and nothing was changed', async () => {
    const made = await kit.plan();
    kit.flags.server.fault({ kind: 'status', status: 403 }, isWrite);
    const refused = await kit.world.actions.execute(made.id, as());
    expect(refused).toMatchObject({ outcome: 'failed' });
    expect(step(refused, 'sent').text).toContain('does not allow this');
    expect(flagStateText(await kit.present())).toBe(flagStateText(flagOf(made).before));
  });

  it('a call that is taken and changes nothing is told so, and teaches nothing of approvals', async () => {
    const made = await kit.plan();
    kit.flags.server.fault({ kind: 'html' }, isWrite);
    const { id } = await kit.world.actions.execute(made.id, as());
    const ended = await kit.world.ended(id);
    const text = 'read back as before: the source took the call, and nothing is changed';
    expect(step(ended, 'stored')).toMatchObject({ state: 'failed', text });
    expect(step(ended, 'stored').next).toContain('a login page or a proxy');
    expect(ended).toMatchObject({ outcome: 'failed', summary: expect.stringContaining(text) });
    const { approvals } = await kit.plan();
    expect(approvals).toEqual([expect.objectContaining({ needed: null, at: null })]);
  });

  it('a workflow that asks for approval is shown as that, with where to ask', async () => {
    const made = await kit.plan();
    const body = {
      message: 'To perform this action, you need the "SKIP_CHANGE_REQUEST" permission.',
    };
    kit.flags.server.fault({ kind: 'status', status: 403, headers: {}, body }, isWrite);
    const waits = await kit.world.actions.execute(made.id, as());
    expect(waits).toMatchObject({ outcome: 'pending_approval', endedAt: expect.any(Number) });
    expect(step(waits, 'sent').link).toBe(
      new URL('/projects/default/change-requests', kit.flags.server.url).href,
    );
    expect(flagStateText(await kit.present())).toBe(flagStateText(flagOf(made).before));
  });

  /** The write goes through, its answer is lost, and the server is gone at once. */
  async function cutAndVanish(): Promise<void> {
    kit.flags.server.fault({ kind: 'cut-off' }, isWrite);
    while (kit.writes().length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    while ((await asOther('model')).strategies[0]?.variants[0]?.weight !== 1000) {
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await kit.flags.server.vanish();
    kit.flags.server.fault(null);
  }
  async function asOther(flag: string): Promise<FlagState> {
    const environment = kit.flags.store.environment(flag, 'production');
    return { ...environment };
  }
});

describe('after a crash', () => {
  /** As the next start of the console finds it. */
  async function restart(): Promise<void> {
    await kit.world.actions.close();
    kit.begin();
    await kit.world.actions.reconcile();
  }
  /** What is on the disk when the console dies right after the intent was journaled. */
  async function dieAfterIntent(made: Plan): Promise<string> {
    const names = ['sent', 'stored', 'served', 'live', 'recovered'] as const;
    const ofChange = ['sent', 'stored', 'served'];
    const action: Action = {
      id: 'a-7',
      kind: 'rollback',
      title: made.title,
      service: made.service,
      environment: made.environment,
      by: 'mika',
      reason: '',
      override: '',
      made: [null],
      startedAt: kit.world.clock.now(),
      endedAt: null,
      outcome: null,
      summary: made.title,
      steps: names.map((name) => ({
        name,
        change: ofChange.includes(name) ? 0 : null,
        state: 'waiting',
        startedAt: null,
        endedAt: null,
        text: '',
        next: '',
      })),
      plan: made,
      undoes: null,
      undoneBy: null,
    };
    const entry = {
      at: action.startedAt,
      kind: 'intent',
      actor: 'mika',
      action: action.id,
      environment: 'production',
      summary: '',
      data: null,
    };
    await kit.cache.journal('append', { entry, action });
    return action.id;
  }

  it('between intent and sending, the action is ended as not carried out, and never sent', async () => {
    const id = await dieAfterIntent(await kit.plan());
    await restart();
    const ended = await kit.world.ended(id);
    expect(ended).toMatchObject({ outcome: 'failed' });
    expect(ended.summary).toContain('nothing was changed');
    expect(kit.writes()).toEqual([]);
  });

  it('between sending and its answer, it is proven from what the outside says', async () => {
    const made = await kit.plan();
    const id = await dieAfterIntent(made);
    if (!kit.world.connector.control) throw new Error('no control');
    const { before: from, after: to } = flagOf(made);
    await kit.world.connector.control.write(
      { flag: 'model', environment: 'production', from, to, comment: '', ready: async () => {} },
      signal(),
    );
    await restart();
    const proven = await kit.served(id);
    expect(step(proven, 'sent').text).toContain('it arrived');
  });

  it('during the proof, it goes on where it was', async () => {
    const { id } = await kit.carryOut();
    await kit.world.until(id, (one) => step(one, 'live').state === 'running');
    await restart();
    const open = await kit.world.actions.read(id);
    expect(states(open)).toMatchObject({ sent: 'done', stored: 'done', served: 'done' });
    await kit.world.traffic({ v41: 30 });
    expect((await kit.world.ended(id)).outcome).toBe('effective');
    expect(kit.writes()).toHaveLength(1);
  });

  it('with the flag changed by somebody else meanwhile, it says that it is neither', async () => {
    const id = await dieAfterIntent(await kit.plan());
    await kit.flags.admin('POST', `${FEATURES}/model/environments/production/off`);
    await restart();
    const ended = await kit.world.ended(id);
    expect(ended.outcome).toBe('failed');
    expect(step(ended, 'sent').text).toContain('neither as before nor as planned');
  });

  it('with the flag service gone, it stays unknown until it is back', async () => {
    const id = await dieAfterIntent(await kit.plan());
    await kit.flags.server.vanish();
    await restart();
    await kit.world.until(id, (one) => one.outcome === 'unknown' && one.endedAt === null);
    await restart();
    await kit.flags.server.comeBack();
    expect((await kit.world.ended(id)).outcome).toBe('failed');
  });
});
