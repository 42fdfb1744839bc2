/** The OpenAI chat completions API as it goes over the wire; of answers only what is used is asked for. */
import { z } from 'zod';

export interface ToolCallMessage {
  id: string;
  type: 'function';
  function: { name: string; arguments: string };
}

/** A message of a request. */
export type ChatMessage =
  | { role: 'system'; content: string }
  | { role: 'user'; content: string }
  | { role: 'assistant'; content: string | null; tool_calls?: ToolCallMessage[] }
  | { role: 'tool'; tool_call_id: string; content: string };

export interface ToolDefinition {
  name: string;
  description?: string;
  /** JSON Schema of the arguments. */
  parameters: Record<string, unknown>;
}

/** Settings of the recorded call that are sent again. */
export interface Sampling {
  temperature?: number;
  top_p?: number;
  max_tokens?: number;
}

const Usage = z.object({ prompt_tokens: z.number(), completion_tokens: z.number() });

const ToolCallDelta = z.object({
  /** Tells which call a piece belongs to; a server that leaves it out sends one call at a time. */
  index: z.number().int().nonnegative().optional(),
  id: z.string().nullish(),
  function: z.object({ name: z.string().nullish(), arguments: z.string().nullish() }).nullish(),
});

const Delta = z.object({
  content: z.string().nullish(),
  refusal: z.string().nullish(),
  tool_calls: z.array(ToolCallDelta).nullish(),
});
export type Delta = z.infer<typeof Delta>;

/** One piece of a streamed answer. The piece with the usage has no choices. */
export const Chunk = z.object({
  choices: z
    .array(z.object({ delta: Delta.nullish(), finish_reason: z.string().nullish() }))
    .nullish(),
  usage: Usage.nullish(),
  /** Some servers tell a failure in the stream, after a 200. */
  error: z.object({ message: z.string() }).nullish(),
});
export type Chunk = z.infer<typeof Chunk>;

/** A whole answer, from a server that does not stream. */
export const Completion = z.object({
  choices: z.array(z.object({ message: Delta, finish_reason: z.string().nullish() })).min(1),
  usage: Usage.nullish(),
});
