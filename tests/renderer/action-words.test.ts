import { expect, test } from 'vitest';
import { ActionOutcome, type Step } from '#shared/model/action.ts';
import {
  affectedSentence,
  confirmLabel,
  drilledSentence,
  flagStateOf,
  meaningOf,
  OUTCOME,
  stepText,
  stepTime,
  targetSentence,
  toMarkdown,
} from '../../renderer/features/action/words.ts';
import { actionOf, flagState, planOf } from './plan.fixture.ts';

const plain = (text: string) => text.replaceAll('\u00a0', ' ');

test('every outcome has a word', () => {
  expect(Object.keys(OUTCOME).sort()).toEqual([...ActionOutcome.options].sort());
});

test.each<[string, ActionOutcome, Step['state'][], string | null]>([
  [
    'live, and still out of band',
    'not_recovered',
    ['done', 'failed'],
    'The change is live, and the signals stayed out of band: look for another cause.',
  ],
  [
    'still out of band, and never seen live',
    'not_recovered',
    ['unknown', 'failed'],
    'The signals stayed out of band, and traffic did not show that the change is live: look at that first.',
  ],
  ['undone, as older versions kept it', 'not_recovered', ['done', 'skipped'], null],
  ['undone', 'undone', ['done', 'skipped'], null],
  ['failed: the summary says how', 'failed', ['skipped', 'skipped'], null],
  ['ended and not known: the summary says what', 'unknown', ['skipped', 'waiting'], null],
])('what it means, where it is %s', (_what, outcome, states, means) => {
  const step = { change: null, startedAt: 0, endedAt: 1, text: '', next: '' };
  const steps = (['live', 'recovered'] as const).map((name, at): Step => {
    return { ...step, name, state: states[at] ?? 'waiting' };
  });
  expect(meaningOf({ outcome, steps, endedAt: 1 })).toBe(means);
});

test('while it goes on, what is not known is looked for', () => {
  expect(meaningOf({ outcome: 'unknown', steps: [], endedAt: null })).toContain('read again');
});

test('a path that cannot be drilled now is not called overdue', () => {
  const drilled = {
    service: 'support-bot',
    environment: 'staging',
    drill: 'rollback' as const,
    at: null,
    action: null,
    everyMs: 86_400_000,
    overdue: false,
    idle: 'no candidate is served',
    failed: null,
  };
  const told = 'it cannot be drilled now: no candidate is served.';
  expect(drilledSentence(drilled, 0)).toBe(`This path was never drilled in staging; ${told}`);
  expect(plain(drilledSentence({ ...drilled, at: 0 }, 60_000) ?? '')).toBe(
    `Last drilled 60 s ago in staging; ${told}`,
  );
});

test('who is affected leaves out what is not known', () => {
  expect(plain(affectedSentence(planOf()))).toBe(
    'Affects 25 % of users, 31 % of traffic, 412 conversations in the last hour, 3.6 requests per second on v42.',
  );
  expect(
    plain(
      affectedSentence({
        fromVersions: [],
        affected: {
          rollout: null,
          trafficShare: null,
          conversationsLastHour: 1,
          requestsPerSecond: null,
        },
      }),
    ),
  ).toBe('Affects 1 conversation in the last hour.');
  const nothing = { trafficShare: null, conversationsLastHour: null, requestsPerSecond: null };
  const say = (rollout: number | null, estimated = false) =>
    plain(affectedSentence({ fromVersions: [], affected: { rollout, estimated, ...nothing } }));
  expect(say(0.15, true)).toBe('Affects 15 % of users.');
  expect(say(null)).toBe('Whom it affects is not known.');
});

