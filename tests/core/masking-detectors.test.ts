/** What is found in running text, and what looks like it and is not. */

import { describe, expect, test } from 'vitest';
import { fold } from '#core/masking/fold.ts';
import { Known } from '#core/masking/known.ts';
import { PLACEHOLDERS } from '#shared/util/placeholder.ts';
import { BOTS } from '../../electron/demo/world/bots.ts';
import { pastConversations } from '../../electron/demo/world/past.ts';
import fc, { runs } from '../helpers/random.ts';
import { knowing, mask, masker } from './masking-kit.ts';

describe.each<{ kind: string; found: [string, string][]; stays: string[] }>([
  {
    kind: 'e-mail addresses',
    found: [
      ['write to ana.perez+bills@mail.example.co.uk, please', 'write to ⟦email⟧, please'],
      ['<mailto:ANA@EXAMPLE.COM>', '<mailto:⟦email⟧>'],
      ['josé@пример.рф', '⟦email⟧'],
      ["o'brien@example.ie.", '⟦email⟧.'],
      ['a line\\nana@example.com\\nanother', 'a line\\n⟦email⟧\\nanother'],
      ['GET /users/ana@example.com/orders 404', 'GET /users/⟦email⟧/orders 404'],
    ],
    stays: [
      'ana@localhost',
      'npm i @scope/package@1.2.3',
      'left-pad@2.0.0-rc.next',
      'at 5 @ 3.50 each',
      'https://example.com/@ana/posts',
      '@ana said hello',
    ],
  },
  {
    kind: 'telephone numbers',
    found: [
      ['call +49 30 901820', 'call ⟦phone⟧'],
      ['+34 612 34 56 78 is mine', '⟦phone⟧ is mine'],
      ['0044 20 7946 0958', '⟦phone⟧'],
      ['(415) 555-2671', '⟦phone⟧'],
      ['415-555-2671 x2', '⟦phone⟧ x2'],
      ['my phone is 4155552671', 'my phone is ⟦phone⟧'],
      ['mi móvil: 612345678', 'mi móvil: ⟦phone⟧'],
      ['030 901820', '⟦phone⟧'],
      ['2 calls to 415-555-2671 2024-05-20', '2 calls to ⟦phone⟧ 2024-05-20'],
      ['415-555-2671 415-555-2672', '⟦phone⟧ ⟦phone⟧'],
    ],
    stays: [
      'order 4155552671',
      '2024-05-20 14:30:00',
      '20.05.2024 - 27.05.2024',
      '01-02-2024',
      '1,250.00 USD',
      '+1 day',
      '+20240520',
      'HTTP 200 in 1234567 ms',
      '550e8400-e29b-41d4-a716-446655440000',
      'v2024.05.20.1',
      'tracking 1Z999AA10123456784',
      'gift_card_6276644',
      '(6 - 4) + (13 - 6) + (16 - 13)',
      '364 + (210 + 370) + (304 + 377)',
    ],
  },
  {
    kind: 'cards',
    found: [
      ['4242 4242 4242 4242', '⟦card⟧'],
      ['4242-4242-4242-4242 exp 12/27', '⟦card⟧ exp 12/27'],
      ['pay by 378282246310005', 'pay by ⟦card⟧'],
      ['my order by 4111 1111 1111 1111', 'my order by ⟦card⟧'],
      ['4242 4242 4242 4242 12/27', '⟦card⟧ 12/27'],
      ['3782/822463/10005', '⟦card⟧'],
    ],
    stays: [
      '4242 4242 4242 4241',
      'order number 4111111111111111',
      '1700000000000',
      '1700000000000000000',
      '7992739871300009',
      '"order_id": "4111111111111111"',
      'trace 4bf92f3577b34da6a3ce929d0e0e4736',
      '4111.11 / 1111.11 / 1111.11',
      '4111 - 11 - 1111 - 1111 - 11',
      '2025/11/14 - 2025/11/15',
    ],
  },
  {
    kind: 'accounts',
    found: [
      ['DE89 3704 0044 0532 0130 00', '⟦iban⟧'],
      ['ES9121000418450200051332', '⟦iban⟧'],
      ['ES91 2100 0418 4502 0005 1332 GRACIAS', '⟦iban⟧ GRACIAS'],
      ['gb82 west 1234 5698 7654 32 and more', '⟦iban⟧ and more'],
    ],
    stays: ['DE89 3704 0044 0532 0130 01', 'HAT123 4567 8901 2345', 'AB12 3456 7890 1234 5678'],
  },
  {
    kind: 'addresses in networks',
    found: [
      ['from 203.0.113.7:443', 'from ⟦ip⟧:443'],
      ['2001:db8::8a2e:370:7334', '⟦ip⟧'],
      ['http://203.0.113.7/x', 'http://⟦ip⟧/x'],
      ['client 192.168.1.10', 'client ⟦ip⟧'],
    ],
    stays: [
      'version 1.2.3.4',
      'v1.2.3.4',
      'Chrome/119.0.0.0 Safari/537.36',
      '127.0.0.1',
      '::1',
      '1.2.3',
      '10.20.30.400',
      '14:30:05',
      '2024-05-20T10:15:30+02:00',
      'std::vector',
      '1.2.3.4.5',
    ],
  },
  {
    kind: 'national numbers',
    found: [
      ['ssn 078-05-1120', 'ssn ⟦id⟧'],
      ['social security number is 536904399', 'social security number is ⟦id⟧'],
      ['AB 12 34 56 C', '⟦id⟧'],
      ['DNI 12345678Z', 'DNI ⟦id⟧'],
      ['X1234567L', '⟦id⟧'],
      ['RSSMRA85T10A562S', '⟦id⟧'],
      ['1 85 05 78 006 084 91', '⟦id⟧'],
      ['111.444.777-35', '⟦id⟧'],
      ['756.9217.0769.85', '⟦id⟧'],
      ['PESEL 44051401359', 'PESEL ⟦id⟧'],
      ['Steuer-ID 36 574 261 809', 'Steuer-ID ⟦id⟧'],
      ['BSN 111222333', 'BSN ⟦id⟧'],
      ['19811218-9876', '⟦id⟧'],
      ['My social security number is 536 90 4399', 'My social security number is ⟦id⟧'],
      ['ssn 536.90.4399, and', 'ssn ⟦id⟧, and'],
      ['DNI 12.345.678-Z', 'DNI ⟦id⟧'],
      ['soy 12.345.678Z.', 'soy ⟦id⟧.'],
      ['NIF: 12 345 678 z', 'NIF: ⟦id⟧'],
      ['el NIE es X 1.234.567 L', 'el NIE es ⟦id⟧'],
      ['my national insurance number is ab-12-34-56-c', 'my national insurance number is ⟦id⟧'],
      ['AB-12-34-56-C', '⟦id⟧'],
      ['codice fiscale: RSS MRA 85T10 A562S', 'codice fiscale: ⟦id⟧'],
      ['1.85.05.78.006.084.91', '⟦id⟧'],
      ['CPF 111 444 777 35', 'CPF ⟦id⟧'],
      ['756 9217 0769 85', '⟦id⟧'],
      ['AHV-Nummer 7569217076985', 'AHV-Nummer ⟦id⟧'],
      ['85 07 30 033 28', '⟦id⟧'],
      ['BSN 1112.22.333', 'BSN ⟦id⟧'],
      ['PESEL: 440514-01359', 'PESEL: ⟦id⟧'],
      ['NHS number 943 476 5919', 'NHS number ⟦id⟧'],
      ['My NHS no. is 9434765919!', 'My NHS no. is ⟦id⟧!'],
      ['nhs: 943-476-5919', 'nhs: ⟦id⟧'],
    ],
    stays: [
      '000-12-3456',
      'order 536 90 4399',
      '943 476 5919 requests',
      'NHS ticket 943 476 5918',
      'NHS 2024-05-20 14:30',
      '12.345.678-A',
      'cuesta 12.345.678 y 3.000',
      'order 12345678 Z',
      'lot AB-12-34-56-E',
      '85 07 30 033 29',
      'took 12.5 34.5 67.8 91.2 ms',
      'taxes 119.00 19.00 12.00',
      '12345678A',
      'invoice 240520-1234',
      'parcel 44051401359',
      'ticket 111222333',
      'HAT123 ABC456',
      'PNR AIXC49',
    ],
  },
  {
    kind: 'passports',
    found: [
      ['passport number AB1234567', 'passport number ⟦id⟧'],
      ['My passport is 536904399.', 'My passport is ⟦id⟧.'],
      ['passport no. 536 904 399', 'passport no. ⟦id⟧'],
      ['Passport No: A-1234567', 'Passport No: ⟦id⟧'],
      ['passport_number=AB1234567', 'passport_number=⟦id⟧'],
      ['passport (German): C01X00T47', 'passport (German): ⟦id⟧'],
      ['my passport, which has the number C01X00T47', 'my passport, which has the number ⟦id⟧'],
      ["my passport’s number, it's 536904399", "my passport’s number, it's ⟦id⟧"],
      ['Reisepass C01X00T47', 'Reisepass ⟦id⟧'],
      ['Meine Reisepassnummer lautet c01x00t47', 'Meine Reisepassnummer lautet ⟦id⟧'],
      ['Pass-Nr. C01X00T47', 'Pass-Nr. ⟦id⟧'],
      ['el número de mi pasaporte es AAA123456', 'el número de mi pasaporte es ⟦id⟧'],
      ['Pasaporte n.º AAA 123456', 'Pasaporte n.º ⟦id⟧'],
      ['numéro de passeport : 12AB34567', 'numéro de passeport : ⟦id⟧'],
      ['mon passeport est le 12ab34567', 'mon passeport est le ⟦id⟧'],
      ['passaporto YA1234567', 'passaporto ⟦id⟧'],
      ['o meu passaporte é CA123456', 'o meu passaporte é ⟦id⟧'],
      ['mijn paspoortnummer is NW1A2B3C4', 'mijn paspoortnummer is ⟦id⟧'],
      ['passport number\u00a0AB\u20111234567', 'passport number\u00a0⟦id⟧'],
    ],
    stays: [
      'passport check took 1234567 ms',
      'passport valid until 2031-05-20',
      'passport expires 20310520',
      'passport is 2031-05-20',
      'passport renewal, order 12345678',
      'passport upload failed: ERR0001234',
      'passport-google-oauth20 v2.0.0 and passport 0.7.0',
      'passport: 1700000000000 1700000000',
      'passport 550e8400-e29b-41d4-a716-446655440000',
      'The passport was seen by AB1234567',
      'passport number is missing',
      'passport page 12',
      'a pass for 123456',
      'AB1234567',
    ],
  },
  {
    kind: 'postal addresses',
    found: [
      ['at 975 Sunset Drive, Suite 217, Austin, TX 78750 today', 'at ⟦address⟧ today'],
      ['10 Downing St.', '⟦address⟧'],
      ['Hauptstraße 12a, 10115 Berlin', '⟦address⟧'],
      ['Kurfürstenring 12, 10115 Berlin', '⟦address⟧'],
      ['vivo en calle de Alcalá 45, 3º', 'vivo en ⟦address⟧'],
      ['12 rue de la Paix, 75002 Paris', '⟦address⟧'],
      ['Via Roma 10', '⟦address⟧'],
    ],
    stays: [
      'Spring 2024',
      'Engineering 101',
      'Verkäufer 2',
      'sent via Email 2 times',
      'via Denver 2 stops',
      'Flight HAT136 at 07:00 PM',
      '3 Adults, 2 Bags',
      '$12 First Class Way',
      'Step 2 Place your order',
    ],
  },
  {
    kind: 'dates of birth',
    found: [
      ['DOB: 1990-04-05', 'DOB: ⟦birth date⟧'],
      ['Date of birth is April 5th, 1990.', 'Date of birth is ⟦birth date⟧.'],
      ['nací el 5 de abril de 1990', 'nací el ⟦birth date⟧'],
      ['geboren am 05.04.1990', 'geboren am ⟦birth date⟧'],
    ],
    stays: ['on 1990-04-05', 'May 20, 2024', 'born to fly since 2019'],
  },
])('$kind', ({ found, stays }) => {
  test.each(found)('%s', (text, masked) => {
    expect(mask(text)).toBe(masked);
  });
  test.each(stays)('stays: %s', (text) => {
    expect(mask(text)).toBe(text);
  });
});

