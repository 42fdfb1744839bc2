import { needNode } from './node.mjs';

await needNode();
const { start } = await import('./start.ts');
await start(process.argv.slice(2));
