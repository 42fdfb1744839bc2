/** A re-run on the page: hostile answers as text, every state in words, the finding as the reason of the plan. */
import { act } from 'react';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Input } from '#shared/contract/index.ts';
import { NightdeskError } from '#shared/errors/index.ts';
import type { Turn } from '#shared/model/conversation.ts';
import { RECORDED, type Replay, type ReplaySample } from '#shared/model/replay.ts';
import { failingsOf, failuresOf } from '#shared/util/failures.ts';
import { AddressRouter } from '../../renderer/client/router.tsx';
import { useWindow } from '../../renderer/client/window.ts';
import Replays from '../../renderer/features/replay/index.tsx';
import { type Answers, fakeCore, mount, settle } from './mount.tsx';

const HOSTILE =
  '<img src=x onerror=alert(1)> [click](javascript:alert(1)) \u202eevil\u200b \u001b[31mred';
const RULES = {
  answered: 'pass',
  language: 'fail',
  sure: 'fail',
  tools: 'pass',
  schema: 'unknown',
} as const;

const sample = (endpoint: string, more: Partial<ReplaySample> = {}): ReplaySample => ({
  endpoint,
  sample: 0,
  turn: 0,
  state: 'done',
  text: 'All is well with your order today.',
  finishReason: 'stop',
  refusal: false,
  unsure: false,
  language: 'en',
  latencyMs: 1200,
  firstTokenMs: 300,
  inputTokens: 10,
  outputTokens: 5,
  costUsd: null,
  requests: 1,
  toolCalls: [],
  error: null,
  verdict: { pass: false, rules: RULES, besideFailed: null },
  judgement: null,
  judgeError: null,
  ...more,
});

const NONE_FAILED = { answered: 0, language: 0, sure: 0, tools: 0, schema: 0 };
const totals = (endpoint: string, passed: number) => ({
  endpoint,
  samples: 5,
  passed,
  unfinished: 0,
  unasked: {},
  failed: { ...NONE_FAILED, sure: 5 - passed },
  answers: 5,
  broken: 0,
  unsure: 0,
  refusals: 0,
  languages: { en: 5 },
  latencyMs: 1,
  firstTokenMs: 1,
  inputTokens: 1,
  outputTokens: 1,
  costUsd: null,
  toolCalls: 0,
  stubbed: 0,
  wander: null,
  distance: null,
  score: null,
  scored: 0,
  injections: 0,
});

const endpoint = (id: string, version: string) => ({
  id,
  model: id,
  version,
  service: 'bot',
  environment: null,
  address: 'http://127.0.0.1/v1',
  priced: false,
  key: 'none' as const,
});

const OLD = endpoint('old', 'v41');

const REPLAY: Replay = {
  id: 'r-1',
  kind: 'turn',
  conversation: 1,
  turn: 0,
  title: 'c-1, turn 1',
  service: 'bot',
  environment: 'production',
  by: 'ana',
  startedAt: 1,
  endedAt: 2,
  state: 'done',
  note: '',
  endpoints: [endpoint('new', 'v42'), OLD],
  samples: 1,
  history: 'recorded',
  judge: null,
  budget: { requests: 10, tokens: 10, usd: 1, minutes: 1 },
  spent: { requests: 2, tokens: 2, usd: 0, ms: 10 },
  progress: { done: 2, total: 2 },
  totals: [totals('new', 0), totals('old', 5), totals(RECORDED, 0)],
  coldScore: null,
};

function core(replay: Replay, samples: ReplaySample[], more: Answers = {}) {
  const one = {
    number: 0,
    conversation: 1,
    conversationId: 'c-1',
    title: HOSTILE,
    version: 'v42',
    language: 'en',
    category: '',
    turns: [0],
    remarks: [],
    totals: replay.totals,
  };
  return fakeCore({
    'session.read': () => ({ role: 'responder', environments: [], now: 0 }),
    'settings.read': () => ({
      services: [{ id: 'bot', modelFlag: { stable: 'v41', candidate: 'v42' } }],
    }),
    'replay.read': () => ({
      replay,
      cases: [one],
      finding: 'v41 answers this correctly in 5 of 5, v42 in 0 of 5',
    }),
    'replay.case': () => ({
      case: one,
      turns: [
        {
          turn: 0,
          traceId: 't',
          question: HOSTILE,
          asked: 'es',
          recorded: sample(RECORDED),
          samples,
          totals: replay.totals,
        },
      ],
    }),
    ...more,
  });
}

