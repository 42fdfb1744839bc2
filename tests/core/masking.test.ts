/** What masking makes of texts, of structured data and of spans. */
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { DETECTORS } from '#core/masking/detectors.ts';
import { replaceInJson } from '#core/masking/json-text.ts';
import { Known } from '#core/masking/known.ts';
import { suspicion } from '#core/masking/suspicion.ts';
import { PLACEHOLDERS, SIGN_LETTERS } from '#shared/util/placeholder.ts';
import fc, { runs } from '../helpers/random.ts';
import { KEY, knowing, mask, masker, saying, unsigned } from './masking-kit.ts';

/** As it is stored of a word. */
function hashOf(word: string): string {
  const digest = createHash('sha256').update(`${Buffer.from(KEY).toString('base64')}${word}`);
  return Array.from(digest.digest().subarray(0, 10), (byte) =>
    SIGN_LETTERS.charAt(byte % SIGN_LETTERS.length),
  ).join('');
}

const MIA = {
  first_name: 'Mia',
  last_name: 'Li',
  dob: '1990-04-05',
  zip: '78750',
  last_four: '7447',
};

describe('structured data', () => {
  test('is masked by its fields, and every other byte stays', () => {
    const text =
      '{ "name": {"first_name": "Mia", "last_name":"Li"}, "order": 12345678901234567890, "price": 1.0,\n' +
      ' "zip": 78750, "last_four": "7447", "email":"mia@example.com", "x":"\\u00e9", "x": 2e400, "id": "AIXC49" }';
    expect(mask(text)).toBe(
      '{ "name": {"first_name": "⟦name⟧", "last_name":"⟦name⟧"}, "order": 12345678901234567890, "price": 1.0,\n' +
        ' "zip": "⟦postcode⟧", "last_four": "⟦card end⟧", "email":"⟦email⟧", "x":"\\u00e9", "x": 2e400, "id": "AIXC49" }',
    );
  });

  test('is masked inside texts inside it, however deep, and stays the JSON it was', () => {
    const inner = JSON.stringify({ first_name: 'Mia "M"', note: 'call +49 30 901820\n' });
    const text = JSON.stringify([{ role: 'tool', content: JSON.stringify({ result: inner }) }]);
    const [message] = JSON.parse(mask(text));
    expect(JSON.parse(JSON.parse(message.content).result)).toEqual({
      first_name: '⟦name⟧ "M"',
      note: 'call ⟦phone⟧\n',
    });
  });

  test('that breaks off is masked as far as it goes', () => {
    expect(mask('{"first_name":"Mia","email":"mia@example.com","last_name":"Li","no')).toBe(
      '{"first_name":"⟦name⟧","email":"⟦email⟧","last_name":"⟦name⟧","no',
    );
    expect(mask('{"dob":"1990-04-0')).toBe('{"dob":"⟦birth date⟧');
    expect(mask('[note] call +49 30 901820')).toBe('[note] call ⟦phone⟧');
  });

  test('a name is one only beside what a person has', () => {
    expect(mask('{"name":"Ana Pérez","email":"a@example.com"}')).toBe(
      '{"name":"⟦name⟧ ⟦name⟧","email":"⟦email⟧"}',
    );
    expect(mask('{"name":"lookup","arguments":"{}"}')).toBe('{"name":"lookup","arguments":"{}"}');
    expect(mask('{"name":"Hotel Ritz","phone":"+49 30 901820"}')).toContain('"Hotel Ritz"');
    expect(mask('{"passengers":["Raj Sanchez","Liam Wilson"]}')).toBe(
      '{"passengers":["⟦name⟧ ⟦name⟧","⟦name⟧ ⟦name⟧"]}',
    );
    expect(mask('{"customer":"C-1234","passengers":2}')).toBe(
      '{"customer":"C-1234","passengers":2}',
    );
  });

  test.each([
    '{"customer":{"name":"Theodora Papadopoulos"}}',
    '{"customer":{"id":"c1","data":{"name":"Papadopoulos, Theodora"}}}',
    '{"users":{"u17":{"name":"Theodora"}}}',
    '{"result":{"contacts":[{"id":1,"display_name":"THEODORA PAPADOPOULOS"}]}}',
    '{"userProfile":{"name":"Theodora van der Papadopoulos"}}',
    '{"shippingRecipient":"{\\"name\\":\\"Theodora Papadopoulos\\"}"}',
    '{"passenger":{"name":"王小明"}}',
    '[{"owner":{"name":"Theodora ⟦name abcd⟧"}}]',
  ])('a name is one in a person: %s', (text) => {
    const masked = mask(text);
    expect(masked).not.toMatch(/theodora|papadopoulos|王/i);
    expect(mask(masked)).toBe(masked);
    const asObject = masker().record(saying('hi', { answer: JSON.parse(text) }), new Known());
    expect(JSON.stringify(asObject)).not.toMatch(/theodora|papadopoulos|王/i);
  });

  test.each([
    '{"customer":{"plan":{"name":"Premium Plus"},"orders":[{"name":"Blue Shirt"}]}}',
    '{"user":{"name":"admin","role":"Site Reliability"}}',
    '{"user":{"name":"Support Team"},"customer":{"name":"Acme Software Inc"}}',
    '{"customer_orders":[{"name":"Blue Shirt"}],"user_agent":{"name":"Mobile Safari"}}',
    '{"product":{"name":"Trail Runner"},"model":{"name":"Claude Sonnet"},"file":{"name":"Report Final"}}',
    '{"plan":{"name":"Premium Plus"},"agent":{"name":"Support Agent"},"client":{"name":"Claude Desktop"}}',
    '{"deployment_profile":{"name":"Blue Green"},"result":{"name":"Blue Shirt"}}',
    '{"name":"Trail Runner","id":"p1"}',
    '{"user":"Cancel My Order","assistant":"Of Course"}',
    '{"line1":"import os","line2":"os.exit"}',
  ])('names of anything else stay: %s', (text) => {
    expect(mask(text)).toBe(text);
  });

  test('lines of an address go beside the rest of it', () => {
    expect(
      mask('{"address":{"line1":"975 Sunset","line2":"Suite B","city":"Austin","line3":null}}'),
    ).toBe('{"address":{"line1":"⟦address⟧","line2":"⟦address⟧","city":"Austin","line3":null}}');
    expect(mask('{"addressLine3":"Rear house"}')).toBe('{"addressLine3":"⟦address⟧"}');
  });

  test('an id that is made of a name is masked as that name, and other ids stay', () => {
    expect(mask('{"user_id":"mia_kim_4397","note":"Mia Kim"}')).toBe(
      '{"user_id":"⟦name⟧_⟦name⟧_4397","note":"⟦name⟧ ⟦name⟧"}',
    );
    const ids =
      '{"user_id":"u-4397","customer_id":"AB12_3","id":"credit_card_4421486","user":"7f3a91e2"}';
    expect(mask(ids)).toBe(ids);
  });

  test('fields whose names have other uses are looked at twice', () => {
    const text =
      '{"mobile":true,"cell":"A1","pan":"left","cap":120000,"address":{"city":"Austin"},"ip":"none","id":"AB-12"}';
    expect(mask(text)).toBe(text);
  });

  test('an address as the name of a field goes too', () => {
    expect(mask('{"mia@example.com":{"seats":2}}')).toBe('{"⟦email⟧":{"seats":2}}');
  });

  test('nothing but what it is told changes, whatever the JSON', () => {
    const same = {
      text: (value: string) => value,
      number: () => null,
      plain: (text: string) => text,
    };
    fc.assert(
      fc.property(fc.jsonValue(), fc.nat(4), fc.nat(40), (value, indent, cut) => {
        const whole = JSON.stringify(value, null, indent);
        expect(replaceInJson(whole, same)).toBe(whole);
        const text = whole.slice(0, Math.max(0, whole.length - cut));
        expect(replaceInJson(text, same)).toBe(text);
      }),
    );
  });

  test('every text in it is given out, with its field and what stands beside it', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const seen: string[] = [];
        replaceInJson(JSON.stringify([value]), {
          text: (text, { field, siblings }) => {
            const beside = [...siblings()];
            if (field !== null && beside.length > 0) expect(beside).toContain(field);
            seen.push(text);
            return text;
          },
          number: () => null,
          plain: (text) => text,
        });
        expect(seen.sort()).toEqual(textsIn(value).sort());
      }),
    );
  });
});

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(textsIn);
}

