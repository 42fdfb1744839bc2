import type { ChildProcess } from 'node:child_process';

/** Answers whether anything asked this process to end so far. */
export function passSignals(child: ChildProcess): () => boolean;
