/** The questions that a set-up must pass. Nothing is written to find the answers. */
import type { Clock } from '#core/deps.ts';
import { NightdeskError } from '#shared/errors/index.ts';
import type { CheckReport } from '#shared/model/source.ts';
import type { UnleashApi } from './control.ts';
import { WireClientFeatures, WireProject, WireUser } from './wire.ts';

/** One that is missing would end a change half-way: strategies are added, changed and removed, flags turned on and off. */
const NEEDED = [
  'UPDATE_FEATURE_ENVIRONMENT',
  'UPDATE_FEATURE_ENVIRONMENT_VARIANTS',
  'CREATE_FEATURE_STRATEGY',
  'UPDATE_FEATURE_STRATEGY',
  'DELETE_FEATURE_STRATEGY',
];

export async function checkUnleash(
  api: UnleashApi,
  environments: Readonly<Record<string, { name: string; clientSecret?: string | undefined }>>,
  clock: Clock,
  signal: AbortSignal,
): Promise<CheckReport> {
  const items: CheckReport['items'] = [];
  async function ask<T>(what: string, question: () => Promise<{ detail: string; value: T }>) {
    const started = clock.now();
    const add = (ok: boolean, detail: string) =>
      items.push({ what, ok, detail, ms: Math.max(0, clock.now() - started) });
    try {
      const { detail, value } = await question();
      add(true, detail);
      return value;
    } catch (error) {
      add(false, error instanceof NightdeskError ? error.message : 'The check itself failed.');
      return null;
    }
  }
  const { http, project } = api;

  const permissions = await ask('the token is accepted', async () => {
    const user = await http.json('/api/admin/user', WireUser, { signal });
    return { detail: 'it may read', value: user.permissions ?? [] };
  });
  const known = await ask(`project ${project} exists`, async () => {
    const path = `/api/admin/projects/${encodeURIComponent(project)}/overview`;
    const found = await http.json(path, WireProject, { signal });
    const names = found.environments.map((one) => one.environment);
    return { detail: `with the environments ${names.join(', ')}`, value: names };
  });
  for (const [environment, { name, clientSecret }] of Object.entries(environments)) {
    if (known !== null) {
      await ask(`environment ${environment} exists`, async () => {
        if (known.includes(name)) return { detail: `as ${name}`, value: null };
        throw new NightdeskError('not_found', `The project has no environment ${name}.`);
      });
    }
    if (permissions !== null) {
      await ask(`the token may change flags in ${environment}`, async () => {
        const missing = NEEDED.filter(
          (needed) =>
            !permissions.some(
              (held) =>
                held.permission === 'ADMIN' ||
                (held.permission === needed &&
                  (held.project ?? project) === project &&
                  (held.environment || name) === name),
            ),
        );
        if (missing.length === 0) return { detail: 'asked without writing', value: null };
        throw new NightdeskError('forbidden', `It lacks ${missing.join(', ')}.`);
      });
    }
    await ask(`what clients get in ${environment} can be evaluated`, async () => {
      if (clientSecret === undefined) {
        throw new NightdeskError('unsupported', 'No clientSecret is configured for it.');
      }
      const served = await http.json('/api/client/features', WireClientFeatures, {
        headers: { authorization: (await api.clientToken(environment)) ?? '' },
        signal,
      });
      return { detail: `${served.features.length} flags are served`, value: null };
    });
  }
  return { ok: items.every((item) => item.ok), items };
}
