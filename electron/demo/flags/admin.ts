/** Unleash's admin API, as far as a console needs it. */
import { randomUUID } from 'node:crypto';
import { type Context, Hono } from 'hono';
import { isFields } from './input.ts';
import {
  ENVIRONMENTS,
  type Feature,
  type FeatureEnvironment,
  FlagError,
  type FlagEvent,
  PROJECT,
} from './model.ts';
import type { FlagStore } from './store.ts';

/** `who` names the holder of the token, for the history. */
export function adminApi(store: FlagStore, who: (context: Context) => string): Hono {
  const app = new Hono();
  const feature = `/projects/${PROJECT}/features/:name`;
  const environment = `${feature}/environments/:env`;

  app.get('/projects', (c) => c.json({ version: 1, projects: [project(store)] }));
  app.get(`/projects/${PROJECT}`, (c) => c.json({ version: 1, ...project(store) }));
  app.get(`/projects/${PROJECT}/overview`, (c) => c.json({ version: 1, ...project(store) }));
  app.get('/environments', (c) =>
    c.json({
      version: 1,
      environments: ENVIRONMENTS.map((one, i) => ({
        ...one,
        enabled: true,
        protected: true,
        sortOrder: i,
      })),
    }),
  );
  app.get('/user', (c) =>
    c.json({ user: { username: who(c) }, permissions: [{ permission: 'ADMIN' }] }),
  );
  app.get('/instance-admin/statistics', (c) =>
    c.json({ featureToggles: store.features().length, versionOSS: '7.5.1' }),
  );

  app.get(`/projects/${PROJECT}/features`, (c) =>
    c.json({ version: 2, features: store.features().map(listed) }),
  );
  app.post(`/projects/${PROJECT}/features`, async (c) => {
    const body = await bodyOf(c);
    if (!isFields(body) || typeof body.name !== 'string') {
      throw new FlagError(400, 'ValidationError', 'The "name" of the flag is required.');
    }
    const { name, type, description } = body;
    const created = store.create(
      {
        name,
        ...(typeof type === 'string' ? { type } : {}),
        ...(typeof description === 'string' ? { description } : {}),
      },
      who(c),
    );
    return c.json(whole(created), 201);
  });
  app.get(feature, (c) => c.json(whole(store.feature(c.req.param('name')))));
  app.delete(feature, (c) => {
    store.archive(c.req.param('name'), who(c));
    return c.body(null, 202);
  });

  app.get(environment, (c) => {
    const { name, env } = c.req.param();
    return c.json(detail(env, store.environment(name, env)));
  });
  for (const state of ['on', 'off'] as const) {
    app.post(`${environment}/${state}`, (c) => {
      const { name, env } = c.req.param();
      store.switch(name, env, state === 'on', who(c));
      return c.body(null, 200);
    });
  }
  app.get(`${environment}/strategies`, (c) => {
    const { name, env } = c.req.param();
    return c.json(store.environment(name, env).strategies);
  });
  app.post(`${environment}/strategies`, async (c) => {
    const { name, env } = c.req.param();
    return c.json(store.addStrategy(name, env, await bodyOf(c), randomUUID(), who(c)));
  });
  app.post(`${environment}/strategies/set-sort-order`, async (c) => {
    const { name, env } = c.req.param();
    store.setSortOrder(name, env, await bodyOf(c), who(c));
    return c.body(null, 200);
  });
  app.get(`${environment}/strategies/:id`, (c) => {
    const { name, env, id } = c.req.param();
    return c.json(store.strategy(name, env, id));
  });
  app.put(`${environment}/strategies/:id`, async (c) => {
    const { name, env, id } = c.req.param();
    return c.json(store.putStrategy(name, env, id, await bodyOf(c), who(c)));
  });
  app.patch(`${environment}/strategies/:id`, async (c) => {
    const { name, env, id } = c.req.param();
    return c.json(store.patchStrategy(name, env, id, await bodyOf(c), who(c)));
  });
  app.delete(`${environment}/strategies/:id`, (c) => {
    const { name, env, id } = c.req.param();
    store.removeStrategy(name, env, id, who(c));
    return c.body(null, 200);
  });
  app.get(`${environment}/variants`, (c) => {
    const { name, env } = c.req.param();
    return c.json({ version: 1, variants: store.environment(name, env).variants });
  });
  app.put(`${environment}/variants`, async (c) => {
    const { name, env } = c.req.param();
    return c.json({
      version: 1,
      variants: store.setVariants(name, env, await bodyOf(c), who(c)).variants,
    });
  });

  app.get('/search/events', (c) => {
    const limit = whole0(c.req.query('limit'), 50);
    const offset = whole0(c.req.query('offset'), 0);
    const asked = ['feature', 'project', 'type', 'environment', 'createdBy'] as const;
    const filters = asked.flatMap((key) => {
      const text = c.req.query(key);
      return text === undefined ? [] : [filterOf(key, text)];
    });
    const events = store.events((event) => filters.every((fits) => fits(event)));
    return c.json({ events: events.slice(offset, offset + limit), total: events.length });
  });
  app.get('/events/:name', (c) => {
    const name = c.req.param('name');
    const events = store.events((event) => event.featureName === name);
    return c.json({ version: 1, toggleName: name, events, totalEvents: events.length });
  });
  return app;
}

