/** Fields of structured data (tool calls and their results) that hold personal data, whatever their values look like. */
import { folded } from './fold.ts';

/** Field, in lower case without separators → what stands in its place. */
const FIELDS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    name: 'firstname lastname middlename givenname familyname surname fullname customername passengername guestname patientname clientname contactname cardholder cardholdername accountholder nameoncard recipientname apellido apellidos primerapellido segundoapellido prenom nachname vorname cognome sobrenome',
    username: 'username screenname',
    email:
      'email emails emailaddress mail contactemail useremail customeremail correo correoelectronico',
    phone:
      'phone phones phonenumber phonenumbers mobile mobilenumber mobilephone telephone tel cell cellphone contactphone whatsapp telefono telefon telefonnummer telefone movil celular',
    'birth date':
      'dob dateofbirth birthdate birthday geburtsdatum fechanacimiento fechadenacimiento datedenaissance datadinascita datanascimento',
    address:
      'address address1 address2 addressline1 addressline2 street streetaddress street1 street2 deliveryaddress shippingaddress billingaddress homeaddress direccion adresse strasse indirizzo endereco',
    postcode: 'zip zipcode postcode postalcode plz codigopostal codepostal cep',
    'card end': 'lastfour last4 last4digits lastfourdigits cardlast4 cardlastfour',
    id: 'ssn socialsecuritynumber nationalid nationalidnumber passport passportnumber passportno taxid driverslicense driverlicense licensenumber dni nie nif cpf curp rfc nino pesel bsn aadhaar',
    iban: 'iban accountnumber bankaccount bankaccountnumber',
    card: 'cardnumber pan creditcard creditcardnumber',
    ip: 'ip ipaddress clientip remoteip remoteaddress clientaddress xforwardedfor',
  }).flatMap(([kind, names]) => names.split(' ').map((name) => [name, kind] as const)),
);

/** Tools, products and places have names and hold data too: only beside something that a person has. */
const NAME_BESIDE = new Set(['name', 'nombre', 'nome', 'nom', 'displayname']);
/** Hold a name where their value is written like one, and an id or a role elsewhere. */
const PERSON = new Set([
  ...['customer', 'passenger', 'passengers', 'passengernames', 'traveler', 'traveller', 'guest'],
  ...['patient', 'recipient', 'beneficiary', 'caller', 'cliente', 'pasajero', 'pasajeros', 'kunde'],
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
const WRITTEN_AS_NAME = /^\p{Lu}[\p{L}\p{M}'’.-]{1,30}(?: \p{Lu}[\p{L}\p{M}'’.-]{0,30}){1,3}$/u;
const ORGANISATION =
  /\b(?:hotel|hostel|inn|resort|restaurant|caf[eé]|bar|store|shop|market|bank|airport|airlines?|air|clinic|hospital|school|university|inc|llc|ltd|corp|company|gmbh|ag|s\.?l\.?|s\.?a\.?|service|services|support|team|group|center|centre|office|department|tienda|restaurante|aeropuerto)\b|\d/i;

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
  depends: 'person' | 'beside' | 'handle' | null;
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
        : null;
  const made: Spelled = { plain, holds: FIELDS.get(plain) ?? null, depends };
  if (spellings.size >= SPELLINGS_KEPT) spellings.clear();
  spellings.set(field, made);
  return made;
}

/** What a field holds; null = nothing personal. `more`: configured fields, spelled as they are in the data. */
export function kindOfField(
  field: string,
  siblings: () => Iterable<string>,
  more: ReadonlyMap<string, string>,
  value: string,
): string | null {
  const { plain, holds, depends } = spelled(field);
  const own = more.size === 0 ? undefined : more.get(plain);
  if (own !== undefined) return own;
  if (holds !== null) return SHAPES[holds]?.test(folded(value)) === false ? null : holds;
  if (depends === 'handle') return MADE_OF_NAME.test(value) ? 'name' : null;
  if (depends === null || ORGANISATION.test(value)) return null;
  if (depends === 'person') return WRITTEN_AS_NAME.test(value) ? 'name' : null;
  for (const other of siblings()) if (spelled(other).holds !== null) return 'name';
  return null;
}

/** The configured names of fields, as they are looked up. */
export function moreFields(configured: Readonly<Record<string, string>>): Map<string, string> {
  return new Map(Object.entries(configured).map(([field, kind]) => [spelled(field).plain, kind]));
}
