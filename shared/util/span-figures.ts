/** Figures that a step tells in its attributes. Core and window read them by the same names and in the same units. Pure. */

export interface SpanFigure {
  /** Attributes that tell it, best first. */
  names: readonly string[];
  /** What they tell, times this. */
  times: number;
}

/** The attributes tell seconds. */
export const FIRST_TOKEN_MS: SpanFigure = {
  names: ['gen_ai.server.time_to_first_token', 'gen_ai.response.time_to_first_chunk'],
  times: 1000,
};
export const COST_USD: SpanFigure = { names: ['ai.cost_usd', 'gen_ai.usage.cost'], times: 1 };
export const INPUT_TOKENS: SpanFigure = {
  names: ['gen_ai.usage.input_tokens', 'gen_ai.usage.prompt_tokens'],
  times: 1,
};
export const OUTPUT_TOKENS: SpanFigure = {
  names: ['gen_ai.usage.output_tokens', 'gen_ai.usage.completion_tokens'],
  times: 1,
};

/** The first that is a number and not negative; attributes come from outside and may be anything. Null = not told. */
export function figureOf(
  attributes: Readonly<Record<string, unknown>>,
  { names, times }: SpanFigure,
): number | null {
  for (const name of names) {
    const value = attributes[name];
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
    if (typeof number === 'number' && Number.isFinite(number) && number >= 0) return number * times;
  }
  return null;
}
