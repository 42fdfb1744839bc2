/**
 * Words by which an answer says that it is not sure, or that it refuses. Services tell both about their own turns; an
 * endpoint tells at most a refusal. A list of phrases misses some and is easy to look through, which is the point.
 */
const UNSURE: readonly RegExp[] = [
  /\b(?:i am|i['’]m) (?:not|un)[ -]?(?:\w+ )?(?:sure|certain)\b/,
  /\bi (?:could|can) ?not (?:find|match|confirm|verify)\b|\bi (?:couldn|can)['’]?t (?:find|match|confirm|verify)\b/,
  /\bi do(?:n['’]t| not) (?:know|have (?:enough|that|this) information)\b/,
  /\bno (?:estoy|me siento) (?:del todo )?segur[oa]\b|\bno lo tengo claro\b|\bno lo sé\b/,
  /\bno (?:he (?:podido|encontrado)|encuentro|pude encontrar)\b/,
  /\bnicht (?:ganz )?sicher\b|\bnicht sicher gefunden\b|\bweiß ich (?:leider )?nicht\b/,
  /\bje ne suis pas (?:tout à fait )?(?:sûre?|certaine?)\b|\bpas trouvé de réponse\b|\bje ne sais pas\b/,
  /\bnão tenho (?:a )?certeza\b|\bnão encontrei\b|\bnão sei\b/,
  /\bnon (?:sono|ne sono) sicur[oa]\b|\bnon lo so\b/,
  /\bik weet het niet(?: zeker)?\b|\bniet zeker\b/,
];

const REFUSAL: readonly RegExp[] = [
  /\bi (?:can(?:not|['’]t)|am unable to|['’]m unable to|won['’]t) (?:help|assist|do|provide|comply|answer)\b/,
  /\bno puedo (?:ayudar(?:te|le|os|les)?|responder|hacerlo)\b/,
  /\b(?:dabei|damit) kann ich (?:\w+ )?nicht (?:helfen|dienen)\b/,
  /\bje ne peux pas (?:vous )?(?:aider|répondre)\b/,
  /\bnão posso (?:ajudar|responder)\b/,
  /\bnon posso (?:aiutar(?:ti|la|vi)?|rispondere)\b/,
  /\bdaar kan ik (?:\w+ )?niet (?:mee )?(?:helpen|bij helpen)\b/,
];

export interface Phrases {
  unsure: readonly string[];
  refusal: readonly string[];
}

export function soundsUnsure(text: string, own: readonly string[]): boolean {
  return says(text, UNSURE, own);
}

export function soundsRefusing(text: string, own: readonly string[]): boolean {
  return says(text, REFUSAL, own);
}

function says(text: string, known: readonly RegExp[], own: readonly string[]): boolean {
  const plain = text.normalize('NFC').toLowerCase().replaceAll(/\s+/g, ' ');
  return (
    known.some((phrase) => phrase.test(plain)) ||
    own.some((phrase) => plain.includes(phrase.normalize('NFC').toLowerCase()))
  );
}
