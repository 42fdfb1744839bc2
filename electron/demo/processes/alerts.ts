/** The demo's alert service: rules held against the bots' real metrics, answered as Alertmanager's API v2. */
import { Hono } from 'hono';
import { alertApi } from '../alerts/api.ts';
import { Silences } from '../alerts/silences.ts';
import { watchRules } from '../alerts/watch.ts';
import { endWithParent, listen, required, run } from './process.ts';

run(async () => {
  const targets: unknown = JSON.parse(required('DEMO_TARGETS'));
  if (typeof targets !== 'object' || targets === null)
    throw new Error('DEMO_TARGETS is no map of services to addresses.');
  const startedAt = Date.now();
  const port = Number(required('DEMO_PORT'));
  const states = watchRules(
    Object.fromEntries(Object.entries(targets).map(([service, url]) => [service, String(url)])),
  );
  const silences = new Silences();

  const app = new Hono();
  app.get('/-/healthy', (c) => c.text('OK'));
  app.get('/-/ready', (c) => c.text('OK'));
  /** For people: what the rules see. */
  app.get('/rules', (c) =>
    c.json(
      states.map(({ rule, value, firing }) => ({
        name: rule.name,
        service: rule.service,
        limit: rule.limit,
        value,
        firing: firing !== null,
      })),
    ),
  );
  app.route(
    '/api/v2',
    alertApi({
      silences,
      startedAt,
      firing: () => states.flatMap(({ firing }) => firing ?? []),
      generatorUrl: `http://127.0.0.1:${port}/rules`,
    }),
  );
  await listen(app, port);
  endWithParent(Number(required('DEMO_PARENT_PID')));
});