describe('whom a tool told of', () => {
  test('is masked wherever they are named: by a part of the name, as an owner, in an id, in capitals', () => {
    const known = knowing(MIA);
    expect(mask('Thank you, Mia. Is it Li’s bag? mia_li_3668, mia_77, MIA LI', known)).toBe(
      'Thank you, ⟦name⟧. Is it ⟦name⟧’s bag? ⟦name⟧_⟦name⟧_3668, ⟦name⟧_77, ⟦name⟧ ⟦name⟧',
    );
  });

  test.each([
    ['María', 'García', 'Maria Garcia, MARIA GARCIA, Mari\u0301a Garcia, maria_garcia_7'],
    ['Maria', 'Garcia', 'María García, MARÍA GARCÍA, Mar\u200bía Ｇarcia'],
    ['Jürgen', 'Müller', 'Juergen Mueller, Jurgen Muller, JÜRGEN MÜLLER, juergen_mueller_7'],
    ['Juergen', 'Mueller', 'Jürgen Müller, Jurgen Muller, J%C3%BCrgen M\\u00fcller'],
    ['Søren', 'Åsgård', 'Soeren Aasgaard, Soren Asgard, SØREN ÅSGÅRD'],
    ['Łukasz', 'Weiß', 'Lukasz Weiss, LUKASZ WEISS, Lukasz Weiẞ'],
    ["O'Brien", 'D\u2019Angelo', "O\u2019Brien D'Angelo, OBrien Dangelo"],
    ['Андрей', 'Королёв', 'АНДРЕЙ КОРОЛЕВ, Андреи\u0306 Королев'],
  ])('is the same person in every spelling of %s %s', (first_name, last_name, said) => {
    const known = knowing({ first_name, last_name });
    const signs = (text: string) =>
      [...masker().text(text, known).matchAll(PLACEHOLDERS)].map(([all]) => all);
    const told = signs(`${first_name} ${last_name}`);
    expect(told).toHaveLength(2);
    expect(mask(said, known).replaceAll(/[ ,_7]/g, '')).toBe('⟦name⟧'.repeat(signs(said).length));
    expect(signs(said)).toEqual(said.split(', ').flatMap(() => told));
  });

  test('is known by each part of a double name, told or said', () => {
    const said = 'García-López, Garcia Lopez, López, l\u2019García';
    const masked = '⟦name⟧-⟦name⟧, ⟦name⟧ ⟦name⟧, ⟦name⟧, l\u2019⟦name⟧';
    expect(mask(said, knowing({ last_name: 'García-López' }))).toBe(masked);
    expect(mask(said, knowing({ first_name: 'García', last_name: 'López' }))).toBe(masked);
    expect(mask('Ana-Sofía, co-op, well-known', knowing({ first_name: 'Ana' }))).toBe(
      '⟦name⟧-Sofía, co-op, well-known',
    );
  });

  test.each([
    ['Miaさん、von Mia先生', '⟦name⟧さん、von ⟦name⟧先生'],
    ['我叫Mia。请联系Mia Li，Mia👍', '我叫⟦name⟧。请联系⟦name⟧ ⟦name⟧，⟦name⟧👍'],
    [
      'Mia씨, для Mia, هذهMiaهي, l\u2019Miaさん',
      '⟦name⟧씨, для ⟦name⟧, هذه⟦name⟧هي, l\u2019⟦name⟧さん',
    ],
    ['田中Miaさん', '田中⟦name⟧さん'],
    ['Liさんへ', '⟦name⟧さんへ'],
    ['Miami行き, MIA空港', 'Miami行き, MIA空港'],
  ])('is known where it touches letters of another script, or a picture: %s', (said, masked) => {
    expect(mask(said, knowing(MIA))).toBe(masked);
  });

  test('is known by the part in each script, and not by how one is spoken to', () => {
    const known = knowing({ first_name: 'Mia田中' });
    expect(mask('Miaは、田中。Will田中', known)).toBe('⟦name⟧は、⟦name⟧。Will⟦name⟧');
    expect(mask('先生、先生', knowing({ first_name: 'Mia先生' }))).toBe('先生、先生');
    // A name in letters that take two places each.
    expect(mask('𠮷田 and 𠮷', knowing({ first_name: '𠮷田' }))).toBe('⟦name⟧ and 𠮷');
  });

  test('but words that only resemble a name without its accents stay', () => {
    const known = knowing({ first_name: 'Bär', last_name: 'Đỗ' });
    const text = 'The Bar is open. Do you serve food?';
    expect(mask(text, known)).toBe(text);
    for (const [name, other] of [
      ['Doe', 'Do it'],
      ['Sue', 'Su pedido'],
      ['Haas', 'Has it come?'],
      ['Bauer', 'Bar, Baur'],
      ['Zoe', 'Zo'],
    ] as const)
      expect(mask(other, knowing({ last_name: name })), name).toBe(other);
  });

  test('keeps the mark that an earlier version gave, which remembered names as they were told', () => {
    const one = masker();
    const sign = (text: string) => /⟦name (....)⟧/.exec(text)?.[1] ?? '';
    const old = new Map(
      ['michael', 'maría', 'garcía-lópez', 'mia先生'].map((word) => [hashOf(word), 'name']),
    );
    const known = new Known(Object.fromEntries(old));
    for (const name of ['Michael', 'María', 'García-López', 'Mia先生']) {
      expect(sign(one.text(`Hello ${name}!`, known))).toBe(hashOf(name.toLowerCase()).slice(0, 4));
    }
    const told = one.text('{"first_name":"María","last_name":"García-López"}', known);
    expect(sign(told)).toBe(hashOf('maría').slice(0, 4));
    expect(unsigned(told)).toBe('{"first_name":"⟦name⟧","last_name":"⟦name⟧"}');
    expect(mask('Maria, Garcia, García-López, María', known)).toBe(
      '⟦name⟧, ⟦name⟧, ⟦name⟧, ⟦name⟧',
    );
  });

  test('but codes, words and months that look like their name stay', () => {
    const known = knowing(MIA);
    const text = 'Miami (MIA) to EWR, a li battery, familia';
    expect(mask(text, known)).toBe(text);
    const others = knowing({ first_name: 'May', last_name: 'Price' });
    expect(mask('Economy Price: $121 on May 20th, may I?', others)).toBe(
      'Economy Price: $121 on May 20th, may I?',
    );
    expect(mask('for May Price and may price', others)).toBe('for ⟦name⟧ ⟦name⟧ and ⟦name⟧ ⟦name⟧');
  });

  test('has one date of birth in every spelling, and other dates stay', () => {
    const known = knowing(MIA);
    const spelled = [
      '1990-04-05',
      'April 5, 1990',
      '5 April 1990',
      '05.04.1990',
      '5 de abril de 1990',
    ];
    const marks = spelled.map((day) => masker().text(`it is ${day}`, known));
    expect(new Set(marks).size).toBe(1);
    expect(mask('fly on 1990-04-06 and May 5, 1990', known)).toBe(
      'fly on 1990-04-06 and May 5, 1990',
    );
  });

  test('has a card and a postcode, which prices, years and times are not', () => {
    const known = knowing(MIA);
    expect(mask('my 7447 card, in 78750', known)).toBe('my ⟦card end⟧ card, in ⟦postcode⟧');
    const prices = '$7447, 7447.50 USD, HAT7447, 7447%, order-7447, 17:7447';
    expect(mask(prices, known)).toBe(prices);
    const year = knowing({ last_four: '2024' });
    expect(mask('in 2024', year)).toBe('in 2024');
    expect(mask('my card ending in 2024', year)).toBe('my card ending in ⟦card end⟧');
  });
});

