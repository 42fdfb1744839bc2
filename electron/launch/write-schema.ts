/** `npm run schema`: the JSON Schema of the configuration, from the schema that checks it. */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { Config } from '#shared/model/config.ts';

const FILE = fileURLToPath(new URL('../../resources/nightdesk.schema.json', import.meta.url));

function schemaText(): string {
  const schema = z.toJSONSchema(Config, { io: 'input', target: 'draft-7' });
  return `${JSON.stringify(schema, null, 2)}\n`;
}

/** True when the committed file says what the code does. */
function isFresh(): boolean {
  try {
    return readFileSync(FILE, 'utf8') === schemaText();
  } catch {
    return false;
  }
}

if (process.argv.includes('--check')) {
  if (!isFresh()) {
    process.stderr.write('resources/nightdesk.schema.json:1: out of date; run: npm run schema\n');
    process.exitCode = 1;
  }
} else {
  writeFileSync(FILE, schemaText());
}
