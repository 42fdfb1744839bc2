/** Which tools a turn called, and which of them failed. */
import type { Message } from '#shared/model/conversation.ts';
import type { Step } from './turn-steps.ts';

export interface ToolUse {
  /** Names, each once, in the order they were first called. */
  called: string[];
  failed: string[];
}

export const NO_TOOLS: ToolUse = { called: [], failed: [] };

/** Different tools of one turn that are remembered: names come from outside. */
const MOST = 64;

/**
 * A tool failed when its span says so (status, `error.type`), or its response does: `isError` (Model Context
 * Protocol), `is_error` (Anthropic), or an `error` that is not empty. A tool that answers its failure in prose did
 * not fail as far as anybody can tell.
 */
export function toolUse(messages: readonly Message[], steps: readonly Step[]): ToolUse {
  const called = new Set<string>();
  const failed = new Set<string>();
  const names = new Map<string, string>();
  for (const part of messages.flatMap((message) => message.parts)) {
    if (part.type === 'tool_call') {
      if (part.name !== '') called.add(part.name);
      if (part.id !== null) names.set(part.id, part.name);
    } else if (part.type === 'tool_call_response' && saysError(part.response)) {
      const name = part.name ?? (part.id === null ? undefined : names.get(part.id));
      if (name) failed.add(name);
    }
  }
  for (const step of steps) {
    if (step.operation !== 'tool') continue;
    const name = step.attributes['gen_ai.tool.name'];
    if (typeof name !== 'string' || name === '') continue;
    called.add(name);
    if (step.record.span.status === 'error' || step.attributes['error.type'] !== undefined) {
      failed.add(name);
    }
  }
  return { called: [...called].slice(0, MOST), failed: [...failed].slice(0, MOST) };
}

/** Characters of a response that are looked through for its error. */
const LONGEST = 100_000;

function saysError(response: unknown): boolean {
  const value = typeof response === 'string' ? opened(response) : response;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const told = (name: string): unknown =>
    Object.hasOwn(value, name) ? Reflect.get(value, name) : undefined;
  if (told('isError') === true || told('is_error') === true) return true;
  const error = told('error');
  return error !== undefined && error !== null && error !== false && error !== '';
}

function opened(text: string): unknown {
  if (!text.trimStart().startsWith('{') || text.length > LONGEST || !text.includes('rror'))
    return null;
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