describe('marks', () => {
  test('are the same for the same value, however it is written, and others for others', () => {
    const one = masker();
    const sign = (text: string) =>
      [...one.text(text, new Known()).matchAll(PLACEHOLDERS)].map(([m]) => m);
    expect(sign('+49 30 901820')).toEqual(sign('0049 (30) 90-1820'));
    expect(sign('{"phone":"+49 (30) 901820"}')).toEqual(sign('+49 30 901820'));
    expect(sign('ANA@example.com')).toEqual(sign('{"email":"ana@EXAMPLE.com"}'));
    expect(sign('DE89 3704 0044 0532 0130 00')).toEqual(sign('DE89370400440532013000'));
    expect(sign('ana@example.com')).not.toEqual(sign('anna@example.com'));
    const other = masker({ key: new Uint8Array(32).fill(8) });
    expect(other.text('ana@example.com', new Known())).not.toBe(
      one.text('ana@example.com', new Known()),
    );
  });

  test('stay as they are: masked once or twice is the same', () => {
    const said = fc.constantFrom(
      ...[
        'Mia Li',
        'mia_li',
        ' 7447 ',
        '1990-04-05',
        'ana@example.com',
        '+49 30 901820',
        '⟦name k3f9⟧',
        '4242\u202f4242\u202f4242',
        '%204242',
        'ana\uff20',
        'x.\u200bcom',
        '?q=4242+',
        'M\u00eda-Li',
        'mi\u0301a',
        '%4dia',
        '\u2013',
      ],
      ...[
        '⟦phone 2345⟧',
        ' ',
        ', ',
        'DOB: ',
        '\n',
        '"',
        '\\',
        '{"first_name":"Bo"}',
        'MIA',
        '[',
        '42 Elm Street',
      ],
      ...['卡号', 'です', 'да', 'هي', 'Nº', '4111 1111 1111 1111', '010-1234-5678', '10.20.30.40'],
      ...['Miaさん', '先生', '👍'],
      ...[
        'ssn 536 90 4399',
        'NHS ',
        '943 476 5919',
        'passport ',
        'no. ',
        'AB1234567',
        '12.345.678-Z',
      ],
    );
    fc.assert(
      fc.property(fc.array(said), fc.boolean(), (words, json) => {
        const text = json ? JSON.stringify({ a: words.join('') }) : words.join('');
        const known = knowing(MIA);
        const one = masker();
        let masked = one.text(one.text(text, known), known);
        // What a field told last holds for what was said first.
        masked = one.text(masked, known);
        expect(one.text(masked, known)).toBe(masked);
      }),
      runs(1000),
    );
  });

  test('leave nothing behind of numbers that are glued together', () => {
    expect(mask('+49 30 901820+49 30 901820+49 30 901820')).toBe('⟦phone⟧⟦phone⟧⟦phone⟧');
    expect(mask('+49 30 901820'.repeat(50))).toBe('⟦phone⟧'.repeat(50));
    expect(mask('ana@example.com+49 30 901820')).toBe('⟦email⟧⟦phone⟧');
  });

  test('that somebody types are text like any other', () => {
    expect(mask('I am ⟦name k3f9⟧ and ⟦ not a mark⟧, write to a@example.com')).toBe(
      'I am ⟦name⟧ and ⟦ not a mark⟧, write to ⟦email⟧',
    );
    expect(mask('⟦a@example.com abcd⟧ ⟦4242 4242 4242 4242 abcd⟧')).toBe(
      '⟦⟦email⟧ abcd⟧ ⟦⟦card⟧ abcd⟧',
    );
  });
});

