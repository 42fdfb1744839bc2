/** Tools as the recording answers them: nothing is ever executed. */
import { Ajv, type ValidateFunction } from 'ajv';
import type { ReplayToolCall } from '#shared/model/replay.ts';
import { splitMarks } from '#shared/util/placeholder.ts';
import type { RecordedCall } from './model-call.ts';
import { plainSchema } from './schema.ts';
import type { ScriptTurn } from './script.ts';
import { asContent, callKey } from './values.ts';
import type { ToolCallMessage } from './wire.ts';

const MOST_ERRORS = 5;
const LONGEST_RESULT = 200_000;

interface Recorded {
  result: unknown;
  /** The other calls that the recorded turn made between the last one like this and this one. */
  between: readonly string[];
}

/**
 * The tools of one answer. `here`: the calls of the turn that is answered again; `elsewhere`: those of the other turns,
 * which answer too, so that a model may ask for something earlier or later than the recorded one did.
 */
export class RecordedTools {
  readonly #answers = new Map<string, { calls: Recorded[]; next: number; since: string[] }>();
  readonly #unanswered = new Set<string>();
  readonly #schemas: ReadonlyMap<string, ValidateFunction>;

  constructor(
    here: readonly RecordedCall[],
    elsewhere: readonly RecordedCall[],
    schemas: ReadonlyMap<string, ValidateFunction>,
  ) {
    this.#schemas = schemas;
    const keys = here.map(callKey);
    for (const [place, { result }] of here.entries()) {
      const key = keys[place] ?? '';
      const between = keys.slice(keys.lastIndexOf(key, place - 1) + 1, place);
      this.#keep(key, { result, between: place === 0 ? [] : between });
    }
    for (const call of elsewhere) this.#keep(callKey(call), { result: call.result, between: [] });
  }

  /**
   * The same call again gets the next recorded answer, and the last one from then on. Where the recording did something in
   * between that this answer has done too, the answer is the one from after that.
   */
  answer(call: ToolCallMessage): ReplayToolCall {
    const { name, arguments: given } = call.function;
    const readable = given.trim() === '' || isJson(given);
    const schemaErrors = readable ? this.#schemaErrors(name, given) : null;
    const made = { name, arguments: given, schemaErrors };
    if (!readable) {
      const result = stub('The arguments are not JSON. The call was not executed.');
      return { ...made, answer: 'unreadable', result };
    }
    const key = callKey({ name, arguments: given });
    const found = this.#next(key);
    for (const [other, { since }] of this.#answers) if (other !== key) since.push(key);
    if (found) {
      const result = asContent(found.result).slice(0, LONGEST_RESULT);
      return { ...made, answer: 'recorded', result };
    }
    if (this.#unanswered.has(key)) {
      const result = stub('What this call answered was not recorded. It was not executed.');
      return { ...made, answer: 'unanswered', result };
    }
    const result = stub('This call is not in the recording. It was not executed.');
    return { ...made, answer: 'stubbed', result };
  }

  #keep(key: string, recorded: Recorded): void {
    if (recorded.result === undefined) {
      this.#unanswered.add(key);
      return;
    }
    const known = this.#answers.get(key);
    if (known) known.calls.push(recorded);
    else this.#answers.set(key, { calls: [recorded], next: 0, since: [] });
  }

  #next(key: string): Recorded | undefined {
    const known = this.#answers.get(key);
    if (known === undefined) return undefined;
    const { calls, since } = known;
    let place = Math.min(known.next, calls.length - 1);
    takeOut(since, calls[place]?.between ?? []);
    for (let after = calls[place + 1]; after?.between.length; after = calls[place + 1]) {
      if (!takeOut(since, after.between)) break;
      place++;
    }
    known.next = place + 1;
    since.length = 0;
    return calls[place];
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

/** Compiled once for a turn. A schema that cannot be used is left out: it is the recording's mistake, not the model's. */
export function toolSchemas(
  turn: Pick<ScriptTurn, 'defined'>,
): ReadonlyMap<string, ValidateFunction> {
  const schemas = new Map<string, ValidateFunction>();
  const ajv = new Ajv({ allErrors: true, strict: false, logger: false, addUsedSchema: false });
  for (const tool of turn.defined) {
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

/** Takes what is there of them out of `all`; true when all of them were there. */
function takeOut(all: string[], wanted: readonly string[]): boolean {
  let whole = true;
  for (const one of wanted) {
    const at = all.indexOf(one);
    if (at < 0) whole = false;
    else all.splice(at, 1);
  }
  return whole;
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
