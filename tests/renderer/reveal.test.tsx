/** What was masked, in its dialog: who may have it, what is asked, and that it is gone with the dialog. */
import { act } from 'react';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Output } from '#shared/contract/index.ts';
import { NightdeskError } from '#shared/errors/index.ts';
import type { ConversationSummary } from '#shared/model/conversation.ts';
import { NotFound, useFetchNow } from '../../renderer/features/conversation/NotFound.tsx';
import { RevealButton } from '../../renderer/features/conversation/Reveal.tsx';
import { type Answers, fakeCore, mount, settle } from './mount.tsx';

const SECRET = 'ana.perez@example.com';
const LOOKUP = { url: 'http://tempo.invalid/{id}', by: 'trace' };
const summary = {
  key: 7,
  id: 'c-1',
  service: 'support-bot',
  environment: 'production',
  version: 'v41',
  versions: ['v41'],
  language: null,
  startedAt: 1,
  endedAt: 2,
  turns: 2,
  title: '',
  failures: [],
  unsure: 0,
  feedback: [],
  slowestTurnMs: 1,
  inputTokens: 0,
  outputTokens: 0,
  costUsd: 0,
  pinned: false,
  sources: ['transcripts'],
} satisfies ConversationSummary;

type Revealed = Output<'conversations.reveal'>;
const turn = (number: number | null, said: string): Revealed['turns'][number] => ({
  traceId: `t-${number}`,
  number,
  startedAt: 1_790_000_000_000,
  messages: [{ role: 'user', parts: [{ type: 'text', content: said }] }],
});
const revealed = (change: Partial<Revealed> = {}): Revealed => ({
  sources: ['transcripts'],
  turns: [turn(1, `I am ${SECRET}`), turn(2, 'the second')],
  missing: 0,
  beyond: 0,
  problem: null,
  ...change,
});

let leave: (() => Promise<void>) | undefined;
afterEach(async () => {
  vi.useRealTimers();
  await leave?.();
  leave = undefined;
  history.replaceState(null, '', '/');
});

function answersFor(role: string, sources: unknown[], more: Answers = {}): Answers {
  return {
    'session.read': () => ({ role, environments: [] }),
    'settings.read': () => ({ config: { sources } }),
    ...more,
  };
}
const transcripts = { kind: 'otlp', id: 'transcripts', lookup: [LOOKUP] };

async function open(answers: Answers, of: ConversationSummary = summary) {
  const core = fakeCore(answersFor('admin', [transcripts], answers));
  const page = await mount(<RevealButton summary={of} />);
  leave = page.unmount;
  return { core, page };
}

const asked = ({ calls }: ReturnType<typeof fakeCore>) =>
  calls.filter(({ operation }) => operation === 'conversations.reveal').map(({ input }) => input);

