/**
 * The script of the page that shows shared conversations (see electron/core/share/page.ts, which writes it and its data into one
 * file). It imports nothing and asks nobody. All it shows is text: nothing of the data becomes markup.
 */

interface SharedMessage {
  role: string;
  type: string;
  text: string;
  /** Milliseconds of playback. */
  at: number;
  /** Of the wait before it, what the playback leaves out. */
  skippedMs: number;
  /** No step tells when it came. */
  estimated: boolean;
}

interface SharedTurn {
  /** Milliseconds of playback. */
  at: number;
  startedAt: number;
  durationMs: number;
  failures: string[];
  /** In the order it was given. */
  feedback: Pick<SharedMessage, 'text' | 'at' | 'skippedMs'>[];
  error: string;
  /** Empty: nothing speaks to its reader. */
  warning: string;
  live: [name: string, value: string][];
  messages: SharedMessage[];
  spans: {
    name: string;
    at: number;
    began: { ms: number; words: string };
    ms: number;
    failed: boolean;
    depth: number;
    facts: [name: string, value: string][];
    texts: [name: string, text: string][];
  }[];
  moreSpans: number;
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
    /** In words. */
    cost: string;
    changes: { at: number; title: string; detail: string; by: string }[];
    /** Where the clock of the playback and that of the recording meet; they run evenly between. */
    clock: [playAt: number, realAt: number][];
    playTotal: number;
    realTotal: number;
    turns: SharedTurn[];
  }[];
}

const SPEEDS = [1, 2, 4, 8, 16];
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
function took(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  return ms < 3_600_000 ? `${(ms / 60_000).toFixed(1)} min` : `${(ms / 3_600_000).toFixed(1)} h`;
}

function watch(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const two = (value: number) => String(value).padStart(2, '0');
  const minutes = Math.floor(seconds / 60);
  const long = minutes >= 60 ? `${Math.floor(minutes / 60)}:${two(minutes % 60)}` : minutes;
  return `${long}:${two(seconds % 60)}`;
}

let chosen = 0;
/** Milliseconds of playback that have passed. */
let at = 0;
/** Messages that are shown; -1: none was laid out yet. */
let shown = -1;
let speed = 1;
/** The frame that is waited for; 0 = it does not play. */
let frame = 0;
/** The turn that somebody pressed: where it begins when everything is shown. */
let from = 0;

const head = make('header');
const chat = make('section');
chat.setAttribute('aria-label', 'Conversation');
const side = make('section');
side.setAttribute('aria-label', 'The turn');
const scrub = document.createElement('input');
scrub.type = 'range';
scrub.min = '0';
scrub.setAttribute('aria-label', 'Place in the conversation');
const play = button('Play', 'Play or pause', () => (frame === 0 ? start() : stop()));
const place = make('span', '', 'dim');
const bar = make('footer');

const pace = button('1×', 'Speed (+ and −)', () => {
  setSpeed(SPEEDS[(SPEEDS.indexOf(speed) + 1) % SPEEDS.length]);
});

function setSpeed(to: number | undefined): void {
  speed = to ?? speed;
  pace.textContent = `${speed}×`;
}

interface Said extends SharedMessage {
  element: HTMLElement;
  /** Stands before it where the playback is shorter than the wait was. */
  wait: HTMLElement;
}

/** Every message and all feedback, by when it appears. */
let all: Said[] = [];

const whole = () => shared.conversations[chosen]?.playTotal ?? 0;

/** Milliseconds of the recording that have passed. */
function realAt(): number {
  const one = shared.conversations[chosen];
  if (!one || at >= one.playTotal) return one?.realTotal ?? 0;
  const next = one.clock.findIndex(([playAt]) => playAt > at);
  const [play = 0, real = 0] = one.clock[next - 1] ?? [];
  const [playNext = play, realNext = real] = one.clock[next] ?? [];
  return playNext > play ? real + ((at - play) / (playNext - play)) * (realNext - real) : real;
}

function show(to: number): void {
  at = Math.max(0, Math.min(whole(), to));
  const count = all.filter((message) => message.at <= at).length;
  const turn = Math.max(
    0,
    turns().findLastIndex((one) => one.at <= at),
  );
  if (count !== shown || turn !== current) reveal(count, turn);
  const about = at < whole() && all[count - 1]?.estimated ? '≈ ' : '';
  scrub.value = String(Math.round(at));
  place.textContent = `${about}${watch(realAt())} / ${watch(shared.conversations[chosen]?.realTotal ?? 0)}`;
  scrub.setAttribute('aria-valuetext', `${place.textContent}, ${count} of ${all.length} shown`);
}

/** The turn beside the conversation. */
let current = -1;
const turns = () => shared.conversations[chosen]?.turns ?? [];

function reveal(count: number, turn: number): void {
  shown = count;
  for (const [index, { element, wait }] of all.entries()) {
    element.hidden = wait.hidden = index >= count;
    if (index === count - 1) element.dataset.now = '';
    else delete element.dataset.now;
  }
  for (const block of chat.querySelectorAll<HTMLElement>('.turn')) {
    block.hidden = Number(block.dataset.turn) > turn;
  }
  all[count - 1]?.element.scrollIntoView({ block: 'nearest' });
  showTurn(turn);
}

function stop(): void {
  cancelAnimationFrame(frame);
  frame = 0;
  play.textContent = 'Play';
}

function start(): void {
  if (at >= whole()) show(turns()[from]?.at ?? 0);
  play.textContent = 'Pause';
  let before = performance.now();
  const tick = (now: number) => {
    // A page in the background gets no frames: it goes on where it was, not where it would be.
    const passed = Math.max(0, Math.min(now - before, 250));
    before = now;
    frame = requestAnimationFrame(tick);
    show(at + passed * speed);
    if (at < whole()) return;
    from = 0;
    stop();
  };
  frame = requestAnimationFrame(tick);
}

