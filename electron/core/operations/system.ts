import { readFile } from 'node:fs/promises';
import { isSeq, parseDocument } from 'yaml';
import { listSetAside } from '#core/cache/set-aside.ts';
import { parseConfig } from '#core/config/load.ts';
import { secretNames } from '#core/config/secret-names.ts';
import type { Person } from '#core/deps.ts';
import { NightdeskError } from '#shared/errors/index.ts';
import type { Config } from '#shared/model/config.ts';
import type { ConfigProblem } from '#shared/model/session.ts';
import { durationMs } from '#shared/util/duration.ts';
import { oneAtATime } from '#shared/util/one-at-a-time.ts';
import type { Engine } from './engine.ts';
import type { Handlers } from './handlers.ts';

export function systemHandlers(
  engine: () => Engine,
): Pick<
  Handlers,
  | 'sources.list'
  | 'sources.check'
  | 'sources.sync'
  | 'sources.save'
  | 'sources.remove'
  | 'settings.read'
  | 'settings.save'
  | 'settings.saveSecret'
  | 'session.read'
  | 'session.signIn'
  | 'session.signOut'
  | 'session.unlock'
> {
  const sources = async () => ({
    sources: engine().sync.status(),
    setAside: await listSetAside(engine().deps.dataDir),
  });
  /** From reading the file to working by it: what came in between would be lost, or be two engines. */
  const inTurn = oneAtATime();

  return {
    'sources.list': sources,

    'sources.check': async ({ id }, { signal }) => ({
      report: await engine().sync.connector(id).check(signal),
    }),

    'sources.sync': async ({ id }) => {
      await engine().sync.syncNow(id);
      return sources();
    },

    'sources.save': async ({ source }, { caller }) => {
      await inTurn(() =>
        editConfig(engine(), caller, (document) => {
          const index = indexOfSource(document, source.id);
          if (index >= 0) document.setIn(['sources', index], source);
          else document.addIn(['sources'], source);
        }),
      );
      return sources();
    },

    'sources.remove': async ({ id }, { caller }) => {
      await inTurn(() =>
        editConfig(engine(), caller, (document) => {
          const index = indexOfSource(document, id);
          if (index < 0) throw new NightdeskError('not_found', `There is no source "${id}".`);
          document.deleteIn(['sources', index]);
        }),
      );
      await engine().cache.write('removeSource', { source: id });
      return sources();
    },

    'settings.read': async () => {
      const { cache, config, loaded, deps } = engine();
      return {
        config: loaded.config,
        services: config.services,
        path: loaded.path,
        yaml: await textOf(loaded.path),
        problems: loaded.problems,
        masking: !config.masking.enabled
          ? ('off' as const)
          : (await cache.read('maskingUnderWay', {}))
            ? ('under_way' as const)
            : ('on' as const),
        secrets: await Promise.all(
          secretNames(config).map(async (name) => ({
            name,
            found: await deps.secrets.where(name),
          })),
        ),
      };
    },

    'settings.save': async ({ yaml, replaces }, { caller }) => {
      const path = requirePath(engine());
      const { config, problems } = parseConfig(yaml);
      if (!config) return { problems, saved: false };
      await inTurn(async () => {
        if (replaces !== undefined && replaces !== (await textOf(path))) {
          throw new NightdeskError(
            'conflict',
            'The file was changed by something else since it was read here. Copy your text, read the file again, and bring both together.',
          );
        }
        await writeConfig(engine(), path, { text: yaml, config, problems }, caller);
      });
      return { problems, saved: true };
    },

    'settings.saveSecret': async ({ name, value }, { caller }) => {
      const { cache, clock, config, deps, publish } = engine();
      if (!secretNames(config).includes(name)) {
        throw new NightdeskError('not_found', `The configuration names no secret "${name}".`);
      }
      const tell = async (summary: string) => {
        const { actor } = caller;
        const entry = { at: clock.now(), kind: 'secret', actor, action: null, environment: '' };
        await cache.journal('append', { entry: { ...entry, summary, data: { name } } });
        publish(['session', 'journal']);
      };
      // First: with whose rights the console acts from now on is on record.
      await tell(`Sets the secret ${name}`);
      const stored = await deps.secrets.set(name, value).catch(async (error) => {
        await tell(`The secret ${name} could not be stored: it is as before`);
        throw error;
      });
      if (!stored) await tell(`There is no keychain for the secret ${name}: it is as before`);
      return { stored: stored ? ('keychain' as const) : ('unavailable' as const) };
    },

    'session.read': async (_, { caller }) => {
      const { config, deps, loaded, locks, clock, identity } = engine();
      return {
        identity: { name: caller.name, kind: caller.kind },
        role: caller.role,
        signIn: identity.state(),
        host: deps.host,
        version: deps.appVersion,
        demo: deps.demo,
        environments: config.environments.map((environment) => ({
          ...environment,
          unlockedUntil: locks.unlockedUntil(environment.name),
        })),
        configProblems: loaded.problems,
        configPath: loaded.path,
        now: clock.now(),
      };
    },

    'session.signIn': async () => ({ address: await engine().identity.signIn() }),

    'session.signOut': async () => ({ address: await engine().identity.signOut() }),

    'session.unlock': async ({ environment, locked }, { caller }) => {
      const { config, clock, locks, publish } = engine();
      const known = config.environments.find((one) => one.name === environment);
      if (!known)
        throw new NightdeskError('not_found', `There is no environment "${environment}".`);
      if (locked) await locks.lock(environment, caller.actor);
      else {
        const forMs = durationMs(config.actions.unlockFor);
        await locks.unlock(environment, clock.now() + forMs, caller.actor);
      }
      publish(['session', 'journal']);
      return { unlockedUntil: locks.unlockedUntil(environment) };
    },
  };
}

function requirePath({ loaded, deps }: Engine): string {
  if (loaded.path !== null) return loaded.path;
  throw new NightdeskError(
    'unsupported',
    deps.demo
      ? 'The demo fleet has no configuration file. Start the console with --config FILE to watch your own services.'
      : 'The console was started without a configuration file.',
  );
}

/** The file as it is; null when there is none or it cannot be read. */
async function textOf(path: string | null): Promise<string | null> {
  return path === null ? null : readFile(path, 'utf8').catch(() => null);
}

/** Its place in the list; −1 when it is not there. */
function indexOfSource(document: ReturnType<typeof parseDocument>, id: string): number {
  const list = document.get('sources');
  if (!isSeq(list)) return -1;
  return list.items.findIndex((_, at) => document.getIn(['sources', at, 'id']) === id);
}

/** Changes the file through its syntax tree, so that comments and order stay, and only if the result can be used. */
async function editConfig(
  engine: Engine,
  caller: Person,
  edit: (document: ReturnType<typeof parseDocument>) => void,
): Promise<void> {
  const path = requirePath(engine);
  const document = parseDocument(await readFile(path, 'utf8'));
  edit(document);
  const text = document.toString();
  const { config, problems } = parseConfig(text);
  if (!config) {
    throw new NightdeskError(
      'config_invalid',
      'With this change the configuration could not be used; nothing was written.',
      {
        detail: { problems },
      },
    );
  }
  await writeConfig(engine, path, { text, config, problems }, caller);
}

/** Journaled, written, and worked by from then on. */
async function writeConfig(
  engine: Engine,
  path: string,
  next: { text: string; config: Config; problems: ConfigProblem[] },
  { actor }: Person,
): Promise<void> {
  await engine.configKeeper.write(path, next.text, next.config, actor);
  engine.publish(['journal']);
  await engine.reload({ ...engine.loaded, ...next });
}
