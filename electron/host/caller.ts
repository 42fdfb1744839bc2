import { userInfo } from 'node:os';
import type { Caller } from '#core/deps.ts';

/** The person at this machine: who can start the console may do all that it can. */
export function localCaller(): Caller {
  return { name: userName(), role: 'admin' };
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run under a number that no user has.
    return process.env.USER ?? 'local';
  }
}
