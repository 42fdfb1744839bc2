/** A judge that grades by rules: it reads the JSON between the marks and answers the object that it was asked for. */

/** The name of the model that grades. */
export const JUDGE_MODEL = 'tilia-judge';

interface Graded {
  question: string;
  answer: string;
  sources: number;
}

const UNSURE =
  /no estoy seguro|no lo tengo claro|not sure|not find this|nicht sicher|pas sûr|certeza/i;
const STEERING = /ignor\w* (all|todas|alle|toutes)|full marks|system prompt|score of/i;
const WORDS: Readonly<Record<string, RegExp>> = {
  es: /\b(?:el|la|los|las|que|para|pedido|con|una|tu|te|y|en|lo|su|es|del|al|muy|ya)\b/gi,
  en: /\b(?:the|is|are|that|within|our|for|and|was|you|to|of|it|in|not|on)\b/gi,
  de: /\b(?:der|die|das|und|ist|wir|Sie|für|den|nicht|mit|Ihre?)\b/gi,
  fr: /\b(?:le|les|est|vous|pour|une|votre|et|du|des|dans|nous)\b/gi,
  pt: /\b(?:o|os|as|um|uma|com|sua|não|do|da|em|e|ao|já|é)\b/gi,
};

/** Null when the message holds no data to grade. */
export function grade(message: string): object | null {
  const found = /<data mark="([^"]+)">\n([\s\S]*)\n<\/data mark="\1">/.exec(message);
  if (!found?.[1] || !found[2]) return null;
  const judged = read(found[2]);
  if (judged === null) return null;
  const { answer, question, sources } = judged;
  const same = languageLike(question) === languageLike(answer);
  const unsure = UNSURE.test(answer);
  const ownWords = /refund-?s?-policy|\.md\b/i.test(answer);
  return {
    mark: found[1],
    addressed: unsure ? 0.2 : same ? 0.95 : 0.35,
    grounded: sources === 0 ? null : ownWords ? 0.5 : unsure ? 0.6 : 0.9,
    tone: same ? 0.95 : 0.4,
    injection: STEERING.test(`${question} ${answer}`),
    why: unsure
      ? 'It says that it is not sure and leaves the question open.'
      : same
        ? 'It answers the question in the language of the customer.'
        : 'It answers in another language than the customer writes.',
  };
}

function read(text: string): Graded | null {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return null;
    const fields: Record<string, unknown> = { ...value };
    return {
      question: String(fields.question ?? ''),
      answer: String(fields.answer ?? ''),
      sources: Array.isArray(fields.sources) ? fields.sources.length : 0,
    };
  } catch {
    return null;
  }
}

function languageLike(text: string): string {
  const counts = Object.entries(WORDS).map(([language, words]) => ({
    language,
    count: text.match(words)?.length ?? 0,
  }));
  return counts.toSorted((a, b) => b.count - a.count)[0]?.language ?? '';
}
