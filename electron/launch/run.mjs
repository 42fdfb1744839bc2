// `node electron/launch/run.mjs FILE.ts [arguments]`: a TypeScript file as a command, on a Node that can run it.
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { needNode } from './node.mjs';

await needNode();
process.argv.splice(1, 1);
await import(pathToFileURL(path.resolve(process.argv[1] ?? '')).href);
