import type { Answers } from './phrasebook.ts';

/** One for each question of `de.ts`, in its order. */
export const answersDe: Answers = {
  refund: {
    ask: [
      'Ihre Rücksendung zu {order} ist angenommen. Die {amount} gehen heute raus und sind meist in {days} Werktagen da.',
      '{item} kam am {date} bei uns an; die Erstattung von {amount} ist freigegeben und in {days} Werktagen auf dem Konto.',
      'Unter „Meine Bestellungen“ auf „Zurückgeben“. Das Etikett ist kostenlos; danach erstatten wir {amount}.',
      'Sie haben recht, ein Gutschein wurde doppelt abgezogen. Die Erstattung zu {order} ist berichtigt.',
      'Zur Sicherheit geht sie auf die Karte, mit der bezahlt wurde.',
    ],
    more: ['Ja, auf dieselbe Karte.', 'Nein, die Rücksendung ist kostenlos.', 'Ja, per E-Mail.'],
  },
  order: {
    ask: [
      '{order} ist in Zustellung und kommt am {date}.',
      'Die Sendung lag beim Zusteller. Ich habe nachgefragt, sie geht heute weiter.',
      'Sie liegt in der Abholstelle; Adresse und Code sind unterwegs zu Ihnen.',
      '{item} hat gestern unser Lager verlassen und kommt am {date}.',
    ],
    more: ['Ja, nennen Sie mir die Abholstelle.', 'Dann liegt es {days} Tage in der Abholstelle.'],
  },
  cancel: {
    ask: [
      'Erledigt: {order} ist storniert, es wird nichts abgebucht.',
      'Eine davon ist storniert; {item} kommt einmal.',
      'Ja, es war noch nicht unterwegs. {item} ist storniert.',
    ],
    more: ['Ja, sie kommt gleich.', 'Nein, er gilt wieder.'],
  },
  address: {
    ask: [
      'Die Adresse von {order} ist geändert. Die Lieferung bleibt beim {date}.',
      'Die Hausnummer bei {order} stimmt jetzt.',
      'Ja, {item} geht ins Büro. Wer nimmt es an?',
    ],
    more: ['Nein, es bleibt beim {date}.', 'Ja, in Ihrem Konto.'],
  },
  invoice: {
    ask: [
      'Die Rechnung zu {order} mit Ihrer USt-IdNr. ist unterwegs.',
      'Unter „Meine Bestellungen“ neben {item}.',
      'Der Name auf der Rechnung vom {date} ist berichtigt.',
    ],
    more: ['Ja, sie ist an {email} unterwegs.', 'Ja, drei Jahre lang.'],
  },
  damaged: {
    ask: [
      'Das tut mir leid. {item} kommt kostenlos neu, voraussichtlich am {date}.',
      'Das fehlende Teil geht heute raus und ist in {days} Tagen da.',
      'Bitte nicht benutzen. Wir holen ab und liefern das Glas in {days} Tagen.',
    ],
    more: ['Wenn möglich ja, für den Zusteller.', 'Am {date}.'],
  },
  account: {
    ask: [
      'Ein neuer Link ist unterwegs; er gilt eine Stunde.',
      'Die Adresse Ihres Kontos ist jetzt {email}.',
      'Ich schicke ihn diesmal per SMS.',
    ],
    more: ['Etwa eine Minute.', 'Nein, sie bleiben.'],
  },
  plans: {
    ask: [
      'Home gilt für eine Adresse, Studio für drei, mit bevorzugter Lieferung.',
      'Zu fünft passt Studio: gemeinsame Konten und Aufbau inklusive.',
      'Ja, Sie zahlen nur die Differenz der restlichen Tage.',
    ],
    more: ['Ja, zwei Monate sind frei.', 'Ja, zum Monatsende.'],
  },
  price: {
    ask: [
      '{item} kostet {amount} mit Lieferung.',
      'Ja, ab zwei Stück 10 %.',
      'Ja, schicken Sie mir den Link.',
    ],
    more: ['Bis {date}.', 'Ja, drei Raten ohne Zinsen.'],
  },
  stock: {
    ask: [
      'Ja, noch {days} Stück.',
      '{item} kommt am {date} wieder.',
      'In Leipzig stehen {days}. Ich kann eines 48 Stunden zurücklegen.',
    ],
    more: ['Ja, per E-Mail.', 'Ist für 48 Stunden zurückgelegt.'],
  },
  delivery: {
    ask: [
      '{days} Werktage, und {amount}.',
      'Ja, auch ohne Aufzug.',
      'Ja, der erste Termin ist der {date}.',
    ],
    more: ['Ja, der Aufbau ist dabei.', 'Ja, kostenlos nach Anmeldung.'],
  },
  auth: {
    ask: [
      'Zweites Token anlegen, umstellen, erstes widerrufen: beide gelten solange. Siehe „Authentifizierung“, Abschnitt 3.',
      'Meist die Umgebung: Token der Sandbox gelten nicht in Produktion.',
      '`read:objects` und `read:events` genügen.',
    ],
    more: ['90 Tage, oder wie angelegt.', 'Ja, bis zu fünf je Projekt.'],
  },
  install: {
    ask: [
      'Die genaue Version ins Manifest schreiben; die Zeile steht in der Anleitung.',
      'Geben Sie die CA Ihres Proxys an, siehe „Firmennetze“.',
      'Lesen ja, aus dem Cache. Schreiben wartet auf das Netz.',
    ],
    more: ['Node 20 oder neuer.', 'Ja, ein Tag je Version.'],
  },
  webhooks: {
    ask: [
      'Den HMAC des rohen Inhalts bilden und mit dem Signatur-Header vergleichen.',
      'Das kommt vor: Doppelte nach Ereignis-Id verwerfen.',
      'Bis zu {days} Mal, in wachsenden Abständen.',
    ],
    more: [
      'Ja, unter „Zustellungen“.',
      'In keiner sicheren; nach der Zeit des Ereignisses ordnen.',
    ],
  },
  limits: {
    ask: [
      '600 Anfragen pro Minute und Token.',
      'So lange, wie Retry-After sagt.',
      'Ja, schreiben Sie dem Support; oder nutzen Sie die Batch-API.',
    ],
    more: ['Pro Token.', 'Ja, hundert Objekte zählen als eine Anfrage.'],
  },
};
