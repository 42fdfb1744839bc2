/**
 * The script of the page that shows shared conversations (see electron/core/share/page.ts, which writes it and its data into one
 * file). It imports nothing and asks nobody. All it shows is text: nothing of the data becomes markup.
 */

interface SharedTurn {
  startedAt: number;
  durationMs: number;
  failures: string[];
  feedback: string[];
  error: string;
  live: [name: string, value: string][];
  messages: { role: string; type: string; text: string }[];
  spans: { name: string; at: number; ms: number; failed: boolean; depth: number }[];
}

interface SharedPage {
  title: string;
  about: string;
  cut: string;
  conversations: {
    id: string;
    service: string;
    environment: string;
    versions: string;
    failures: string[];
    title: string;
    costUsd: number;
    changes: { at: number; title: string; detail: string; by: string }[];
    turns: SharedTurn[];
  }[];
}

/** Between two messages, milliseconds. */
const STEP_MS = 1200;
const shared: SharedPage = JSON.parse(document.getElementById('data')?.textContent ?? '{}');

function make(tag: string, text = '', name = ''): HTMLElement {
  const element = document.createElement(tag);
  element.textContent = text;
  if (name !== '') element.className = name;
  return element;
}

function button(label: string, title: string, press: () => void): HTMLElement {
  const element = make('button', label);
  element.title = title;
  element.setAttribute('aria-label', title);
  element.addEventListener('click', press);
  return element;
}

