/** What a run would take, what stands in its way, and what a person should know of it before. */
import type { Secrets } from '#core/deps.ts';
import type { Output } from '#shared/contract/index.ts';
import type { Remark } from '#shared/model/basics.ts';
import type { Config } from '#shared/model/config.ts';
import { endpointNamed, shownEndpoint } from './endpoints.ts';
import { commonRemarks, phasesOf, sumOf } from './estimate.ts';
import type { Prepared } from './prepare.ts';

/** What a run is kept in memory for while it runs. */
const MOST_ANSWERS = 4000;

/** What stands in the way of a run, and what a person should know of it. */
export async function weigh(
  config: Config,
  secrets: Secrets,
  prepared: Prepared,
  how: { endpoints: string[]; samples: number; judge: boolean },
): Promise<Output<'replay.preview'>> {
  const blockers: Remark[] = [];
  const remarks: Remark[] = [...prepared.remarks, ...commonRemarks(prepared)];
  const ids = [
    ...how.endpoints,
    ...(how.judge && config.replay.judge ? [config.replay.judge] : []),
  ];
  if (new Set(how.endpoints).size < how.endpoints.length) {
    blockers.push({ code: 'twice', message: 'The same endpoint is chosen twice.' });
  }
  if (how.judge && config.replay.judge === undefined) {
    blockers.push({ code: 'no_judge', message: 'No judge is configured (replay.judge).' });
  }
  let priced = true;
  for (const endpoint of ids.map((id) => endpointNamed(config, id))) {
    const { id, key, priced: told } = await shownEndpoint(endpoint, secrets);
    if (key === 'missing') {
      blockers.push({
        code: 'no_key',
        message: `${id}: its key ${endpoint.apiKeySecret} was not found. Put it into the keychain (Sources) or the environment.`,
      });
    }
    priced &&= told;
    if (!told) {
      remarks.push({
        code: 'no_prices',
        message: `${id} has no prices: what it costs cannot be told, and no budget of money holds it.`,
      });
    }
  }
  if (prepared.cases.length === 0) {
    const why = prepared.remarks[0]?.message ?? 'No conversation fits.';
    blockers.push({ code: 'nothing', message: why });
  }
  const turns = prepared.cases.reduce((sum, one) => sum + one.turns.length, 0);
  const answers = turns * how.endpoints.length * how.samples;
  if (answers > MOST_ANSWERS) {
    blockers.push({
      code: 'too_many',
      message: `${answers} answers are more than ${MOST_ANSWERS}: choose fewer conversations or samples.`,
    });
  }
  const phases = phasesOf(prepared, how, config);
  const sum = sumOf(phases);
  const estimate = { ...sum, usd: priced ? sum.usd : null };
  return { cases: prepared.cases.length, answers, estimate, phases, remarks, blockers };
}
