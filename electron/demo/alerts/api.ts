/** Alertmanager's API v2, as far as a console uses it. */
import { Hono } from 'hono';
import { matches, type Silence, type Silences, stateOf } from './silences.ts';
import type { Firing } from './watch.ts';

export function alertApi(service: {
  silences: Silences;
  startedAt: number;
  firing: () => readonly Firing[];
  generatorUrl: string;
}): Hono {
  const app = new Hono();
  app.get('/status', (c) =>
    c.json({
      cluster: { name: 'demo', status: 'disabled', peers: [] },
      config: { original: 'route:\n  receiver: on-call\nreceivers:\n- name: on-call\n' },
      uptime: iso(service.startedAt),
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
  app.get('/alerts', (c) => {
    const now = Date.now();
    const wanted = (name: string) => c.req.query(name) !== 'false';
    const filters = c.req.queries('filter') ?? [];
    const alerts = service.firing().flatMap((firing) => {
      if (!filters.every((text) => fitsFilter(text, firing.labels))) return [];
      const silencedBy = service.silences.holding(firing.labels, now);
      if (!wanted(silencedBy.length > 0 ? 'silenced' : 'active')) return [];
      return [
        {
          annotations: firing.annotations,
          labels: firing.labels,
          fingerprint: firing.fingerprint,
          startsAt: iso(firing.startsAt),
          endsAt: iso(firing.updatedAt + 60_000),
          updatedAt: iso(firing.updatedAt),
          generatorURL: service.generatorUrl,
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
  app.get('/silences', (c) => c.json(service.silences.list().map(shown)));
  app.post('/silences', async (c) => {
    const body: unknown = await c.req.json().catch(() => null);
    const result = service.silences.post(body, Date.now());
    if ('id' in result) return c.json({ silenceID: result.id });
    if (result.status === 422) return c.json({ code: 602, message: result.message }, 422);
    return c.json(result.message, result.status);
  });
  app.get('/silence/:id', (c) => {
    const silence = service.silences.get(c.req.param('id'));
    return silence ? c.json(shown(silence)) : c.body(null, 404);
  });
  app.delete('/silence/:id', (c) =>
    c.body(null, service.silences.expire(c.req.param('id'), Date.now()) ? 200 : 404),
  );
  return app;
}

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
