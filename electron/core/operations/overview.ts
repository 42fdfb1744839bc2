import { OWN_WRITES_ASKED, withAskers } from '#core/actions/own-writes.ts';
import { alertsOf, quietOf, straysOf } from '#core/analysis/alerts-of.ts';
import { badCells, evidenceOf, severity, suggest } from '#core/analysis/incident.ts';
import { onsetOf } from '#core/analysis/onset.ts';
import { type Break, runbookFor } from '#core/analysis/runbook-for.ts';
import { rankSuspects } from '#core/analysis/suspects.ts';
import type { Incident, MatrixRow, Overview } from '#shared/contract/overview.ts';
import type { Action } from '#shared/model/action.ts';
import type { Alert } from '#shared/model/alert.ts';
import type { ConversationSummary } from '#shared/model/conversation.ts';
import type { Cell } from '#shared/model/signal.ts';
import type { Engine } from './engine.ts';
import type { Handlers } from './handlers.ts';
import { checkOf } from './runbooks.ts';
import { toFrame } from './signals.ts';
import type { ServiceSituation, VersionSituation } from './situation.ts';

const MINUTE = 60_000;
const LOOK_BACK = 3 * 60 * MINUTE;
const CHANGES_BEFORE = 2 * 60 * MINUTE;
/** What was normal before the break: more of it the longer the break lasts. */
const CHART_BEFORE = { least: 12 * MINUTE, most: 60 * MINUTE, perBreak: 3 };
const CHART_POINTS = 240;
const SHOWN = 5;
/** Enough to say in which language most of them are. */
const SAMPLED = 100;

export function overviewHandlers(engine: () => Engine): Pick<Handlers, 'overview.read'> {
  return {
    'overview.read': ({ environment }) => readOverview(engine(), environment),
  };
}

async function readOverview(engine: Engine, environment: string): Promise<Overview> {
  const { cache, clock, situations, sync } = engine;
  const now = clock.now();
  const [situation, alerts, silences, listed, size, actions] = await Promise.all([
    situations.read(environment),
    cache.read('listAlerts', { environment, states: ['firing', 'suppressed'] }),
    cache.read('listSilences', {}),
    cache.read('listChanges', {
      environment,
      service: null,
      from: now - 24 * 60 * MINUTE,
      to: now + MINUTE,
      limit: 50,
    }),
    cache.read('cacheSize', {}),
    engine.actions.list({ environment, limit: OWN_WRITES_ASKED }),
  ]);
  const changes = withAskers(listed, actions);
  const watched = engine.signals.filter((signal) => signal.watch);
  const tell = (alert: Alert) => ({ alert, silenced: quietOf(alert, silences, actions, now) });
  const incidents: Incident[] = [];
  for (const service of situation.services) {
    const told = alertsOf(alerts, service.service.id).map(tell);
    const incident = await readIncident(engine, environment, service, told, actions);
    if (incident) incidents.push(incident);
  }
  incidents.sort((a, b) => urgency(b) - urgency(a) || a.since - b.since);
  return {
    environment,
    at: now,
    alerts,
    signals: [...watched],
    matrix: situation.services.flatMap((service) =>
      matrixRows(
        service,
        watched.map((signal) => signal.id),
      ),
    ),
    incidents,
    strayAlerts: straysOf(
      alerts,
      situation.services.map(({ service }) => service.id),
    ).map(tell),
    changes: changes.slice(0, 20),
    freshness: sync.freshness('signals', 'alerts', 'flags', 'conversations', 'runbooks'),
    cacheBytes: size.bytes,
  };
}

/** What fires comes before what is kept quiet, and that before what no alert speaks of. */
function urgency({ alert }: Incident): number {
  return alert === null ? 0 : alert.state === 'firing' ? 2 : 1;
}

function matrixRows(
  { service, whole, versions }: ServiceSituation,
  signals: string[],
): MatrixRow[] {
  const shown = versions.filter(
    (version) =>
      version.part === 'stable' || (version.rollout ?? 0) > 0 || (version.trafficShare ?? 0) > 0,
  );
  // A service whose version nobody tells is still a service.
  const rows = shown.some((version) => version.lastSeenAt !== null) ? shown : [...shown, whole];
  return rows.map((version) => ({
    service: service.id,
    title: service.title ?? service.id,
    version: version.version,
    part: version.part === 'whole' ? 'other' : version.part,
    rollout: version.rollout,
    trafficShare: version.trafficShare,
    cells: signals.flatMap((signal) => version.cells.get(signal) ?? []),
  }));
}