describe('the dialog', () => {
  test('asks with a reason only, shows the answer once, and holds nothing after it is closed', async () => {
    const { core, page } = await open({ 'conversations.reveal': () => revealed() });
    await page.click(/^Reveal…$/);
    expect(page.text()).toContain('goes into the journal first');
    await page.type('Why', ' x ');
    await page.click(/^Journal it and reveal$/);
    expect(asked(core)).toEqual([]);
    await page.type('Why', 'The customer asks');
    await page.click(/^Journal it and reveal$/);
    expect(asked(core)).toEqual([{ key: 7, reason: 'The customer asks', firstTurn: 0 }]);
    expect(page.text()).toContain(SECRET);
    expect(page.text()).toMatch(/Turn 1,.*Turn 2,/);
    await act(async () =>
      document.querySelector<HTMLButtonElement>('.mantine-Modal-close')?.click(),
    );
    await settle(30);
    expect(page.text()).not.toContain(SECRET);
    await page.click(/^Reveal…$/);
    expect(page.text()).not.toContain(SECRET);
    expect(page.text()).toContain('goes into the journal first');
    const stored = JSON.stringify([{ ...localStorage }, { ...sessionStorage }, history.state]);
    expect(stored).not.toContain(SECRET);
  });

  test('says what is not among it, and what failed; turns of one moment stand side by side', async () => {
    const { page } = await open({
      'conversations.reveal': () =>
        revealed({
          turns: [turn(1, 'one'), turn(2, 'two'), turn(null, 'three')],
          missing: 12,
          beyond: 9,
          problem: 'http://tempo.invalid: the server fails (500).',
        }),
    });
    const complaints = vi.spyOn(console, 'error');
    await page.click(/^Reveal…$/);
    await page.type('Why', 'The customer asks');
    await page.click(/^Journal it and reveal$/);
    expect(page.text()).toMatch(/9.other turns were not asked for/);
    expect(page.text()).toMatch(/3.turns could not be had any more/);
    expect(page.text()).toContain('the server fails (500)');
    expect(page.text()).toMatch(/one.*two.*not stored here yet.*three/s);
    expect(complaints).not.toHaveBeenCalled();
    complaints.mockRestore();
  });

  test('of a long conversation begins where one looks, says how much is revealed at once, and takes another beginning', async () => {
    history.replaceState(null, '', '/conversation/c-1?turn=801');
    const { core, page } = await open(
      { 'conversations.reveal': () => revealed() },
      { ...summary, turns: 1200 },
    );
    await page.click(/^Reveal…$/);
    expect(page.text()).toMatch(/1,200 turns; 200 are revealed at once/);
    await page.type('Why', 'The customer asks');
    await page.click(/^Journal it and reveal$/);
    expect(asked(core)).toMatchObject([{ firstTurn: 800 }]);
  });

  test('stays with the reason when the source fails, and can be sent again', async () => {
    const { core, page } = await open({
      'conversations.reveal': () => {
        throw new NightdeskError('timeout', 'No full answer within 5000 ms.');
      },
    });
    await page.click(/^Reveal…$/);
    await page.type('Why', 'The customer asks');
    await page.click(/^Journal it and reveal$/);
    expect(page.text()).toContain('Not revealed: No full answer within 5000 ms.');
    core.answers['conversations.reveal'] = () => revealed();
    await page.click(/^Journal it and reveal$/);
    expect(page.text()).toContain(SECRET);
  });

  test('closed while it asks, the asking ends, and a late answer is shown nowhere', async () => {
    const answer = Promise.withResolvers<Revealed>();
    const signals: (AbortSignal | undefined)[] = [];
    const { page } = await open({
      'conversations.reveal': (_, signal) => {
        signals.push(signal);
        return answer.promise;
      },
    });
    await page.click(/^Reveal…$/);
    await page.type('Why', 'The customer asks');
    await page.click(/^Journal it and reveal$/);
    await page.click(/^Stop asking$/);
    expect(signals.map((signal) => signal?.aborted)).toEqual([true]);
    answer.resolve(revealed());
    await settle(30);
    expect(page.text()).not.toContain(SECRET);
  });

  test('goes by itself after five minutes, also when the page around it is drawn anew meanwhile', async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
    let reads = 0;
    const { core, page } = await open({
      'session.read': () => ({ role: 'admin', environments: [], now: reads++ }),
      'conversations.reveal': () => revealed(),
    });
    await page.click(/^Reveal…$/);
    await page.type('Why', 'The customer asks');
    await page.click(/^Journal it and reveal$/);
    await act(async () => vi.advanceTimersByTimeAsync(4 * 60_000));
    core.emit({ type: 'changed', topics: ['session'] });
    await act(async () => vi.advanceTimersByTimeAsync(1000));
    expect(reads).toBe(2);
    expect(page.text()).toContain(SECRET);
    await act(async () => vi.advanceTimersByTimeAsync(60_000));
    expect(page.text()).not.toContain(SECRET);
  });
});

