/** Finds texts that were written to be obeyed by whatever model reads them: a prompt injection. Pure. */

/** Phrases that speak to a grader or take over a reader. No model is asked, so that one that was taken over cannot hide them. */
const STEERING =
  /\b(?:ignore|disregard|forget|override)\b[^.\n]{0,40}\b(?:instructions?|rules|prompts?|rubric)\b|\b(?:system|developer) (?:prompt|message)\b|\byou are (?:now )?(?:the |an? )?(?:judge|grader|evaluator)\b|\b(?:give|assign|award|rate|score|grade)\b[^.\n]{0,40}\b(?:10\/10|100 ?%|full marks|(?:perfect|highest|maximum) (?:scores?|marks?|grades?|ratings?)|1\.0)\b|"?(?:addressed|grounded|injection)"?\s*[:=]\s*(?:1|true|false)\b|\b(?:ignora|olvida|ignoriere|vergiss|ignore[zr]?|oublie[zr]?|esquece)\b[^.\n]{0,40}\b(?:instrucciones|anweisungen|consignes|instructions|instruções|regeln|reglas)\b/i;

/** Longer texts are looked at from their beginning and their end: instructions hide there, and a megabyte takes its time. */
const LOOKED_AT = 20_000;

export function speaksToModels(text: string): boolean {
  const parts =
    text.length <= 2 * LOOKED_AT ? [text] : [text.slice(0, LOOKED_AT), text.slice(-LOOKED_AT)];
  return parts.some((part) =>
    STEERING.test(
      part
        .normalize('NFKC')
        .replaceAll(/\p{Cf}/gu, '')
        .replaceAll(/\s+/g, ' '),
    ),
  );
}
