import { z } from 'zod';
import { Alert } from '../model/alert.ts';
import { Freshness, Timestamp } from '../model/basics.ts';
import { Change, Suspect } from '../model/change.ts';
import { ConversationSummary } from '../model/conversation.ts';
import { RunbookReference } from '../model/runbook.ts';
import { Cell, Frame, SignalDefinition } from '../model/signal.ts';
import { query } from './operation.ts';

/** A row of the service × signal matrix: one version of one service. */
export const MatrixRow = z.object({
  service: z.string(),
  title: z.string(),
  version: z.string(),
  part: z.enum(['stable', 'candidate', 'other']),
  /** 0–1: what the flag intends, and what really arrives. */
  rollout: z.number().nullable(),
  trafficShare: z.number().nullable(),
  /** In the order of `signals`. */
  cells: z.array(Cell),
});
export type MatrixRow = z.infer<typeof MatrixRow>;

/** Who keeps an alert quiet, and until when. */
export const Quiet = z.object({
  until: Timestamp,
  by: z.string(),
  /** The action that asked for it; null when it was not done in this console. */
  action: z.string().nullable(),
});
export type Quiet = z.infer<typeof Quiet>;

export const ToldAlert = z.object({
  alert: Alert,
  /** Null when nothing known keeps it quiet. */
  silenced: Quiet.nullable(),
});
export type ToldAlert = z.infer<typeof ToldAlert>;

/** The break that asks for attention first, and what the console would do. */
export const Incident = z.object({
  /** The worst that fires, else the worst that is kept quiet. */
  alert: Alert.nullable(),
  /** Null when nothing known keeps `alert` quiet. */
  silenced: Quiet.nullable(),
  /** The service's other alerts, worst first, those kept quiet last. */
  otherAlerts: z.array(ToldAlert),
  service: z.string(),
  title: z.string(),
  since: Timestamp,
  /** Sentences, most telling first. */
  evidence: z.array(z.string()),
  suspects: z.array(Suspect),
  /** Failing conversations since `since`, those of the broken versions first, newest first; at most a handful. */
  failing: z.array(ConversationSummary),
  failingTotal: z.number().int(),
  failingByVersion: z.record(z.string(), z.number().int()),
  runbook: z
    .object({
      id: z.string(),
      title: z.string(),
      references: z.array(RunbookReference),
      checkedAt: Timestamp,
    })
    .nullable(),
  /** The one suggested action; null when the evidence does not carry one. */
  suggestion: z
    .object({
      kind: z.enum(['rollback', 'kill_switch']),
      label: z.string(),
      fromVersion: z.string().nullable(),
      toVersion: z.string().nullable(),
      reasons: z.array(z.string()),
    })
    .nullable(),
  /** The signal that shows the break best, per version, around its beginning. */
  chart: z
    .object({
      signal: SignalDefinition,
      frame: Frame,
      changes: z.array(Change),
      high: z.number().nullable(),
    })
    .nullable(),
});
export type Incident = z.infer<typeof Incident>;

export const Overview = z.object({
  environment: z.string(),
  at: Timestamp,
  alerts: z.array(Alert),
  signals: z.array(SignalDefinition),
  matrix: z.array(MatrixRow),
  incidents: z.array(Incident),
  /** Of services that are not configured, so that no incident speaks of them; worst first. */
  strayAlerts: z.array(ToldAlert),
  changes: z.array(Change),
  freshness: z.array(Freshness),
  cacheBytes: z.number(),
});
export type Overview = z.infer<typeof Overview>;

export const overviewContract = {
  'overview.read': query(z.strictObject({ environment: z.string() }), Overview),
};
