// Checks an exported journal without Nightdesk: node verify-journal.mjs FILE [HEAD]   (HEAD: a hash noted earlier)
// A line is an entry. Its hash: SHA-256 of the line without `,"hash":"…"`. `prev`: the hash of the entry before.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';

const [file = '', head = ''] = process.argv.slice(2);
const FORM =
  /^(\{.*),"hash":"([0-9a-f]{64})"(,"kind":.*"prev":"([0-9a-f]{64})","seq":(\d+),"summary":".*"\})$/s;
let [line, last, rest] = [0, '0'.repeat(64), ''];
let found = head === '';

function check(text) {
  line++;
  const [, start, hash, end, prev, seq] = FORM.exec(text) ?? [];
  if (hash === undefined) throw `line ${line} is not an entry`;
  if (Number(seq) !== line) throw `line ${line} is entry ${seq}: an entry is missing or was moved`;
  const real = createHash('sha256').update(`${start}${end}`).digest('hex');
  if (real !== hash) throw `line ${line} is not what was written`;
  if (prev !== last) throw `line ${line} does not follow the line before it: that was replaced`;
  last = hash;
  found ||= hash === head;
}

try {
  for await (const piece of createReadStream(file, 'utf8')) {
    const lines = (rest + piece).split('\n');
    rest = lines.pop();
    lines.forEach(check);
  }
  if (rest !== '') check(rest);
  if (line === 0) throw 'there is no entry in it';
  if (!found) throw `the head ${head} is not in it: cut off after line ${line}, or written anew`;
  console.log(`${line} entries, each as it was written. Head: ${last}`);
} catch (why) {
  console.error(`${file}: ${why.message ?? why}`);
  process.exitCode = 1;
}