test.each(BOTS)(
  'of what is said to the $id of the demo fleet, and of its tools, only e-mail addresses go',
  (bot) => {
    for (const { turns } of pastConversations('1', bot)) {
      for (const turn of turns) {
        const text = JSON.stringify(turn);
        const addresses = /[\w.]+@example\.com/g;
        expect(mask(text)).toBe(text.replace(addresses, '⟦email⟧'));
      }
    }
  },
);

/** Named as people's numbers are, in words or fields that only resemble them, or beside figures of something else. */
test.each([
  '2024-05-20T10:15:30.123Z WARN passport.authenticate took 1234567 ms (request 550e8400e29b41d4a716446655440000)',
  'E1234567: passport strategy "jwt" failed at 1700000000.12345 with code 401000',
  'ECONNRESET at TCP.onStreamRead (node:internal/stream_base_commons:217:20), attempt 3 of 10',
  'tax 19 % of 12.345.678,90 EUR is 2.345.678,99 EUR',
  'tax_id_service v12.345.678 deployed, build 20240520-1234',
  'ssnapshot 536 90 4399, bsnode 111 222 333, anhso 943 476 5919',
  'order TH-51205, parcel 1Z999AA10123456784, lot 12.345.678-A, invoice 2024/05/20-1234',
  'Premium Plus costs 1 249.00 € (was 1.349,00 €), model claude-sonnet-4-5-20250929, version 2024.05.20-rc.1',
  '1 85 05 78 006 084 92, 1700000000.12345, 1700000000.12391',
])('stays: %s', (text) => {
  expect(mask(text)).toBe(text);
});

