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
    createdAt: now,
    expiresAt: now + 300_000,
    changes: [
      {
        kind: 'flag',
        source: 'unleash',
        what: 'flag support-bot-model',
        noop: false,
        flag: 'support-bot-model',
        before: flagState(750, 250),
        after: flagState(1000, 0),
        diff: [
          { sign: '-', text: 'v42 weight 250' },
          { sign: '+', text: 'v42 weight 0' },
        ],
      },
    ],
    noop: false,
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
    drilled: null,
    silences: [],
    approvals: [],
    warnings: [],
    blockers: [],
    undo: 'Restores the weights above exactly.',
    unlocks: true,
    typed: null,
    second: null,
    needsReason: false,
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
    override: '',
    made: [null],
    startedAt: 1_000_000,
    endedAt: null,
    outcome: null,
    summary: '',
    steps: [
      {
        name: 'sent',
        change: 0,
        state: 'done',
        startedAt: 1_000_000,
        endedAt: 1_000_080,
        text: '1 change',
        next: '',
      },
      {
        name: 'stored',
        change: 0,
        state: 'running',
        startedAt: 1_000_080,
        endedAt: null,
        text: '',
        next: '',
      },
      {
        name: 'served',
        change: 0,
        state: 'waiting',
        startedAt: null,
        endedAt: null,
        text: '',
        next: '',
      },
    ],
    plan: planOf(),
    undoes: null,
    undoneBy: null,
    ...change,
  };
}
