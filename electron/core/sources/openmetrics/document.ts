/** Fetches one exposition and feeds it to a reader as it arrives. */
import { NightdeskError } from '#shared/errors/index.ts';
import { Breather } from '../breather.ts';
import { createHttp, type Http } from '../http.ts';
import { ExpositionReader, type ExpositionSink, type Spellings } from './exposition.ts';

const ACCEPT =
  'application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1';

/** A place that answers with an exposition. */
export class Place {
  /** Scheme, host and path; without credentials and query. */
  readonly address: string;
  readonly host: string;
  readonly #http: Http;
  readonly #path: string;

  constructor(address: string, timeoutMs: number, maxBytes: number) {
    const url = new URL(address);
    this.address = url.origin + url.pathname;
    this.host = url.host;
    this.#path = url.pathname + url.search;
    url.pathname = '/';
    url.search = '';
    this.#http = createHttp({ base: url.href, timeoutMs, maxBytes });
  }

  /**
   * Reads the whole exposition into `sink`. Throws NightdeskError: beside what http.ts tells, `bad_answer`
   * for something that is no exposition, `unreachable` for an OpenMetrics one that ends before `# EOF`.
   * `progress` is told bytes so far, and how many there will be (0 = not known).
   */
  async read<T>(
    sink: ExpositionSink<T>,
    signal: AbortSignal,
    options: {
      spellings?: Spellings<T>;
      openMetrics?: boolean;
      progress?: (done: number, total: number) => void;
    } = {},
  ): Promise<ExpositionReader<T>> {
    const breather = new Breather();
    let reader: ExpositionReader<T> | null = null;
    let openMetrics = options.openMetrics ?? false;
    let done = 0;
    await this.#http.stream(
      this.#path,
      { signal, headers: { accept: ACCEPT } },
      async (piece, headers) => {
        if (reader === null) {
          openMetrics ||= /^application\/openmetrics-text/i.test(headers.get('content-type') ?? '');
          if (/^\s*</.test(Buffer.from(piece.subarray(0, 64)).toString('latin1'))) {
            throw this.#bad('a web page instead of metrics (a login page or a proxy in between?)');
          }
          reader = new ExpositionReader(sink, openMetrics, options.spellings);
        }
        // A piece can be as large as the whole document; no more than a slice of it at a time.
        for (let at = 0; at < piece.byteLength; at += 65_536) {
          reader.push(piece.subarray(at, at + 65_536));
          await breather.rest();
        }
        done += piece.byteLength;
        options.progress?.(done, Number(headers.get('content-length') ?? 0));
      },
    );
    const read = reader as ExpositionReader<T> | null;
    if (read === null) throw this.#bad('an empty answer instead of metrics');
    read.end();
    if (read.samples === 0 && read.refused > 0) {
      throw this.#bad('something else than metrics: not one line can be read');
    }
    if (openMetrics && !read.complete) {
      throw new NightdeskError(
        'unreachable',
        `GET ${this.address}: the exposition was cut off: it does not end with # EOF.`,
      );
    }
    return read;
  }

  #bad(what: string): NightdeskError {
    return new NightdeskError('bad_answer', `GET ${this.address}: ${what}.`);
  }
}
