import type { Language } from './phrasebook.ts';

/** How an answer may begin when a model is asked again. */
export const LEADS: Readonly<Record<Language, string[]>> = {
  es: ['', '', 'Claro.', 'Lo he mirado.', 'Gracias por la espera.', 'Te cuento.'],
  en: ['', '', 'Sure.', 'I checked this.', 'Thank you for waiting.', 'Here is what I see.'],
  de: ['', '', 'Gerne.', 'Ich habe nachgesehen.', 'Danke für die Geduld.'],
  fr: ['', '', 'Bien sûr.', 'J’ai vérifié.', 'Merci de votre patience.'],
  pt: ['', '', 'Claro.', 'Já verifiquei.', 'Obrigado pela espera.'],
};

/** And how it may end. */
export const TAILS: Readonly<Record<Language, string[]>> = {
  es: ['', '', 'Dime si necesitas algo más.', '¿Te ayudo con algo más?'],
  en: ['', '', 'Let me know if you need anything else.', 'Anything else I can do?'],
  de: ['', '', 'Melden Sie sich, wenn Sie noch etwas brauchen.'],
  fr: ['', '', 'Dites-moi s’il vous faut autre chose.'],
  pt: ['', '', 'Diga se precisar de mais alguma coisa.'],
};
