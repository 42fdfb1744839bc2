/** Finds texts that were written to be obeyed by whoever reads them, a model or an engineer: an injection. Pure. */
import type { Message } from '#shared/model/conversation.ts';
import { asText } from './unpacked.ts';

const words = (...all: string[]) => all.join('|');

/** What an engineer on call can do, as somebody who is not one would have it done. */
const COMMAND = words(
  'press|run|execute|click|paste|roll ?back|revert|disable|enable|delete|drop|approve|unlock|silence|deploy|restart|ramp|kill|grant|acknowledge|turn o(?:n|ff)|switch o(?:n|ff)',
  'pulsa|ejecuta|desactiva|activa|borra|elimina|revierte|aprueba|desbloquea|silencia',
  'f\u00fchren? sie|f\u00fchre|dr\u00fccken? sie|dr\u00fccke|l\u00f6schen? sie|l\u00f6sche|deaktivieren? sie|deaktiviere',
  'ex\u00e9cute[zr]?|appuie[zr]?|appuyez|d\u00e9sactive[zr]?|supprime[zr]?',
);
const ROLE = words(
  'on[- ]?call(?: engineer)?|engineers?|operators?|sres?|administrators?|admins?|responders?',
  'ingenier[oa](?: de guardia)?|operador(?:a|es)?|administrador(?:a|es)?|ingenieur(?:in)?|bereitschaft|ing\u00e9nieure?|op\u00e9rateur',
);
/** "Operator, delete my account" is a user who asks for something of their own. */
const COMMANDED = `(?:${COMMAND})\\b(?! (?:my|our|mine|me|mi|mis|mein|meine|mon|ma|mes)\\b)`;
const TO_ENGINEERS = words(
  `\\b(?:${ROLE}) ?[:,;!\u2013\u2014-]+ ?(?:(?:please|kindly|now|immediately|you (?:must|should|need to|have to)|just|por favor|bitte|s'il vous pla\u00eet),? )*${COMMANDED}`,
  `\\b(?:note|notice|message|attention|attn|urgent)[^.]{0,12}\\b(?:${ROLE})\\b[^.]{0,80}\\b${COMMANDED}`,
);
/** What only a reader of this console could be told. */
const TO_READERS =
  '\\b(?:whoever|anyone|any engineer|the engineer|the operator) (?:is |who is |who )?read(?:s|ing) this\\b[^.]{0,20}\\b(?:must|should|needs to|has to|please)\\b';

/** Words of the chat formats of models, which no person writes. */
const TEMPLATE =
  '<\\|[a-z][a-z0-9_\u2581]{1,40}\\|>|\\[/?INST\\]|<</?SYS>>|</?(?:start|end)_of_turn>|</?system[-_ ]?(?:prompt|message|instructions?|reminder)>|#{2,} ?(?:system|new instructions?|instructions?) ?:';
const AS_SYSTEM =
  '\\b(?:system|developer|assistant)(?: (?:override|note|notice|update))? ?: ?(?:you (?:are|must|will|should|have to)|from now on|ignore|disregard|forget|new (?:task|instructions?|rules?)|override|respond|reply|reveal|print)\\b';
const NOW =
  '\\byou are now (?:dan\\b|jailbroken|unrestricted|free of|in (?:developer|debug|dan|god) mode)';