test('where only a part moves, who moves comes first and the rest is called an estimate', () => {
  const affected = {
    rollout: 0.01,
    trafficShare: 0.01,
    conversationsLastHour: 3,
    requestsPerSecond: 0.2,
    estimated: true,
  };
  expect(plain(affectedSentence({ fromVersions: ['v41'], affected }))).toBe(
    'Affects 1 % of users, now on v41: by estimate 1 % of traffic, 3 conversations in the last hour, 0.2 requests per second.',
  );
  const few = { ...affected, requestsPerSecond: 0.04 };
  expect(plain(affectedSentence({ fromVersions: ['v41'], affected: few }))).toContain(
    ' under 0.1 requests per second.',
  );
});

test('a version with hardly any traffic is not called healthy', () => {
  const cell = (state: 'ok' | 'bad' | 'few') => ({
    signal: 's',
    value: 1,
    at: 1,
    state,
    low: null,
    high: null,
    why: '',
  });
  const health = (at: number | null, ...states: ('ok' | 'bad' | 'few')[]) => ({
    version: 'v41',
    at,
    cells: states.map(cell),
  });
  const say = (of: ReturnType<typeof health>) => plain(targetSentence(of, 1000));
  expect(say(health(1000, 'ok', 'ok'))).toBe('v41 is in band on all 2 signals.');
  expect(say(health(1000, 'ok', 'ok', 'few'))).toBe('v41 is in band on 2 signals.');
  expect(say(health(1000, 'ok', 'few', 'few'))).toContain('too few requests');
  expect(say(health(1000, 'ok', 'bad'))).toBe('v41 has 1 signal out of band.');
  expect(say(health(null))).toContain('nothing is known');
});

test('the button says that it also unlocks, and what it does', () => {
  expect(confirmLabel(planOf())).toBe('Unlock production and roll back');
  expect(confirmLabel(planOf({ unlocks: false }))).toBe('Roll back');
  expect(
    confirmLabel(
      planOf({
        unlocks: false,
        request: { kind: 'kill_switch', service: 's', environment: 'e', on: false },
      }),
    ),
  ).toBe('Turn off');
});

test('a step is timed from the confirmation, and not before it ended', () => {
  const [sent, stored] = actionOf().steps;
  expect(sent && plain(stepTime(sent, 1_000_000))).toBe('0.08 s');
  expect(stored && stepTime(stored, 1_000_000)).toBe('');
  // The clock was set back meanwhile.
  expect(sent && plain(stepTime({ ...sent, endedAt: 0, afterMs: 120 }, 1_000_000))).toBe('0.12 s');
});

test('a long list of signals shows first what is not yet in band', () => {
  const text = `${Array.from({ length: 12 }, (_, at) => `signal ${at} 0.${at} s in band`).join('; ')}; unsure 11 % above 10 %; p95 2.2 s in band, 12 s more to be sure`;
  expect(stepText(text)).toBe(
    'unsure 11 % above 10 %; signal 0 0.0 s in band; signal 1 0.1 s in band; 11 more in band; 12 s more to be sure',
  );
  expect(stepText('p95 2.2 s in band; unsure 3 % in band')).toBe(
    'p95 2.2 s in band; unsure 3 % in band',
  );
});

test('what is told to the channel has title, outcome, proven steps and where to look', () => {
  const text = toMarkdown(
    actionOf({ outcome: 'recovered', summary: 'Rolled back to v41.', reason: 'paged' }),
    'http://127.0.0.1/action/a-1',
  );
  expect(text.split('\n')).toEqual([
    '**Roll back support-bot v42 → v41** (production): recovered',
    'Rolled back to v41.',
    '',
    '- ✓ sent after 0.08 s: 1 change',
    '- … stored',
    '',
    'Started 1970-01-01T00:16:40.000Z by ines: paged. Action `a-1`, http://127.0.0.1/action/a-1',
  ]);
});

test('only what looks like a flag’s state is shown as one', () => {
  expect(flagStateOf(flagState(1, 2))).toEqual(flagState(1, 2));
  for (const other of [
    null,
    undefined,
    'on',
    3,
    {},
    { enabled: 'yes', strategies: [], variants: [] },
  ]) {
    expect(flagStateOf(other)).toBeNull();
  }
});
