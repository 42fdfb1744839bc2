/** A bundle from elsewhere: hostile until every line of it was looked at. Nothing is stored here. */
import type { z } from 'zod';
import { Breather } from '#core/sources/breather.ts';
import type { SpanRecord } from '#core/sources/connector.ts';
import { NightdeskError } from '#shared/errors/index.ts';
import {
  BUNDLE_FORMATS,
  BundleLine,
  BundleManifest,
  type SharedSummary,
} from '#shared/model/bundle.ts';
import type { Change } from '#shared/model/change.ts';
import { importedEnvironment, importedFrom } from '#shared/util/imported.ts';
import { BUNDLE_LIMITS } from '#shared/util/share-limits.ts';
import { importedChange, importedTrace } from './apart.ts';
import { GENESIS, hashAfter, splitLine } from './lines.ts';

/** As deep as JSON of a source may go, and some. */
const DEPTH = 200;

export interface ReadConversation {
  summary: SharedSummary;
  turns: number;
  /** Records as JSON, under the names of imported ones. */
  spans: string[];
}

export interface ReadBundle {
  manifest: BundleManifest;
  conversations: ReadConversation[];
  changes: Change[];
}

/** Throws `bad_input` with the number of the first line that is not as it must be, from 1. */
export async function readBundle(text: string, signal: AbortSignal): Promise<ReadBundle> {
  const lines = linesOf(text);
  const first = lines.next();
  if (first.done) throw wrong(1, 'The file is empty.');
  const manifest = readManifest(first.value);
  const bundle: ReadBundle = { manifest, conversations: [], changes: [] };
  const ids = new Set<string>();
  const breather = new Breather();
  let end = GENESIS;
  let number = 1;
  for (const line of lines) {
    number++;
    signal.throwIfAborted();
    await breather.rest();
    if (number > manifest.lines + 1) {
      throw wrong(
        number,
        `The manifest tells of ${counted(manifest.lines, 'line')} after it; here is one more.`,
      );
    }
    const { told, body } = checked(line, number);
    if (hashAfter(end, body) !== told) {
      throw wrong(
        number,
        'It was changed, or lines before it were cut, doubled or moved: its hash does not follow.',
      );
    }
    end = told;
    take(bundle, ids, parsed(BundleLine, body, number), number);
  }
  if (number - 1 < manifest.lines) {
    const missing = manifest.lines - number + 1;
    throw wrong(
      number + 1,
      `The file breaks off: ${counted(missing, 'line')} ${missing === 1 ? 'is' : 'are'} missing.`,
    );
  }
  if (end !== manifest.end) throw wrong(1, 'Its hash of the end is not that of the last line.');
  if (bundle.conversations.length !== manifest.conversations) {
    throw wrong(
      1,
      `It tells of ${counted(manifest.conversations, 'conversation')}; read were ${bundle.conversations.length}.`,
    );
  }
  for (const { summary, turns, spans } of bundle.conversations) {
    if (turns === 0 || spans.length === 0)
      throw wrong(1, `${summary.id.slice(0, 80)} has no turns.`);
  }
  return bundle;
}

function readManifest(line: string): BundleManifest {
  const { told, body } = checked(line, 1);
  const value = json(body, 1);
  const { type, format } = { type: undefined, format: undefined, ...value };
  if (type !== 'nightdesk.bundle') throw wrong(1, 'This is no bundle of Nightdesk.');
  if (!BUNDLE_FORMATS.some((one) => one === format)) {
    throw wrong(
      1,
      `The bundle has format ${JSON.stringify(format)?.slice(0, 20)}; this console reads ${BUNDLE_FORMATS.join(' and ')}. A newer console may read it.`,
    );
  }
  if (hashAfter(GENESIS, body) !== told)
    throw wrong(1, 'The manifest was changed: its hash does not fit.');
  return parsed(BundleManifest, body, 1);
}

