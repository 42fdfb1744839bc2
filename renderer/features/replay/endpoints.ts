/** Which endpoints a re-run begins with. Pure. */
import type { ReplayEndpoint } from '#shared/model/replay.ts';

export interface Usual {
  options: { value: string; label: string }[];
  baseline: string | null;
  /** The one that serves the version that answered then; null where none does. */
  asThen: string | null;
  other: string | null;
}

/**
 * The baseline is the version that answered then, or the candidate where no endpoint serves that; beside it the stable one, or the candidate where stable answered. Endpoints of
 * other services are left out, the judge too.
 */
export function usualEndpoints(
  endpoints: readonly ReplayEndpoint[],
  judge: string | null,
  of: {
    service: string;
    environment: string;
    /** Null = not known. */
    answered: string | null;
    flag: { stable: string; candidate?: string | undefined } | undefined;
  },
): Usual {
  const fit = endpoints.filter(
    (one) =>
      one.id !== judge &&
      (one.service === null || one.service === of.service) &&
      (one.environment === null || one.environment === of.environment),
  );
  const named = (version: string | null | undefined) =>
    fit.find((one) => version !== null && version !== undefined && one.version === version)?.id;
  const asThen = named(of.answered) ?? null;
  const baseline = asThen ?? named(of.flag?.candidate) ?? fit[0]?.id ?? null;
  const other = [
    named(of.flag?.stable),
    named(of.flag?.candidate),
    ...fit.map((one) => one.id),
  ].find((id) => id !== undefined && id !== baseline);
  return {
    options: fit.map((one) => ({
      value: one.id,
      label: one.version === null ? `${one.id} (${one.model})` : `${one.version} · ${one.id}`,
    })),
    baseline,
    asThen,
    other: other ?? null,
  };
}

/** What was picked by hand, where it still fits; '' stands for nobody. */
export function chosenEndpoints(
  picked: { baseline?: string; other?: string },
  usual: Usual,
): string[] {
  const known = (id: string | null | undefined) =>
    usual.options.some((one) => one.value === id) ? (id ?? null) : null;
  const baseline = known(picked.baseline) ?? usual.baseline;
  const other = picked.other === '' ? null : (known(picked.other) ?? usual.other);
  const second =
    other === baseline ? usual.options.find(({ value }) => value !== baseline)?.value : other;
  return [baseline, picked.other === '' ? null : (second ?? null)].filter((id) => id !== null);
}
