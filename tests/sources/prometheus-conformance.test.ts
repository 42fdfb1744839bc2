import { createPrometheusConnector } from '#core/sources/prometheus/index.ts';
import { startFaultyServer } from '../fixtures/faulty-server.ts';
import { contextFor, sourceOf, steppedClock, watchedConfig } from '../fixtures/watched.ts';
import { conformance, type World } from './conformance.ts';

const START = Date.parse('2026-03-04T03:04:00Z');
const TOKEN = 'b3arer-t0ken';

/** Answers every query with a value per version that depends on its time alone, as an engine would. */
async function makeWorld(): Promise<World> {
  const clock = steppedClock(START);
  const server = await startFaultyServer(({ headers, body }) => {
    if (headers.authorization !== `Bearer ${TOKEN}`) return { status: 401 };
    const form = new URLSearchParams(body);
    const [start, end, step] = ['start', 'end', 'step'].map((name) => Number(form.get(name)));
    const query = form.get('query') ?? '';
    const versions = /by \([^)]*version/.test(query) ? ['v41', 'v42'] : [''];
    const result = versions.map((version) => {
      const values: [number, string][] = [];
      for (let at = start ?? 0; at <= (end ?? 0); at += step ?? 1) {
        values.push([at, query === 'vector(1)' ? '1' : at % 600 === 0 ? 'NaN' : `${at % 97}.25`]);
      }
      return { metric: version === '' ? {} : { version }, values };
    });
    return { body: { status: 'success', data: { resultType: 'matrix', result } } };
  });
  const config = (timeout: string) =>
    watchedConfig({
      id: 'prometheus',
      kind: 'prometheus',
      url: server.url,
      secret: 'PROMETHEUS_TOKEN',
      history: '1h',
      timeout,
    });
  return {
    connector: (timeout) =>
      createPrometheusConnector(
        sourceOf(config(timeout), 'prometheus'),
        contextFor(config(timeout), clock, { PROMETHEUS_TOKEN: TOKEN }),
      ),
    server,
    secrets: [TOKEN],
    advance: () => clock.set(clock.now() + 15_000),
    close: () => server.close(),
  };
}

conformance('prometheus', makeWorld, {
  wrongTypes: [
    '{"status":"success","data":{"resultType":"vector","result":[]}}',
    '{"status":"success","data":{"resultType":"matrix","result":{}}}',
    '{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"version":1},"values":[]}]}}',
    '{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[1,2]]}]}}',
    '{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[["x","1"]]}]}}',
    '{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[1,"one"]]}]}}',
  ],
});