async function readIncident(
  engine: Engine,
  environment: string,
  situation: ServiceSituation,
  [worst, ...otherAlerts]: Incident['otherAlerts'],
  actions: readonly Action[],
): Promise<Incident | null> {
  const { cache, clock, signals } = engine;
  const { service, versions, whole, modelFlag } = situation;
  const now = clock.now();
  const alert = worst?.alert ?? null;
  const named = versions.filter((version) => badCells(version).length > 0);
  const bad = named.length > 0 ? named : badCells(whole).length > 0 ? [whole] : [];
  if (!alert && bad.length === 0) return null;
  bad.sort((a, b) => badCells(b).length - badCells(a).length);
  const healthy = versions.filter(
    (version) => badCells(version).length === 0 && (version.trafficShare ?? 0) > 0,
  );

  const telling = pickTelling(engine, bad[0] ?? null, alert);
  const onset =
    (await readOnset(engine, environment, service.id, bad, now)) ?? alert?.startedAt ?? now;
  const [listed, failing, runbook, chart] = await Promise.all([
    cache.read('listChanges', {
      environment,
      service: null,
      from: onset - CHANGES_BEFORE,
      to: now,
      limit: 200,
    }),
    cache.read('failingConversations', {
      environment,
      service: service.id,
      since: onset - MINUTE,
      limit: SAMPLED,
    }),
    readRunbook(engine, environment, {
      service: service.id,
      alert: alert?.name ?? null,
      signals: new Set(bad.flatMap(badCells).map(({ signal }) => signal)),
      configured: service.runbooks,
    }),
    telling ? readChart(engine, environment, service.id, telling, onset, now) : null,
  ]);
  const changes = withAskers(listed, actions);
  const suspects = rankSuspects(changes, {
    service: service.id,
    onset,
    badVersions: bad.map((version) => version.version).filter((version) => version !== ''),
    healthyVersions: healthy.map((version) => version.version),
  });
  const evidence = evidenceOf(
    {
      service: service.id,
      onset,
      bad,
      healthy,
      suspects,
      failing: failing.rows,
      failingTotal: failing.total,
      failingByVersion: failing.byVersion,
    },
    signals,
  );
  return {
    alert,
    silenced: worst?.silenced ?? null,
    otherAlerts,
    service: service.id,
    title: alert ? alert.summary || alert.name : `${service.title ?? service.id} is out of band`,
    since: alert ? Math.min(alert.startedAt, onset) : onset,
    evidence,
    suspects: suspects.slice(0, SHOWN),
    failing: byVersions(failing.rows, bad).slice(0, SHOWN),
    failingTotal: failing.total,
    failingByVersion: failing.byVersion,
    runbook,
    suggestion: modelFlag
      ? suggest(
          versions,
          service.modelFlag?.stable ?? null,
          situation.killSwitch?.state.enabled ?? false,
        )
      : null,
    chart:
      chart && telling
        ? {
            ...chart,
            changes: changes.filter((change) => change.at >= chartFrom(onset, now)),
            high: telling.high,
          }
        : null,
  };
}

/** Those of the broken versions first; newest first among each. */
function byVersions(
  rows: readonly ConversationSummary[],
  bad: readonly VersionSituation[],
): ConversationSummary[] {
  const broken = new Set(bad.map((version) => version.version));
  return [
    ...rows.filter((row) => broken.has(row.version)),
    ...rows.filter((row) => !broken.has(row.version)),
  ];
}

/** The signal that shows the break best: the one the alert speaks of, else the one farthest out of band. */
function pickTelling(
  { signals }: Engine,
  worst: VersionSituation | null,
  alert: Alert | null,
): Cell | null {
  if (!worst) return null;
  const cells = badCells(worst).sort((a, b) => severity(b) - severity(a));
  const said = `${alert?.name ?? ''} ${alert?.summary ?? ''}`.toLowerCase();
  const named = (cell: Cell) => {
    const definition = signals.find((signal) => signal.id === cell.signal);
    return definition !== undefined && said.includes(definition.short.toLowerCase());
  };
  return cells.find(named) ?? cells[0] ?? null;
}

async function readOnset(
  engine: Engine,
  environment: string,
  service: string,
  bad: readonly VersionSituation[],
  now: number,
): Promise<number | null> {
  const cells = bad.flatMap((version) =>
    badCells(version).map((cell) => ({ version: version.version, cell })),
  );
  if (cells.length === 0) return null;
  const frame = await engine.cache.read('seriesFrame', {
    environment,
    signals: [...new Set(cells.map(({ cell }) => cell.signal))],
    services: [service],
    versions: [...new Set(cells.map(({ version }) => version))],
    from: now - LOOK_BACK,
    to: now + 1,
    maxPoints: 5000,
  });
  const onsets = cells.flatMap(({ version, cell }) => {
    const series = frame.series.find(
      (one) => one.key.version === version && one.key.signal === cell.signal,
    );
    return series ? (onsetOf(series.ts, series.value, cell.low, cell.high) ?? []) : [];
  });
  // A single signal may have drifted for hours before: the middle one says when the break came.
  onsets.sort((a, b) => a - b);
  return onsets[Math.floor((onsets.length - 1) / 2)] ?? null;
}

function chartFrom(onset: number, now: number): number {
  const { least, most, perBreak } = CHART_BEFORE;
  return onset - Math.min(Math.max((now - onset) * perBreak, least), most);
}

async function readChart(
  engine: Engine,
  environment: string,
  service: string,
  telling: Cell,
  onset: number,
  now: number,
): Promise<Pick<NonNullable<Incident['chart']>, 'signal' | 'frame'> | null> {
  const signal = engine.signals.find((one) => one.id === telling.signal);
  if (!signal) return null;
  const found = await engine.cache.read('seriesFrame', {
    environment,
    signals: [signal.id],
    services: [service],
    versions: [],
    from: chartFrom(onset, now),
    to: now + 1,
    maxPoints: CHART_POINTS,
  });
  const frame = toFrame(found);
  const named = frame.series.filter((series) => series.version !== '');
  return { signal, frame: { ...frame, series: named.length > 0 ? named : frame.series } };
}

async function readRunbook(
  engine: Engine,
  environment: string,
  broken: Break,
): Promise<Incident['runbook']> {
  const found = runbookFor(await engine.cache.read('listRunbooks', {}), broken);
  if (!found) return null;
  const check = await checkOf(engine, environment, found);
  return {
    id: found.id,
    title: found.title,
    references: check.references,
    checkedAt: check.checkedAt,
  };
}
