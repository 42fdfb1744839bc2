import { describe, expect, it } from 'vitest';
import { RECORDED, type Replay, type ReplayTotals } from '#shared/model/replay.ts';
import { cutsOf } from '../../renderer/features/replay/cuts.ts';
import { chosenEndpoints, usualEndpoints } from '../../renderer/features/replay/endpoints.ts';
import { wordDiff } from '../../renderer/features/replay/word-diff.ts';
import {
  endpointName,
  FIGURES,
  failedWords,
  passedOf,
  rollbackOf,
  wanderSentence,
} from '../../renderer/features/replay/words.ts';

const endpoint = (id: string, version: string | null, service: string | null = 'bot') => ({
  id,
  model: id,
  version,
  service,
  environment: null,
  address: 'http://127.0.0.1/v1',
  priced: true,
  key: 'none' as const,
});
const NONE = { answered: 0, language: 0, sure: 0, tools: 0, schema: 0 };
const totals = (id: string, more: Partial<ReplayTotals> = {}): ReplayTotals => ({
  endpoint: id,
  samples: 5,
  passed: 5,
  unfinished: 0,
  unasked: {},
  failed: NONE,
  answers: 5,
  broken: 0,
  unsure: 0,
  refusals: 0,
  languages: { es: 5 },
  latencyMs: 1000,
  firstTokenMs: 200,
  inputTokens: 10,
  outputTokens: 5,
  costUsd: 0.01,
  toolCalls: 5,
  stubbed: 0,
  wander: 0.17,
  distance: null,
  score: null,
  scored: 0,
  injections: 0,
  ...more,
});
const ENDPOINTS = [endpoint('new', 'v42'), endpoint('old', 'v41')];
const FLAG = { stable: 'v41', candidate: 'v42' };

describe('how many samples are correct', () => {
  it('tells those of which only a part is answered apart: they do not count', () => {
    expect(passedOf(totals('new', { samples: 3, passed: 2 }))).toBe('2 of 3');
    expect(passedOf(totals('new', { samples: 1, passed: 1, unfinished: 4 }))).toBe(
      '1 of 1, 4 not finished',
    );
    expect(passedOf(totals('new', { samples: 0, passed: 0, unfinished: 4 }))).toBe('not finished');
    expect(passedOf(totals('new', { samples: 0, passed: 0 }))).toBe('–');
  });

  it('says of an endpoint that could not be asked so, and why', () => {
    const none = { samples: 0, passed: 0, unasked: { 401: 1, 'timed out': 1 } };
    expect(passedOf(totals('new', none))).toBe('could not be asked (401, timed out)');
    expect(passedOf(totals('new', { ...none, unfinished: 1 }))).toBe(
      '1 not finished, 2 could not be asked (401, timed out)',
    );
    expect(passedOf(totals('new', { samples: 3, passed: 2, unasked: { 429: 1 } }))).toBe(
      '2 of 3, 1 could not be asked (429)',
    );
  });
});

describe('which endpoints a re-run begins with', () => {
  const of = (answered: string | null) => ({
    service: 'bot',
    environment: 'production',
    answered,
    flag: FLAG,
  });
  const all = [...ENDPOINTS, endpoint('other', 'v1', 'shop'), endpoint('judge', null, null)];

  it('the version that answered then, and stable beside it; candidate where stable answered', () => {
    expect(usualEndpoints(all, 'judge', of('v42'))).toMatchObject({
      baseline: 'new',
      other: 'old',
    });
    expect(usualEndpoints(all, 'judge', of('v41'))).toMatchObject({
      baseline: 'old',
      other: 'new',
    });
    expect(usualEndpoints(all, 'judge', of('v40'))).toMatchObject({
      baseline: 'new',
      other: 'old',
    });
  });

  it('not those of other services, nor the judge', () => {
    const { options } = usualEndpoints(all, 'judge', of(null));
    expect(options.map(({ value }) => value)).toEqual(['new', 'old']);
  });

  it('what is picked by hand, never the same twice, and nobody where that is wanted', () => {
    const usual = usualEndpoints(all, 'judge', of('v42'));
    expect(chosenEndpoints({}, usual)).toEqual(['new', 'old']);
    expect(chosenEndpoints({ baseline: 'old' }, usual)).toEqual(['old', 'new']);
    expect(chosenEndpoints({ other: '' }, usual)).toEqual(['new']);
    expect(chosenEndpoints({ other: 'gone' }, usual)).toEqual(['new', 'old']);
  });
});

