/** Whose fields they are: what a tool or a field is called says whether its result or its object is a person. */

const PERSONS = new Set(
  (
    'customer user contact passenger guest patient recipient sender owner member traveler traveller employee person people buyer ' +
    'shopper subscriber caller cardholder policyholder payer payee beneficiary tenant attendee student applicant profile me viewer ' +
    'whoami cliente usuario usuaria pasajero pasajera kunde kundin benutzer'
  ).split(' '),
);
/** Of `get_customer_details` and `customers.data.items` they say nothing: whatever is around them counts. */
const SAYS_NOTHING = new Set(
  (
    'get find fetch list search lookup look up query load read retrieve show describe verify identify create update delete set add ' +
    'detail details info information data record records result results item items entry entries row rows node nodes edges response ' +
    'output input arguments args body payload content contents value values object attributes properties summary all current ' +
    'profile id ids tool api structured structuredcontent text'
  ).split(' '),
);
/** What stands behind it in the name of a tool is no longer what it answers: `find_user_by_order`. */
const BY = new Set(['by', 'for', 'from', 'with', 'in', 'on', 'at', 'to', 'using', 'via']);

/** Whether its fields are those of a person; null = its name does not say, so it is what it stands in. */
function saysPerson(name: string): boolean | null {
  const words = name
    .slice(name.lastIndexOf('.') + 1)
    .replace(/(\p{Ll}|\d)(?=\p{Lu})/gu, '$1 ')
    .toLowerCase()
    .split(/[\s_/-]+/)
    .filter((word) => word !== '');
  const by = words.findIndex((word, at) => at > 0 && BY.has(word));
  if (by > 0) words.length = by;
  // `get_profile` is of a profile, `deployment_profile` of a deployment.
  while (words.length > 1 && SAYS_NOTHING.has(words[0] ?? '')) words.shift();
  while (words.length > 1 && neutral(words.at(-1) ?? '')) words.pop();
  const [head = ''] = words.slice(-1);
  if (PERSONS.has(head) || PERSONS.has(head.replace(/s$/, ''))) return true;
  return neutral(head) ? null : false;
}

/** A figure is in what is an id or a version: `{"users":{"u17":{…}}}`. */
const neutral = (word: string) => word === '' || SAYS_NOTHING.has(word) || /\d/.test(word);

const asked = new Map<string, boolean | null>();
const MOST_ASKED = 5000;

/** `name`: of a field, or of a tool. `outer`: whether what it stands in is a person. */
export function isOfPerson(name: string, outer: boolean): boolean {
  let says = asked.get(name);
  if (says === undefined) {
    says = saysPerson(name);
    if (asked.size >= MOST_ASKED) asked.clear();
    asked.set(name, says);
  }
  return says ?? outer;
}
