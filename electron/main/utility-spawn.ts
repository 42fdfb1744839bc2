import { fileURLToPath } from 'node:url';
import { utilityProcess } from 'electron';
import type { Log } from '#core/deps.ts';
import type { Modules } from '../host/modules.ts';
import { processName, type SpawnDemo } from '../host/processes.ts';

/** Starts demo processes as Electron's utility processes: a packaged application has no Node beside it. */
export function utilitySpawn(modules: Modules, log: Log): SpawnDemo {
  return (module, env) => {
    const name = processName(module);
    const child = utilityProcess.fork(fileURLToPath(modules.demoProcess(name)), [], {
      env: { PATH: process.env.PATH ?? '', ...env },
      execArgv: [],
      stdio: ['ignore', 'ignore', 'pipe'],
      serviceName: `nightdesk-demo-${name}`,
    });
    child.stderr?.on('data', (text) => {
      log.warn({ process: name, text: String(text).slice(0, 2000) }, 'demo process says');
    });
    return {
      get pid() {
        return child.pid;
      },
      onExit: (fn) => {
        child.once('exit', (code) => fn(code));
      },
      kill: () => {
        child.kill();
      },
    };
  };
}
