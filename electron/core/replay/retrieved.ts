/** The documents that a turn retrieved, as libraries write them onto its spans. Pure. */
import { isFields } from '#core/analysis/turn-parse.ts';
import type { Span } from '#shared/model/conversation.ts';
import { unpacked } from './values.ts';

export interface RetrievedDocument {
  /** Its title or id; '' = not told. */
  name: string;
  /** Null = its text was not recorded. */
  text: string | null;
}

/** Of OpenTelemetry, and what services write themselves. */
const LISTS = ['gen_ai.retrieval.documents', 'ai.retrieval.documents'];
/** OpenInference, which spreads each document over attributes of its own. */
const SPREAD = /^retrieval\.documents\.(\d+)\.document\.(\w+)$/;
const TEXTS = ['content', 'text', 'page_content', 'body'];
const NAMES = ['title', 'name', 'id', 'source', 'url'];

/** Each once, though a retrieval and its reranking tell the same. */
export function retrievedOf(spans: readonly Span[]): RetrievedDocument[] {
  const documents = new Map<string, RetrievedDocument>();
  for (const { attributes } of spans) {
    const lists = LISTS.map((key) => unpacked(attributes[key])).filter(Array.isArray);
    for (const item of [...lists.flat(), ...spreadOf(attributes)]) {
      const document = documentOf(item);
      if (document) documents.set(JSON.stringify(document), document);
    }
  }
  return [...documents.values()];
}

function spreadOf(attributes: Span['attributes']): Record<string, unknown>[] {
  const documents = new Map<number, Record<string, unknown>>();
  for (const [key, value] of Object.entries(attributes)) {
    const [, place, field] = SPREAD.exec(key) ?? [];
    if (place === undefined || field === undefined) continue;
    const at = Number(place);
    documents.set(at, { ...documents.get(at), [field]: value });
  }
  return [...documents].toSorted(([a], [b]) => a - b).map(([, document]) => document);
}

function documentOf(value: unknown): RetrievedDocument | null {
  const item = unpacked(value);
  // A word is a name, and more of them are a text.
  if (typeof item === 'string') {
    return /\s/.test(item.trim()) ? { name: '', text: item } : { name: item, text: null };
  }
  if (!isFields(item)) return null;
  const fields = isFields(item.document) ? item.document : item;
  const about = unpacked(fields.metadata);
  const text = TEXTS.map((key) => fields[key]).find((one) => typeof one === 'string' && one !== '');
  const name = NAMES.map((key) => fields[key] ?? (isFields(about) ? about[key] : undefined)).find(
    (one) => (typeof one === 'string' && one !== '') || typeof one === 'number',
  );
  if (text === undefined && name === undefined) return null;
  return { name: String(name ?? ''), text: typeof text === 'string' ? text : null };
}
