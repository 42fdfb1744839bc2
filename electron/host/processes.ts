import { fork } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Log } from '#core/deps.ts';
import type { SpawnDemo } from '../demo/fleet.ts';
import type { Modules } from './modules.ts';

export type { SpawnDemo };

/** The name of a demo process, whatever folder and ending the module has: `…/bot.ts` → `bot`. */
export function processName(module: URL): string {
  return path.posix.basename(module.pathname).replace(/\.\w+$/, '');
}

/** Starts demo processes as children under Node, each ended with us: by `kill`, or by the closed channel. */
export function nodeSpawn(modules: Modules, log: Log): SpawnDemo {
  return (module, env) => {
    const name = processName(module);
    const child = fork(fileURLToPath(modules.demoProcess(name)), [], {
      // What the demo needs and nothing of ours: it plays the outside world.
      env: { PATH: process.env.PATH ?? '', ...env },
      execArgv: [],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    child.stderr?.setEncoding('utf8').on('data', (text) => {
      log.warn({ process: name, text: String(text).slice(0, 2000) }, 'demo process says');
    });
    child.on('error', (err) => log.error({ process: name, err }, 'demo process failed'));
    return {
      pid: child.pid,
      onExit: (fn) => {
        child.once('exit', (code) => fn(code));
      },
      kill: () => {
        child.kill('SIGTERM');
      },
    };
  };
}