test('the quick pass suspects every text in which a detector finds something', () => {
  const piece = fc.constantFrom(
    ...[
      'ana@example.com',
      '+49 30 901820',
      '(415) 555-2671',
      '4242 4242 4242 4242',
      'DE89370400440532013000',
    ],
    ...[
      '203.0.113.7',
      '2001:db8::1',
      '078-05-1120',
      '12345678Z',
      'X1234567L',
      '111.444.777-35',
      '756.9217.0769.85',
      'ssn 536 90 4399',
      'NHS 943 476 5919',
      'DNI 12.345.678-Z',
      'passport C01X00T47',
      'fiscale RSS MRA 85T10 A562S',
    ],
    ...[
      '975 Sunset Drive',
      '4 N 12th St',
      'Hauptstraße 12a',
      'Alte Allee 3',
      'calle Mayor 3',
      '12 rue de la Paix',
    ],
    ...[
      '3 bis, rue Monge',
      'Via Roma, 10',
      'Rua Augusta n.º 12',
      'Kurfürstenring 12, 10115 Berlin',
      'PESEL 44051401359',
    ],
    ...['4242.4242.4242.4242', '4242\t4242', ' - '],
    ...[' ', ', ', '-', '.', '1', 'a', '\n', '\t', 'é', '/', '卡', 'で', 'да', 'هي', 'Nº'],
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 6 }), (pieces) => {
      const text = pieces.join('');
      const bits = suspicion(text);
      for (const { needs, detect } of DETECTORS) {
        if ((needs & bits) === 0) expect([...detect(text)], text).toEqual([]);
      }
    }),
    runs(2000),
  );
});

