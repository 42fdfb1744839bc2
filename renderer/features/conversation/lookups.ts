import type { Config } from '#shared/model/config.ts';
import type { ConversationSummary } from '#shared/model/conversation.ts';
import { roleAllows } from '#shared/model/session.ts';
import { sourcesToAsk, sourcesWithLookup } from '#shared/util/lookups.ts';
import { plainString } from '#shared/util/visible-text.ts';
import { useOperation, useSession } from '../../client/index.ts';

/** Null while it is not known, or cannot be used. */
function useConfig(): Config | null {
  return useOperation('settings.read', {}).data?.config ?? null;
}

/** The sources that can be asked for one ID, and why they are not asked; null = they are. */
export function useFetchable(): { sources: string[]; why: string | null } | null {
  const config = useConfig();
  const role = useSession()?.role;
  if (config === null || role === undefined) return null;
  const sources = sourcesWithLookup(config).map(({ id }) => id);
  if (sources.length === 0) {
    return {
      sources,
      why: 'No source can be asked for this ID itself: none has a lookup in the configuration.',
    };
  }
  const why = roleAllows(role, 'responder')
    ? null
    : `${sources.join(', ')} can be asked for this ID itself, which needs the role responder; yours is ${role}. What the sources send by themselves is fetched.`;
  return { sources, why };
}

/** Why what was masked of the conversation cannot be revealed; null = it can. */
export function useWhyNotRevealed(summary: ConversationSummary): string | null {
  const config = useConfig();
  const role = useSession()?.role;
  if (role === undefined || !roleAllows(role, 'admin')) {
    return 'Only an admin may see what was masked.';
  }
  if (config === null) return 'The configuration is not read yet, or cannot be used.';
  const { why } = sourcesToAsk(config, summary);
  return why === null ? null : plainString(why);
}
