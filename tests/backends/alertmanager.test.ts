import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createAlertmanagerConnector } from '#core/sources/alertmanager/index.ts';
import type { Batch, Connector } from '#core/sources/connector.ts';
import type { Alert } from '#shared/model/alert.ts';
import { realClock } from '../fixtures/deps.ts';
import { type FaultyServer, startFaultyServer } from '../fixtures/faulty-server.ts';
import { contextFor, sourceOf, watchedConfig } from '../fixtures/watched.ts';
import { conformance } from '../sources/conformance.ts';
import { type Alertmanager, missing, startAlertmanager } from './harness/index.ts';

const why = await missing('alertmanager');
const TOKEN = 'alertmanager-bearer-token';
const LABELS = {
  alertname: 'SlowAnswers',
  service: 'support-bot',
  environment: 'production',
  severity: 'page',
};

function connectTo(url: string, timeout = '15s'): Connector {
  const config = watchedConfig({
    id: 'alerts',
    kind: 'alertmanager',
    url,
    secret: 'ALERTMANAGER_TOKEN',
    timeout,
  });
  return createAlertmanagerConnector(
    sourceOf(config, 'alertmanager'),
    contextFor(config, realClock, { ALERTMANAGER_TOKEN: TOKEN }),
  );
}

describe.skipIf(why)('real Alertmanager', () => {
  let server: Alertmanager;
  beforeAll(async () => {
    server = await startAlertmanager();
    await server.fire([{ labels: LABELS, annotations: { summary: 'p95 above 4 s' } }]);
  });
  afterAll(() => server?.stop());

  conformance(
    'alertmanager',
    async () => {
      const front = await startFaultyServer(server.url);
      return {
        connector: (timeout) => connectTo(front.url, timeout),
        server: front,
        secrets: [TOKEN],
        close: () => front.close(),
      };
    },
    { emptyListIsGood: true },
  );

  describe('a silence', () => {
    let front: FaultyServer;
    let connector: Connector;
    beforeEach(async () => {
      front = await startFaultyServer(server.url);
      connector = connectTo(front.url);
    });
    afterEach(() => front.close());

    const signal = () => AbortSignal.timeout(5000);
    async function pull(): Promise<Batch> {
      for await (const batch of connector.pull(null, signal())) return batch;
      throw new Error('nothing came');
    }
    async function alert(): Promise<Alert> {
      const found = (await pull()).alerts?.find((one) => one.service === LABELS.service);
      if (!found) throw new Error('the alert is not there');
      return found;
    }
    function silences() {
      if (!connector.silences) throw new Error('no silences');
      return connector.silences;
    }

    const matchersOf = ({ labels }: Alert) =>
      Object.entries(labels).map(([name, value]) => ({
        name,
        value,
        isRegex: false,
        isEqual: true,
      }));

    it('quiets the alert it was made for, and no other', async () => {
      await server.fire([{ labels: { ...LABELS, service: 'docs-search' } }]);
      const firing = await alert();
      expect(firing).toMatchObject({
        service: 'support-bot',
        environment: 'production',
        severity: 'page',
        state: 'firing',
        summary: 'p95 above 4 s',
        silencedBy: [],
      });
      const until = Date.now() + 60_000;
      const matchers = matchersOf(firing);
      const comment = 'being rolled back';
      const id = await silences().create(
        { matchers, endsAt: until, by: 'mika', comment },
        signal(),
      );
      expect((await silences().list(signal())).find((one) => one.id === id)).toMatchObject({
        by: 'mika',
        comment,
        endsAt: until,
        state: 'active',
        matchers: expect.arrayContaining(matchers),
      });
      // Alertmanager applies a silence in its own time.
      let batch = await pull();
      const state = (service: string) =>
        batch.alerts?.find((one) => one.service === service)?.state;
      while (state('support-bot') !== 'suppressed') batch = await pull();
      expect(state('docs-search')).not.toBe('suppressed');
      expect(batch.alerts?.find((one) => one.service === 'support-bot')?.silencedBy).toEqual([id]);
      expect(batch.silences?.map((one) => one.id)).toContain(id);
      await silences().expire(id, signal());
      while (state('support-bot') === 'suppressed') batch = await pull();
      expect((await silences().list(signal())).find((one) => one.id === id)?.state).toBe('expired');
    });

    it('that would end before it begins is refused, and says so', async () => {
      const firing = await alert();
      const past = Date.now() - 60_000;
      await expect(
        silences().create(
          { matchers: matchersOf(firing), endsAt: past, by: 'mika', comment: 'too late' },
          signal(),
        ),
      ).rejects.toMatchObject({ code: 'bad_input' });
    });
  });
});