describe('a span', () => {
  test('is masked in attributes, events, status and name, and what names things stays', () => {
    const record = saying('I am ana@example.com', {
      'gen_ai.request.model': 'm-203.0.113.7',
      'gen_ai.tool.call.id': 'call_4242424242424242',
      'ai.model.version': '1.2.3.4',
      'session.id': '4242424242424242',
      'enduser.id': 'ana@example.com',
      'feature_flag.context.id': 'ana@example.com',
      'http.url': 'https://example.com/a/b?ip=203.0.113.7',
      nested: { passengers: [{ first_name: 'Bo', dob: '1990-04-05', seats: 2 }] },
      'ai.cost_usd': 0.5,
    });
    const told = {
      ...record,
      span: {
        ...record.span,
        name: 'GET /users/ana@example.com',
        statusMessage: 'no such user: ana@example.com',
        events: [
          { name: 'exception', at: 1, attributes: { 'exception.message': 'ana@example.com?' } },
        ],
      },
    };
    const { span, ...rest } = masker().record(told, new Known());
    expect(rest).toEqual({ ...record, span: undefined, ...rest });
    expect(JSON.parse(unsigned(JSON.stringify(span)))).toEqual({
      ...told.span,
      name: 'GET /users/⟦email⟧',
      statusMessage: 'no such user: ⟦email⟧',
      events: [{ name: 'exception', at: 1, attributes: { 'exception.message': '⟦email⟧?' } }],
      attributes: {
        ...told.span.attributes,
        'gen_ai.input.messages': JSON.stringify([
          { role: 'user', parts: [{ type: 'text', content: 'I am ⟦email⟧' }] },
        ]),
        'enduser.id': '⟦email⟧',
        'feature_flag.context.id': '⟦email⟧',
        'http.url': 'https://example.com/a/b?ip=⟦ip⟧',
        nested: { passengers: [{ first_name: '⟦name⟧', dob: '⟦birth date⟧', seats: 2 }] },
      },
    });
  });

  const call = (tool: string, result: unknown) =>
    saying('hi', { 'gen_ai.tool.name': tool, 'gen_ai.tool.call.result': result });

  test.each([
    'get_customer_details',
    'lookupUser',
    'search_contacts',
    'find_user_by_order',
    'crm.get_profile',
    'customer-lookup',
  ])(
    'of a tool that answers with a person has that name masked, also where it is said: %s',
    (tool) => {
      const told = { id: 'u1', name: 'Theodora Papadopoulos' };
      for (const result of [told, JSON.stringify(told), JSON.stringify({ data: [told] })]) {
        const known = new Known();
        const masked = JSON.stringify(masker().record(call(tool, result), known));
        expect(masked).not.toMatch(/theodora|papadopoulos/i);
        expect(mask('I am Theodora Papadopoulos.', known)).toBe('I am ⟦name⟧ ⟦name⟧.');
      }
    },
  );

  test.each([
    'get_product',
    'list_user_orders',
    'send_email_to_customer',
    'get_plan_for_user',
    'read_file',
  ])('of another tool stays as it is: %s', (tool) => {
    const record = call(tool, '{"id":"u1","name":"Trail Runner"}');
    expect(masker().record(record, new Known())).toBe(record);
  });

  const told = JSON.stringify({ id: 'u1', name: 'Theodora Papadopoulos' });
  test.each<[string, (tool: string) => unknown[]]>([
    [
      'parts',
      (name) => [
        { role: 'assistant', parts: [{ type: 'tool_call', id: 'c1', name, arguments: {} }] },
        { role: 'tool', parts: [{ type: 'tool_call_response', id: 'c1', response: told }] },
      ],
    ],
    [
      'calls with functions',
      (name) => [
        { role: 'assistant', tool_calls: [{ id: 'c1', function: { name, arguments: '{}' } }] },
        { role: 'tool', tool_call_id: 'c1', content: told },
      ],
    ],
    [
      'blocks',
      (name) => [
        { role: 'assistant', content: [{ type: 'tool_use', id: 'c1', name, input: {} }] },
        {
          role: 'user',
          content: [
            { type: 'tool_result', tool_use_id: 'c1', content: [{ type: 'text', text: told }] },
          ],
        },
      ],
    ],
  ])('whose messages alone tell of the tool has the name masked: %s', (_, messages) => {
    const asked = [{ role: 'user', content: 'I am Theodora Papadopoulos.' }];
    const record = (tool: string) =>
      saying('hi', { 'gen_ai.input.messages': JSON.stringify([...asked, ...messages(tool)]) });
    const known = new Known();
    const masked = masker().record(record('get_customer'), known);
    expect(JSON.stringify(masked)).not.toMatch(/theodora|papadopoulos/i);
    expect(masker().record(masked, known)).toBe(masked);
    const other = record('get_product');
    expect(masker().record(other, new Known())).toBe(other);
  });

  test('with nothing personal in it is the very same object', () => {
    const record = saying('Where is order 12345678 of 2024-05-20 for $1,250.00?');
    expect(masker().record(record, new Known())).toBe(record);
  });

  test('keeps its correlation ID, whatever that looks like', () => {
    const record = saying('hi', {
      'gen_ai.conversation.id': '+4930901820',
      correlation_id: '+4930901820',
    });
    const told = { ...record, conversation: '+4930901820' };
    expect(masker().record(told, new Known())).toBe(told);
  });
});