describe('the button', () => {
  test.each([
    ['for a responder', 'responder', [transcripts], summary],
    ['without a lookup', 'admin', [{ ...transcripts, lookup: [] }], summary],
    ['of another source', 'admin', [transcripts], { ...summary, sources: ['elsewhere'] }],
    [
      'for what was imported',
      'admin',
      [transcripts],
      { ...summary, imported: { bundle: 'b', fileName: 'f', by: 'noor', at: 1 } },
    ],
  ])('opens nothing %s', async (_, role, sources, of) => {
    fakeCore(answersFor(role, sources));
    const page = await mount(<RevealButton summary={of} />);
    leave = page.unmount;
    expect(page.button(/^Reveal…$/)?.getAttribute('aria-disabled')).toBe('true');
    await page.click(/^Reveal…$/);
    expect(document.querySelector('[role=dialog]')).toBeNull();
  });
});

describe('an ID that is not here', () => {
  function Unknown() {
    const fetching = useFetchNow('c-1', () => undefined);
    return <NotFound id="c-1" freshness={[]} fetching={fetching} />;
  }
  async function fetching(role: string, sources: unknown[], more: Answers = {}) {
    const core = fakeCore(
      answersFor(role, sources, { 'sources.sync': () => ({ sources: [] }), ...more }),
    );
    const page = await mount(<Unknown />);
    leave = page.unmount;
    return { core, page };
  }

  test('a viewer is told who may ask a source for it; what sources send is fetched all the same', async () => {
    const { core, page } = await fetching('viewer', [transcripts]);
    expect(page.text()).toContain('needs the role responder; yours is viewer');
    await page.click(/^Fetch from all sources now$/);
    expect(core.count('sources.sync')).toBe(1);
    expect(core.count('conversations.fetch')).toBe(0);
  });

  test('where no source has a lookup, that is said', async () => {
    const { core, page } = await fetching('responder', [{ ...transcripts, lookup: [] }]);
    expect(page.text()).toContain('none has a lookup in the configuration');
    await page.click(/^Fetch from all sources now$/);
    expect([core.count('sources.sync'), core.count('conversations.fetch')]).toEqual([1, 0]);
  });

  test('a responder’s fetch tells each source’s answer, beside a fetch of the rest that failed', async () => {
    const { page } = await fetching('responder', [transcripts, { ...transcripts, id: 'more' }], {
      'sources.sync': () => {
        throw new NightdeskError('unreachable', 'The receiver is away.');
      },
      'conversations.fetch': () => ({
        asked: [
          { source: 'transcripts', spans: 3, problem: 'One backend fails (500).' },
          { source: 'more', spans: 0, problem: 'No lookup knows\u202e this ID.' },
        ],
      }),
    });
    expect(page.text()).toContain('also asks transcripts, more for this ID');
    await page.click(/^Fetch from all sources now$/);
    expect(page.text()).toContain('could not be fetched: The receiver is away.');
    expect(page.text()).toMatch(/transcripts was asked.*3.spans, stored\. One backend fails/);
    // What a backend says is from outside: what hides in it is shown.
    expect(page.text()).toContain('just now: No lookup knowsU+202E this ID.');
  });

  test('what does not answer is waited for only as long as one likes', async () => {
    const signals: (AbortSignal | undefined)[] = [];
    const { page } = await fetching('responder', [transcripts], {
      'conversations.fetch': (_, signal) => {
        signals.push(signal);
        return new Promise((_resolve, reject) =>
          signal?.addEventListener('abort', () =>
            reject(new NightdeskError('cancelled', 'Cancelled.')),
          ),
        );
      },
    });
    await page.click(/^Fetch from all sources now$/);
    await page.click(/^Stop asking$/);
    expect(signals.map((signal) => signal?.aborted)).toEqual([true]);
    expect(page.text()).toContain('It could not be asked for: Cancelled.');
    expect(page.button(/^Stop asking$/)).toBeUndefined();
  });
});