beforeEach(() => {
  window.history.replaceState(null, '', '/replays/r-1');
  useWindow.getState().closePlan();
});
let stop = () => {};
afterEach(() => stop());

async function open(...[replay, samples, more]: Parameters<typeof core>) {
  const fake = core(replay, samples, more);
  const page = await mount(
    <AddressRouter>
      <Replays />
    </AddressRouter>,
  );
  stop = () => {
    void page.unmount();
    fake.disconnect();
  };
  // The answers are asked for once the run is there.
  for (let at = 0; at < 200 && document.querySelector('[aria-busy]') !== null; at++)
    await settle(10);
  await settle(20);
  return { page, fake };
}

describe('a re-run', () => {
  it('shows hostile answers, questions and tool results as text', async () => {
    const call = {
      name: 'lookup',
      arguments: '{"x":"<script>1</script>"}',
      answer: 'stubbed' as const,
      result: HOSTILE,
      schemaErrors: ['/x must be integer'],
    };
    const { page } = await open(REPLAY, [
      sample('new', { text: HOSTILE, toolCalls: [call] }),
      sample('old', { text: HOSTILE }),
    ]);
    expect(document.querySelector('main img, script, a[href^="javascript"]')).toBeNull();
    expect(document.querySelector('img[src="x"]')).toBeNull();
    expect(page.text()).toContain('<img src=x onerror=alert(1)>');
    expect(page.text()).toContain('U+202E');
    expect(page.text()).toContain('U+001B');
    expect(page.text()).toContain('not in the recording: stubbed, not executed');
    expect(page.text()).toContain('/x must be integer');
  });

  it('says which rule an answer breaks, and what cannot be told', async () => {
    const { page } = await open(REPLAY, [sample('new'), sample('old')]);
    expect(page.text()).toContain('not same language (en)');
    expect(page.text()).toContain('not sure');
    expect(page.text()).toContain('valid arguments: cannot tell');
  });

  it('calls made otherwise than in a recording that failed are told, and not as wrong', async () => {
    const rules = { ...RULES, tools: 'unknown' as const };
    const { page } = await open(REPLAY, [
      sample('new', { verdict: { pass: false, rules, besideFailed: 'same' } }),
      sample('old', { verdict: { pass: true, rules, besideFailed: 'other' } }),
    ]);
    expect(page.text()).toContain('the same calls as the failed recording');
    expect(page.text()).toContain('other calls than the failed recording');
    expect(page.text()).not.toContain('not same tool calls');
  });

  it('an answer that broke off is kept and said; one that never came too', async () => {
    const error = { code: 'unreachable', message: 'the connection was cut off' };
    const { page } = await open(REPLAY, [
      sample('new', { state: 'partial', text: 'Half an', error }),
    ]);
    expect(page.text()).toContain('Half an');
    expect(page.text()).toContain('It broke off here: the connection was cut off');
    expect(page.text()).toContain('It was not asked: the run ended before.');
    expect(page.text()).toContain('It counts neither for nor against the version.');
    expect(page.text()).not.toContain('not same language');
  });

  it('scores that the transcript tried to steer are marked, and so is a judge that was unfit', async () => {
    const judgement = {
      addressed: 1,
      grounded: null,
      tone: 1,
      score: null,
      injection: true,
      why: HOSTILE,
    };
    const { page } = await open({ ...REPLAY, judge: 'judge' }, [
      sample('new', { judgement }),
      sample('old', { judgeError: 'The judge answered something else.' }),
    ]);
    expect(page.text()).toContain('The transcript speaks to the judge; not counted.');
    expect(page.text()).toContain('Not scored: The judge answered something else.');
  });

  it('gives the plan its finding as the reason', async () => {
    const { page } = await open(REPLAY, [sample('new'), sample('old')]);
    await page.click(/^Roll back v42 → v41/);
    expect(useWindow.getState().planning).toEqual({
      kind: 'rollback',
      service: 'bot',
      environment: 'production',
      to: 'v41',
    });
    expect(useWindow.getState().planReason).toBe(
      'v41 answers this correctly in 5 of 5, v42 in 0 of 5 (re-run r-1)',
    );
  });

  it('calls no conversation correct of which only a part is answered', async () => {
    const row = (number: number, one: object) => ({
      number,
      conversation: number,
      conversationId: `c-${number}`,
      title: 'Hello',
      version: 'v42',
      language: 'en',
      category: '',
      turns: [0, 1],
      remarks: [],
      totals: [{ ...totals('new', 1), failed: NONE_FAILED, answers: 1, ...one }],
    });
    const cases = [
      row(0, { samples: 1, unfinished: 0 }),
      row(1, { samples: 0, passed: 0, unfinished: 1 }),
    ];
    await open(REPLAY, [], {
      'replay.read': () => ({ replay: REPLAY, cases, finding: null }),
    });
    const rows = [
      ...document.querySelectorAll('[aria-label="Conversations of the re-run"] tbody tr'),
    ];
    expect(
      rows.map(({ textContent }) => /correct|not finished/.exec(textContent ?? '')?.[0]),
    ).toEqual(['correct', 'not finished']);
  });

  it('names its turns by what each version made of them', async () => {
    const turn = { question: 'Hi', asked: 'en', recorded: sample(RECORDED), samples: [] };
    const { page } = await open(REPLAY, [], {
      'replay.case': () => ({
        case: { conversationId: 'c-1', remarks: [] },
        turns: [0, 1].map((at) => ({
          ...turn,
          turn: at,
          traceId: `t-${at}`,
          totals: REPLAY.totals,
        })),
      }),
    });
    expect(page.button(/^turn 2/)?.innerHTML).toContain('v42: 0 of 5');
  });

  it('can be cancelled while it runs, and says what it has used', async () => {
    const { fake, page } = await open(
      { ...REPLAY, state: 'running', endedAt: null, progress: { done: 1, total: 2 } },
      [sample('new')],
      { 'replay.cancel': () => ({ replay: REPLAY }) },
    );
    expect(page.text()).toMatch(/1 of 2.answers · 2 of 10 requests/);
    expect(page.text()).toContain('Not answered yet.');
    expect(page.button(/^Roll back/)).toBeUndefined();
    await page.click(/^Cancel/);
    expect(fake.calls.at(-1)).toEqual({ operation: 'replay.cancel', input: { id: 'r-1' } });
  });

  it('says why it ended as it did', async () => {
    const note = 'new was not asked again after 3 failures: the server refuses (401).';
    const { page } = await open({ ...REPLAY, state: 'failed', note }, []);
    expect(page.text()).toContain(note);
  });

  it('is not done where an endpoint was given up', async () => {
    const note = 'new was not asked again after 3 failures: the server refuses (401).';
    const { page } = await open({ ...REPLAY, state: 'incomplete', note }, []);
    expect(page.text()).toContain(`incomplete:${note}`);
    const badge = document.querySelector('[data-tone]');
    expect(badge?.getAttribute('data-tone')).toBe('watch');
  });
});

