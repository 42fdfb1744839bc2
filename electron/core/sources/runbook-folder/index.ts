/** Runbooks: markdown files with front matter in a folder, watched. */
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { watch } from 'chokidar';
import { NightdeskError } from '#shared/errors/index.ts';
import type { SourceConfigOf } from '#shared/model/config.ts';
import type { Runbook } from '#shared/model/runbook.ts';
import type { CheckReport } from '#shared/model/source.ts';
import { durationMs } from '#shared/util/duration.ts';
import type { Batch, Connector } from '../connector.ts';
import type { SourceContext } from '../context.ts';
import { parseRunbook } from './parse.ts';

const DEFAULT_EVERY = '1m';
const LARGEST_FILE = 1_000_000;
const MOST_FILES = 2000;
/** Editors write in several steps. */
const SETTLE_MS = 200;

export function createRunbookFolderConnector(
  config: SourceConfigOf<'runbook-folder'>,
  context: SourceContext,
): Connector {
  const folder = path.resolve(context.baseDir, config.path);

  async function* pull(_cursor: string | null, signal: AbortSignal): AsyncIterable<Batch> {
    yield await readFolder(config.id, folder, signal);
  }

  return {
    id: config.id,
    kind: 'runbook-folder',
    capabilities: ['runbooks'],
    address: folder,
    everyMs: durationMs(config.every ?? DEFAULT_EVERY),
    pull,

    async listen(emit, signal) {
      await new Promise<void>((resolve, reject) => {
        let timer: NodeJS.Timeout | null = null;
        const watcher = watch(folder, { ignoreInitial: true, depth: 5 });
        const stop = () => {
          if (timer) clearTimeout(timer);
          watcher.close().then(resolve, reject);
        };
        watcher.on('all', () => {
          if (timer) clearTimeout(timer);
          timer = setTimeout(() => {
            readFolder(config.id, folder, signal)
              .then(emit)
              .catch((error: unknown) => (signal.aborted ? undefined : reject(error)));
          }, SETTLE_MS);
        });
        watcher.on('error', (error) => {
          void watcher.close();
          reject(
            new NightdeskError('unreachable', `The folder cannot be watched: ${folder}`, {
              cause: error,
            }),
          );
        });
        signal.addEventListener('abort', stop, { once: true });
      });
    },

    async check(signal): Promise<CheckReport> {
      const started = context.clock.now();
      const item = { what: `Read ${folder}`, ms: 0 };
      try {
        const { runbooks = [] } = await readFolder(config.id, folder, signal);
        const broken = runbooks.filter((one) => one.problem !== null);
        const items = [
          {
            ...item,
            ms: context.clock.now() - started,
            ok: runbooks.length > 0,
            detail: `${runbooks.length} runbooks`,
          },
          ...broken.map((one) => ({ what: one.id, ok: false, detail: one.problem ?? '', ms: 0 })),
        ];
        return { ok: items.every((one) => one.ok), items };
      } catch (error) {
        const detail =
          error instanceof NightdeskError ? error.message : 'The folder cannot be read.';
        return {
          ok: false,
          items: [{ ...item, ok: false, detail, ms: context.clock.now() - started }],
        };
      }
    },
  };
}

async function readFolder(source: string, folder: string, signal: AbortSignal): Promise<Batch> {
  let names: string[];
  try {
    names = (await readdir(folder, { recursive: true }))
      .filter((name) => name.endsWith('.md'))
      .sort();
  } catch (error) {
    throw new NightdeskError('unreachable', `The folder of runbooks cannot be read: ${folder}`, {
      cause: error,
    });
  }
  const runbooks: Runbook[] = [];
  const rejected = new Map<string, number>();
  const reject = (reason: string) => rejected.set(reason, (rejected.get(reason) ?? 0) + 1);
  for (const name of names.slice(0, MOST_FILES)) {
    signal.throwIfAborted();
    const file = path.join(folder, name);
    const id = name.split(path.sep).join('/');
    try {
      const facts = await stat(file);
      if (!facts.isFile()) continue;
      if (facts.size > LARGEST_FILE) {
        reject(`${id}: larger than 1 MB`);
        continue;
      }
      const text = await readFile(file, 'utf8');
      const runbook = parseRunbook({ source, id, text, modifiedAt: Math.round(facts.mtimeMs) });
      if (runbook) runbooks.push(runbook);
    } catch {
      reject(`${id}: cannot be read`);
    }
  }
  if (names.length > MOST_FILES) reject(`more than ${MOST_FILES} files; the rest is left out`);
  return {
    runbooks,
    rejected: [...rejected].map(([reason, count]) => ({ reason, count })),
  };
}
