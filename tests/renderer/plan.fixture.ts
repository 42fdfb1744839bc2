import type { Action, Plan } from '#shared/model/action.ts';
import type { FlagState } from '#shared/model/flag.ts';

export const flagState = (v41: number, v42: number): FlagState => ({
  enabled: true,
  strategies: [
    {
      id: 's1',
      name: 'flexibleRollout',
      parameters: { rollout: '100', stickiness: 'sessionId' },
      constraints: [],
      segments: [],
      variants: [
        { name: 'v41', weight: v41 },
        { name: 'v42', weight: v42 },
      ],
    },
  ],
  variants: [],
});

export function planOf(change: Partial<Plan> = {}): Plan {
  const now = Date.now();
  return {
    id: 'p-1',
    request: { kind: 'rollback', service: 'support-bot', environment: 'production' },
    title: 'Roll back support-bot v42 → v41',
    service: 'support-bot',
    environment: 'production',
    source: 'unleash',
    flag: 'support-bot-model',
    createdAt: now,
    expiresAt: now + 300_000,
    before: flagState(750, 250),
    after: flagState(1000, 0),
    noop: false,
    diff: [
      { sign: '-', text: 'v42 weight 250' },
      { sign: '+', text: 'v42 weight 0' },
    ],
    fromVersions: ['v42'],
    toVersion: 'v41',
    affected: {
      rollout: 0.25,
      trafficShare: 0.31,
      conversationsLastHour: 412,
      requestsPerSecond: 3.6,
    },
    targetHealth: null,
    outOfBand: [],
    warnings: [],
    blockers: [],
    undo: 'Restores the weights above exactly.',
    unlocks: true,
    ...change,
  };
}

export function actionOf(change: Partial<Action> = {}): Action {
  return {
    id: 'a-1',
    kind: 'rollback',
    title: 'Roll back support-bot v42 → v41',
    service: 'support-bot',
    environment: 'production',
    by: 'ines',
    reason: '',
    startedAt: 1_000_000,
    endedAt: null,
    outcome: null,
    summary: '',
    steps: [
      {
        name: 'sent',
        state: 'done',
        startedAt: 1_000_000,
        endedAt: 1_000_080,
        text: '1 change',
        next: '',
      },
      { name: 'stored', state: 'running', startedAt: 1_000_080, endedAt: null, text: '', next: '' },
      { name: 'served', state: 'waiting', startedAt: null, endedAt: null, text: '', next: '' },
    ],
    plan: planOf(),
    undoes: null,
    undoneBy: null,
    ...change,
  };
}
