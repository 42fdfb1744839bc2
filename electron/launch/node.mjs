// Plain JavaScript that any Node can read: what follows needs one that runs TypeScript.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { passSignals } from './pass-signals.mjs';

/**
 * Comes back where this Node can run the project. Where it is too old, runs the same command on the Node that was
 * installed with the project and ends as that ends (npm 11 puts it first on the PATH of scripts, npm 10 does not).
 */
export async function needNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 22 || (major === 22 && minor >= 22)) return;
  const own = ownNode();
  if (own === null) {
    process.stderr.write(
      `Nightdesk needs Node 22.22 or newer; this is ${process.versions.node}.\n` +
        'On Linux and Windows "npm ci" installs one with it. On a Mac, install Node 24 (https://nodejs.org).\n',
    );
    process.exit(1);
  }
  const child = spawn(own, process.argv.slice(1), {
    stdio: 'inherit',
    env: {
      ...process.env,
      NIGHTDESK_HANDED_OVER: '1',
      PATH: `${path.dirname(own)}${path.delimiter}${process.env.PATH ?? ''}`,
    },
  });
  passSignals(child);
  const code = await new Promise((resolve) => child.once('exit', resolve));
  process.exit(code ?? 1);
}

function ownNode() {
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const file = path.join(
    import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname),
    `../../node_modules/node-${platform}-${process.arch}/bin/node${platform === 'win' ? '.exe' : ''}`,
  );
  return existsSync(file) ? file : null;
}
