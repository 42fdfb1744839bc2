/** Checks what a schema cannot: that the parts of a configuration fit each other. */
import type { Config } from '#shared/model/config.ts';
import { DEFAULT_SIGNALS } from '#shared/model/default-signals.ts';
import { RECORDED } from '#shared/model/replay.ts';
import { nearest } from '#shared/util/text.ts';
import type { Finding, KeyPath } from './explain.ts';

export function crossCheck(config: Config): Finding[] {
  const findings: Finding[] = [];
  const environments = config.environments.map((environment) => environment.name);
  const sources = new Map(config.sources.map((source) => [source.id, source]));

  unique(environments, (index) => ['environments', index, 'name'], 'environment', findings);
  unique(
    config.sources.map((source) => source.id),
    (index) => ['sources', index, 'id'],
    'source',
    findings,
  );
  unique(
    config.services.map((service) => service.id),
    (index) => ['services', index, 'id'],
    'service',
    findings,
  );

  config.services.forEach((service, index) => {
    for (const name of Object.keys(service.environments)) {
      if (!environments.includes(name)) {
        findings.push(
          unknown(['services', index, 'environments', name], 'environment', name, environments),
        );
      }
    }
    for (const role of ['modelFlag', 'killSwitch'] as const) {
      const flag = service[role];
      if (!flag) continue;
      const source = sources.get(flag.source);
      const able = config.sources.filter((one) => one.kind === 'unleash').map((one) => one.id);
      if (!source) {
        findings.push(unknown(['services', index, role, 'source'], 'source', flag.source, able));
      } else if (source.kind !== 'unleash') {
        findings.push({
          path: ['services', index, role, 'source'],
          message: `Source "${flag.source}" is of kind ${source.kind}, which has no flags.`,
          hint:
            able.length > 0
              ? `Sources with flags: ${able.join(', ')}.`
              : 'Add a source of kind unleash.',
        });
      }
    }
    if (service.modelFlag?.by === 'rollout' && service.modelFlag.candidate === undefined) {
      findings.push({
        path: ['services', index, 'modelFlag'],
        message: `${service.id}: a model flag by rollout needs a candidate.`,
        hint: 'Add `candidate: <version>`, the version that the rollout percentage is sent to.',
      });
    }
    checkService(config, index, findings);
  });

  const { approval } = config.actions;
  if (approval !== undefined && config.signIn === undefined) {
    findings.push({
      path: ['actions', 'approval'],
      message: 'A second person can only agree where people sign in.',
      hint: 'Add a `signIn` section, or leave `actions.approval` out.',
    });
  }
  approval?.environments?.forEach((name, index) => {
    if (environments.includes(name)) return;
    const path = ['actions', 'approval', 'environments', index];
    findings.push(unknown(path, 'environment', name, environments));
  });

  config.drills.forEach(({ service: id, environment, kind }, index) => {
    const first = config.drills.findIndex(
      (one) => one.service === id && one.environment === environment && one.kind === kind,
    );
    if (first !== index) {
      findings.push({
        path: ['drills', index],
        message: `The ${kind} of ${id} in ${environment} is drilled already.`,
        hint: 'Take one of the two drills away.',
      });
    }
    const names = config.services.map((service) => service.id);
    const service = config.services.find((one) => one.id === id);
    if (service === undefined) {
      findings.push(unknown(['drills', index, 'service'], 'service', id, names));
      return;
    }
    if (service.environments[environment] === undefined) {
      const places = Object.keys(service.environments);
      findings.push(unknown(['drills', index, 'environment'], 'environment', environment, places));
    }
    const key = kind === 'rollback' ? 'modelFlag' : 'killSwitch';
    if (service[key] === undefined) {
      findings.push({
        path: ['drills', index, 'kind'],
        message: `${id} has no ${key}, so a ${kind} of it cannot be drilled.`,
        hint: `Add ${key} to the service, or take the drill away.`,
      });
    }
  });
  checkEndpoints(config, findings);
  checkLookups(config, findings);
  checkPorts(config, findings);

  config.sources.forEach((source, index) => {
    if (source.kind !== 'unleash') return;
    for (const name of Object.keys(source.environments)) {
      if (!environments.includes(name)) {
        findings.push(
          unknown(['sources', index, 'environments', name], 'environment', name, environments),
        );
      }
    }
  });
  return findings;
}

