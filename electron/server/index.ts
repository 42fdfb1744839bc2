/** The browser host: starts the console, serves it on loopback, and says where. */
import { NightdeskError } from '#shared/errors/index.ts';
import { type HostArguments, parseArguments, USAGE } from '../host/arguments.ts';
import { configurationWords } from '../host/configuration-words.ts';
import { withUsualMask } from '../host/data-dir.ts';
import type { FirstInstance } from '../host/instance.ts';
import { modulesOf } from '../host/modules.ts';
import { closeOnExit } from '../host/shutdown.ts';
import { startConsole } from '../host/start-console.ts';
import { type BrowserHost, serveConsole } from './serve.ts';

export interface BrowserHostOptions {
  /** What is said to the person; standard output by default. */
  say?: (line: string) => void;
  /** Opens an address in the default browser. */
  openBrowser?: (address: string) => void;
  /** Ends the wait for another console that is still starting. */
  stop?: AbortSignal;
  devOrigins?: readonly string[];
}

/** Where the console can be reached; `close` is null when another instance runs it. */
export interface RunningHost {
  address: string;
  origin: string;
  token: string;
  close: (() => Promise<void>) | null;
}

/** Starts it, or leads to the instance that already runs on the same data folder. */
export async function runBrowserHost(
  args: HostArguments,
  options: BrowserHostOptions = {},
): Promise<RunningHost> {
  const say = options.say ?? ((line) => process.stdout.write(`${line}\n`));
  const openBrowser = (address: string) => {
    if (args.open) withUsualMask(() => options.openBrowser?.(address));
  };
  const modules = modulesOf(import.meta.url);
  let host: BrowserHost | null = null;
  const started = await startConsole(args, {
    host: 'browser',
    modules,
    keychain: null,
    describe: () =>
      host && {
        address: host.address(),
        addressOnce: host.addressOnce(),
        windows: host.windows(),
      },
    say,
    ...(options.stop ? { stop: options.stop } : {}),
  });
  if (!started.first) return leadTo(started.running, args, say, openBrowser);

  const { console } = started;
  try {
    host = await serveConsole(console, {
      port: args.port,
      renderer: modules.renderer,
      ...(options.devOrigins ? { devOrigins: options.devOrigins } : {}),
    });
  } catch (error) {
    await console.close();
    throw error;
  }
  const { address, addressOnce, origin, token } = host;
  if (console.demo) say('No configuration: showing the demo fleet. None of it is real.');
  say(`Nightdesk: ${address(args.path ?? '/')}`);
  say(`Data and log: ${console.dataDir}`);
  for (const line of await configurationWords(console)) say(line);
  openBrowser(addressOnce(args.path ?? '/'));
  const close = host.close;
  return {
    address: address(args.path ?? '/'),
    origin,
    token,
    close: async () => {
      await close();
      await console.close();
    },
  };
}

function leadTo(
  running: FirstInstance,
  args: HostArguments,
  say: (line: string) => void,
  openBrowser: (address: string) => void,
): RunningHost {
  if (running.address === null) {
    say('Nightdesk is already running; its window was told.');
    return { address: '', origin: '', token: '', close: null };
  }
  const there = new URL(args.path ?? '/', running.address);
  there.hash = new URL(running.address).hash;
  say(`Nightdesk is already running: ${there.href}`);
  if (running.windows === 0 && running.addressOnce !== null) {
    const once = new URL(args.path ?? '/', running.addressOnce);
    once.hash = new URL(running.addressOnce).hash;
    openBrowser(once.href);
  }
  return {
    address: there.href,
    origin: there.origin,
    token: new URLSearchParams(there.hash.slice(1)).get('token') ?? '',
    close: null,
  };
}

/** Says why to the person, and has the process end with 1 once nothing runs any more. */
export function couldNotStart(error: unknown): void {
  const why = error instanceof NightdeskError ? error.message : error;
  process.stderr.write(`Nightdesk could not start. ${String(why)}\n`);
  process.exitCode = 1;
}

/** From a command line to the end of the process. */
export async function main(
  argv: readonly string[],
  options: BrowserHostOptions = {},
): Promise<void> {
  const stop = new AbortController();
  try {
    const args = parseArguments(argv);
    if (args.help) {
      process.stdout.write(USAGE);
      return;
    }
    const starting = runBrowserHost(args, { ...options, stop: stop.signal });
    // From the first moment on: who asks while it starts is not answered by leaving half of it behind.
    closeOnExit(async () => {
      stop.abort();
      const started = await starting.catch(() => null);
      await started?.close?.();
    });
    await starting;
  } catch (error) {
    if (!stop.signal.aborted) couldNotStart(error);
  }
}
