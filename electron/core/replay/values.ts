/** Values out of telemetry and out of models, which may be JSON in a string. Pure. */
import { canonicalJson } from '#shared/util/canonical-json.ts';

/** JSON in a string is unpacked; other text stays as it is. */
export function unpacked(value: unknown): unknown {
  if (typeof value !== 'string' || !/^\s*[[{]/.test(value)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

/** One spelling for a call: equal for the same tool with the same arguments, whatever their order. */
export function callKey(call: { name: string; arguments: unknown }): string {
  const given = unpacked(call.arguments);
  // No arguments are written as nothing, as null, as '' and as {}.
  const none = given === null || given === undefined || given === '';
  return `${call.name} ${canonicalJson(none ? {} : given)}`;
}

/** A value as the text a model is given. */
export function asContent(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? 'null');
}
