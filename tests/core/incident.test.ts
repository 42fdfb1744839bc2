import { describe, expect, it } from 'vitest';
import { evidenceOf, suggest, type VersionHealth } from '#core/analysis/incident.ts';
import type { ConversationSummary } from '#shared/model/conversation.ts';
import { DEFAULT_SIGNALS } from '#shared/model/default-signals.ts';
import type { Cell } from '#shared/model/signal.ts';

function cell(signal: string, state: Cell['state'], value: number, high: number): Cell {
  return { signal, state, value, high, low: null, at: 1, why: '' };
}

function version(
  name: string,
  part: VersionHealth['part'],
  cells: Cell[],
  more: Partial<VersionHealth> = {},
): VersionHealth {
  return {
    version: name,
    part,
    rollout: 0.25,
    trafficShare: 0.3,
    cells: new Map(cells.map((one) => [one.signal, one])),
    ...more,
  };
}

function conversation(key: number, language: string): ConversationSummary {
  return {
    key,
    id: `c-${key}`,
    service: 'support-bot',
    environment: 'production',
    version: 'v42',
    versions: ['v42'],
    language,
    startedAt: 1,
    endedAt: 2,
    turns: 1,
    title: '',
    failures: ['unsure'],
    unsure: 1,
    feedback: [],
    slowestTurnMs: 1,
    inputTokens: 0,
    outputTokens: 0,
    costUsd: 0,
    pinned: false,
  };
}

const slow = cell('latency_p95', 'bad', 5.8, 2.3);
const fine = cell('latency_p95', 'ok', 2.1, 2.3);
const v41 = version('v41', 'stable', [fine], { rollout: 0.75 });
const v42 = version('v42', 'candidate', [slow, cell('unsure_rate', 'bad', 0.27, 0.1)]);

describe('the suggested action', () => {
  it('is to roll back when only the candidate is out of band', () => {
    expect(suggest([v41, v42], 'v41', true)).toMatchObject({
      kind: 'rollback',
      fromVersion: 'v42',
      toVersion: 'v41',
      label: 'Roll back v42 → v41',
    });
  });

  it('is nothing once the broken version reaches nobody', () => {
    expect(suggest([v41, { ...v42, rollout: 0 }], 'v41', true)).toBeNull();
  });

  it('is the kill switch when the stable version is out of band itself, if there is one', () => {
    const broken = version('v41', 'stable', [slow]);
    expect(suggest([broken, v42], 'v41', true)).toMatchObject({ kind: 'kill_switch' });
    expect(suggest([broken, v42], 'v41', false)).toBeNull();
  });

  it('is nothing when all is well', () => {
    expect(suggest([v41, version('v42', 'candidate', [fine])], 'v41', true)).toBeNull();
  });
});

describe('the evidence in words', () => {
  it('names the version, the worst signals first, what changed, and for whom', () => {
    const onset = 1_700_000_000_000;
    const sentences = evidenceOf(
      {
        service: 'support-bot',
        onset,
        bad: [v42],
        healthy: [v41],
        suspects: [
          {
            score: 0.9,
            reasons: [],
            change: {
              id: 'c',
              at: onset - 120_000,
              kind: 'variant',
              service: 'support-bot',
              environment: 'production',
              versions: ['v42'],
              title: 'v42 went from 10 % to 25 %',
              detail: '',
              by: 'release-bot',
              source: 'unleash',
              flag: null,
            },
          },
        ],
        failing: [],
        failingTotal: 37,
        failingByVersion: { v42: 34, v41: 3 },
      },
      DEFAULT_SIGNALS,
    );
    expect(sentences[0]).toMatch(/^v42 is out of band on 2 signals \(.*; v41 is healthy on all\.$/);
    expect(sentences[0]).toContain('5.8 s');
    expect(sentences[1]).toBe('It began 2 min after v42 went from 10 % to 25 %.');
    expect(sentences[2]).toBe('34 of 37 failing conversations ran on v42.');
  });

  it.each([
    ['es', 'Spanish'],
    ['es_ES', 'es_ES'],
    ['\u202eno language', '\u202eno language'],
  ])('names the language that most speak: %s', (language, name) => {
    const failing = Array.from({ length: 3 }, (_, key) => conversation(key, language));
    const [sentence] = evidenceOf(
      {
        service: 'support-bot',
        onset: 1_700_000_000_000,
        bad: [],
        healthy: [],
        suspects: [],
        failing,
        failingTotal: 3,
        failingByVersion: { v42: 3 },
      },
      DEFAULT_SIGNALS,
    );
    expect(sentence).toBe(
      `3 of 3 failing conversations ran on v42; 3 of the last 3 are in ${name}.`,
    );
  });
});
