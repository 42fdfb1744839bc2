/** Tools as the recording answers them: nothing is ever executed. */
import { Ajv, type ValidateFunction } from 'ajv';
import type { ReplayToolCall } from '#shared/model/replay.ts';
import { splitMarks } from '#shared/util/placeholder.ts';
import { plainSchema } from './schema.ts';
import type { RecordedCall, Script } from './script.ts';
import { asContent, callKey } from './values.ts';
import type { ToolCallMessage } from './wire.ts';

const MOST_ERRORS = 5;
const LONGEST_RESULT = 200_000;

/**
 * The tools of one answer. `here`: the calls of the turn that is answered again; `elsewhere`: those of the other turns,
 * which answer too, so that a model may ask for something earlier or later than the recorded one did.
 */
export class RecordedTools {
  readonly #answers = new Map<string, { calls: RecordedCall[]; next: number }>();
  readonly #schemas: ReadonlyMap<string, ValidateFunction>;

  constructor(
    here: readonly RecordedCall[],
    elsewhere: readonly RecordedCall[],
    schemas: ReadonlyMap<string, ValidateFunction>,
  ) {
    this.#schemas = schemas;
    for (const call of [...here, ...elsewhere]) {
      if (call.result === undefined) continue;
      const key = callKey(call);
      const known = this.#answers.get(key);
      if (known) known.calls.push(call);
      else this.#answers.set(key, { calls: [call], next: 0 });
    }
  }

  /** The same call again gets the next recorded answer, and the last one from then on. */
  answer(call: ToolCallMessage): ReplayToolCall {
    const { name, arguments: given } = call.function;
    const readable = given.trim() === '' || isJson(given);
    const schemaErrors = readable ? this.#schemaErrors(name, given) : null;
    const made = { name, arguments: given, schemaErrors };
    if (!readable) {
      const result = stub('The arguments are not JSON. The call was not executed.');
      return { ...made, answer: 'unreadable', result };
    }
    const known = this.#answers.get(callKey({ name, arguments: given }));
    const found = known?.calls[Math.min(known.next++, known.calls.length - 1)];
    if (!found) {
      const result = stub('This call is not in the recording. It was not executed.');
      return { ...made, answer: 'stubbed', result };
    }
    return {
      ...made,
      answer: 'recorded',
      result: asContent(found.result).slice(0, LONGEST_RESULT),
    };
  }

  #schemaErrors(name: string, given: string): string[] | null {
    const validate = this.#schemas.get(name);
    if (!validate) return null;
    const value: unknown = given.trim() === '' ? {} : JSON.parse(given);
    if (validate(value)) return [];
    return (validate.errors ?? [])
      .filter(({ instancePath }) => !isMasked(value, instancePath))
      .slice(0, MOST_ERRORS)
      .map(({ instancePath, message }) =>
        `${instancePath === '' ? 'the arguments' : instancePath} ${message ?? 'do not fit'}`.trim(),
      );
  }
}

/** Compiled once for a script. A schema that cannot be used is left out: it is the recording's mistake, not the model's. */
export function toolSchemas(
  script: Pick<Script, 'tools' | 'toolsFrom'>,
): ReadonlyMap<string, ValidateFunction> {
  const schemas = new Map<string, ValidateFunction>();
  if (script.toolsFrom !== 'definitions') return schemas;
  const ajv = new Ajv({ allErrors: true, strict: false, logger: false, addUsedSchema: false });
  for (const tool of script.tools) {
    const schema = plainSchema(tool.parameters);
    if (schema === null) continue;
    try {
      schemas.set(tool.name, ajv.compile(schema));
    } catch {
      // A keyword with a value that it cannot have.
    }
  }
  return schemas;
}

/** What a mark stands for may well fit: a day, a number, a postcode. `pointer`: as RFC 6901 has it. */
function isMasked(value: unknown, pointer: string): boolean {
  let at = value;
  for (const part of pointer.split('/').slice(1)) {
    if (typeof at !== 'object' || at === null) return false;
    at = Reflect.get(at, part.replaceAll('~1', '/').replaceAll('~0', '~'));
  }
  return typeof at === 'string' && splitMarks(at).some((piece) => typeof piece !== 'string');
}

function stub(message: string): string {
  return JSON.stringify({ error: 'not_recorded', message });
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
