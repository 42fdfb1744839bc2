// Checks an exported journal without Nightdesk: node verify-journal.mjs FILE [HEAD]   (HEAD: a hash noted earlier)
// A line is an entry. Its hash: SHA-256 of the line without `,"hash":"…"`. `prev`: the hash of the entry before.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

const [file = '', head = '0'.repeat(64)] = process.argv.slice(2);
const FORM =
  /^(\{.*),"hash":"([0-9a-f]{64})"(,"kind":.*"prev":"([0-9a-f]{64})","seq":(\d+),"summary":".*"\})$/s;
const chain = ['0'.repeat(64)];
try {
  for (const text of readFileSync(file, 'utf8').trimEnd().split('\n')) {
    const line = `line ${chain.length}`;
    const [, start, hash, end, prev, seq] = FORM.exec(text) ?? [];
    if (hash === undefined) throw `${line} is not an entry`;
    if (+seq !== chain.length) throw `${line} is entry ${seq}: an entry is missing or was moved`;
    const real = createHash('sha256')
      .update(start + end)
      .digest('hex');
    if (real !== hash) throw `${line} is not what was written`;
    if (prev !== chain.at(-1))
      throw `${line} does not follow the line before it: that was replaced`;
    chain.push(hash);
  }
  if (!chain.includes(head))
    throw `the head ${head} is not in it: cut off after line ${chain.length - 1}, or written anew`;
  console.log(`${chain.length - 1} entries, each as it was written. Head: ${chain.at(-1)}`);
} catch (why) {
  console.error(`${file}: ${why.message ?? why}`);
  process.exitCode = 1;
}
