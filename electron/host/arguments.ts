import { parseArgs } from 'node:util';
import { NightdeskError } from '#shared/errors/index.ts';
import { pathOfLink } from './deep-link.ts';

export interface HostArguments {
  /** Use the browser host even where Electron could run. */
  browser: boolean;
  /** Null = the usual port, or a free one where that is taken. */
  port: number | null;
  data: string | null;
  config: string | null;
  /** Open a window or the default browser. */
  open: boolean;
  dev: boolean;
  help: boolean;
  /** Where in the console to go: from a deep link or a path. */
  path: string | null;
}

export const USAGE = `npm start -- [options] [nightdesk://conversation/ID]

  --browser       in the browser, even where Electron could run
  --port N        port of the browser host on 127.0.0.1 (0 = any free one)
  --data DIR      where cache, journal and log are kept
  --config FILE   the configuration; without one the demo fleet is shown
  --no-open       open neither a window nor the browser
  --dev           for work on Nightdesk itself: reload on change
`;

/**
 * Reads the command line. Throws `bad_input` with a sentence for the person, unless `lenient`:
 * Electron's command line also carries switches of Chromium, which are not ours to refuse.
 */
export function parseArguments(argv: readonly string[], lenient = false): HostArguments {
  const { values, positionals } = read(argv, lenient);
  const port = typeof values.port === 'string' ? readPort(values.port) : null;
  const target = positionals.map(pathOfLink).find((path) => path !== null) ?? null;
  if (!lenient) refuseOthers(positionals);
  return {
    browser: values.browser === true,
    port,
    data: typeof values.data === 'string' ? values.data : null,
    config: typeof values.config === 'string' ? values.config : null,
    open: values['no-open'] !== true,
    dev: values.dev === true,
    help: values.help === true,
    path: target,
  };
}

/** One place to go to, and nothing else: what is not understood was meant to do something. */
function refuseOthers(positionals: readonly string[]): void {
  const odd = positionals.find((text) => pathOfLink(text) === null);
  if (odd !== undefined) {
    throw new NightdeskError('bad_input', `Not a place in the console: ${odd}`);
  }
  if (positionals.length > 1) {
    throw new NightdeskError('bad_input', `More than one place to go to: ${positionals[1]}`);
  }
}

function read(argv: readonly string[], lenient: boolean) {
  try {
    return parseArgs({
      args: [...argv],
      strict: !lenient,
      allowPositionals: true,
      options: {
        browser: { type: 'boolean' },
        port: { type: 'string' },
        data: { type: 'string' },
        config: { type: 'string' },
        'no-open': { type: 'boolean' },
        dev: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new NightdeskError('bad_input', why, { cause });
  }
}

function readPort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new NightdeskError('bad_input', `--port wants a number from 0 to 65535, not ${text}`);
}
