/** What to do about a source that does not work, by the code of its error. Pure. */
import type { SourceStatus } from '#shared/model/source.ts';

const BY_CODE: Readonly<Record<string, string>> = {
  unreachable:
    'Is it running, and is the address right? “Check” asks it step by step. It is tried again by itself.',
  timeout: 'It answers too slowly. Raise `timeout` of this source, or ask less often with `every`.',
  unauthorized:
    'It refused the credentials. Set the secret that it names, below, or in the environment.',
  forbidden: 'The credentials work, but may not read this. Give the token more rights.',
  not_found: 'Something is there, but not this API. Look at the path of the address.',
  rate_limited:
    'It asked to slow down; it is asked again when it allows. Raise `every` if this stays.',
  bad_answer:
    'It answered something else than its API promises: often a login page or a proxy. “Check” shows what.',
  config_invalid: 'Its configuration needs a correction, see below.',
  storage_full: 'The disk is full: nothing can be kept. Free some space.',
  storage_failed:
    'The cache could not be written. If it stays so, start the console again: a damaged one is set aside and begun anew.',
};

/** Null while nothing is wrong. */
export function adviceFor(source: Pick<SourceStatus, 'state' | 'error' | 'kind'>): string | null {
  if (source.error)
    return (
      BY_CODE[source.error.code] ?? 'It is tried again by itself. “Check” asks it step by step.'
    );
  if (source.state === 'stale')
    return 'It has not answered when it should have. “Sync” asks it now.';
  if (source.state === 'never') {
    return source.kind === 'otlp'
      ? 'Nothing has been sent to it yet. Point the OTLP exporter of your services here.'
      : 'It has not been read yet.';
  }
  return null;
}

/** What each kind of source is for. */
export const KIND_WORD: Record<SourceStatus['kind'], string> = {
  openmetrics: 'metrics, scraped',
  prometheus: 'metrics, by PromQL',
  alertmanager: 'alerts and silences',
  unleash: 'flags',
  otlp: 'transcripts, received',
  'runbook-folder': 'runbooks',
};
