import { z } from 'zod';
import { Freshness, Timestamp } from '../model/basics.ts';
import { Runbook, RunbookReference } from '../model/runbook.ts';
import { query } from './operation.ts';

export const RunbookCheck = z.object({
  id: z.string(),
  checkedAt: Timestamp,
  references: z.array(RunbookReference),
});
export type RunbookCheck = z.infer<typeof RunbookCheck>;

export const runbooksContract = {
  'runbooks.list': query(
    z.strictObject({ environment: z.string() }),
    z.object({
      runbooks: z.array(Runbook.omit({ body: true }).extend({ check: RunbookCheck })),
      freshness: z.array(Freshness),
    }),
  ),
  'runbooks.read': query(
    z.strictObject({ id: z.string(), environment: z.string() }),
    z.object({ runbook: Runbook, check: RunbookCheck, freshness: z.array(Freshness) }),
  ),
  'runbooks.check': query(
    z.strictObject({ id: z.string(), environment: z.string() }),
    z.object({ check: RunbookCheck }),
  ),
};
