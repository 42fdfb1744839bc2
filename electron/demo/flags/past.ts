/** Fills the flag service with what happened before the start, through the same calls that people would have made. */
import { BOTS } from '../world/bots.ts';
import { randomStream } from '../world/random.ts';
import { RAMPS, type Ramp } from '../world/release.ts';
import type { FlagStore } from './store.ts';

const DAY = 24 * 3_600_000;
const PRODUCTION = 'production';

interface Deed {
  ago: number;
  do: (store: FlagStore) => void;
}

/** `at` moves the store's clock while the past is told. */
export function tellPast(
  store: FlagStore,
  startedAt: number,
  seed: string,
  at: (time: number) => void,
): void {
  for (const deed of deeds(seed).toSorted((a, b) => b.ago - a.ago)) {
    at(startedAt - deed.ago);
    deed.do(store);
  }
}

function deeds(seed: string): Deed[] {
  const random = randomStream(seed, 'strategy-ids');
  const id = () =>
    `${random.hex(8)}-${random.hex(4)}-4${random.hex(3)}-a${random.hex(3)}-${random.hex(12)}`;
  const drills: Partial<Record<string, number>> = {
    'support-bot': 6 * DAY,
    'sales-assistant': 41 * DAY,
  };
  return [
    ...BOTS.flatMap((bot) => [
      ...modelFlag(
        bot.modelFlag,
        `Which model version answers in ${bot.id}.`,
        bot.stable,
        RAMPS[bot.id],
        id(),
      ),
      ...killSwitch(
        bot.killSwitch,
        `Off = ${bot.id} answers without a model.`,
        id(),
        drills[bot.id],
      ),
    ]),
    {
      ago: 20 * DAY,
      do: (store) => {
        store.create(
          {
            name: 'multilingual-retrieval',
            type: 'experiment',
            description: 'Search documents of all languages and rerank across them.',
          },
          'ines.moreau',
        );
        store.addStrategy(
          'multilingual-retrieval',
          PRODUCTION,
          rollout('multilingual-retrieval', '100'),
          id(),
          'ines.moreau',
        );
      },
    },
  ];
}

function modelFlag(
  name: string,
  description: string,
  stable: string,
  ramps: readonly Ramp[],
  id: string,
): Deed[] {
  return ramps.map((ramp, i) => ({
    ago: ramp.ago,
    do: (store) => {
      const body = strategyBody(name, stable, ramp);
      if (i > 0) {
        store.putStrategy(name, PRODUCTION, id, body, ramp.by);
        return;
      }
      store.create({ name, type: 'release', description }, ramp.by);
      store.addStrategy(name, PRODUCTION, body, id, ramp.by);
      store.switch(name, PRODUCTION, true, ramp.by);
    },
  }));
}

function killSwitch(
  name: string,
  description: string,
  id: string,
  drilledAgo: number | undefined,
): Deed[] {
  const by = 'tomas.berg';
  const deeds: Deed[] = [
    {
      ago: 60 * DAY,
      do: (store) => {
        store.create({ name, type: 'kill-switch', description }, by);
        store.addStrategy(name, PRODUCTION, rollout(name, '100'), id, by);
        store.switch(name, PRODUCTION, true, by);
      },
    },
  ];
  if (drilledAgo !== undefined) {
    // Drilled: off, and on again four minutes later.
    deeds.push({
      ago: drilledAgo,
      do: (store) => store.switch(name, PRODUCTION, false, 'ines.moreau'),
    });
    deeds.push({
      ago: drilledAgo - 240_000,
      do: (store) => store.switch(name, PRODUCTION, true, 'ines.moreau'),
    });
  }
  return deeds;
}

function rollout(groupId: string, percent: string) {
  return {
    name: 'flexibleRollout',
    parameters: { rollout: percent, stickiness: 'sessionId', groupId },
  };
}

function strategyBody(name: string, stable: string, ramp: Ramp) {
  // The stable version gets what the others leave; before there was one, the only version.
  const rest = stable in ramp.weights ? stable : Object.keys(ramp.weights)[0];
  return {
    ...rollout(name, '100'),
    constraints:
      ramp.without === undefined
        ? []
        : [
            {
              contextName: 'language',
              operator: 'NOT_IN',
              values: [ramp.without],
              inverted: false,
              caseInsensitive: false,
            },
          ],
    variants: Object.entries(ramp.weights).map(([version, weight]) => ({
      name: version,
      weight,
      weightType: version === rest ? 'variable' : 'fix',
      stickiness: 'sessionId',
    })),
  };
}
