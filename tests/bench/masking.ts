/**
 * Megabytes of span text a second that masking gets through, beside reading and writing the same JSON: spans in which nothing
 * is personal, which most are, and spans of an agent whose tools tell of people and whose model calls carry the whole history.
 */
import { Known } from '#core/masking/known.ts';
import { Masker } from '#core/masking/masker.ts';
import type { SpanRecord } from '#core/sources/connector.ts';
import { PLACEHOLDERS } from '#shared/util/placeholder.ts';
import { median, note, report, seeded, sized } from './report.ts';
import { SPANS_PER_TURN, spanRecords, TURNS_PER_CONVERSATION } from './transcripts.ts';

const CONVERSATIONS = sized(5_000, 20);
const ROUNDS = sized(7, 1);

const FIRST = ['Mia', 'Omar', 'Sofia', 'Iván', 'Aarav', 'Olivia', 'Raj', 'Fatima'];
const LAST = ['Lindqvist', 'Rossi', 'Muller', 'González', 'Patel', 'Kim', 'Silva', 'Okafor'];

/** The spans of one conversation; an array for each turn, which comes as a batch of its own. */
type Conversation = SpanRecord[][];

function plain(conversation: number): Conversation {
  return Array.from({ length: TURNS_PER_CONVERSATION }, (_, turn) =>
    spanRecords(conversation * TURNS_PER_CONVERSATION + turn, SPANS_PER_TURN),
  );
}

/** The same spans, saying who the user is and what flights there are. */
function personal(conversation: number): Conversation {
  const random = seeded(conversation);
  const pick = (list: readonly string[]) => list[Math.floor(random() * list.length)] ?? '';
  const [first, last] = [pick(FIRST), pick(LAST)];
  const number = 1000 + Math.floor(random() * 9000);
  const user = {
    user_id: `${first}_${last}_${number}`.toLowerCase(),
    name: { first_name: first, last_name: last },
    address: { address1: `${number} Sunset Drive`, city: 'Austin', zip: `7${number}` },
    email: `${first}.${last}${number}@example.com`,
    dob: `19${number % 90}-04-05`.padEnd(10, '0'),
    phone: `+49 30 90${number}`,
    payment_methods: { [`credit_card_${number}123`]: { brand: 'visa', last_four: String(number) } },
    reservations: ['NO6JO3', 'AIXC49'],
  };
  const flights = Array.from({ length: 8 }, (_, at) => ({
    flight_number: `HAT${100 + at}`,
    origin: 'MIA',
    destination: 'SEA',
    date: '2024-05-20',
    scheduled_departure_time_est: '06:00:00',
    available_seats: { basic_economy: 17, economy: 12, business: 3 },
    prices: { basic_economy: 51, economy: 121, business: 239 },
  }));
  const history: object[] = [];
  return plain(conversation).map((spans, turn) => {
    const text = (content: string) => [{ type: 'text', content }];
    const answer = {
      type: 'tool_call_response',
      id: `call_${turn}`,
      response: JSON.stringify(turn === 0 ? user : flights),
    };
    history.push(
      {
        role: 'user',
        parts: text(`It is ${first} ${last} again, about HAT${100 + turn} on 2024-05-20 for $121.`),
      },
      { role: 'tool', parts: [answer] },
    );
    return spans.map((record) => {
      if (record.span.operation !== 'chat') return record;
      const attributes = {
        ...record.span.attributes,
        'gen_ai.input.messages': JSON.stringify(history),
        'gen_ai.output.messages': JSON.stringify([
          { role: 'assistant', parts: text(`Thank you, ${first}. Is ${user.email} still right?`) },
        ]),
      };
      return { ...record, span: { ...record.span, attributes } };
    });
  });
}

async function measure(name: string, make: (conversation: number) => Conversation): Promise<void> {
  const conversations = Array.from({ length: CONVERSATIONS }, (_, at) => make(at));
  const texts = conversations.flat(2).map((record) => JSON.stringify(record));
  const megabytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0) / 1e6;
  const masker = new Masker({ key: new Uint8Array(32).fill(1), patterns: {}, fields: {} });
  const masking: number[] = [];
  const copying: number[] = [];
  let marks = 0;
  for (let round = 0; round < ROUNDS; round++) {
    let start = performance.now();
    for (const turns of conversations) {
      let stored: Record<string, string> = {};
      for (const spans of turns) {
        // As the cache does it: a batch that tells somebody new is masked twice.
        const known = new Known(stored);
        const before = known.size;
        let masked = spans.map((span) => masker.record(span, known));
        if (known.size > before) masked = masked.map((span) => masker.record(span, known));
        stored = known.toJSON();
        if (round === 0) marks += [...JSON.stringify(masked).matchAll(PLACEHOLDERS)].length;
      }
    }
    if (round > 0 || ROUNDS === 1) masking.push(megabytes / ((performance.now() - start) / 1000));
    start = performance.now();
    for (const text of texts) JSON.stringify(JSON.parse(text));
    copying.push(megabytes / ((performance.now() - start) / 1000));
  }
  note(`${name}: ${Math.round(megabytes)} MB, ${marks} values masked`);
  const value = median(masking);
  const limit = median(copying);
  report({
    name: `masking, ${name}`,
    value,
    unit: 'MB/s',
    limit,
    ratio: value / limit,
    of: `attributes of ${SPANS_PER_TURN} spans a turn, ${TURNS_PER_CONVERSATION} turns a conversation; the limit parses and writes the same JSON`,
  });
}

await measure('nothing personal', plain);
await measure('people and tool results', personal);
