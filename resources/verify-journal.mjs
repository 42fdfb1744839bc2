// Checks an exported journal without Nightdesk: node verify-journal.mjs FILE [HEAD]   (HEAD: a hash noted earlier)
// A line is an entry. Its hash: SHA-256 of the line without `,"hash":"…"`. `prev`: the hash of the entry before.
import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';

const [file = '', head = '0'.repeat(64)] = process.argv.slice(2);
const FORM = /^(.*),"hash":"([0-9a-f]{64})"(,"kind":.*"prev":"([0-9a-f]{64})","seq":(\d+),.*\})$/s;
const chain = ['0'.repeat(64)];
try {
  for (const line of readFileSync(file, 'utf8').trimEnd().split('\n')) {
    const [, start, written, end, prev, seq] = FORM.exec(line) ?? [];
    if (!written) throw `line ${chain.length} is not an entry`;
    if (+seq !== chain.length) throw `line ${chain.length} is entry ${seq}: one is missing`;
    if (hash('sha256', start + end) !== written) throw `line ${seq} is not what was written`;
    if (prev !== chain.at(-1)) throw `line ${seq} does not follow the one before it`;
    chain.push(written);
  }
  if (!chain.includes(head)) throw `cut off after line ${chain.length - 1}, or all written anew`;
  console.log(`${chain.length - 1} entries, each as it was written. Head: ${chain.at(-1)}`);
} catch (why) {
  console.error(`${file}: ${why.message ?? why}`);
  process.exitCode = 1;
}
