// Plain JavaScript that any Node can read, as node.mjs, which needs it.
const PASSED_ON = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Passes on to a child what asks this process to end, and lives on until the child has ended. On Windows the console
 * tells every process itself, and to "signal" one there is to kill it. Answers a question: did anything ask so far?
 */
export function passSignals(child) {
  let asked = false;
  for (const name of PASSED_ON) {
    const pass = () => {
      asked = true;
      if (process.platform !== 'win32') child.kill(name);
    };
    process.on(name, pass);
    child.once('close', () => process.off(name, pass));
  }
  return () => asked;
}
