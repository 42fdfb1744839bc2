import type { ConversationSummary } from '../model/conversation.ts';

/** What a conversation cost, in words that stand alone. `dollars` writes an amount, `least`: of what is that or more. Pure. */
export function costWords(
  { costAtLeast, costUsd }: Pick<ConversationSummary, 'costAtLeast' | 'costUsd'>,
  dollars: (usd: number, least: boolean) => string,
): string {
  if (costUsd === null) return 'cost not told';
  return costAtLeast ? `at least ${dollars(costUsd, true)}` : dollars(costUsd, false);
}