describe('what is configured', () => {
  test('patterns and fields are masked under their own name', () => {
    const own = masker({
      patterns: { 'customer number': 'C-\\d{6}' },
      fields: { Wohnort: 'town' },
    });
    const known = new Known();
    expect(unsigned(own.text('I am C-123456', known))).toBe('I am ⟦customer number⟧');
    expect(unsigned(own.text('{"wohn_ort":"Köln","n":"C-123456"}', known))).toBe(
      '{"wohn_ort":"⟦town⟧","n":"⟦customer number⟧"}',
    );
  });
});

/** Each is 5 MB of what a pattern that goes back and tries again would be lost in. It must end, and lose nothing. */
describe('hostile texts', () => {
  const known = () => knowing({ first_name: 'Ana', last_name: 'Li', dob: '1971-01-01' });
  const long = (unit: string, size = 5_000_000) => unit.repeat(Math.ceil(size / unit.length));

  test.each([
    ...[
      'a@a',
      '1234567890',
      '1 2 3 4 5 ',
      '(0) 1(0',
      '1.2.3.4.5',
      'a:b:c:',
      '4242 4242 4242 4241 ',
      'calle de la ',
    ],
    ...[
      '12 Aaaa Bbbb Cccc Dddd Eeee ',
      'Aaaaa-',
      'ABCDEFGH',
      '[[[[{{{{',
      '"\\"',
      '\\n',
      '\\\\',
      '1970-01-01 ',
    ],
    ...['⟦name ab', '{"a":"b",', '\ud800', 'DE89 3704 0044 ', '99 Main ', 'my card '],
    ...[
      '4243\u202f',
      '\u200b',
      '1\u2013',
      'aあ',
      'Abあい',
      'a\u0301-',
      '%25',
      '%E2',
      '&#',
      '?a=',
      '?a=1+',
      '\\\\u',
      '4243 - ',
      'ssn 536 90 ',
      'passport no. nr ',
      'passport AAA ',
      'nie X 1 ',
      'NHS 943 476 591 ',
      '12.345.678-',
    ],
  ])('with nothing in them stay: %j', (unit) => {
    const text = long(unit);
    expect(mask(text, known()) === text).toBe(true);
    const json = JSON.stringify([{ content: text }]);
    expect(mask(json, known()) === json).toBe(true);
  });

  test.each([
    ['ana@x.com ', '⟦email⟧ '],
    ['+49 30 901820, ', '⟦phone⟧, '],
    ['4242 4242 4242 4242; ', '⟦card⟧; '],
    ['DE89 3704 0044 0532 0130 00, ', '⟦iban⟧, '],
    ['203.0.113.7 ', '⟦ip⟧ '],
    ['DOB: 1970-01-01 ', 'DOB: ⟦birth date⟧ '],
    ['Ana Li ', '⟦name⟧ ⟦name⟧ '],
    ['Anaさん', '⟦name⟧さん'],
    ['9 Elm Street; ', '⟦address⟧; '],
  ])('full of it are masked to their end: %j', (unit, masked) => {
    const text = long(unit, 1_000_000);
    const expected = masked.repeat(text.length / unit.length);
    expect(mask(text, known()) === expected).toBe(true);
  });

  test('JSON nested a million deep, and JSON in JSON in JSON', () => {
    const deep = '['.repeat(1_000_000) + ']'.repeat(1_000_000);
    expect(mask(deep)).toBe(deep);
    let nested = 'ana@example.com';
    for (let level = 0; level < 16; level++) nested = JSON.stringify({ a: nested });
    let masked: unknown = mask(nested);
    for (let level = 0; level < 16; level++) masked = JSON.parse(String(masked)).a;
    expect(masked).toBe('⟦email⟧');
  });

  test('objects nested deeper than any source lets through are left out, not let through', () => {
    let nested: unknown = 'ana@example.com';
    for (let level = 0; level < 1000; level++) nested = [nested];
    const { span } = masker().record(saying('hi', { nested }), new Known());
    expect(JSON.stringify(span)).not.toContain('ana@example.com');
  });

  test('half characters and names of fields that objects have anyway', () => {
    const text =
      '{"__proto__":{"email":"ana@example.com"},"constructor":"\\ud800 ana@example.com"}';
    expect(mask(text)).toBe('{"__proto__":{"email":"⟦email⟧"},"constructor":"\\ud800 ⟦email⟧"}');
    const { span } = masker().record(saying('hi', { x: JSON.parse(text) }), new Known());
    expect(unsigned(JSON.stringify(span.attributes.x))).toBe(
      '{"__proto__":{"email":"⟦email⟧"},"constructor":"\\ud800 ⟦email⟧"}',
    );
  });

  test('names without end are not remembered without end', () => {
    const known = new Known();
    const people = Array.from({ length: 5000 }, (_, at) => ({
      first_name: `Na${at.toString(36).replace(/\d/g, (d) => 'ghijklmnop'.charAt(Number(d)))}`,
    }));
    masker().text(JSON.stringify(people), known);
    expect(known.size).toBe(2000);
    expect(KEY.length).toBe(32);
  });
});
