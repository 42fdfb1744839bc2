import { dropUntoldCosts } from '#core/cache/queries/drop-untold-costs.ts';
import type { Migration } from './migration.ts';

const OWN_TURNS = 'turns WHERE id >= key * 1048576 AND id < (key + 1) * 1048576';

function untold(figure: string): string {
  return `UPDATE conversations SET summary = json_set(summary, '$.${figure}', NULL)
    WHERE NOT EXISTS (SELECT 1 FROM ${OWN_TURNS} AND facts ->> '$.${figure}' IS NOT NULL);`;
}

/**
 * A cost, or tokens, that no turn told counted as 0. They are null now: the turns, which are kept without what they did not tell,
 * say which those are.
 */
export const untoldFigures: Migration = {
  number: 11,
  name: 'untold-figures',
  sql: `
${untold('costUsd')}
${untold('inputTokens')}
${untold('outputTokens')}
UPDATE conversations SET summary = json_set(summary, '$.costAtLeast', json('true'))
  WHERE summary ->> '$.costUsd' IS NOT NULL
    AND EXISTS (SELECT 1 FROM ${OWN_TURNS} AND facts ->> '$.costUsd' IS NULL);
DROP INDEX conversations_by_cost;
ALTER TABLE conversations DROP COLUMN cost_usd;
ALTER TABLE conversations ADD COLUMN cost_usd REAL;
UPDATE conversations SET cost_usd = summary ->> '$.costUsd';
CREATE INDEX conversations_by_cost ON conversations (environment, cost_usd);
`,
  fill: dropUntoldCosts,
};
