/** The demo's flag service. It speaks the Unleash calls that a console and its bots use, and keeps the flags for both. */
import path from 'node:path';
import { type Context, Hono } from 'hono';
import { adminApi } from '../flags/admin.ts';
import { clientApi } from '../flags/client.ts';
import { FlagError } from '../flags/model.ts';
import { tellPast } from '../flags/past.ts';
import { FlagStore } from '../flags/store.ts';
import { endWithParent, listen, required, run } from './process.ts';

run(async () => {
  const adminToken = required('DEMO_ADMIN_TOKEN');
  const clientToken = required('DEMO_CLIENT_TOKEN');
  let time: number | null = null;
  const store = new FlagStore(
    path.join(required('DEMO_DIR'), 'flags.json'),
    () => time ?? Date.now(),
  );
  if (!(process.env.DEMO_RESUME === '1' && store.load())) {
    tellPast(store, Number(required('DEMO_STARTED_AT')), required('DEMO_SEED'), (at) => {
      time = at;
    });
    time = null;
  }
  store.keep();

  const app = new Hono();
  app.get('/health', (c) => c.json({ health: 'GOOD' }));
  app.use('/api/admin/*', async (c, next) => {
    const token = tokenOf(c);
    if (token === clientToken) {
      throw new FlagError(
        403,
        'NoAccessError',
        'You need the ADMIN permission to perform this action',
      );
    }
    if (token !== adminToken)
      throw new FlagError(401, 'AuthenticationRequired', 'You must log in to use Unleash.');
    return next();
  });
  app.use('/api/client/*', async (c, next) => {
    const token = tokenOf(c);
    if (token === adminToken)
      throw new FlagError(403, 'NoAccessError', 'An admin token cannot be used by a client');
    if (token !== clientToken)
      throw new FlagError(401, 'AuthenticationRequired', 'The token is not known.');
    return next();
  });
  app.route(
    '/api/admin',
    adminApi(store, () => 'admin-token'),
  );
  app.route('/api/client', clientApi(store, 'production'));
  app.notFound((c) =>
    c.json({ id: '', name: 'NotFoundError', message: `No ${c.req.path} here` }, 404),
  );
  app.onError((error, c) => {
    if (!(error instanceof FlagError)) throw error;
    return c.json(
      { id: '', name: error.kind, message: error.message, details: [{ message: error.message }] },
      error.status,
    );
  });
  await listen(app, Number(required('DEMO_PORT')));
  endWithParent(Number(required('DEMO_PARENT_PID')));
});

function tokenOf(c: Context): string {
  return (c.req.header('authorization') ?? '').replace(/^Bearer /i, '');
}
