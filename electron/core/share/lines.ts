/** The lines of a bundle and their chain of hashes; the form is told in shared/model/bundle.ts. */
import { hash } from 'node:crypto';
import { BUNDLE_FORMAT, type BundleLine, type BundleManifest } from '#shared/model/bundle.ts';
import { canonicalJson } from '#shared/util/canonical-json.ts';
import type { SharedConversation } from './gather.ts';

export const GENESIS = '0'.repeat(64);
/** `{"hash":"`, 64 figures, `",`. */
const MEMBER = /^\{"hash":"([0-9a-f]{64})",/;

export function hashAfter(before: string, body: string): string {
  return hash('sha256', `${before}\n${body}`);
}

/** The hash a line tells, and the line without it; null when it tells none. */
export function splitLine(line: string): { told: string; body: string } | null {
  const member = MEMBER.exec(line);
  const told = member?.[1];
  return told === undefined ? null : { told, body: `{${line.slice(member?.[0].length)}` };
}

function lineOf(body: string, own: string): string {
  return `{"hash":"${own}",${body.slice(1)}\n`;
}

/** One line after the other, the manifest last of all though it stands first: it tells the hash of the end. */
export class BundleWriter {
  readonly #lines: string[] = [];
  #end = GENESIS;

  add(line: BundleLine): void {
    // Canonical, so that the same conversations are the same lines, whoever exports them.
    const body = canonicalJson(line);
    this.#end = hashAfter(this.#end, body);
    this.#lines.push(lineOf(body, this.#end));
  }

  addConversation({ summary, turns, changes }: SharedConversation, at: number): void {
    this.add({ type: 'conversation', at, summary });
    for (const { turn, records } of turns) {
      this.add({ type: 'turn', at, turn });
      for (const { span, service, version } of records) {
        this.add({ type: 'span', at, service, version, span });
      }
    }
    for (const change of changes) this.add({ type: 'change', at, change });
  }

  end(told: Omit<BundleManifest, 'type' | 'format' | 'lines' | 'end'>): string[] {
    const manifest: BundleManifest = {
      type: 'nightdesk.bundle',
      format: BUNDLE_FORMAT,
      ...told,
      lines: this.#lines.length,
      end: this.#end,
    };
    const body = canonicalJson(manifest);
    return [lineOf(body, hashAfter(GENESIS, body)), ...this.#lines];
  }
}
