/** Finds texts that were written to be obeyed by whatever model reads them: a prompt injection. Pure. */

/** Phrases that take over a reader. No model is asked, so that one that was taken over cannot hide them. */
const TAKES_OVER =
  /\b(?:ignore|disregard|forget|override)\b[^.\n]{0,40}\b(?:instructions?|rules|prompts?|rubric)\b|\b(?:system|developer) (?:prompt|message)\b|\b(?:ignora|olvida|ignoriere|vergiss|ignore[zr]?|oublie[zr]?|esquece)\b[^.\n]{0,40}\b(?:instrucciones|anweisungen|consignes|instructions|instruções|regeln|reglas)\b/i;

/** Phrases that speak to who grades. */
const ASKS_FOR_GRADES =
  /\byou are (?:now )?(?:the |an? )?(?:judge|grader|evaluator)\b|\b(?:give|assign|award|rate|score|grade)\b[^.\n]{0,40}\b(?:10\/10|100 ?%|full marks|(?:perfect|highest|maximum) (?:scores?|marks?|grades?|ratings?)|1\.0)\b|"?(?:addressed|grounded|injection)"?\s*[:=]\s*(?:1|true|false)\b/i;

/** Longer texts are looked at from their beginning and their end: instructions hide there, and a megabyte takes its time. */
const LOOKED_AT = 20_000;

export function speaksToModels(text: string): boolean {
  return partsOf(text).some((part) => TAKES_OVER.test(part) || ASKS_FOR_GRADES.test(part));
}

/** For texts that speak to a model by right: instructions. */
export function speaksToGraders(text: string): boolean {
  return partsOf(text).some((part) => ASKS_FOR_GRADES.test(part));
}

function partsOf(text: string): string[] {
  const parts =
    text.length <= 2 * LOOKED_AT ? [text] : [text.slice(0, LOOKED_AT), text.slice(-LOOKED_AT)];
  return parts.map((part) =>
    part
      .normalize('NFKC')
      .replaceAll(/\p{Cf}/gu, '')
      .replaceAll(/\s+/g, ' '),
  );
}
