/** Which actions the palette offers, and to whom. */
import { expect, it } from 'vitest';
import type { FlagRow } from '#shared/contract/flags.ts';
import type { Overview } from '#shared/contract/overview.ts';
import type { Drilled } from '#shared/model/action.ts';
import type { Role } from '#shared/model/session.ts';
import { paletteItems } from '../../renderer/app/palette-items.ts';

const drilled: Drilled = {
  service: 'support-bot',
  environment: 'staging',
  drill: 'rollback',
  at: null,
  action: null,
  everyMs: null,
  overdue: false,
  failed: null,
};
const rowOf = (service: string) => ({ service, version: 'v1', part: 'stable' });
const overview = { incidents: [], matrix: ['support-bot', 'docs-search'].map(rowOf) };
const flags = [{ roles: [{ service: 'support-bot', role: 'kill_switch' }] }];

const actions = (role: Role) =>
  paletteItems({
    environment: { name: 'production', protected: true, unlockedUntil: null },
    environments: [],
    role,
    overview: overview as unknown as Overview,
    commands: [],
    searches: [],
    flags: flags as FlagRow[],
    drills: [
      drilled,
      { ...drilled, environment: 'production', drill: 'kill_switch', overdue: true },
    ],
    now: 0,
  }).filter(({ group }) => group === 'Actions');

it('kill switches of the services that have one, and every drill that may be done', () => {
  const on = { service: 'support-bot', environment: 'production' };
  expect(actions('responder')).toMatchObject([
    {
      label: 'Kill switch: turn support-bot off',
      does: { request: { kind: 'kill_switch', ...on, on: false } },
    },
    {
      label: 'Turn support-bot back on',
      does: { request: { kind: 'kill_switch', ...on, on: true } },
    },
    {
      label: 'Drill the rollback of support-bot in staging',
      does: { request: { kind: 'drill', ...on, environment: 'staging', drill: 'rollback' } },
    },
    {
      label: 'Drill the kill switch of support-bot in production',
      description: 'overdue; opens the plan; nothing is sent yet',
    },
  ]);
});

it('nothing to who may only look', () => {
  expect(actions('viewer')).toEqual([]);
});