const moment = (at: number) => new Date(at).toISOString().replace('T', ' ').slice(0, 19);
const took = (ms: number) => (ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`);

let chosen = 0;
/** Messages that are shown. */
let shown = 0;
let timer = 0;

const head = make('header');
const chat = make('section');
chat.setAttribute('aria-label', 'Conversation');
const side = make('section');
side.setAttribute('aria-label', 'The turn');
const scrub = document.createElement('input');
scrub.type = 'range';
scrub.min = '0';
scrub.setAttribute('aria-label', 'Place in the conversation');
const play = button('Play', 'Play or pause', () => (timer === 0 ? start() : stop()));
const place = make('span', '', 'dim');
const bar = make('footer');

/** Every message with the turn it is of. */
function cues(): { turn: number; element: HTMLElement }[] {
  return [...chat.querySelectorAll<HTMLElement>('.said')].map((element) => ({
    turn: Number(element.dataset.turn),
    element,
  }));
}

let all: ReturnType<typeof cues> = [];

function show(to: number): void {
  shown = Math.max(0, Math.min(all.length, to));
  for (const [at, { element }] of all.entries()) {
    element.hidden = at >= shown;
    if (at === shown - 1) element.dataset.now = '';
    else delete element.dataset.now;
  }
  const last = all[shown - 1];
  const turn = last?.turn ?? 0;
  for (const block of chat.querySelectorAll<HTMLElement>('.turn')) {
    block.hidden = Number(block.dataset.turn) > turn;
  }
  last?.element.scrollIntoView({ block: 'nearest' });
  scrub.value = String(shown);
  place.textContent = `${shown} of ${all.length} messages`;
  showTurn(turn);
}

function stop(): void {
  clearInterval(timer);
  timer = 0;
  play.textContent = 'Play';
}

function start(): void {
  if (shown >= all.length) show(0);
  play.textContent = 'Pause';
  timer = window.setInterval(() => {
    show(shown + 1);
    if (shown >= all.length) stop();
  }, STEP_MS);
}

function step(by: number): void {
  stop();
  show(shown + by);
}

function showTurn(number: number): void {
  const one = shared.conversations[chosen];
  const turn = one?.turns[number];
  side.replaceChildren();
  if (!one || !turn) return;
  side.append(make('h2', `Turn ${number + 1}: ${took(turn.durationMs)}`));
  if (turn.failures.length > 0) side.append(make('p', turn.failures.join(', '), 'bad'));
  if (turn.error !== '') side.append(make('p', turn.error, 'bad'));
  if (turn.feedback.length > 0) side.append(make('p', `Feedback: ${turn.feedback.join(', ')}`));
  const whole = Math.max(turn.durationMs, ...turn.spans.map((span) => span.at + span.ms), 1);
  for (const span of turn.spans) {
    const row = make('div', '', 'row');
    const name = make('span', span.name, 'name');
    name.style.paddingLeft = `${span.depth * 12}px`;
    name.title = span.name;
    const lane = make('span', '', 'lane');
    const stretch = document.createElement('i');
    stretch.style.left = `${(100 * Math.max(0, span.at)) / whole}%`;
    stretch.style.width = `${(100 * span.ms) / whole}%`;
    if (span.failed) stretch.dataset.failed = '';
    lane.append(stretch);
    row.append(name, lane, make('span', `${span.failed ? '▲ ' : ''}${took(span.ms)}`, 'ms'));
    side.append(row);
  }
  side.append(make('h2', 'What was live'), pairs(turn.live));
  if (one.changes.length > 0) {
    side.append(make('h2', 'Changes of its time (UTC)'));
    side.append(
      pairs(
        one.changes.map(({ at, title, by }) => [moment(at), `${title}${by ? `, by ${by}` : ''}`]),
      ),
    );
  }
}

function pairs(list: readonly (readonly [string, string])[]): HTMLElement {
  const element = make('dl');
  for (const [name, value] of list) element.append(make('dt', name), make('dd', value));
  return element;
}

function openOne(number: number): void {
  stop();
  chosen = number;
  const one = shared.conversations[number];
  if (!one) return;
  const facts = [
    `${one.service} ${one.versions}`,
    one.environment,
    one.turns.length === 1 ? '1 turn' : `${one.turns.length} turns`,
    `$${one.costUsd.toFixed(4)}`,
    `${moment(one.turns[0]?.startedAt ?? 0)} UTC`,
  ];
  head.replaceChildren(make('h1', shared.title));
  if (shared.conversations.length > 1) head.append(choice());
  // The title of one alone is its ID.
  if (shared.title !== one.id) facts.unshift(one.id);
  head.append(make('p', facts.join(' · ')));
  if (one.failures.length > 0) head.append(make('p', one.failures.join(', '), 'bad'));
  head.append(make('p', `${shared.about} ${shared.cut}`, 'dim'));
  chat.replaceChildren(...one.turns.map(turnBlock));
  all = cues();
  scrub.max = String(all.length);
  // All of it at first: who opens the page wants to read; playing begins from the top.
  show(all.length);
  const failed = one.turns.findIndex((turn) => turn.failures.length > 0);
  if (failed >= 0) {
    const first = all.find(({ turn }) => turn === failed);
    first?.element.scrollIntoView({ block: 'start' });
    showTurn(failed);
  }
}

function turnBlock(turn: SharedTurn, number: number): HTMLElement {
  const block = make('div', '', 'turn');
  block.dataset.turn = String(number);
  const title = make(
    'p',
    `Turn ${number + 1} · ${moment(turn.startedAt)} · ${took(turn.durationMs)}`,
    'dim',
  );
  if (turn.failures.length > 0) title.append(make('span', ` · ${turn.failures.join(', ')}`, 'bad'));
  block.append(title);
  for (const message of turn.messages) {
    const element = make('div', '', 'said');
    element.dataset.role = message.role;
    element.dataset.type = message.type;
    element.dataset.turn = String(number);
    element.dir = 'auto';
    const who = message.type === 'text' ? message.role : `${message.role}, ${message.type}`;
    element.append(make('b', who), make('span', message.text));
    block.append(element);
  }
  block.addEventListener('click', () => showTurn(number));
  return block;
}

function choice(): HTMLElement {
  const select = document.createElement('select');
  select.setAttribute('aria-label', 'Conversation of the set');
  for (const [at, one] of shared.conversations.entries()) {
    const option = document.createElement('option');
    option.value = String(at);
    option.textContent = `${at + 1} · ${one.id} · ${one.title.slice(0, 80)}`;
    option.selected = at === chosen;
    select.append(option);
  }
  select.addEventListener('change', () => openOne(Number(select.value)));
  return select;
}

scrub.addEventListener('input', () => {
  stop();
  show(Number(scrub.value));
});
bar.append(
  button('◂', 'One message back', () => step(-1)),
  play,
  button('▸', 'One message on', () => step(1)),
  scrub,
  place,
);
document.addEventListener('keydown', (event) => {
  if (event.target instanceof HTMLSelectElement || event.target === scrub) return;
  if (event.key === 'ArrowRight') step(1);
  else if (event.key === 'ArrowLeft') step(-1);
  else if (event.key === ' ' && !(event.target instanceof HTMLButtonElement)) {
    event.preventDefault();
    if (timer === 0) start();
    else stop();
  }
});
document.title = `Nightdesk: ${shared.title}`;
document.getElementById('root')?.replaceChildren(head, chat, side, bar);
openOne(0);
