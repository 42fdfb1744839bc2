/** Unleash's client API: what the bots poll. */
import { createHash } from 'node:crypto';
import { Hono } from 'hono';
import type { Feature } from './model.ts';
import { FlagError, PROJECT } from './model.ts';
import type { FlagStore } from './store.ts';

export function clientApi(store: FlagStore, environment: string): Hono {
  const app = new Hono();
  app.get('/features', (c) => {
    // Built anew only when something changed: bots ask every second.
    const etag = `"${createHash('sha1').update(`${environment}/${store.revision}`).digest('hex').slice(0, 8)}:${store.revision}"`;
    c.header('etag', etag);
    if (c.req.header('if-none-match') === etag) return c.body(null, 304);
    return c.json({
      version: 2,
      features: store.features().map((feature) => served(feature, environment)),
      query: { environment, project: [PROJECT], inlineSegmentConstraints: true },
      meta: { revisionId: store.revision, etag },
    });
  });
  app.get('/features/:name', (c) =>
    c.json(served(store.feature(c.req.param('name')), environment)),
  );
  app.post('/register', (c) => c.body(null, 202));
  app.post('/metrics', (c) => c.body(null, 202));
  return app;
}

function served(feature: Feature, environment: string) {
  const state = feature.environments[environment];
  if (!state) throw new FlagError(404, 'NotFoundError', `No environment ${environment}`);
  return {
    name: feature.name,
    type: feature.type,
    description: feature.description,
    project: PROJECT,
    stale: feature.stale,
    impressionData: feature.impressionData,
    enabled: state.enabled,
    strategies: state.strategies
      .filter((strategy) => !strategy.disabled)
      .map(({ name, parameters, constraints, variants }) => ({
        name,
        parameters,
        constraints,
        variants,
      })),
    variants: state.variants,
  };
}
