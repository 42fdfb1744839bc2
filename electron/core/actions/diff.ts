/** Two states of a flag as lines for a person. Pure. */
import type { FlagState, Strategy, Variant } from '#shared/model/flag.ts';
import type { DiffLine } from '#shared/model/planned-change.ts';
import { canonicalJson } from '#shared/util/canonical-json.ts';
import { inOrder } from '#shared/util/flag-state.ts';

/** Only what changes, under a head that says where; empty when nothing does. */
export function diffLines(environment: string, before: FlagState, after: FlagState): DiffLine[] {
  const lines: DiffLine[] = [];
  const section = (title: string, changes: DiffLine[]) => {
    if (changes.length > 0)
      lines.push(same([environment, title].filter(Boolean).join(' · ')), ...changes);
  };
  if (before.enabled !== after.enabled) {
    section('', [minus(onOff(before.enabled)), plus(onOff(after.enabled))]);
  }
  const [then, now] = [inOrder(before.strategies), inOrder(after.strategies)];
  const old = new Map(then.map((strategy) => [strategy.id, strategy]));
  const kept = new Set<string>();
  for (const strategy of now) {
    const was = strategy.id === '' ? undefined : old.get(strategy.id);
    const name = strategy.title || strategy.name;
    if (was === undefined) {
      section(`${name} · added`, strategyLines(strategy).map(plus));
      continue;
    }
    kept.add(strategy.id);
    section(name, fieldLines(was, strategy));
    section(`${name} · variants`, variantLines(was.variants, strategy.variants));
  }
  for (const strategy of then) {
    if (kept.has(strategy.id)) continue;
    section(`${strategy.title || strategy.name} · removed`, strategyLines(strategy).map(minus));
  }
  section('order of strategies', orderLines(then, now));
  section('variants of the environment', variantLines(before.variants, after.variants));
  return lines;
}

/** Of those that stay: the first that fits a user gives its variants. */
function orderLines(then: readonly Strategy[], now: readonly Strategy[]): DiffLine[] {
  const staying = (list: readonly Strategy[], other: readonly Strategy[]) =>
    list.filter(({ id }) => id !== '' && other.some((one) => one.id === id));
  const [was, is] = [staying(then, now), staying(now, then)];
  if (was.every(({ id }, place) => id === is[place]?.id)) return [];
  const names = (list: readonly Strategy[]) =>
    list.map(({ title, name }) => title || name).join(', ');
  return [minus(names(was)), plus(names(is))];
}

function fieldLines(then: Strategy, now: Strategy): DiffLine[] {
  const [a, b] = [fields(then), fields(now)];
  const names = [...new Set([...a.keys(), ...b.keys()])];
  return names.flatMap((name) => {
    const [was, is] = [a.get(name), b.get(name)];
    if (was === is) return [];
    return [
      ...(was === undefined ? [] : [minus(`${name} ${was}`)]),
      ...(is === undefined ? [] : [plus(`${name} ${is}`)]),
    ];
  });
}

function fields(strategy: Strategy): Map<string, string> {
  const result = new Map<string, string>();
  if (strategy.title) result.set('title', strategy.title);
  result.set('state', strategy.disabled ? 'paused' : 'active');
  for (const [name, value] of Object.entries(strategy.parameters)) {
    result.set(name, name === 'rollout' ? `${value} %` : value);
  }
  if (strategy.constraints.length > 0) {
    result.set('constraints', canonicalJson(strategy.constraints));
  }
  if (strategy.segments.length > 0) result.set('segments', strategy.segments.join(', '));
  return result;
}

function strategyLines(strategy: Strategy): string[] {
  return [
    ...[...fields(strategy)].map(([name, value]) => `${name} ${value}`),
    ...strategy.variants.map((variant) => variantText(variant, 0)),
  ];
}

/** Those that lose weight first. */
function variantLines(then: readonly Variant[], now: readonly Variant[]): DiffLine[] {
  const names = [...new Set([...then, ...now].map((variant) => variant.name))];
  const width = Math.max(0, ...names.map((name) => name.length));
  const find = (list: readonly Variant[], name: string) =>
    list.find((variant) => variant.name === name);
  return names
    .map((name) => ({ was: find(then, name), is: find(now, name) }))
    .filter(({ was, is }) => canonicalJson(was) !== canonicalJson(is))
    .sort((a, b) => change(a) - change(b))
    .flatMap(({ was, is }) => {
      // Where only more than the weight tells them apart, the line must show it.
      const full = was?.weight === is?.weight;
      return [
        ...(was === undefined ? [] : [minus(variantText(was, width, full))]),
        ...(is === undefined ? [] : [plus(variantText(is, width, full))]),
      ];
    });
}

function change({ was, is }: { was: Variant | undefined; is: Variant | undefined }): number {
  return (is?.weight ?? 0) - (was?.weight ?? 0);
}

function variantText(variant: Variant, width: number, full = false): string {
  const { name, weight, ...rest } = variant;
  const text = `${name.padEnd(width)}  weight ${weight}`;
  return full ? `${text}  ${canonicalJson(rest)}` : text;
}

function onOff(enabled: boolean): string {
  return enabled ? 'on' : 'off';
}
function same(text: string): DiffLine {
  return { sign: ' ', text };
}
function minus(text: string): DiffLine {
  return { sign: '-', text };
}
function plus(text: string): DiffLine {
  return { sign: '+', text };
}
