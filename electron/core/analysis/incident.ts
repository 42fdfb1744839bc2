/** Puts a break into words and picks the one action that the evidence carries. Pure. */
import type { Incident } from '#shared/contract/overview.ts';
import type { Suspect } from '#shared/model/change.ts';
import type { ConversationSummary } from '#shared/model/conversation.ts';
import type { Cell, SignalDefinition } from '#shared/model/signal.ts';
import { format } from './bands.ts';

export interface VersionHealth {
  version: string;
  part: 'stable' | 'candidate' | 'other' | 'whole';
  rollout: number | null;
  trafficShare: number | null;
  cells: ReadonlyMap<string, Cell>;
}

/** A suspect that explains at least this much is named in the evidence. */
const TELLING = 0.5;
const MOST = 0.7;

export function badCells(version: VersionHealth): Cell[] {
  return [...version.cells.values()].filter((cell) => cell.state === 'bad');
}

/** How far outside its band a value lies, in bands: what shows the break best sorts first. */
export function severity(cell: Cell): number {
  if (cell.value === null) return 0;
  const edge = cell.high !== null && cell.value > cell.high ? cell.high : (cell.low ?? cell.high);
  return edge === null ? 0 : Math.abs(cell.value - edge) / Math.max(Math.abs(edge), 1e-9);
}

export interface Evidence {
  service: string;
  onset: number;
  bad: VersionHealth[];
  healthy: VersionHealth[];
  suspects: Suspect[];
  failing: readonly ConversationSummary[];
  failingTotal: number;
  failingByVersion: Readonly<Record<string, number>>;
}

export function evidenceOf(found: Evidence, signals: readonly SignalDefinition[]): string[] {
  return [bandSentence(found, signals), suspectSentence(found), failingSentence(found)].filter(
    (sentence) => sentence !== null,
  );
}

function bandSentence(
  { bad, healthy }: Evidence,
  signals: readonly SignalDefinition[],
): string | null {
  const worst = bad[0];
  if (!worst) return null;
  const cells = badCells(worst).sort((a, b) => severity(b) - severity(a));
  const named = cells.slice(0, 3).flatMap((cell) => {
    const definition = signals.find((signal) => signal.id === cell.signal);
    return definition && cell.value !== null
      ? [`${definition.short} ${format(definition, cell.value)}`]
      : [];
  });
  const count = `${cells.length} signal${cells.length === 1 ? '' : 's'}`;
  const name = worst.version === '' ? 'The service' : worst.version;
  const rest =
    healthy.length > 0 ? `; ${healthy.map((one) => one.version).join(', ')} is healthy on all` : '';
  return `${name} is out of band on ${count} (${named.join(', ')})${rest}.`;
}

function suspectSentence({ suspects, onset }: Evidence): string | null {
  const top = suspects[0];
  if (!top || top.score < TELLING) return null;
  const gap = onset - top.change.at;
  const when = gap < 60_000 ? 'right after' : `${Math.round(gap / 60_000)} min after`;
  return `It began ${when} ${top.change.title}.`;
}

function failingSentence({ failing, failingTotal, failingByVersion }: Evidence): string | null {
  if (failingTotal === 0) return null;
  const [version, count] = Object.entries(failingByVersion).sort((a, b) => b[1] - a[1])[0] ?? [
    '',
    0,
  ];
  const parts = [
    `${count} of ${failingTotal} failing conversations ran on ${version || 'an unnamed version'}`,
  ];
  const byLanguage = new Map<string, number>();
  for (const one of failing) {
    if (one.language) byLanguage.set(one.language, (byLanguage.get(one.language) ?? 0) + 1);
  }
  const [language, most] = [...byLanguage].sort((a, b) => b[1] - a[1])[0] ?? ['', 0];
  if (most > 2 && most >= failing.length * MOST) {
    parts.push(`${most} of the last ${failing.length} are in ${languageName(language)}`);
  }
  return `${parts.join('; ')}.`;
}

/** In English; as it was sent where that is no language tag, as `es_ES`. */
function languageName(tag: string): string {
  try {
    return new Intl.DisplayNames('en', { type: 'language' }).of(tag) ?? tag;
  } catch {
    return tag;
  }
}

type Suggestion = NonNullable<Incident['suggestion']>;

/**
 * Roll back when one version is out of band, still gets users, and the stable one is healthy; the kill switch when
 * the stable version is out of band itself and there is one. Otherwise nothing: a wrong suggestion costs more than none.
 */
export function suggest(
  versions: readonly VersionHealth[],
  stable: string | null,
  hasKillSwitch: boolean,
): Suggestion | null {
  const home = versions.find((version) => version.version === stable);
  const worst = versions
    .filter((version) => version !== home && badCells(version).length > 0 && reached(version))
    .sort((a, b) => badCells(b).length - badCells(a).length)[0];
  if (home && worst && badCells(home).length === 0) {
    return {
      kind: 'rollback',
      label: `Roll back ${worst.version} → ${home.version}`,
      fromVersion: worst.version,
      toVersion: home.version,
      reasons: [
        `${worst.version} is out of band on ${badCells(worst).length} signals`,
        `${home.version} is healthy on all`,
      ],
    };
  }
  if (home && badCells(home).length > 0 && hasKillSwitch) {
    return {
      kind: 'kill_switch',
      label: 'Turn the AI path off',
      fromVersion: home.version,
      toVersion: null,
      reasons: [
        `${home.version}, the stable version, is out of band itself: there is nothing healthy to roll back to`,
      ],
    };
  }
  return null;
}

function reached(version: VersionHealth): boolean {
  return (
    (version.rollout ?? 0) > 0 || (version.rollout === null && (version.trafficShare ?? 0) > 0)
  );
}
