import type { ConfigInput } from '#shared/model/config.ts';

/** Watches nothing outside, and prunes nothing: the large cache stays as it was built. */
export const QUIET: ConfigInput = {
  version: 1,
  environments: [{ name: 'production' }],
  services: [{ id: 'support-bot', environments: { production: { where: {} } } }],
  sources: [{ kind: 'runbook-folder', id: 'runbooks', path: '.' }],
  retention: {
    raw: '9999d',
    fiveMinutes: '9999d',
    oneHour: '9999d',
    conversations: '9999d',
    maxMegabytes: 100_000,
  },
};
