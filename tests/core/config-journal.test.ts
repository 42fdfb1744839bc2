/** Who changed what guards production, and when: in the journal before it takes effect, here as in an editor. */
import { hash } from 'node:crypto';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { loadConfig } from '#core/config/load.ts';
import { createConfigKeeper } from '#core/operations/config-keeper.ts';
import type { Input, OperationName } from '#shared/contract/index.ts';
import type { JournalEntry } from '#shared/model/action.ts';
import { Config } from '#shared/model/config.ts';
import { JournaledConfig } from '#shared/model/journal.ts';
import { realClock, secretsOf } from '../fixtures/deps.ts';
import { type RunningCore, runningCore } from '../fixtures/running-core.ts';
import { tempDir } from './cache-kit.ts';

const guarded = {
  version: 1,
  environments: [{ name: 'production', protected: true }],
  services: [{ id: 'bot', environments: { production: { where: {} } } }],
  sources: [{ id: 'runbooks', kind: 'runbook-folder', path: '.' }],
  signIn: {
    kind: 'oidc',
    issuer: 'http://127.0.0.1:9',
    clientId: 'nightdesk',
    roles: { admin: ['leads'] },
  },
  actions: { approval: { kinds: ['rollback'] } },
};
const { signIn: _, ...local } = { ...guarded, actions: {} };

let dataDir: string;
let file: string;
let running: RunningCore | null = null;
beforeEach(async () => {
  dataDir = await tempDir();
  file = join(dataDir, 'nightdesk.yml');
});
afterEach(() => running?.close());

const inFile = () => hash('sha256', readFileSync(file, 'utf8'));

async function start(): Promise<void> {
  await running?.close();
  const loaded = await loadConfig(file);
  running = await runningCore(dataDir, loaded.config, { loaded });
}
async function admin<K extends OperationName>(name: K, input: Input<K>): Promise<void> {
  await running?.core.call(name, input, { name: 'noor', role: 'admin' });
}
/** Oldest first. */
async function told(): Promise<(JournalEntry & { data: JournaledConfig })[]> {
  const answer = await running?.viewer('journal.list', { limit: 500 });
  return (answer?.entries ?? [])
    .filter(({ kind }) => kind === 'configuration')
    .map((entry) => ({ ...entry, data: JournaledConfig.parse(entry.data) }))
    .reverse();
}

test('a lock taken away and put back leaves both in the journal, with who and what', async () => {
  writeFileSync(file, stringify(local));
  await start();
  const first = inFile();
  const open = stringify({ ...local, environments: [{ name: 'production', protected: false }] });
  await admin('settings.save', { yaml: open });
  const second = inFile();
  await admin('settings.save', { yaml: stringify(local) });
  const [begun, away, back, ...more] = await told();
  expect(more).toEqual([]);
  expect(begun).toMatchObject({ actor: 'nightdesk', data: { before: null, after: first } });
  expect(away).toMatchObject({
    actor: 'noor (local)',
    summary: 'The configuration is changed: environments.production.protected: true → false',
    data: {
      before: first,
      after: second,
      diff: [
        '- environments.production.protected: true',
        '+ environments.production.protected: false',
      ],
    },
  });
  expect(back).toMatchObject({ actor: 'noor (local)', data: { before: second, after: first } });
});

test('what was changed in an editor is told at the next start, once', async () => {
  writeFileSync(file, stringify(guarded));
  await start();
  await start();
  expect(await told()).toHaveLength(1);
  const roles = { admin: ['leads'], responder: ['*'] };
  writeFileSync(file, stringify({ ...guarded, actions: {}, signIn: { ...guarded.signIn, roles } }));
  await start();
  await start();
  const [, changed, ...more] = await told();
  expect(more).toEqual([]);
  expect(changed?.actor).toBe('nightdesk');
  expect(changed?.summary).toBe(
    'The configuration was changed outside the console: ' +
      'actions.approval.kinds: rollback → none; signIn.roles.responder: [] → *',
  );
  expect(changed?.data.after).toBe(inFile());
});

test('what an editor changed while the console ran is not told as the change of who saves next', async () => {
  writeFileSync(file, stringify(local));
  await start();
  writeFileSync(
    file,
    stringify({ ...local, environments: [{ name: 'production', protected: false }] }),
  );
  const source = { id: 'more', kind: 'runbook-folder' as const, path: '.' };
  await admin('sources.save', { source });
  await admin('sources.remove', { id: 'more' });
  expect((await told()).slice(1).map(({ actor, summary }) => [actor, summary])).toEqual([
    [
      'nightdesk',
      'The configuration was changed outside the console: environments.production.protected: true → false',
    ],
    ['noor (local)', 'The configuration is changed: sources.more.kind: none → runbook-folder'],
    ['noor (local)', 'The configuration is changed: sources.more.kind: runbook-folder → none'],
  ]);
});