const RULES = 'instructions?|rules|prompts?|rubric';
/** What stands before, and nothing of the user's own: "ignore my last message" is meant for the bot, and so is "the error above". */
const ABOVE = words(
  `\\b(?:ignore|disregard|forget|override) (?:(?:all|everything|anything|whatever|of|the|that|which|is|was|said|stated|written|text|content|please) )*(?:above|(?:before|prior to) this)\\b`,
  '\\b(?:ignore|disregard|forget|override) (?:all |any )?(?:the )?(?:previous|prior|earlier|preceding) (?:text|context|conversation|commands?|directions?|directives?)\\b',
  '\\b(?:olvid[ae]|ignor[ae]|descart[ae]|omit[ae]|esque\u00e7a|esquece|desconsidere)n? (?:(?:todo|tudo|lo|o|el|texto|que|dicho|dito|escrito|foi|ha sido|fue|se ha) )*(?:anterior|previo|de arriba|acima)\\b',
  '\\b(?:vergiss|vergesst|vergessen sie|ignoriere?n?(?: sie)?|missachte)(?: bitte)? (?:alles|das|was) (?:(?:text|oben|was|hier) )*(?:obige|oben|vorherige|bisherige|davor|zuvor|vorangegangene)(?= ?(?:$|[.,;:!]|und\\b|steht|stehende|genannte|gesagte|geschriebene))',
  '\\b(?:oublie[zr]?|ignore[zr]?) (?:tout )?(?:ce qui |le texte )(?:est |se trouve |figure )?(?:pr\u00e9c\u00e8de|ci-dessus|au-dessus|avant)',
  "\\b(?:dimentica|ignora) (?:tutto )?(?:quanto |ci\u00f2 che |quello che )(?:\u00e8 |sta |c'\u00e8 )?(?:sopra|precede)\\b",
);

/** Phrases that speak to a grader. */
const TO_JUDGES = words(
  '\\b(?:dear|attention|attn|note to|message to|hello|hey),?(?: the| ai)* (?:evaluators?|graders?|raters?|scorers?|judges?(?= ?[,:])|language models?|llms?)\\b',
  '\\b(?:estimad[oa]|querid[oa]) (?:evaluador|juez)|\\bcher \u00e9valuateur|\\blieber? (?:pr\u00fcfer|bewerter)',
  '\\byou are (?:now )?(?:the |an? )?(?:judge|grader|evaluator)\\b',
  '\\b(?:give|assign|award|rate|score|grade)\\b[^.\\n]{0,40}\\b(?:10/10|100 ?%|full marks|(?:perfect|highest|maximum) (?:scores?|marks?|grades?|ratings?)|1\\.0)\\b',
  '"?(?:addressed|grounded|injection)"?\\s*[:=]\\s*(?:1|true|false)\\b',
);

/** No model is asked, so that one that was taken over cannot hide them. */
const STEERING = new RegExp(
  words(
    `\\b(?:ignore|disregard|forget|override)\\b[^.\\n]{0,40}\\b(?:${RULES})\\b`,
    '\\b(?:ignora|olvida|ignoriere|vergiss|ignore[zr]?|oublie[zr]?|esquece)\\b[^.\\n]{0,40}\\b(?:instrucciones|anweisungen|consignes|instructions|instru\u00e7\u00f5es|regeln|reglas)\\b',
    '\\b(?:system|developer) (?:prompt|message)\\b',
    ABOVE,
    TO_JUDGES,
    TO_ENGINEERS,
    TO_READERS,
    TEMPLATE,
    AS_SYSTEM,
    NOW,
  ),
  'i',
);
const GRADING = new RegExp(TO_JUDGES, 'i');

/** Longer texts are looked at from their beginning and their end: instructions hide there, and a megabyte takes its time. */
const LOOKED_AT = 20_000;

export function speaksToModels(text: string): boolean {
  return partsOf(text).some((part) => STEERING.test(part));
}

/** What is said of a message that does. */
export const STEERS = 'speaks to a model or its reader: an injection?';

/** Whether what was said, or what a tool answered, speaks to whoever reads it. */
export function steersIn({ parts }: Pick<Message, 'parts'>): boolean {
  return parts.some((part) => {
    if (part.type === 'text') return speaksToModels(part.content);
    return part.type === 'tool_call_response' && speaksToModels(asText(part.response));
  });
}

/** For texts that speak to a model by right: instructions. */
export function speaksToGraders(text: string): boolean {
  return partsOf(text).some((part) => GRADING.test(part));
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