describe('beside letters of a script that a value is not written in', () => {
  const beside = [
    ['我的卡号', '的'],
    ['カードは', 'です'],
    ['카드는', '입니다'],
    ['карта', 'да'],
    ['κάρτα', 'και'],
    ['بطاقة', 'هي'],
    ['הכרטיס', 'שלי'],
    ['บัตร', 'ครับ'],
    ['कार्ड', 'है'],
  ] as const;
  const values = [
    ['4111 1111 1111 1111', '⟦card⟧'],
    [
      '\uff14\uff11\uff11\uff11\uff11\uff11\uff11\uff11\uff11\uff11\uff11\uff11\uff11\uff11\uff11\uff11',
      '⟦card⟧',
    ],
    [
      '\u0664\u0661\u0661\u0661\u0661\u0661\u0661\u0661\u0661\u0661\u0661\u0661\u0661\u0661\u0661\u0661',
      '⟦card⟧',
    ],
    ['DE89370400440532013000', '⟦iban⟧'],
    ['192.168.1.17', '⟦ip⟧'],
    ['2001:db8::8a2e:370:7334', '⟦ip⟧'],
    ['+81 90-1234-5678', '⟦phone⟧'],
    ['010-1234-5678', '⟦phone⟧'],
    ['8 912 345-67-89', '⟦phone⟧'],
    ['ana@example.com', '⟦email⟧'],
    ['12345678Z', '⟦id⟧'],
    ['078-05-1120', '⟦id⟧'],
    ['975 Sunset Drive', '⟦address⟧'],
    ['Hauptstraße 12', '⟦address⟧'],
  ] as const;
  test.each(values)('%s', (value, masked) => {
    for (const [before, after] of beside)
      expect(mask(`${before}${value}${after}`)).toBe(`${before}${masked}${after}`);
  });

  test('has the mark that it has by itself', () => {
    const signs = (text: string) =>
      [...masker().text(text, new Known()).matchAll(PLACEHOLDERS)].map(([all]) => all);
    for (const [value] of values)
      expect(signs(`请看${value}請尽快联系我谢谢你们的帮助今天一定要处理好这个问题`)).toEqual(
        signs(value),
      );
  });

  test.each([
    ['邮箱123456@qq.com。', '邮箱⟦email⟧。'],
    ['邮箱是张三@example.com', '⟦email⟧'],
    ['手机13812345678', '手机⟦phone⟧'],
    ['телефон 8 (912) 345-67-89', 'телефон ⟦phone⟧'],
    ['tarjeta Nº4111111111111111', 'tarjeta Nº⟦card⟧'],
    ['010-1234-5678', '⟦phone⟧'],
    ['090-123-4567-89 ext', '⟦phone⟧ ext'],
  ])('%s', (text, masked) => {
    expect(mask(text)).toBe(masked);
  });

  test.each([
    '订单号4111111111111111',
    '注文番号は4111111111111111です',
    'номер заказа4111111111111111',
    '版本1.2.3.4，バージョンは1.2.3.4，버전1.2.3.4',
    '2024年05月20日14:30，价格1250.00元',
    'm4111111111111111, 4111111111111111m, _4111111111111111',
  ])('stays: %s', (text) => {
    expect(mask(text)).toBe(text);
  });

  test('ends of cards and days of birth that are known', () => {
    const known = knowing({ last_four: '7447', dob: '1990-04-05' });
    expect(mask('尾号7447的卡，生日1990-04-05です', known)).toBe(
      '尾号⟦card end⟧的卡，生日⟦birth date⟧です',
    );
    expect(mask('7447円、7447元、7447원', known)).toBe('7447円、7447元、7447원');
  });
});

