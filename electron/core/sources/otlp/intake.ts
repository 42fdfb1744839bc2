/** One export request → the records to commit, pausing so that a big one does not hold up everything else. */

import type { SpanRecord } from '#core/sources/connector.ts';
import type { Config } from '#shared/model/config.ts';
import { Breather } from '../breather.ts';
import type { Encoding } from './answer.ts';
import type { Part } from './committer.ts';
import { jsonLogs, jsonSpans } from './decode-json.ts';
import { protobufLogs, protobufSpans } from './decode-protobuf.ts';
import { type Mapping, mapLog, mapSpan, type Refusal } from './map.ts';
import type { Raw } from './raw.ts';
import { type Sender, senderOf } from './resource.ts';

export type Kind = 'traces' | 'logs';

export interface Taken {
  part: Part;
  /** What the sender is told: items it should not have sent so. */
  refused: number;
  why: string;
}

/** Items between two looks at the clock. */
const STRIDE = 16;

/** Throws MalformedBody when the body cannot be read as a whole: then nothing of it is taken. */
export async function takeIn(
  body: Buffer,
  encoding: Encoding,
  kind: Kind,
  config: Pick<Config, 'services' | 'environments'>,
  mapping: Mapping,
): Promise<Taken> {
  const breather = new Breather();
  const json = encoding === 'json';
  if (kind === 'traces') {
    const raw = json ? await jsonSpans(body, breather) : protobufSpans(body);
    return gather(raw, breather, config, (span, sender) => mapSpan(span, sender, mapping));
  }
  const raw = json ? await jsonLogs(body, breather) : protobufLogs(body);
  return gather(raw, breather, config, (log, sender) => mapLog(log, sender, mapping));
}

async function gather<T>(
  raw: Raw<T>,
  breather: Breather,
  config: Pick<Config, 'services' | 'environments'>,
  map: (item: T, sender: Sender) => SpanRecord | Refusal,
): Promise<Taken> {
  const spans: SpanRecord[] = [];
  const reasons = new Map<string, number>();
  let refused = 0;
  let why = '';
  let count = 0;
  for (const { resource, items } of raw) {
    const sender = senderOf(resource, config);
    for (const item of items) {
      const mapped = map(item, sender);
      if ('span' in mapped) spans.push(mapped);
      else {
        reasons.set(mapped.refused, (reasons.get(mapped.refused) ?? 0) + 1);
        if (!mapped.ordinary) {
          refused++;
          why ||= mapped.refused;
        }
      }
      if (++count % STRIDE === 0) await breather.rest();
    }
  }
  const rejected = [...reasons].map(([reason, count]) => ({ reason, count }));
  return { part: { spans, rejected }, refused, why };
}