test('of two saves at once one is refused, and two sources at once are both there', async () => {
  writeFileSync(file, stringify(local));
  await start();
  const replaces = readFileSync(file, 'utf8');
  const texts = ['5m', '10m'].map((unlockFor) => stringify({ ...local, actions: { unlockFor } }));
  const saves = texts.map((yaml) => admin('settings.save', { yaml, replaces }));
  const [first, second] = await Promise.allSettled(saves);
  expect(first).toMatchObject({ status: 'fulfilled' });
  expect(second).toMatchObject({ status: 'rejected', reason: { code: 'conflict' } });
  expect(readFileSync(file, 'utf8')).toBe(texts[0]);
  const more = ['b', 'c'].map((id) => ({ id, kind: 'runbook-folder' as const, path: '.' }));
  await Promise.all(more.map((source) => admin('sources.save', { source })));
  const listed = await running?.viewer('sources.list', {});
  expect(listed?.sources.map(({ id }) => id)).toEqual(['runbooks', 'b', 'c']);
  expect((await loadConfig(file)).config?.sources.map(({ id }) => id)).toEqual([
    'runbooks',
    'b',
    'c',
  ]);
});

test('what an address carries as a secret stays out of it', async () => {
  writeFileSync(file, stringify(local));
  await start();
  const url = 'http://ops:hunter2@127.0.0.1:9/api?key=hunter3';
  await admin('sources.save', { source: { id: 'alerts', kind: 'alertmanager', url } });
  const entry = (await told()).at(-1);
  expect(entry?.data.guards['sources.alerts.url']).toBe('http://127.0.0.1:9/api');
  expect(JSON.stringify(entry)).not.toContain('hunter');
});

test('who set a secret is told, never its value, and also that it was not stored after all', async () => {
  const url = 'http://127.0.0.1:9';
  const source = { id: 'alerts', kind: 'alertmanager', url, secret: 'ALERTS_TOKEN' };
  writeFileSync(file, stringify({ ...local, sources: [source] }));
  const loaded = await loadConfig(file);
  expect(loaded.problems).toEqual([]);
  let keychain = async () => true;
  const secrets = { ...secretsOf({}), set: () => keychain() };
  running = await runningCore(dataDir, loaded.config, { loaded, secrets });
  const set = () => admin('settings.saveSecret', { name: 'ALERTS_TOKEN', value: 'hunter2' });
  await set();
  keychain = async () => false;
  await set();
  keychain = () => Promise.reject(new Error('the keychain is locked'));
  await expect(set()).rejects.toThrow('the keychain is locked');
  const { entries } = await running.viewer('journal.list', { limit: 500 });
  expect(entries.filter(({ kind }) => kind === 'secret').reverse()).toMatchObject([
    { actor: 'noor (local)', summary: 'Sets the secret ALERTS_TOKEN' },
    { summary: 'Sets the secret ALERTS_TOKEN' },
    { summary: 'There is no keychain for the secret ALERTS_TOKEN: it is as before' },
    { summary: 'Sets the secret ALERTS_TOKEN' },
    { summary: 'The secret ALERTS_TOKEN could not be stored: it is as before' },
  ]);
  expect(JSON.stringify(entries)).not.toContain('hunter');
});

test('what cannot be journaled is not written; what cannot be written is taken back in the journal', async () => {
  writeFileSync(file, stringify(local));
  const before = readFileSync(file, 'utf8');
  const broken = createConfigKeeper({
    cache: { journal: () => Promise.reject(new Error('disk full')) },
    clock: realClock,
  });
  const config = Config.parse(local);
  await expect(broken.write(file, 'x', config, 'noor')).rejects.toThrow('disk full');
  expect(readFileSync(file, 'utf8')).toBe(before);

  await start();
  mkdirSync(`${file}.new`);
  const open = stringify({ ...local, environments: [{ name: 'production', protected: false }] });
  await expect(admin('settings.save', { yaml: open })).rejects.toThrow('EISDIR');
  expect(readFileSync(file, 'utf8')).toBe(before);
  const [first, , undone] = await told();
  expect(undone?.data).toMatchObject({ after: inFile(), guards: first?.data.guards });
  expect(undone?.summary).toContain('could not be written');
});

test.skipIf(process.platform === 'win32')(
  'a save through a link writes the file that it leads to; both stay what they were',
  async () => {
    const real = join(dataDir, 'in-git', 'team.yml');
    mkdirSync(join(dataDir, 'in-git'));
    writeFileSync(real, stringify(local));
    chmodSync(real, 0o640);
    symlinkSync(join('in-git', 'team.yml'), file);
    await start();
    const yaml = stringify({ ...local, environments: [{ name: 'production', protected: false }] });
    await admin('settings.save', { yaml });
    expect(lstatSync(file).isSymbolicLink()).toBe(true);
    expect(readFileSync(real, 'utf8')).toBe(yaml);
    expect(statSync(real).mode & 0o777).toBe(0o640);
    expect(readdirSync(join(dataDir, 'in-git'))).toEqual(['team.yml']);
  },
);
