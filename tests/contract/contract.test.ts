import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type CoreEvent, contract } from '#shared/contract/index.ts';
import { NightdeskError } from '#shared/errors/index.ts';
import type { RunningAdapter } from './adapters/adapter.ts';
import { browserAdapter } from './adapters/browser.ts';
import { electronIpcAdapter } from './adapters/electron-ipc.ts';
import { realElectronAdapter } from './adapters/electron-real.ts';
import {
  configuration,
  type Folder,
  type HungServer,
  startHungServer,
  temporaryFolder,
} from './fixtures.ts';

const all = [browserAdapter, electronIpcAdapter, realElectronAdapter];
const adapters = all.filter(({ skip }) => skip === null);
for (const { name } of adapters) process.stdout.write(`contract suite through: ${name}\n`);
for (const { name, skip } of all) {
  if (skip === null) continue;
  process.stdout.write(`skipped: contract suite through ${name}: ${skip}\n`);
  test.skip(`the contract through ${name}: ${skip}`);
}

describe.each(adapters)('the contract through $name', (adapter) => {
  let running: RunningAdapter;
  let folder: Folder;
  let hung: HungServer;

  beforeAll(async () => {
    folder = temporaryFolder();
    hung = await startHungServer();
    const config = folder.write('nightdesk.yml', configuration(hung.url));
    running = await adapter.start({ data: folder.dir, config });
  });
  afterAll(async () => {
    await running.close();
    await hung.close();
    folder.remove();
  });

  const failure = async (operation: string, input: unknown, signal?: AbortSignal) => {
    try {
      await running.transport.call(operation, input, signal);
    } catch (error) {
      if (error instanceof NightdeskError) return error;
      throw error;
    }
    throw new Error(`${operation} was not refused`);
  };

  test.each(Object.keys(contract))(
    '%s is refused with bad_input for input of the wrong form',
    async (operation) => {
      for (const input of [{ 'no such key': 1 }, null, 'text', [1]]) {
        expect(await failure(operation, input)).toMatchObject({
          code: 'bad_input',
          retryable: false,
        });
      }
    },
  );

  test('an operation that does not exist is refused with bad_input', async () => {
    for (const name of ['no.such', '', 'constructor', '__proto__', 'overview.read.more']) {
      expect(await failure(name, {})).toMatchObject({ code: 'bad_input' });
    }
  });

  test('an input far too large is refused with bad_input', async () => {
    const text = 'x'.repeat(5_000_000);
    expect(await failure('conversations.find', { text })).toMatchObject({ code: 'bad_input' });
  });

  test('an answer arrives in the form of its schema', async () => {
    const session = contract['session.read'].output.parse(
      await running.transport.call('session.read', {}),
    );
    expect(session.demo).toBe(false);
    expect(session.configProblems).toEqual([]);
    expect(session.environments.map((one) => one.name)).toEqual(['production', 'staging']);
    const { sources } = contract['sources.list'].output.parse(
      await running.transport.call('sources.list', {}),
    );
    expect(sources.map((one) => one.id).sort()).toEqual(['runbooks', 'slow']);
  });

  test('a query over an empty cache answers empty columns', async () => {
    const { frame } = contract['signals.query'].output.parse(
      await running.transport.call('signals.query', {
        signals: ['latency_p95'],
        environment: 'production',
        from: 0,
        to: Date.now(),
      }),
    );
    expect(frame.series).toEqual([]);
  });

  test('an error keeps its code, its words and its detail', async () => {
    const refusal = await failure('conversations.search', { limit: 'many' });
    expect(refusal.code).toBe('bad_input');
    expect(refusal.message).toContain('limit');
    expect(refusal.detail).toMatchObject({ issues: [{ path: ['limit'] }] });
    expect(await failure('actions.read', { id: 'no-such-action' })).toMatchObject({
      code: 'not_found',
    });
  });

  test('text of any kind passes through unharmed', async () => {
    const text = 'c-«¿Dónde?»-\u{1F4A5}-\u202e-\\"-</script>';
    const answer = contract['conversations.find'].output.parse(
      await running.transport.call('conversations.find', { text }),
    );
    expect(answer.matches).toEqual([]);
  });

  test('many calls at once each get their own answer', async () => {
    const names = Array.from({ length: 50 }, (_, n) => `action-${n}`);
    const refusals = await Promise.all(names.map((id) => failure('actions.read', { id })));
    expect(refusals.map((one) => one.code)).toEqual(names.map(() => 'not_found'));
  });

  test('a cancelled call ends as cancelled, and its work in the core ends too', async () => {
    const before = hung.goneAway();
    const waiting = hung.waiting();
    const abort = new AbortController();
    const refusal = failure('sources.check', { id: 'slow' }, abort.signal);
    await vi.waitFor(() => expect(hung.waiting()).toBeGreaterThan(waiting), 30_000);
    abort.abort();
    expect(await refusal).toMatchObject({ code: 'cancelled' });
    await vi.waitFor(() => expect(hung.goneAway()).toBeGreaterThan(before), 30_000);
  });

  test('a call that was cancelled before it began is not sent', async () => {
    expect(await failure('sources.list', {}, AbortSignal.abort())).toMatchObject({
      code: 'cancelled',
    });
  });

  test('events reach the window, and no longer after it stopped listening', async () => {
    const events: CoreEvent[] = [];
    const line: boolean[] = [];
    const stop = running.transport.onEvent(
      (event) => events.push(event),
      (up) => line.push(up),
    );
    await vi.waitFor(() => expect(line).toEqual([true]), 30_000);
    await running.transport.call('session.unlock', { environment: 'production' });
    await vi.waitFor(
      () =>
        expect(events.flatMap((e) => (e.type === 'changed' ? e.topics : []))).toContain('session'),
      30_000,
    );
    stop();
    const heard = events.length;
    await running.transport.call('session.unlock', { environment: 'production', locked: true });
    // An answer that is asked for afterwards comes after anything that was told before it.
    await running.transport.call('session.read', {});
    expect(events.length).toBe(heard);
  });

  test('a line that was cut comes back by itself and tells events again', async (context) => {
    if (!running.cutLine)
      return context.skip('nothing to cut: the window and the core are one application');
    const events: CoreEvent[] = [];
    const line: boolean[] = [];
    const stop = running.transport.onEvent(
      (event) => events.push(event),
      (up) => line.push(up),
    );
    await vi.waitFor(() => expect(line).toEqual([true]), 30_000);
    running.cutLine();
    await vi.waitFor(() => expect(line).toEqual([true, false, true]), 30_000);
    await running.transport.call('session.unlock', { environment: 'production' });
    await vi.waitFor(() => expect(events.length).toBeGreaterThan(0), 30_000);
    stop();
  });
});

describe.each(adapters)('a configuration that cannot be used, through $name', (adapter) => {
  test('starts the console in the state that explains it', async () => {
    const folder = temporaryFolder();
    const config = folder.write('nightdesk.yml', 'version: 1\nservices: [\n');
    const running = await adapter.start({ data: folder.dir, config });
    try {
      const session = contract['session.read'].output.parse(
        await running.transport.call('session.read', {}),
      );
      expect(session.configPath).toBe(config);
      expect(session.configProblems[0]).toMatchObject({ line: expect.any(Number) });
      expect(session.configProblems[0]?.hint).not.toBe('');
      expect(session.demo).toBe(false);
    } finally {
      await running.close();
      folder.remove();
    }
  });
});
