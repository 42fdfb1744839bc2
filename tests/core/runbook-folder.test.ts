import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { actionLinks, checkRunbook } from '#core/analysis/runbook-check.ts';
import { parseConfig } from '#core/config/load.ts';
import type { Batch } from '#core/sources/connector.ts';
import { createRunbookFolderConnector } from '#core/sources/runbook-folder/index.ts';
import { parseRunbook } from '#core/sources/runbook-folder/parse.ts';
import { realClock, secretsOf, silentLog } from '../fixtures/deps.ts';

const GOOD = `---
title: Latency
services: [support-bot]
alerts: [SlowBot]
references:
  flags: [support-bot-model]
  signals: [latency_p95]
---
Look at it. [Roll back](action:rollback?service=support-bot)
`;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'nightdesk-runbooks-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function open() {
  const { config } = parseConfig(await readFile('resources/nightdesk.example.yml', 'utf8'));
  if (!config) throw new Error('the example must load');
  return {
    config,
    connector: createRunbookFolderConnector(
      { id: 'runbooks', kind: 'runbook-folder', path: '.' },
      {
        clock: realClock,
        random: Math.random,
        log: silentLog,
        secrets: secretsOf({}),
        config,
        signals: [],
        baseDir: folder,
      },
    ),
  };
}

async function pull(): Promise<Batch> {
  const { connector } = await open();
  for await (const batch of connector.pull(null, AbortSignal.timeout(5000))) return batch;
  throw new Error('nothing came');
}

describe('a folder of runbooks', () => {
  it('is read file by file; files without front matter are no runbooks', async () => {
    await writeFile(path.join(folder, 'latency.md'), GOOD);
    await writeFile(path.join(folder, 'README.md'), '# About\n');
    expect((await pull()).runbooks).toEqual([
      expect.objectContaining({
        id: 'latency.md',
        title: 'Latency',
        flags: ['support-bot-model'],
        problem: null,
      }),
    ]);
  });

  it('keeps a broken file readable and says what is wrong with it', async () => {
    await writeFile(path.join(folder, 'a.md'), '---\ntitel: x\n---\nStill readable.\n');
    await writeFile(path.join(folder, 'b.md'), '---\ntitle: [\n---\nToo.\n');
    const { runbooks } = await pull();
    expect(runbooks?.map((one) => one.body)).toEqual(['Still readable.\n', 'Too.\n']);
    expect(runbooks?.[0]?.problem).toContain('title');
    expect(runbooks?.[1]?.problem).toMatch(/line \d/);
  });

  it('tells of an edit as it happens', async () => {
    const { connector } = await open();
    const stop = new AbortController();
    const seen: Batch[] = [];
    const arrived = new Promise<void>((resolve) => {
      void connector.listen?.(async (batch) => {
        seen.push(batch);
        resolve();
      }, stop.signal);
    });
    // A watcher needs a moment to be set up; the file is written until it is noticed.
    const timer = setInterval(() => void writeFile(path.join(folder, 'latency.md'), GOOD), 300);
    await arrived;
    clearInterval(timer);
    stop.abort();
    expect(seen[0]?.runbooks?.[0]?.title).toBe('Latency');
  });

  it('says plainly that the folder is gone', async () => {
    const { connector } = await open();
    await rm(folder, { recursive: true });
    const report = await connector.check(AbortSignal.timeout(5000));
    expect(report.ok).toBe(false);
    expect(report.items[0]?.detail).toContain(folder);
  });
});

describe('the check of a runbook', () => {
  it('names every reference that is gone, and what was probably meant', async () => {
    const { config } = await open();
    const runbook = parseRunbook({ source: 's', id: 'x.md', text: GOOD, modifiedAt: 0 });
    if (!runbook) throw new Error('must parse');
    const world = {
      services: config.services,
      signals: ['latency_p95'],
      flags: ['support-bot-model2'],
      flagsKnown: true,
      offered: new Map(),
      alerts: ['SlowBot'],
    };
    const broken = checkRunbook(runbook, world).filter((one) => one.state === 'broken');
    expect(broken).toEqual([
      expect.objectContaining({
        kind: 'flag',
        name: 'support-bot-model',
        why: expect.stringContaining('support-bot-model2'),
      }),
    ]);
    expect(
      checkRunbook(runbook, { ...world, flags: ['support-bot-model'] }).every(
        (one) => one.state === 'ok',
      ),
    ).toBe(true);
  });

  it('checks each of the kinds that one button joins, once however many buttons have it', () => {
    expect(
      actionLinks(
        '[x](action:kill_switch+rollback?service=a) [z](action:rollback?service=a) [y](action:drop?service=b)',
      ),
    ).toEqual([
      { kind: 'kill_switch', service: 'a', to: null },
      { kind: 'rollback', service: 'a', to: null },
      { kind: 'drop', service: 'b', to: null },
    ]);
  });

  it('takes a rollback to a version for true where the flag offers it and it is no candidate', async () => {
    const { config } = await open();
    const body = ['v41', 'v40', 'v42', 'v99']
      .map((to) => `[x](action:rollback?service=support-bot&to=${to})`)
      .join(' ');
    const text = GOOD.replace('[Roll back](action:rollback?service=support-bot)', body);
    const runbook = parseRunbook({ source: 's', id: 'x.md', text, modifiedAt: 0 });
    if (!runbook) throw new Error('must parse');
    const check = (offered: ReadonlyMap<string, ReadonlySet<string>>) =>
      checkRunbook(runbook, {
        services: config.services,
        signals: ['latency_p95'],
        flags: ['support-bot-model'],
        flagsKnown: true,
        alerts: ['SlowBot'],
        offered,
      })
        .filter(({ kind }) => kind === 'action')
        .map(({ name, state, why }) => [name, state, why]);
    const known = new Map([['support-bot', new Set(['v40', 'v41', 'v42'])]]);
    expect(check(known)).toEqual([
      ['rollback support-bot v41', 'ok', 'has a model flag'],
      ['rollback support-bot v40', 'ok', 'support-bot-model offers it'],
      ['rollback support-bot v42', 'broken', expect.stringContaining('is the candidate')],
      ['rollback support-bot v99', 'broken', 'support-bot-model does not offer v99'],
    ]);
    expect(check(new Map()).map(([, state]) => state)).toEqual([
      'ok',
      'unchecked',
      'broken',
      'unchecked',
    ]);
  });
});
