/** What can be done from a conversation, and by whom. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { ConversationSummary } from '#shared/model/conversation.ts';
import type { Role } from '#shared/model/session.ts';
import { useWindow } from '../../renderer/client/window.ts';
import { Header } from '../../renderer/features/conversation/Header.tsx';
import { fakeCore, mount } from './mount.tsx';

const summary: ConversationSummary = {
  key: 7,
  id: 'c-1',
  service: 'support-bot',
  environment: 'production',
  version: 'v42',
  versions: ['v42'],
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
};
const row = (version: string, part: 'stable' | 'candidate') => ({
  service: 'support-bot',
  title: 'Support bot',
  version,
  part,
  rollout: null,
  trafficShare: null,
  cells: [],
});

let page: Awaited<ReturnType<typeof mount>> | undefined;
beforeEach(() => useWindow.setState({ environment: 'production', planning: null }));
afterEach(() => page?.unmount());

function open(role: Role, told: Partial<ConversationSummary> = {}, unanswered = false) {
  fakeCore({ 'session.read': () => ({ role, environments: [] }) });
  const versions = [row('v41', 'stable'), row('v42', 'candidate')];
  return mount(
    <Header
      summary={{ ...summary, ...told }}
      versions={versions}
      live={false}
      unanswered={unanswered}
      selected={0}
    />,
  );
}

it('a responder is shown the plan of the rollback; a viewer is told why not', async () => {
  page = await open('responder');
  await page.click(/^Roll back v42 → v41$/);
  expect(useWindow.getState().planning).toMatchObject({ kind: 'rollback', service: 'support-bot' });
  await page.unmount();
  page = await open('viewer');
  expect(page.button(/^Roll back v42 → v41$/)).toMatchObject({
    disabled: true,
    title: 'A viewer may look, not act',
  });
});

it.each([
  [{ costUsd: null }, 'cost not told'],
  [{ costUsd: 0.02, costAtLeast: true as const }, 'at least $0.020'],
  [{ costUsd: 0.0004, costAtLeast: true as const }, 'at least $0'],
  [{ costUsd: 0 }, '$0'],
])('says of %o: %s', async (told, words) => {
  page = await open('viewer', told);
  expect(page.text()).toContain(words);
});

it('does not call a conversation fine that an answer is missing in', async () => {
  page = await open('viewer', {}, true);
  expect(page.text()).toContain('no answer recorded');
  expect(page.text()).not.toContain('no failures');
});