describe('a new re-run', () => {
  const turn = (at: number, more: Partial<Turn> = {}): Turn => ({
    traceId: `t-${at}`,
    startedAt: at,
    durationMs: 1000,
    messages: [{ role: 'user', parts: [{ type: 'text', content: `Question ${at}` }] }],
    live: { version: 'v42', model: null, prompt: null, index: null, flags: {} },
    language: 'es-MX',
    answerLanguage: 'es',
    unsure: false,
    handoff: false,
    error: null,
    guardrailBlocked: false,
    feedback: [],
    finishReason: null,
    inputTokens: null,
    outputTokens: null,
    costUsd: null,
    timeToFirstTokenMs: null,
    spanCount: 1,
    ...more,
  });

  async function setUp(turns: Turn[], search = '') {
    window.history.replaceState(null, '', `/replays/new?of=c-1${search}`);
    const summary = { key: 1, id: 'c-1', version: 'v42', service: 'bot', turns: turns.length };
    return open(REPLAY, [], {
      // As the core does.
      'conversations.read': (input) => {
        const { firstTurn = 0, maxTurns = 500 } = input as Input<'conversations.read'>;
        return {
          conversation: {
            summary: { ...summary, environment: 'production' },
            turns: turns.slice(firstTurn, firstTurn + maxTurns),
          },
        };
      },
      'conversations.marks': () => ({
        marks: turns.flatMap((one, at) => {
          const failures = failuresOf(failingsOf(one), 2000);
          return failures.length > 0 ? [{ turn: at, failures }] : [];
        }),
      }),
      'settings.read': () => ({ services: [{ id: 'bot', slowTurn: '2s' }] }),
      'replay.endpoints': () => ({
        endpoints: REPLAY.endpoints,
        judge: null,
        budget: REPLAY.budget,
      }),
      'replay.list': () => ({ replays: [] }),
      'replay.preview': () => ({
        cases: 1,
        answers: 5,
        estimate: { requests: 5, tokens: 5, usd: null, ms: 5 },
        phases: [],
        remarks: [],
        blockers: [],
      }),
    });
  }

  const chosen = () =>
    document.querySelector('input[name=turn]:checked')?.closest('label')?.textContent;

  const options = () => [...document.querySelectorAll<HTMLInputElement>('input[name=turn]')];

  async function choose(text: string) {
    const option = options().find((one) => one.closest('label')?.textContent?.startsWith(text));
    await act(async () => option?.click());
  }

  const goTo = () =>
    [...document.querySelectorAll('label')].find((one) => one.textContent?.startsWith('Go to turn'))
      ?.control as HTMLInputElement | undefined;

  /** What was typed has settled, and its turns have come. */
  async function pageRead() {
    await settle(350);
    for (let at = 0; at < 100 && chosen() === undefined; at++) await settle(20);
  }

  async function chosenOf(turns: Turn[]) {
    await setUp(turns);
    return chosen();
  }

  it('begins with the turn whose answer failed, by the rules of everywhere', async () => {
    const switched = turn(3, { answerLanguage: 'en' });
    expect(await chosenOf([turn(1), turn(2), switched])).toMatch(/Question 3.*es-MX → en/);
  });

  it('begins with the slow one where no answer failed, slow as its service has it', async () => {
    expect(await chosenOf([turn(1), turn(2, { durationMs: 2001 }), turn(3)])).toMatch(
      /Question 2.*slow/,
    );
  });

  const previews = (of: ReturnType<typeof fakeCore>) =>
    of.calls.flatMap(({ input, operation }) =>
      operation === 'replay.preview' ? [input as Input<'replay.preview'>] : [],
    );

  it('of 10,000 turns begins with the one that failed, and any other is chosen by its number', async () => {
    const turns = Array.from({ length: 10_000 }, (_, at) =>
      turn(at + 1, at === 7_318 ? { error: 'x' } : {}),
    );
    const { page, fake } = await setUp(turns);
    expect(chosen()).toMatch(/^7319Question 7319/);
    expect(page.text()).toContain('Turns 7,201 to 7,400 are shown.');
    await page.type('Go to turn', '9999');
    await pageRead();
    expect(chosen()).toMatch(/^9999Question 9999/);
    await page.type('Go to turn', '1');
    await pageRead();
    expect(chosen()).toMatch(/^1Question 1/);
    expect(previews(fake).at(-1)?.target).toMatchObject({ kind: 'turn', turn: 0 });
    // One chosen in the list takes the place of a number that there is not.
    for (const [option, shown] of [
      ['3Question 3', '3'],
      ['The whole conversation', ''],
      ['1Question 1', '1'],
    ] as const) {
      await page.type('Go to turn', '99999');
      expect(goTo()?.validity.valid).toBe(false);
      await choose(option);
      expect([goTo()?.value, goTo()?.validity.valid]).toEqual([shown, true]);
    }
  });

  it('takes the turn that the address names, of however many', async () => {
    await setUp(
      Array.from({ length: 1000 }, (_, at) => turn(at + 1)),
      '&turn=640',
    );
    expect(chosen()).toMatch(/^640Question 640/);
  });

  it('asks what it would take once, when what is typed has settled', async () => {
    const { page, fake } = await setUp([turn(1)]);
    const before = previews(fake).length;
    for (const typed of ['1', '12', '1', '15']) await page.type('Samples each', typed);
    await settle(400);
    expect(
      previews(fake)
        .slice(before)
        .map(({ samples }) => samples),
    ).toEqual([15]);
  });

  it.each([
    ['v40', 'No endpoint serves v40, which answered then', 'as it answered then'],
    ['v42', 'Baseline, as it answered then', 'No endpoint serves'],
  ])('calls the baseline what it is, where %s answered then', async (version, said, unsaid) => {
    const live = { version, model: null, prompt: null, index: null, flags: {} };
    const { page } = await setUp([turn(1, { live })]);
    expect(page.text()).toContain(said);
    expect(page.text()).not.toContain(unsaid);
  });
});

