/** The bot's flags, through the real client. */
import { InMemStorageProvider, Unleash } from 'unleash-client';
import type { BotProfile } from '../world/bots.ts';

export interface Evaluated {
  enabled: boolean;
  version: string;
  multilingual: boolean;
  /** Flag → variant, or `on` / `off`. */
  flags: Record<string, string>;
}

export interface Flags {
  evaluate(who: { conversationId: string; userId: string; language: string }): Evaluated;
  stop(): void;
}

const MULTILINGUAL = 'multilingual-retrieval';

/** Resolves when the flags are there, or after a few seconds without them: then the stable version answers. */
export async function startFlags(bot: BotProfile, url: string, token: string): Promise<Flags> {
  const unleash = new Unleash({
    appName: bot.id,
    instanceId: bot.id,
    url: `${url}/api/`,
    refreshInterval: 1000,
    metricsInterval: 30_000,
    customHeaders: { Authorization: token },
    storageProvider: new InMemStorageProvider(),
    skipInstanceCountWarning: true,
  });
  // Without flags the last known ones hold; the client says so on its own and goes on asking.
  unleash.on('error', () => {});
  unleash.on('warn', () => {});
  await new Promise<void>((resolve) => {
    unleash.once('synchronized', () => resolve());
    setTimeout(resolve, 5000).unref();
  });
  return {
    evaluate: ({ conversationId, userId, language }) => {
      const context = { sessionId: conversationId, userId, properties: { language } };
      const enabled = unleash.isEnabled(bot.killSwitch, context, true);
      const variant = unleash.getVariant(bot.modelFlag, context);
      const version = variant.enabled && variant.name in bot.models ? variant.name : bot.stable;
      const flags: Record<string, string> = {
        [bot.killSwitch]: enabled ? 'on' : 'off',
        [bot.modelFlag]: variant.enabled ? variant.name : 'disabled',
      };
      let multilingual = false;
      if (bot.id === 'support-bot') {
        multilingual = unleash.isEnabled(MULTILINGUAL, context);
        flags[MULTILINGUAL] = multilingual ? 'on' : 'off';
      }
      return { enabled, version, multilingual, flags };
    },
    stop: () => unleash.destroy(),
  };
}
