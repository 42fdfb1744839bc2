/** The configuration that watches the demo fleet: what a person would write for services like these, with short windows so that the story plays in a minute. */
import type { ConfigInput } from '#shared/model/config.ts';
import { BOTS, type BotProfile } from './world/bots.ts';
import { JUDGE_MODEL } from './world/grade.ts';

export const ADMIN_SECRET = 'DEMO_FLAGS_ADMIN_TOKEN';
export const CLIENT_SECRET = 'DEMO_FLAGS_CLIENT_TOKEN';
export const MODELS_SECRET = 'DEMO_MODELS_KEY';
const ENVIRONMENT = 'production';
const FLAGS = 'unleash';

export interface DemoPorts {
  flags: number;
  alerts: number;
  otlp: number;
  bots: Readonly<Record<BotProfile['id'], number>>;
}

/** US dollars a day with healthy versions only. */
const FORECAST: Readonly<Record<BotProfile['id'], number>> = {
  'support-bot': 1150,
  'sales-assistant': 425,
  'docs-search': 97,
};

const RUNBOOKS: Readonly<Record<BotProfile['id'], string[]>> = {
  'support-bot': [
    'quality-drop-after-version-change.md',
    'latency-high.md',
    'cost-runaway.md',
    'prompt-injection-wave.md',
    'kill-switch.md',
  ],
  'sales-assistant': [
    'latency-high.md',
    'cost-runaway.md',
    'prompt-injection-wave.md',
    'kill-switch.md',
  ],
  'docs-search': ['latency-high.md', 'cost-runaway.md', 'kill-switch.md'],
};

export const at = (port: number) => `http://127.0.0.1:${port}`;

/** Time of day, local: the night of the fleet, so that no sample comes into its story whenever it is started. */
function halfADayFrom(now: number): string {
  const night = new Date(now + 12 * 3_600_000);
  return [night.getHours(), night.getMinutes()]
    .map((part) => String(part).padStart(2, '0'))
    .join(':');
}

function endpointAt(port: number, id: string, model: string) {
  return {
    id,
    baseUrl: `${at(port)}/v1`,
    model,
    apiKeySecret: MODELS_SECRET,
    timeout: '30s',
    concurrency: 6,
    seed: true,
  };
}

export function demoConfig(ports: DemoPorts, now: number): ConfigInput {
  return {
    version: 1,
    environments: [{ name: ENVIRONMENT, protected: true }],
    services: BOTS.map((bot) => ({
      id: bot.id,
      title: bot.title,
      environments: { [ENVIRONMENT]: { where: { service: bot.id, environment: ENVIRONMENT } } },
      versionLabel: 'version',
      modelFlag: {
        source: FLAGS,
        flag: bot.modelFlag,
        by: 'variants' as const,
        stable: bot.stable,
        ...(bot.candidate === null ? {} : { candidate: bot.candidate }),
      },
      killSwitch: { source: FLAGS, flag: bot.killSwitch },
      runbooks: RUNBOOKS[bot.id],
      bands: {
        cost_per_day: { kind: 'forecast' as const, within: 0.2, forecast: FORECAST[bot.id] },
        eval_score: {
          kind: 'baseline' as const,
          within: 0.05,
          side: 'below' as const,
          recorded: bot.evalScore,
        },
        unsure_rate: { kind: 'below' as const, limit: 0.1, watch: 0.07 },
        // A window of half a minute holds a hundred requests: one that failed is 1 %.
        error_rate: { kind: 'below' as const, limit: 0.03, watch: 0.02 },
      },
      slowTurn: '5s',
    })),
    sources: [
      {
        id: 'metrics',
        kind: 'openmetrics',
        every: '2s',
        targets: BOTS.map((bot) => ({
          url: `${at(ports.bots[bot.id])}/metrics`,
          history: `${at(ports.bots[bot.id])}/metrics/history`,
        })),
      },
      { id: 'alertmanager', kind: 'alertmanager', every: '2s', url: at(ports.alerts) },
      {
        id: FLAGS,
        kind: 'unleash',
        every: '2s',
        url: at(ports.flags),
        secret: ADMIN_SECRET,
        environments: { [ENVIRONMENT]: { name: ENVIRONMENT, clientSecret: CLIENT_SECRET } },
      },
      {
        id: 'transcripts',
        kind: 'otlp',
        port: ports.otlp,
        lookup: BOTS.map((bot) => ({
          url: `${at(ports.bots[bot.id])}/traces/{id}`,
          by: 'conversation' as const,
          secret: MODELS_SECRET,
          services: [bot.id],
        })),
      },
      { id: 'runbooks', kind: 'runbook-folder', path: 'runbooks' },
    ],
    endpoints: [
      ...BOTS.flatMap((bot) =>
        Object.keys(bot.models).map((version) => ({
          ...endpointAt(ports.bots[bot.id], `${bot.id}-${version}`, version),
          version,
          service: bot.id,
          environment: ENVIRONMENT,
          prices: bot.price,
        })),
      ),
      {
        ...endpointAt(ports.bots['support-bot'], 'judge', JUDGE_MODEL),
        concurrency: 8,
        prices: { input: 0.6, output: 2.4 },
      },
    ],
    replay: {
      judge: 'judge',
      nightly: { at: halfADayFrom(now), services: BOTS.map(({ id }) => id), sample: 60 },
    },
    signals: { window: '30s' },
    // A small fleet in a short window: with the usual 30 a busy machine could tell nothing of the candidate.
    actions: { hold: '10s', giveUp: '120s', minRequests: 12 },
    // The fleet has one environment, so the drill is named for it: the smallest bot answers without a model meanwhile.
    drills: [
      {
        service: 'docs-search',
        environment: ENVIRONMENT,
        kind: 'kill_switch' as const,
        every: '30d',
      },
    ],
  };
}