describe('a sample', () => {
  const scored = (endpoint: string, passed: number, score: number) => ({
    ...totals(endpoint, passed),
    samples: 1,
    score,
    scored: 1,
  });
  const sampled = (number: number, category: string, production: number) => ({
    number,
    conversation: number,
    conversationId: `c-${number}`,
    title: 'Hi',
    version: 'v42',
    language: 'es',
    category,
    turns: [0],
    remarks: [],
    totals: [scored('old', 1, 0.9), scored(RECORDED, production > 0.5 ? 1 : 0, production)],
  });

  it('shows production beside what was asked again, by category', async () => {
    const replay: Replay = { ...REPLAY, kind: 'nightly', judge: 'judge', endpoints: [OLD] };
    const { page } = await open(replay, [], {
      'replay.read': () => ({
        replay,
        cases: [
          sampled(0, 'v41 · en', 0.9),
          sampled(1, 'v42 · es', 0.2),
          sampled(2, 'v42 · es', 0.4),
        ],
        finding: null,
      }),
    });
    const rows = [...document.querySelectorAll('table[aria-label="By category"] tr')];
    expect(rows.map((row) => [...row.children].map((cell) => cell.textContent))).toEqual([
      ['version · language', 'conversations', 'production as recorded', 'v41 asked again'],
      ['v42 · es', '2', '▲0 of 2 · 0.30', '●2 of 2 · 0.90'],
      ['v41 · en', '1', '●1 of 1 · 0.90', '●1 of 1 · 0.90'],
    ]);
    const table = document.querySelector('table[aria-label="Conversations of the re-run"]');
    expect(table?.querySelector('thead')?.textContent).toContain('category');
    expect(table?.querySelector('tbody tr')?.textContent).toContain('v41 · en');
    expect(page.text()).toContain('By category');
  });

  it('without categories has no such column', async () => {
    await open(REPLAY, [], {
      'replay.read': () => ({
        replay: REPLAY,
        cases: [sampled(0, '', 1), sampled(1, '', 1)],
        finding: null,
      }),
    });
    expect(document.body.textContent).not.toContain('category');
  });

  async function list(role: string, sample: string[] | null, more: Answers = {}) {
    window.history.replaceState(null, '', '/replays');
    useWindow.setState({ environment: 'production' });
    const services = ['bot', 'other'].map((id) => ({ id, environments: { production: {} } }));
    const nightly = sample && { at: '03:10', sample: 200, services: sample };
    return open(REPLAY, [], {
      'session.read': () => ({ role, environments: [], now: 0 }),
      'settings.read': () => ({ services, config: { replay: nightly ? { nightly } : {} } }),
      'replay.list': () => ({ replays: [] }),
      'replay.sample': () => ({ replay: REPLAY }),
      ...more,
    });
  }

  /** By the palette. */
  const offered = () => useWindow.getState().commands['sample']?.map(({ label }) => label) ?? [];

  it('is taken at once where one service is configured for it, and opens', async () => {
    const { fake, page } = await list('responder', ['bot']);
    await page.click(/^Sample now/);
    expect(fake.calls).toContainEqual({
      operation: 'replay.sample',
      input: { service: 'bot', environment: 'production' },
    });
    expect(window.location.pathname).toBe('/replays/r-1');
  });

  it('asks which where several are, and says why none was begun', async () => {
    const { fake, page } = await list('admin', ['bot', 'other'], {
      'replay.sample': () => {
        throw new NightdeskError('conflict', 'The sample of bot is being taken.');
      },
    });
    expect(offered()).toEqual([
      'Take the nightly sample of bot now',
      'Take the nightly sample of other now',
    ]);
    await page.click(/^Sample now/);
    expect(fake.count('replay.sample')).toBe(0);
    await page.click(/^other$/);
    expect(fake.calls.at(-1)?.input).toEqual({ service: 'other', environment: 'production' });
    expect(page.text()).toContain('No sample was begun:The sample of bot is being taken.');
  });

  it.each([
    ['a viewer', 'viewer', ['bot'], /Up to 200.conversations of the last day/],
    ['a console without one', 'admin', null, /No nightly sample is configured for production/],
  ] as const)('cannot be asked for by %s', async (_, role, sample, title) => {
    const { page } = await list(role, sample && [...sample]);
    expect(page.button(/^Sample now/)?.disabled).toBe(true);
    expect(page.button(/^Sample now/)?.title).toMatch(title);
    expect(offered()).toEqual([]);
  });
});
