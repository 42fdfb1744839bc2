/**
 * Journals every change of the configuration before it takes effect: what locks production and asks a second person
 * stands in that file, and whoever may write it could otherwise take them away, act, and put them back unseen.
 */
import { hash } from 'node:crypto';
import { chmod, readFile, realpath, rename, stat, writeFile } from 'node:fs/promises';
import type { Cache } from '#core/cache/client.ts';
import { guardDiff, guardSentence, guardsOf } from '#core/config/guards.ts';
import { parseConfig } from '#core/config/load.ts';
import type { Clock, LoadedConfig } from '#core/deps.ts';
import type { Config } from '#shared/model/config.ts';
import { CONFIGURATION, type JournaledConfig } from '#shared/model/journal.ts';

export interface ConfigKeeper {
  /** Called before anything works by it. Journals it where it is not what was journaled last. */
  found(loaded: Pick<LoadedConfig, 'path' | 'text' | 'config'>): Promise<void>;
  /** Journals the change, then writes the file. */
  write(path: string, text: string, config: Config, by: string): Promise<void>;
}

export function createConfigKeeper(deps: {
  cache: Pick<Cache, 'journal'>;
  clock: Clock;
}): ConfigKeeper {
  const { cache, clock } = deps;

  async function append(actor: string, summary: string, data: JournaledConfig): Promise<void> {
    const at = clock.now();
    await cache.journal('append', {
      entry: { at, kind: CONFIGURATION, actor, action: null, environment: '', summary, data },
    });
  }

  async function found({
    path,
    text,
    config,
  }: Pick<LoadedConfig, 'path' | 'text' | 'config'>): Promise<void> {
    if (path === null || text === null || config === null) return;
    const last = await cache.journal('lastConfiguration', {});
    const after = hashOf(text);
    if (last?.after === after) return;
    const guards = guardsOf(config);
    const was = last?.guards ?? guards;
    const summary =
      last === null
        ? 'The configuration as its journal begins'
        : last.before === after
          ? 'The configuration is as before the change that was journaled last: it was never written, or taken back outside the console'
          : 'The configuration was changed outside the console';
    await append('nightdesk', told(summary, guardSentence(was, guards)), {
      file: path,
      before: last?.after ?? null,
      after,
      diff: guardDiff(was, guards),
      guards,
    });
  }

  return {
    found,
    async write(path, text, config, by) {
      const present = await readFile(path, 'utf8').catch(() => null);
      // What somebody else changed meanwhile is not this person's change.
      if (present !== null) await found({ path, text: present, ...parseConfig(present) });
      const last = await cache.journal('lastConfiguration', {});
      const guards = guardsOf(config);
      const was = last?.guards ?? {};
      const change = guardSentence(was, guards) || 'nothing that guards production';
      const before = present === null ? null : hashOf(present);
      const entry = { file: path, before, after: hashOf(text) };
      const diff = guardDiff(was, guards);
      await append(by, told('The configuration is changed', change), { ...entry, diff, guards });
      try {
        await replaceFile(path, text);
      } catch (error) {
        await append(by, 'That change of the configuration could not be written: it is as before', {
          file: path,
          before: entry.after,
          after: before,
          diff: guardDiff(guards, was),
          guards: was,
        });
        throw error;
      }
    },
  };
}

function told(what: string, change: string): string {
  return change === '' ? what : `${what}: ${change}`;
}

function hashOf(text: string): string {
  return hash('sha256', text);
}

/** A crash in the middle leaves the old file whole. A link stays one, and whoever may read the file still may. */
async function replaceFile(path: string, text: string): Promise<void> {
  const file = await realpath(path).catch(() => path);
  const known = await stat(file).catch(() => null);
  const next = `${file}.new`;
  await writeFile(next, text, { mode: 0o600 });
  if (known) await chmod(next, known.mode & 0o777);
  await rename(next, file);
}