/** One message more, or fewer. */
function step(by: number): void {
  stop();
  const last = all[shown - 1]?.at ?? 0;
  const next = by > 0 ? all.find((one) => one.at > at) : all.findLast((one) => one.at < last);
  show(next?.at ?? (by > 0 ? whole() : 0));
}

function showTurn(number: number): void {
  const one = shared.conversations[chosen];
  const turn = one?.turns[number];
  current = number;
  side.replaceChildren();
  if (!one || !turn) return;
  side.append(make('h2', `Turn ${number + 1}: ${took(turn.durationMs)}`));
  if (turn.failures.length > 0) side.append(make('p', turn.failures.join(', '), 'bad'));
  if (turn.error !== '') side.append(make('p', turn.error, 'bad'));
  const length = Math.max(turn.durationMs, ...turn.spans.map((span) => span.at + span.ms), 1);
  for (const span of turn.spans) side.append(stepRow(span, length));
  if (turn.moreSpans > 0) side.append(make('p', `and ${turn.moreSpans} more steps`, 'dim'));
  side.append(make('h2', 'What was live'));
  side.append(turn.live.length > 0 ? pairs(turn.live) : make('p', 'Not told by this turn.', 'dim'));
  if (one.changes.length > 0) {
    side.append(make('h2', 'Changes of its time (UTC)'));
    side.append(
      pairs(
        one.changes.map(({ at, title, by }) => [moment(at), `${title}${by ? `, by ${by}` : ''}`]),
      ),
    );
  }
}

/** A step on the clock of its turn, and under it what it told. */
function stepRow(span: SharedTurn['spans'][number], length: number): HTMLElement {
  const row = make('summary', '', 'row');
  const name = make('span', span.name, 'name');
  name.style.paddingLeft = `${span.depth * 12}px`;
  name.title = span.name;
  const lane = make('span', '', 'lane');
  const stretch = document.createElement('i');
  stretch.style.left = `${(100 * Math.max(0, span.at)) / length}%`;
  stretch.style.width = `${(100 * span.ms) / length}%`;
  if (span.failed) stretch.dataset.failed = '';
  lane.append(stretch);
  row.append(name, lane, make('span', `${span.failed ? '▲ ' : ''}${took(span.ms)}`, 'ms'));
  const fold = make('details');
  fold.append(row, pairs([['began', `${took(span.began.ms)} ${span.began.words}`], ...span.facts]));
  for (const [title, text] of span.texts) {
    const block = make('pre', text);
    block.dir = 'auto';
    fold.append(make('p', title, 'dim'), block);
  }
  return fold;
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
    one.cost,
    `${moment(one.turns[0]?.startedAt ?? 0)} UTC`,
  ];
  head.replaceChildren(make('h1', shared.title));
  if (shared.conversations.length > 1) head.append(choice());
  // The title of one alone is its ID.
  if (shared.title !== one.id) facts.unshift(one.id);
  head.append(make('p', facts.join(' · ')));
  if (one.failures.length > 0) head.append(make('p', one.failures.join(', '), 'bad'));
  head.append(make('p', `${shared.about} ${shared.cut}`, 'dim'));
  all = [];
  shown = -1;
  from = 0;
  chat.replaceChildren(...one.turns.map(turnBlock));
  // Feedback stands with its turn, and may have been given turns later.
  all.sort((a, b) => a.at - b.at);
  scrub.max = String(Math.ceil(one.playTotal));
  // All of it at first: who opens the page wants to read; playing begins from the top.
  show(one.playTotal);
  const failed = one.turns.findIndex((turn) => turn.failures.length > 0);
  if (failed >= 0) {
    chat.children[failed]?.scrollIntoView({ block: 'start' });
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
  if (turn.warning !== '') title.append(make('span', ` · ${turn.warning}`, 'bad'));
  block.append(title);
  const given = turn.feedback.map((one) => ({
    ...one,
    role: 'user',
    type: 'feedback',
    estimated: false,
  }));
  for (const [index, message] of [...turn.messages, ...given].entries()) {
    const element = make('div', '', 'said');
    const what = index === 0 || message.type === 'feedback' ? 'silence' : 'waiting';
    const wait = make(
      'p',
      `${took(message.skippedMs)} of ${what}, left out in playing`,
      'dim wait',
    );
    if (message.skippedMs > 0) block.append(wait);
    element.dataset.role = message.role;
    element.dataset.type = message.type;
    element.dir = 'auto';
    const who = message.type === 'text' ? message.role : `${message.role}, ${message.type}`;
    element.append(make('b', who), make('span', message.text));
    block.append(element);
    all.push({ ...message, element, wait });
  }
  block.addEventListener('click', () => {
    from = number;
    showTurn(number);
  });
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
  pace,
);
document.addEventListener('keydown', (event) => {
  if (event.target instanceof HTMLSelectElement || event.target === scrub) return;
  if (event.key === 'ArrowRight') step(1);
  else if (event.key === 'ArrowLeft') step(-1);
  else if (event.key === ' ' && !(event.target instanceof HTMLButtonElement)) {
    event.preventDefault();
    if (frame === 0) start();
    else stop();
  } else if (event.key === 'Home') {
    stop();
    show(0);
  } else if (event.key === '+' || event.key === '-') {
    setSpeed(SPEEDS[SPEEDS.indexOf(speed) + (event.key === '+' ? 1 : -1)]);
  }
});
document.title = `Nightdesk: ${shared.title}`;
document.getElementById('root')?.replaceChildren(head, chat, side, bar);
openOne(0);
