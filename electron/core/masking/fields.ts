/** Fields of structured data (tool calls and their results) that hold personal data, whatever their values look like. */
import { PLACEHOLDERS } from '#shared/util/placeholder.ts';
import { folded } from './fold.ts';

/** Field, in lower case without separators → what stands in its place. */
const FIELDS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    name: 'firstname lastname middlename givenname familyname surname fullname customername passengername guestname patientname clientname contactname cardholder cardholdername accountholder nameoncard recipientname apellido apellidos primerapellido segundoapellido realname legalname preferredname prenom nachname vorname cognome sobrenome',
    username: 'username screenname',
    email:
      'email emails emailaddress mail contactemail useremail customeremail correo correoelectronico',
    phone:
      'phone phones phonenumber phonenumbers mobile mobilenumber mobilephone telephone tel cell cellphone contactphone whatsapp telefono telefon telefonnummer telefone movil celular',
    'birth date':
      'dob dateofbirth birthdate birthday geburtsdatum fechanacimiento fechadenacimiento datedenaissance datadinascita datanascimento',
    address:
      'address address1 address2 addressline1 addressline2 addressline3 addr1 addr2 street streetaddress street1 street2 deliveryaddress shippingaddress billingaddress homeaddress direccion adresse strasse indirizzo endereco',
    postcode: 'zip zipcode postcode postalcode plz codigopostal codepostal cep',
    'card end': 'lastfour last4 last4digits lastfourdigits cardlast4 cardlastfour',
    id: 'ssn socialsecuritynumber nationalid nationalidnumber passport passportnumber passportno taxid driverslicense driverlicense licensenumber dni nie nif cpf curp rfc nino pesel bsn aadhaar nhs nhsnumber nhsno nationalinsurancenumber pasaporte numeropasaporte passeport reisepass reisepassnummer passaporto passaporte paspoort paspoortnummer',
    iban: 'iban accountnumber bankaccount bankaccountnumber',
    card: 'cardnumber pan creditcard creditcardnumber',
    ip: 'ip ipaddress clientip remoteip remoteaddress clientaddress xforwardedfor',
  }).flatMap(([kind, names]) => names.split(' ').map((name) => [name, kind] as const)),
);

/** Tools, products and places have names and hold data too: only beside something that a person has, or in a person. */
const NAME_BESIDE = new Set(['name', 'nombre', 'nome', 'nom', 'displayname']);
/** Hold a name where their value is written like one, and an id or a role elsewhere. */
const PERSON = new Set([
  ...['customer', 'passenger', 'passengers', 'passengernames', 'traveler', 'traveller', 'guest'],
  ...['patient', 'recipient', 'beneficiary', 'caller', 'cliente', 'pasajero', 'pasajeros', 'kunde'],
  ...['customers', 'patients', 'recipients', 'employees'],
  ...['travelers', 'guests', 'employee', 'policyholder', 'tenant'],
]);
/** Ids that are made of a name in many systems: `mia_li_3668`. */
const HANDLE = new Set([
  'userid',
  'customerid',
  'memberid',
  'enduserid',
  'user',
  'login',
  'handle',
]);
const MADE_OF_NAME = /^\p{Ll}{2,20}[._]\p{Ll}{2,20}(?:[._-]?\d{1,8})?$/u;
/** Words as names have them, with what stands between them: van der, de la. */
const NAME_WORD = String.raw`[\p{Lu}\p{Lo}][\p{L}\p{M}'’.-]{1,30}`;
const MORE_WORDS = String.raw`,?(?: \p{Ll}{1,4}){0,2} [\p{Lu}\p{Lo}][\p{L}\p{M}'’.-]{0,30}`;
const WRITTEN_AS_NAME = new RegExp(`^${NAME_WORD}(?:${MORE_WORDS}){1,3}$`, 'u');
/** In a person, one word is a name too. */
const NAME_OF_PERSON = new RegExp(`^${NAME_WORD}(?:${MORE_WORDS}){0,4}$`, 'u');
/** Payment services call lines of an address so, and code has lines too: only beside the rest of one. */
const LINE = /^(?:address)?line[1-4]$/;
const PLACE = new Set(
  'city town country state province region zip zipcode postcode postalcode'.split(' '),
);
/** Firms, things and roles. */
const NO_PERSON =
  /\b(?:hotel|hostel|inn|resort|restaurant|caf[eé]|bar|store|shop|market|bank|airport|airlines?|air|clinic|hospital|school|university|inc|llc|ltd|corp|company|gmbh|ag|s\.?l\.?|s\.?a\.?|service|services|support|team|group|center|centre|office|department|tienda|restaurante|aeropuerto|plan|tier|model|default|admin|administrator|root|bot|assistant|agent|system|systems|api|labs?|technologies|solutions|software|foundation|partners|holdings?|industries|logistics|consulting|studios?|media)\b|\d/i;

