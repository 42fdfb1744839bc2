/** Silences: alone, and in one action with what mends. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ActionRequest, SingleRequest } from '#shared/model/action.ts';
import { utcMinute } from '#shared/util/utc-minute.ts';
import { fastClock } from '../fixtures/actions-world.ts';
import { FIRING } from '../fixtures/alert-service.ts';
import { failure } from '../helpers/failure.ts';
import { actionKit, as, isWrite, on, signal, step } from './action-kit.ts';

const kit = actionKit({ alerts: true });

describe('a silence', () => {
  const silence = (ms = 3_600_000): Extract<SingleRequest, { kind: 'silence' }> => ({
    kind: 'silence',
    source: 'alerts',
    alert: FIRING.fingerprint,
    environment: 'production',
    until: kit.world.clock.now() + ms,
  });
  beforeEach(async () => {
    // The alert service goes by the real clock.
    kit.begin(fastClock(1));
    for await (const batch of kit.world.alerts?.pull(null, signal()) ?? []) {
      await kit.cache.write('commitBatch', { source: 'alerts', batch });
    }
  });
  afterEach(() => {
    for (const { id } of kit.alerts.silences.list()) kit.alerts.silences.expire(id, Date.now());
    kit.alerts.server.asked.length = 0;
  });
  const standing = () => kit.alerts.silences.holding(FIRING.labels, Date.now());

  it('holds the alert, is proven by the alert itself, and its undo ends it', async () => {
    const made = await kit.plan(silence());
    expect(made).toMatchObject({ service: 'support-bot', needsReason: true, noop: false });
    const { id } = await kit.world.actions.execute(made.id, as());
    const ended = await kit.world.ended(id);
    expect(ended.outcome).toBe('effective');
    expect(ended.steps.map(({ name, state }) => [name, state])).toEqual([
      ['sent', 'done'],
      ['stored', 'done'],
      ['served', 'done'],
      ['live', 'skipped'],
      ['recovered', 'skipped'],
    ]);
    expect(ended.steps[2]?.text).toMatch(/^1 of 1 alert suppressed by this silence, for 60 min/);
    expect(standing()).toEqual(ended.made);
    expect(kit.alerts.silences.get(ended.made[0] ?? '')).toMatchObject({
      createdBy: 'mika',
      comment: `being looked at (Nightdesk ${id})`,
    });
    const undo = await kit.undo(id, { reason: '' });
    expect((await kit.world.ended(undo.id)).outcome).toBe('effective');
    expect(standing()).toEqual([]);
    const redo = await kit.undo(undo.id);
    await kit.world.ended(redo.id);
    expect(standing()).toHaveLength(1);
  });

  it('without a reason, with a past end or for ever is refused', async () => {
    const made = await kit.plan(silence());
    expect((await failure(kit.world.actions.execute(made.id, as({ reason: ' ' })))).code).toBe(
      'bad_input',
    );
    expect((await failure(kit.plan(silence(-1)))).message).toContain('future');
    const aWeek = Math.ceil((Date.now() + 7 * 86_400_000) / 60_000) * 60_000;
    expect((await kit.plan({ ...silence(), until: aWeek })).title).toContain(utcMinute(aWeek));
    expect((await failure(kit.plan(silence(30 * 86_400_000)))).message).toContain('seven days');
    expect(standing()).toEqual([]);
  });

  it('whose answer got lost is recognised, and not made twice', async () => {
    const made = await kit.plan(silence());
    kit.alerts.server.fault({ kind: 'cut-off' }, isWrite);
    const { id } = await kit.world.actions.execute(made.id, as());
    const ended = await kit.world.ended(id);
    expect(ended.outcome).toBe('effective');
    expect(ended.made).toEqual(standing());
    expect(kit.alerts.server.asked.filter(isWrite)).toHaveLength(1);
  });

  it('that stands already is not made again', async () => {
    await kit.world.ended((await kit.carryOut(silence())).id);
    const again = await kit.carryOut(silence(1_800_000));
    expect(again.steps[0]).toMatchObject({ state: 'skipped' });
    expect(again.steps[0]?.text).toContain('already silenced by mika');
    const ended = await kit.world.ended(again.id);
    expect(ended).toMatchObject({ outcome: 'effective', made: standing() });
    expect(ended.summary).toMatch(/^Already silenced by mika/);
    expect(standing()).toHaveLength(1);
    // It is another's: this action has nothing to undo.
    expect((await failure(kit.plan({ kind: 'undo', action: again.id }))).code).toBe('bad_input');
  });

  /** What a person asks for who ticks "also silence" in the dialog of a rollback. */
  const silenceThenRollback = (): ActionRequest => ({
    kind: 'several',
    requests: [silence(), { kind: 'rollback', ...on }],
  });

  it('goes first in one action with a rollback, and one undo ends both', async () => {
    const before = await kit.present();
    const request = silenceThenRollback();
    const made = await kit.plan(request);
    const end =
      request.kind === 'several' && request.requests[0]?.kind === 'silence'
        ? request.requests[0].until
        : 0;
    expect(made.title).toBe(
      `Silence ${FIRING.labels.alertname} until ${utcMinute(end)}, then roll back support-bot v42 → v41`,
    );
    expect(made).toMatchObject({ needsReason: true, toVersion: 'v41', fromVersions: ['v42'] });
    expect(made.drilled).not.toBeNull();
    const { id } = await kit.world.actions.execute(made.id, as());
    await kit.served(id, 1);
    expect(await kit.weights()).toEqual({ v41: 1000, v42: 0 });
    expect(standing()).toHaveLength(1);
    const undo = await kit.undo(id);
    expect(undo.plan).toMatchObject({
      title: `Undo ${id}: ${made.title}`,
      undo: 'Undo of the undo brings back what stands now; a silence only until its end.',
    });
    await kit.stored(undo.id, 1);
    expect(await kit.present()).toEqual(before);
    expect(standing()).toEqual([]);
  });

  it('whose end has passed is left out when the undo is undone; alone there is nothing to bring back', async () => {
    await kit.world.actions.close();
    const clock = fastClock(20);
    let later = 0;
    kit.begin({ ...clock, now: () => clock.now() + later });
    const made = await kit.plan(silenceThenRollback());
    const both = await kit.world.actions.execute(made.id, as());
    await kit.stored(both.id, 1);
    const undo = await kit.undo(both.id);
    await kit.stored(undo.id, 1);
    later = 8 * 86_400_000;
    const again = await kit.plan({ kind: 'undo', action: undo.id });
    expect(again.changes.map(({ kind }) => kind)).toEqual(['flag']);
    expect(again.title).toMatch(/, but for the silence: it would have ended by now$/);
    // Of the first action this is a part only.
    expect(again.undo).toBe('Undo of the undo brings back what stands now, exactly.');
    later = 0;
    const quiet = await kit.carryOut(silence());
    await kit.stored(quiet.id);
    const ended = await kit.undo(quiet.id);
    await kit.stored(ended.id);
    later = 8 * 86_400_000;
    expect((await failure(kit.plan({ kind: 'undo', action: ended.id }))).message).toContain(
      'nothing to bring back',
    );
  });

  it('that a colleague has made meanwhile, for longer, does not keep the rollback from being done', async () => {
    const made = await kit.plan(silenceThenRollback());
    await kit.world.ended((await kit.carryOut(silence(4 * 3_600_000))).id);
    const { id } = await kit.world.actions.execute(made.id, as());
    const proven = await kit.served(id, 1);
    expect(step(proven, 'sent', 0).state).toBe('skipped');
    expect(step(proven, 'served', 0).state).toBe('done');
    expect(await kit.weights()).toEqual({ v41: 1000, v42: 0 });
    // What the colleague made outlives the undo of this action.
    const undo = await kit.undo(id);
    await kit.stored(undo.id, 0);
    expect(await kit.weights()).toEqual({ v41: 750, v42: 250 });
    expect(standing()).toHaveLength(1);
  });

  it('that cannot be had stops the action before production is touched', async () => {
    const made = await kit.plan(silenceThenRollback());
    kit.alerts.server.fault({ kind: 'status', status: 403 }, isWrite);
    const ended = await kit.world.ended((await kit.world.actions.execute(made.id, as())).id);
    expect(ended.outcome).toBe('failed');
    expect(await kit.weights()).toEqual({ v41: 750, v42: 250 });
    expect(kit.flags.server.asked.filter(isWrite)).toEqual([]);
  });

  it('is ended again where the rollback after it fails', async () => {
    const made = await kit.plan(silenceThenRollback());
    kit.flags.server.fault({ kind: 'status', status: 403 }, isWrite);
    const ended = await kit.world.ended((await kit.world.actions.execute(made.id, as())).id);
    expect(ended.outcome).toBe('failed');
    expect(step(ended, 'restored', 0).state).toBe('done');
    expect(standing()).toEqual([]);
  });
});
