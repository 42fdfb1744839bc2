/** The demo's alert service: rules held against the bots' real metrics, answered as Alertmanager's API v2. */
import { Hono } from 'hono';
import { matches, type Silence, Silences, stateOf } from '../alerts/silences.ts';
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
  app.get('/api/v2/status', (c) =>
    c.json({
      cluster: { name: 'demo', status: 'disabled', peers: [] },
      config: { original: 'route:\n  receiver: on-call\nreceivers:\n- name: on-call\n' },
      uptime: iso(startedAt),
      versionInfo: {
        version: '0.25.0',
        branch: 'demo',
        buildDate: '',
        buildUser: '',
        goVersion: '',
        revision: '',
      },
    }),
  );
  app.get('/api/v2/alerts', (c) => {
    const now = Date.now();
    const wanted = (name: string) => c.req.query(name) !== 'false';
    const filters = c.req.queries('filter') ?? [];
    const alerts = states.flatMap(({ firing }) => {
      if (!firing || !filters.every((text) => fitsFilter(text, firing.labels))) return [];
      const silencedBy = silences.holding(firing.labels, now);
      if (!wanted(silencedBy.length > 0 ? 'silenced' : 'active')) return [];
      return [
        {
          annotations: firing.annotations,
          labels: firing.labels,
          fingerprint: firing.fingerprint,
          startsAt: iso(firing.startsAt),
          endsAt: iso(firing.updatedAt + 60_000),
          updatedAt: iso(firing.updatedAt),
          generatorURL: `http://127.0.0.1:${port}/rules`,
          receivers: [{ name: 'on-call' }],
          status: {
            state: silencedBy.length > 0 ? 'suppressed' : 'active',
            silencedBy,
            inhibitedBy: [],
          },
        },
      ];
    });
    return c.json(alerts);
  });
  app.get('/api/v2/silences', (c) => c.json(silences.list().map(shown)));
  app.post('/api/v2/silences', async (c) => {
    const body: unknown = await c.req.json().catch(() => null);
    const result = silences.post(body, Date.now());
    if ('id' in result) return c.json({ silenceID: result.id });
    if (result.status === 422) return c.json({ code: 602, message: result.message }, 422);
    return c.json(result.message, result.status);
  });
  app.get('/api/v2/silence/:id', (c) => {
    const silence = silences.get(c.req.param('id'));
    return silence ? c.json(shown(silence)) : c.body(null, 404);
  });
  app.delete('/api/v2/silence/:id', (c) =>
    c.body(null, silences.expire(c.req.param('id'), Date.now()) ? 200 : 404),
  );
  await listen(app, port);
  endWithParent(Number(required('DEMO_PARENT_PID')));
});

function shown(silence: Silence) {
  return {
    id: silence.id,
    matchers: silence.matchers,
    createdBy: silence.createdBy,
    comment: silence.comment,
    startsAt: iso(silence.startsAt),
    endsAt: iso(silence.endsAt),
    updatedAt: iso(silence.updatedAt),
    status: { state: stateOf(silence, Date.now()) },
  };
}

/** `name="value"`, `!=`, `=~`, `!~`. */
function fitsFilter(text: string, labels: Readonly<Record<string, string>>): boolean {
  const match = /^\s*(\w+)\s*(=~|!~|!=|=)\s*"?(.*?)"?\s*$/.exec(text);
  if (!match) return true;
  const [, name = '', operator = '', value = ''] = match;
  return matches(
    { name, value, isRegex: operator.endsWith('~'), isEqual: operator.startsWith('=') },
    labels,
  );
}

const iso = (ms: number) => new Date(ms).toISOString();