describe('what is said of a re-run', () => {
  const replay = (of: ReplayTotals[], state: Replay['state'] = 'done') => ({
    endpoints: ENDPOINTS,
    totals: of,
    state,
  });

  it('endpoints go by their version, by their id where two share it', () => {
    expect(endpointName(ENDPOINTS, 'new')).toBe('v42');
    expect(endpointName([...ENDPOINTS, endpoint('copy', 'v42')], 'new')).toBe('new');
    expect(endpointName(ENDPOINTS, RECORDED)).toBe('recorded');
  });

  it('which rules failed, and how often where not always', () => {
    const failed = { ...NONE, language: 5, sure: 2 };
    expect(failedWords(totals('new', { failed }))).toBe('other language, unsure ×2');
  });

  it('how much the baseline wanders by itself', () => {
    const of = [totals('new', { wander: 0.31 }), totals('old', { distance: 0.88 })];
    expect(wanderSentence(replay(of))).toMatch(
      /^v42’s own answers differ from each other in 31.% of their words, v41’s from them in 88.%\.$/,
    );
    expect(wanderSentence(replay([totals('new', { wander: null })]))).toBe('');
  });

  it('speaks for a rollback only when stable answered more often, and only at the end', () => {
    const bad = [totals('new', { passed: 0 }), totals('old')];
    expect(rollbackOf(replay(bad), FLAG)).toEqual({ from: 'v42', to: 'v41' });
    expect(rollbackOf(replay(bad, 'running'), FLAG)).toBeNull();
    expect(rollbackOf(replay([totals('new'), totals('old', { passed: 4 })]), FLAG)).toBeNull();
    expect(rollbackOf(replay([totals('new', { passed: 0 })]), FLAG)).toBeNull();
    expect(rollbackOf(replay(bad), undefined)).toBeNull();
    const unasked = totals('new', { samples: 0, passed: 0, answers: 0, unasked: { 401: 5 } });
    expect(rollbackOf(replay([unasked, totals('old')]), FLAG)).toBeNull();
  });

  it('figures never show what is not there', () => {
    const empty = totals('new', {
      samples: 0,
      answers: 0,
      languages: {},
      latencyMs: null,
      firstTokenMs: null,
      inputTokens: null,
      outputTokens: null,
      costUsd: null,
      toolCalls: 0,
      wander: null,
    });
    for (const figure of FIGURES) expect(figure.text(empty), figure.id).toBe('–');
  });
});

describe('word against word', () => {
  const own = (pieces: readonly { text: string; own: boolean }[] = []) =>
    pieces.filter((piece) => piece.own).map(({ text }) => text.trim());

  it('marks what the other does not have, and loses nothing', () => {
    const left = 'The refund of 12,50 € was sent today.';
    const right = 'The refund of 99,00 € was sent yesterday.';
    const diff = wordDiff(left, right);
    expect(own(diff?.left).join(' ')).toContain('today');
    expect(own(diff?.right).join(' ')).toContain('yesterday');
    expect(diff?.left.map(({ text }) => text).join('')).toBe(left);
    expect(diff?.right.map(({ text }) => text).join('')).toBe(right);
  });

  it.each([
    ['Возврат отправлен сегодня утром.', 'Возврат отправлен вчера утром.', 'сегодня', 'вчера'],
    ['Η επιστροφή εστάλη σήμερα.', 'Η επιστροφή εστάλη χθες.', 'σήμερα', 'χθες'],
    ['تم إرسال المبلغ اليوم إليك', 'تم إرسال المبلغ أمس إليك', 'اليوم', 'أمس'],
    ['पैसे आज भेज दिए गए।', 'पैसे कल भेज दिए गए।', 'आज', 'कल'],
    ['환불은 오늘 완료되었습니다.', '환불은 어제 완료되었습니다.', '오늘', '어제'],
    ['退款今天已经发出。', '退款昨天已经发出。', '今天', '昨天'],
    ['Se abonan 12,50 € hoy.', 'Se abonan 12,90 € hoy.', '12,50', '12,90'],
  ])('marks whole words in any script: %s', (left, right, leftOwn, rightOwn) => {
    const diff = wordDiff(left, right);
    expect([own(diff?.left), own(diff?.right)]).toEqual([[leftOwn], [rightOwn]]);
  });

  it('says nothing where there is hardly a word in common, or too much to compare', () => {
    expect(wordDiff('uno dos tres', 'one two three')).toBeNull();
    expect(wordDiff('x '.repeat(20_000), 'x')).toBeNull();
    expect(wordDiff('same', 'same')).not.toBeNull();
  });
});

describe('where a budget will cut a run', () => {
  const phase = (id: string, requests: number, ms = 1) => ({
    endpoint: id,
    requests,
    tokens: requests * 10,
    usd: requests / 100,
    ms,
  });
  const asked = [endpoint('old', 'v41'), endpoint('new', 'v42')];
  const budget = { requests: 500, tokens: 1e6, usd: 100, minutes: 15 };
  const cut = (...phases: ReturnType<typeof phase>[]) =>
    cutsOf(phases, budget, asked).map(({ sentence }) => sentence);

  it('says who would get no answers', () => {
    expect(cut(phase('old', 700), phase('new', 700))).toEqual([
      'The budget of 500 requests is spent during the baseline, v41: v42 would get no answers.',
    ]);
    expect(cut(phase(RECORDED, 600), phase('old', 1), phase('new', 1))).toEqual([
      'The budget of 500 requests is spent while the recorded answers are scored: v41 and v42 would get no answers.',
    ]);
  });

  it('says how much the last one would get', () => {
    expect(cut(phase(RECORDED, 100), phase('old', 300), phase('new', 200))).toEqual([
      'The budget of 500 requests is spent during v42: it would get about 50\u00a0% of its answers.',
    ]);
  });

  it('tells each limit by itself, and nothing where all is within', () => {
    expect(cut(phase('old', 300), phase('new', 200))).toEqual([]);
    expect(
      cutsOf(
        [phase('old', 300, 1_000_000), phase('new', 300)],
        { requests: 400, tokens: 2000, usd: 2, minutes: 15 },
        asked,
      ).map(({ limit }) => limit),
    ).toEqual(['requests', 'tokens', 'usd', 'minutes']);
  });
});