/** Any JSON; an empty body is none. */
async function bodyOf(c: Context): Promise<unknown> {
  const body: unknown = await c.req.json().catch(() => {
    throw new FlagError(400, 'BadDataError', 'Request body must be JSON.');
  });
  return body;
}

/** `IS:a` or `IS_ANY_OF:a,b`. */
function filterOf(
  key: 'feature' | 'project' | 'type' | 'environment' | 'createdBy',
  text: string,
): (event: FlagEvent) => boolean {
  const [operator = '', ...rest] = text.split(':');
  const values = rest.join(':').split(',');
  if (!operator.startsWith('IS'))
    throw new FlagError(400, 'BadDataError', `${key}: IS:VALUE or IS_ANY_OF:A,B`);
  const field = key === 'feature' ? 'featureName' : key;
  return (event) => values.includes(event[field] ?? '');
}

const whole0 = (text: string | undefined, otherwise: number) => {
  const value = Number(text ?? otherwise);
  return Number.isInteger(value) && value >= 0 ? value : otherwise;
};

function project(store: FlagStore) {
  return {
    id: PROJECT,
    name: 'Default',
    description: 'Default project',
    mode: 'open',
    defaultStickiness: 'default',
    featureCount: store.features().length,
    environments: ENVIRONMENTS.map(({ name }) => ({ environment: name })),
  };
}

function head(feature: Feature) {
  const { environments: _, ...rest } = feature;
  return { ...rest, project: PROJECT, lastSeenAt: null, favorite: false };
}

/** In a project's list environments come without their strategies. */
function listed(feature: Feature) {
  return {
    ...head(feature),
    environments: ENVIRONMENTS.map(({ name, type }, sortOrder) => {
      const environment = feature.environments[name];
      const strategies = environment?.strategies ?? [];
      return {
        name,
        type,
        sortOrder,
        enabled: environment?.enabled ?? false,
        variantCount: environment?.variants.length ?? 0,
        hasStrategies: strategies.length > 0,
        hasEnabledStrategies: strategies.some((strategy) => !strategy.disabled),
        lastSeenAt: null,
      };
    }),
  };
}

function whole(feature: Feature) {
  return {
    ...head(feature),
    variants: [],
    environments: ENVIRONMENTS.flatMap(({ name }, sortOrder) => {
      const environment = feature.environments[name];
      return environment ? [{ ...detail(name, environment), sortOrder }] : [];
    }),
  };
}

function detail(name: string, environment: FeatureEnvironment) {
  return {
    name,
    type: ENVIRONMENTS.find((one) => one.name === name)?.type ?? 'production',
    enabled: environment.enabled,
    strategies: environment.strategies,
    variants: environment.variants,
    variantCount: environment.variants.length,
    lastSeenAt: null,
  };
}
