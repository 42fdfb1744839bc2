/** What a runbook's text asks the console for: live values and buttons. Pure; the format is in runbooks/README.md. */
import type { ActionRequest, SingleRequest } from '#shared/model/action.ts';

export interface LiveReference {
  signal: string;
  service: string;
  /** `stable`, `candidate`, the name of a version; `''` = the service as a whole. */
  version: string;
  /** Null = the one that the console shows. */
  environment: string | null;
}

const LIVE = /\{\{\s*signal\s+([a-z][a-z0-9_]*)((?:\s+[a-z]+=[^\s{}]+)*)\s*\}\}/g;

/** A text cut where live values stand. */
export function cutAtLiveValues(text: string): (string | LiveReference)[] {
  const pieces: (string | LiveReference)[] = [];
  let done = 0;
  for (const match of text.matchAll(LIVE)) {
    const given = new Map(
      [...(match[2] ?? '').matchAll(/([a-z]+)=(\S+)/g)].map((pair) => [pair[1], pair[2] ?? '']),
    );
    const service = given.get('service');
    // Without a service there is no value to show: the text stays, so that the author sees it.
    if (service === undefined) continue;
    if (match.index > done) pieces.push(text.slice(done, match.index));
    pieces.push({
      signal: match[1] ?? '',
      service,
      version: given.get('version') ?? '',
      environment: given.get('environment') ?? null,
    });
    done = match.index + match[0].length;
  }
  if (done < text.length) pieces.push(text.slice(done));
  return pieces;
}

/** All live values that a text asks for, each once. */
export function liveReferences(text: string): LiveReference[] {
  const seen = new Map<string, LiveReference>();
  for (const piece of cutAtLiveValues(text)) {
    if (typeof piece !== 'string') seen.set(JSON.stringify(piece), piece);
  }
  return [...seen.values()];
}

/**
 * What the button behind `action:KIND?service=ID` asks for; null when it is no action that this console knows. Kinds
 * joined by `+` are one action of several changes, in that order.
 */
export function actionRequestOf(href: string, environment: string): ActionRequest | null {
  const match = /^action:([a-z_+]+)\?(.*)$/.exec(href);
  const given = new URLSearchParams(match?.[2]);
  const requests = (match?.[1] ?? '').split('+').map((kind) => oneOf(kind, given, environment));
  const known = requests.filter((one) => one !== null);
  const [first] = known;
  if (first === undefined || known.length < requests.length) return null;
  return known.length === 1 ? first : { kind: 'several', requests: known };
}

function oneOf(kind: string, given: URLSearchParams, shown: string): SingleRequest | null {
  const service = given.get('service');
  if (!service) return null;
  const environment = given.get('environment') ?? shown;
  if (kind === 'rollback') {
    const to = given.get('to');
    return { kind, service, environment, ...(to ? { to } : {}) };
  }
  if (kind === 'kill_switch') return { kind, service, environment, on: given.get('on') === 'true' };
  return null;
}

/** Where a link to another file of the same folder leads; null for other links. */
export function runbookLink(href: string, from: string): string | null {
  if (!/^[^:/?#][^:?#]*\.md$/i.test(href)) return null;
  const parts = from.split('/').slice(0, -1);
  for (const part of href.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.') parts.push(part);
  }
  return parts.join('/');
}