function take(bundle: ReadBundle, ids: Set<string>, line: BundleLine, number: number): void {
  if (line.type === 'conversation') {
    const { id, service, environment } = line.summary;
    const name = JSON.stringify([id, service, environment]);
    if (line.at !== bundle.conversations.length)
      throw wrong(number, 'Conversations are out of order.');
    if (line.at >= bundle.manifest.conversations)
      throw wrong(number, 'One conversation more than the manifest tells of.');
    if (ids.has(name)) throw wrong(number, `Conversation ${id.slice(0, 80)} is there twice.`);
    if (importedFrom(environment) !== null)
      throw wrong(number, 'An environment cannot be named so.');
    ids.add(name);
    bundle.conversations.push({ summary: line.summary, turns: 0, spans: [] });
    return;
  }
  const current = bundle.conversations.at(-1);
  if (!current || line.at !== bundle.conversations.length - 1) {
    throw wrong(number, 'It belongs to no conversation before it.');
  }
  const { summary } = current;
  if (line.type === 'turn') current.turns++;
  else if (line.type === 'change') {
    bundle.changes.push(importedChange(line.change, summary.environment));
  } else {
    const record: SpanRecord = {
      span: { ...line.span, traceId: importedTrace(line.span.traceId, summary) },
      conversation: summary.id,
      service: line.service,
      environment: importedEnvironment(summary.environment),
      version: line.version,
    };
    current.spans.push(JSON.stringify(record));
  }
}

/** What editors and file shares add of themselves says nothing: a byte order mark, other line ends, empty lines at the end. */
function* linesOf(text: string): Generator<string, void> {
  let to = text.length;
  while (to > 0 && '\r\n'.includes(text[to - 1] ?? '')) to--;
  for (let from = text.startsWith('\ufeff') ? 1 : 0; from < to; ) {
    const next = text.indexOf('\n', from);
    const end = next < 0 ? to : Math.min(next, to);
    yield text.slice(from, end).replace(/\r$/, '');
    from = end + 1;
  }
}

const counted = (count: number, one: string): string => `${count} ${one}${count === 1 ? '' : 's'}`;

function checked(line: string, number: number): { told: string; body: string } {
  if (line.length > BUNDLE_LIMITS.line) {
    throw wrong(number, `It has ${line.length} characters; ${BUNDLE_LIMITS.line} are the most.`);
  }
  const split = splitLine(line);
  if (split === null)
    throw wrong(
      number,
      number === 1 ? 'This is no bundle of Nightdesk.' : 'It does not begin with its hash.',
    );
  if (tooDeep(split.body)) throw wrong(number, `It is nested deeper than ${DEPTH}.`);
  return split;
}

/** Without a parser, which would run out of stack. */
function tooDeep(text: string): boolean {
  let depth = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (quoted) {
      if (code === 0x5c) at++;
      else if (code === 0x22) quoted = false;
    } else if (code === 0x22) quoted = true;
    else if (code === 0x7b || code === 0x5b) {
      if (++depth > DEPTH) return true;
    } else if (code === 0x7d || code === 0x5d) depth--;
  }
  return false;
}

function json(body: string, number: number): object {
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value === 'object' && value !== null) return value;
  } catch {
    // Told below: the text of the parser's error quotes what stands there.
  }
  throw wrong(number, 'It is no JSON object.');
}

function parsed<T extends z.ZodType>(schema: T, body: string, number: number): z.output<T> {
  const answer = schema.safeParse(json(body, number));
  if (answer.success) return answer.data;
  const [issue] = answer.error.issues;
  const place = issue?.path.join('.').slice(0, 100) || 'the line';
  throw wrong(number, `${place}: ${(issue?.message ?? 'does not fit').slice(0, 200)}`);
}

function wrong(line: number, why: string): NightdeskError {
  return new NightdeskError('bad_input', `Line ${line}: ${why} Nothing was imported.`, {
    detail: { line },
  });
}
