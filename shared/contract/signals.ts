import { z } from 'zod';
import { Alert, Silence } from '../model/alert.ts';
import { Freshness, Timestamp } from '../model/basics.ts';
import { Change } from '../model/change.ts';
import { Frame, SignalDefinition } from '../model/signal.ts';
import { query } from './operation.ts';

export const signalsContract = {
  'signals.list': query(z.strictObject({}), z.object({ signals: z.array(SignalDefinition) })),
  'signals.query': query(
    z.strictObject({
      signals: z.array(z.string()).min(1).max(20),
      environment: z.string(),
      /** Empty = all. */
      services: z.array(z.string()).default([]),
      /** Empty = all; `''` is the service as a whole. */
      versions: z.array(z.string()).default([]),
      from: Timestamp,
      to: Timestamp,
      maxPoints: z.number().int().min(10).max(5000).default(500),
    }),
    z.object({ frame: Frame, freshness: z.array(Freshness) }),
  ),
  'alerts.list': query(
    z.strictObject({
      environment: z.string(),
      states: z
        .array(z.enum(['firing', 'suppressed', 'resolved']))
        .default(['firing', 'suppressed']),
    }),
    z.object({ alerts: z.array(Alert), silences: z.array(Silence), freshness: z.array(Freshness) }),
  ),
  'changes.list': query(
    z.strictObject({
      environment: z.string(),
      service: z.string().optional(),
      from: Timestamp,
      to: Timestamp,
      limit: z.number().int().min(1).max(1000).default(200),
    }),
    z.object({ changes: z.array(Change), freshness: z.array(Freshness) }),
  ),
};