function checkEndpoints(
  { endpoints, environments, replay, services }: Config,
  findings: Finding[],
) {
  const ids = endpoints.map((endpoint) => endpoint.id);
  const known = {
    service: services.map((service) => service.id),
    environment: environments.map((environment) => environment.name),
  };
  unique(ids, (index) => ['endpoints', index, 'id'], 'endpoint', findings);
  endpoints.forEach((endpoint, index) => {
    if (endpoint.id === RECORDED) {
      findings.push({
        path: ['endpoints', index, 'id'],
        message: `"${RECORDED}" stands for the recorded answer.`,
        hint: 'Give the endpoint another id.',
      });
    }
    for (const what of ['service', 'environment'] as const) {
      const name = endpoint[what];
      if (name !== undefined && !known[what].includes(name)) {
        findings.push(unknown(['endpoints', index, what], what, name, known[what]));
      }
    }
  });
  if (replay.judge !== undefined && !ids.includes(replay.judge)) {
    findings.push(unknown(['replay', 'judge'], 'endpoint', replay.judge, ids));
  }
  replay.nightly?.services.forEach((name, index) => {
    if (!known.service.includes(name)) {
      findings.push(
        unknown(['replay', 'nightly', 'services', index], 'service', name, known.service),
      );
    }
  });
}

function checkLookups({ services, sources }: Config, findings: Finding[]) {
  const known = services.map((service) => service.id);
  sources.forEach((source, index) => {
    if (source.kind !== 'otlp') return;
    source.lookup.forEach((lookup, at) => {
      lookup.services?.forEach((name, number) => {
        if (known.includes(name)) return;
        const path = ['sources', index, 'lookup', at, 'services', number];
        findings.push(unknown(path, 'service', name, known));
      });
    });
  });
}

/** What else one service says, against the rest of the file. */
function checkService({ services, signals, sources }: Config, index: number, findings: Finding[]) {
  const service = services[index];
  if (service === undefined) return;
  if (service.modelFlag && service.modelFlag.candidate === service.modelFlag.stable) {
    findings.push({
      path: ['services', index, 'modelFlag', 'candidate'],
      message: `${service.id}: its candidate is the version that is stable.`,
      hint: 'Name the other version, or leave the candidate out while there is none.',
    });
  }
  const known = [...DEFAULT_SIGNALS, ...signals.definitions].map(({ id }) => id);
  for (const signal of Object.keys(service.bands)) {
    if (known.includes(signal)) continue;
    findings.push(unknown(['services', index, 'bands', signal], 'signal', signal, known));
  }
  if (service.runbooks.length > 0 && !sources.some((one) => one.kind === 'runbook-folder')) {
    findings.push({
      path: ['services', index, 'runbooks'],
      message: `${service.id} has runbooks, but no source has any.`,
      hint: 'Add a source of kind runbook-folder.',
    });
  }
}

function checkPorts({ sources }: Config, findings: Finding[]) {
  const taken = new Map<number, string>();
  sources.forEach((source, index) => {
    if (source.kind !== 'otlp') return;
    const other = taken.get(source.port);
    taken.set(source.port, source.id);
    if (other === undefined) return;
    findings.push({
      path: ['sources', index, 'port'],
      message: `Port ${source.port} is that of source "${other}" already.`,
      hint: 'Give each receiver a port of its own.',
    });
  });
}

function unique(
  names: string[],
  pathOf: (index: number) => KeyPath,
  what: string,
  findings: Finding[],
): void {
  names.forEach((name, index) => {
    if (names.indexOf(name) !== index) {
      findings.push({
        path: pathOf(index),
        message: `Two of one name: ${what} "${name}" is there already.`,
        hint: 'Give each its own name.',
      });
    }
  });
}

function unknown(path: KeyPath, what: string, name: string, known: string[]): Finding {
  const meant = nearest(name, known);
  return {
    path,
    message: `There is no ${what} "${name}".`,
    hint: meant
      ? `Did you mean "${meant}"?`
      : known.length > 0
        ? `Known: ${known.join(', ')}.`
        : `Define the ${what} first.`,
  };
}