/** U+2011 is a hyphen that does not break, U+202F a narrow space, U+200B has no width. */
describe('in other typography', () => {
  test.each([
    ['078\u201105\u20111120, 415\u2013555\u20132671', '⟦id⟧, ⟦phone⟧'],
    ['+33\u202f6\u202f12\u202f34\u202f56\u202f78', '⟦phone⟧'],
    ['06\u202f12\u202f34\u202f56\u202f78', '⟦phone⟧'],
    ['DE89\u202f3704\u202f0044\u202f0532\u202f0130\u202f00', '⟦iban⟧'],
    ['DE89.3704.0044.0532.0130.00', '⟦iban⟧'],
    ['ana\uff20correo.es, an\u200ba@cor\u00adreo.es', '⟦email⟧, ⟦email⟧'],
    ['\uff41\uff4e\uff41\uff20\uff41.\uff45\uff53', '⟦email⟧'],
    ['DOB: 1990\u201104\u201105', 'DOB: ⟦birth date⟧'],
    ['tel\u2014+49 30 901820, \u2022+49 30 901820', 'tel\u2014⟦phone⟧, \u2022⟦phone⟧'],
    ['\u{1f600} 4242 4242 4242 4242 \u{1f600}', '\u{1f600} ⟦card⟧ \u{1f600}'],
    ['Paid: {"with":"4242\\u00a04242\\u00a04242\\u00a04242"}', 'Paid: {"with":"⟦card⟧"}'],
    ['4242&nbsp;4242&#160;4242&#xA0;4242', '⟦card⟧'],
    ['453914880343\\u2011\u20136467', '⟦card⟧'],
  ])('%j', (text, masked) => {
    expect(mask(text)).toBe(masked);
    expect(JSON.parse(mask(JSON.stringify([text])))).toEqual([masked]);
  });

  test.each([
    'open 0900\u20131700, pages 0120\u20130345',
    'from 20.05.2024\u201327.05.2024, 2024\u201305\u201320',
    '1\u202f250\u202f000 \u20ac, 12\u00a0345\u00a0678 km',
    'order\u00a04155552671, order number \uff14111\u200b111111111111',
    'version 1.2.3\u2011rc.4, in 1\u00a0234\u00a0567 ms',
    '550e8400\u2011e29b\u201141d4\u2011a716\u2011446655440000',
    '4242\u202f4242\u202f4242\u202f4241',
    'save 100%20off %E2%82 %zz \\u12 &#99999999; \ud835',
    'https://example.com/a%20b?q=1+2&t=1700000000000',
  ])('stays: %j', (text) => {
    expect(mask(text)).toBe(text);
  });

  test('in a URL only what is encoded of it goes', () => {
    const url =
      'https://crm.example.com/a%20b?email=maria%40correo.es&phone=%2B34612345678&q=4111%201111%201111%201111&r=4111+1111+1111+1111&s=%C3%A9';
    expect(mask(url)).toBe(
      'https://crm.example.com/a%20b?email=⟦email⟧&phone=⟦phone⟧&q=⟦card⟧&r=⟦card⟧&s=%C3%A9',
    );
    expect(mask('see /u/maria%2540correo.es/4111%25C2%25A01111%25C2%25A01111%25C2%25A01111')).toBe(
      'see /u/⟦email⟧/⟦card⟧',
    );
  });

  test('a card has one mark, whatever its figures are and whatever stands between its groups', () => {
    const separator = fc
      .array(
        fc.constantFrom(
          ...[' ', '-', '.', '/', '\t', '\u00a0', '\u2009', '\u202f', '\u3000', '\u2010', '\u2011'],
          ...['\u2013', '\u2014', '\u2212', '\u00b7', '%20', '%2D', '\\u2011', '&nbsp;'],
        ),
        { maxLength: 3 },
      )
      .map((signs) => signs.join(''));
    const unseen = fc.constantFrom(
      '',
      '',
      '\u200b',
      '\u200d',
      '\u2060',
      '\ufeff',
      '\u00ad',
      '\ufe0f',
    );
    const zero = fc.constantFrom(0x30, 0xff10, 0x660, 0x6f0, 0x966, 0xe50, 0x1d7ce, 0x1d7ec);
    const sign = [
      ...masker().text('4539 1488 0343 6467', new Known()).matchAll(PLACEHOLDERS),
    ][0]?.[0];
    fc.assert(
      fc.property(
        fc.tuple(separator, separator, separator),
        fc.array(unseen, { minLength: 16, maxLength: 16 }),
        zero,
        (between, hidden, first) => {
          const card = [...'4539148803436467'].map((figure, at) => {
            const spelled = String.fromCodePoint(first + Number(figure)) + hidden[at];
            return at % 4 === 3 ? spelled + (between[(at - 3) / 4] ?? '') : spelled;
          });
          expect(masker().text(`it is ${card.join('')}!`, new Known())).toBe(`it is ${sign}!`);
        },
      ),
      runs(500),
    );
  });

  test('what a field holds has the mark that it has in a sentence', () => {
    const one = masker();
    const signs = (text: string) =>
      [...one.text(text, new Known()).matchAll(PLACEHOLDERS)].map(([all]) => all);
    expect(
      signs('{"phone":"\uff0b34\u202f612\u202f345\u202f678","email":"ANA\uff20correo.es"}'),
    ).toEqual(signs('+34 612 345 678, ana@correo.es'));
    expect(signs('{"last_four":"\u0667\u0664\u0664\u0667"}')).toEqual(signs('{"last4":"7447"}'));
  });

  test('folded, every sign lies where it came from', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (odd, plain) => {
        const { text, placeOf } = fold(odd + plain);
        expect(text.length).toBeLessThanOrEqual(odd.length + plain.length);
        for (let at = 0; at < text.length; at++)
          expect(placeOf(at + 1)).toBeGreaterThan(placeOf(at));
        expect(placeOf(text.length)).toBe(odd.length + plain.length);
        const same = fold(text);
        if (!/[%\\&+]/.test(text)) expect(same.text).toBe(text);
      }),
      runs(1000),
    );
  });
});