/** What a value must look like under a field whose name has other uses too (`cell`, `mobile: true`, `cap`). */
const SHAPES: Readonly<Record<string, RegExp>> = {
  email: /@/,
  phone: /(?:\d\D*){6}/,
  'birth date': /\d/,
  'card end': /^\D{0,8}\d{2,6}$/,
  card: /(?:\d\D*){8}/,
  iban: /(?:[A-Za-z]*\d){4}/,
  id: /\d/,
  ip: /[.:]/,
  address: /\p{L}/u,
  postcode: /^[A-Za-z\d][A-Za-z\d -]{2,11}$/,
};

/** How a field is spelled, and what that alone says of it. */
interface Spelled {
  plain: string;
  /** What it holds; the others depend on the value and on what stands beside it. */
  holds: string | null;
  depends: 'person' | 'beside' | 'handle' | 'line' | null;
}

const spellings = new Map<string, Spelled>();
const SPELLINGS_KEPT = 5000;

function spelled(field: string): Spelled {
  const seen = spellings.get(field);
  if (seen !== undefined) return seen;
  const plain = field
    .toLowerCase()
    .normalize('NFD')
    .replace(/[\s_.\p{M}-]/gu, '');
  const depends = PERSON.has(plain)
    ? 'person'
    : NAME_BESIDE.has(plain)
      ? 'beside'
      : HANDLE.has(plain)
        ? 'handle'
        : LINE.test(plain)
          ? 'line'
          : null;
  const made: Spelled = { plain, holds: FIELDS.get(plain) ?? null, depends };
  if (spellings.size >= SPELLINGS_KEPT) spellings.clear();
  spellings.set(field, made);
  return made;
}

/** Where a value stands. */
export interface Place {
  field: string | null;
  /** All fields of the object it is in. */
  siblings: () => Iterable<string>;
  /** That object is a person. */
  ofPerson: boolean;
}

/** What a field holds; null = nothing personal. `more`: configured fields, spelled as they are in the data. */
export function kindOfField(
  { field, siblings, ofPerson }: Place,
  more: ReadonlyMap<string, string>,
  value: string,
): string | null {
  if (field === null) return null;
  const { plain, holds, depends } = spelled(field);
  const own = more.size === 0 ? undefined : more.get(plain);
  if (own !== undefined) return own;
  if (holds !== null) return SHAPES[holds]?.test(folded(value)) === false ? null : holds;
  if (depends === null) return null;
  if (depends === 'handle') return MADE_OF_NAME.test(value) ? 'name' : null;
  if (depends === 'line')
    return some(siblings(), ({ plain }) => PLACE.has(plain)) ? 'address' : null;
  if (NO_PERSON.test(value)) return null;
  if (depends === 'person') return WRITTEN_AS_NAME.test(value) ? 'name' : null;
  // A part of it may be masked already.
  if (ofPerson && NAME_OF_PERSON.test(value.replaceAll(PLACEHOLDERS, 'Xx'))) return 'name';
  return some(siblings(), ({ holds }) => holds !== null) ? 'name' : null;
}

function some(fields: Iterable<string>, is: (field: Spelled) => boolean): boolean {
  for (const field of fields) if (is(spelled(field))) return true;
  return false;
}

/** The configured names of fields, as they are looked up. */
export function moreFields(configured: Readonly<Record<string, string>>): Map<string, string> {
  return new Map(Object.entries(configured).map(([field, kind]) => [spelled(field).plain, kind]));
}
