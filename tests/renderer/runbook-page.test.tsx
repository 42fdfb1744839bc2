/** A runbook's text as a page: what it may do, and what it may not. */
import { act } from 'react';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { useWindow } from '../../renderer/client/index.ts';
import { LiveValuesOf } from '../../renderer/features/runbooks/live.tsx';
import Markdown from '../../renderer/features/runbooks/Markdown.tsx';
import { fakeCore, mount, settle } from './mount.tsx';

let page: Awaited<ReturnType<typeof mount>> | null = null;
let core: ReturnType<typeof fakeCore>;

beforeEach(() => {
  useWindow.setState({ environment: 'production', planning: null });
  core = fakeCore({
    'session.read': () => ({ role: 'responder', environments: [] }),
    'signals.list': () => ({
      signals: [
        {
          id: 'latency_p95',
          title: 'Latency p95',
          short: 'p95',
          unit: 's',
          expression: { kind: 'rate', metric: 'm', per: 'second' },
          band: { kind: 'trend' },
          watch: true,
          description: 'How long.',
        },
      ],
    }),
    'signals.query': () => ({
      frame: {
        series: [
          {
            signal: 'latency_p95',
            service: 'a',
            environment: 'production',
            version: 'v42',
            ts: [1],
            value: [7.9],
          },
        ],
        resolution: 'raw',
      },
      freshness: [],
    }),
    'overview.read': () => ({
      matrix: [
        {
          service: 'a',
          title: 'a',
          version: 'v42',
          part: 'candidate',
          rollout: 0.25,
          trafficShare: 0.3,
          cells: [
            {
              signal: 'latency_p95',
              value: 7.9,
              at: 1,
              state: 'bad',
              low: null,
              high: 2,
              why: '+10 % of v41',
            },
          ],
        },
      ],
    }),
  });
});

afterEach(async () => {
  await page?.unmount();
  core.disconnect();
});

async function show(body: string, stepsKey = crypto.randomUUID()) {
  page = await mount(
    <LiveValuesOf body={body}>
      <Markdown id="a.md" stepsKey={stepsKey} body={body} />
    </LiveValuesOf>,
  );
  await settle(20);
  return page;
}

test('markup and scripts in the file stay text or vanish; they are never part of the page', async () => {
  await show(
    'hello <script>window.hacked = 1</script> <img src=x onerror="window.hacked = 1"> ![x](http://evil/x.png)\n\n' +
      '[a](javascript:window.hacked=1) [b](data:text/html,x) <a href="javascript:1">c</a>',
  );
  expect(document.querySelector('script, img, iframe')).toBeNull();
  for (const link of document.querySelectorAll('a')) {
    expect(link.getAttribute('href') ?? '').not.toMatch(/^(javascript|data):/);
  }
  expect(Reflect.get(window, 'hacked')).toBeUndefined();
});

test('a button of the text opens the plan, and sends nothing itself', async () => {
  const shown = await show('[Roll back a](action:rollback?service=a)');
  await shown.click(/Roll back a/);
  expect(useWindow.getState().planning).toEqual({
    kind: 'rollback',
    service: 'a',
    environment: 'production',
  });
  expect(core.calls.map((call) => call.operation)).not.toContain('actions.execute');
});

test('a viewer may read what the button would do, not press it', async () => {
  core.answers['session.read'] = () => ({ role: 'viewer', environments: [] });
  const shown = await show('[Roll back a](action:rollback?service=a)');
  expect(shown.button(/Roll back a/)).toMatchObject({
    disabled: true,
    title: 'A viewer may look, not act',
  });
});

test('an action that this console does not know is no button, and says so', async () => {
  const shown = await show('[Delete it](action:delete?service=a)');
  expect(shown.button(/Delete it/)).toBeUndefined();
  expect(shown.text()).toContain('knows no such action');
});

test('values of the text are those of now, of the version that is meant', async () => {
  const shown = await show('It is {{signal latency_p95 service=a version=candidate}}.');
  expect(shown.text().replaceAll('\u00a0', ' ')).toContain('7.9 s');
  expect(shown.text()).toContain('out of band');
});

test('a value of a version that is not there, or of an unknown signal, says what is missing', async () => {
  const shown = await show(
    '{{signal latency_p95 service=a version=stable}} {{signal nothing service=a}} `{{signal latency_p95 service=a}}`',
  );
  expect(shown.text()).toContain('there is no stable version now');
  expect(shown.text()).toContain('no signal “nothing”');
  expect(shown.text(), 'in code it stays text').toContain('{{signal latency_p95 service=a}}');
});

test('steps are ticked off one by one, and stay so when the page is opened again', async () => {
  const body = '- [ ] first\n- [x] second\n- [ ] third';
  const key = crypto.randomUUID();
  await show(body, key);
  const boxes = () => [...document.querySelectorAll<HTMLInputElement>('input[type=checkbox]')];
  expect(boxes().map((box) => box.checked)).toEqual([false, true, false]);
  expect(boxes().map((box) => box.getAttribute('aria-label'))).toEqual([
    'first',
    'second',
    'third',
  ]);
  await act(async () => boxes()[2]?.click());
  expect(boxes().map((box) => box.checked)).toEqual([false, true, true]);
  await page?.unmount();
  await show(body, key);
  expect(boxes().map((box) => box.checked)).toEqual([false, true, true]);
});
