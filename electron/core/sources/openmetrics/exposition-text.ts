/**
 * The rarer parts of an exposition line, read from text: a series' name and labels (once per series), and
 * numbers that the fast path of exposition.ts leaves alone.
 */

/** Why a line cannot be read; one of few texts, so that lines can be counted by it. */
export class LineError extends Error {
  override readonly name = 'LineError';
}

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

export interface SeriesText {
  name: string;
  labels: Record<string, string>;
}

/**
 * Reads `name{label="value",…}`, escapes `\\`, `\"` and `\n` included; also `{"name",label="value"}`, which
 * carries names in UTF-8. Throws LineError.
 */
export function parseSeries(text: string): SeriesText {
  const brace = text.indexOf('{');
  let name = (brace < 0 ? text : text.slice(0, brace)).trim();
  const labels: Record<string, string> = {};
  let position = brace + 1;
  let first = true;

  const skipSpace = () => {
    while (text[position] === ' ' || text[position] === '\t') position++;
  };
  while (brace >= 0) {
    skipSpace();
    if (text[position] === '}') break;
    if (!first) {
      if (text[position] !== ',') throw new LineError('labels without a comma between them');
      position++;
      skipSpace();
      if (text[position] === '}') break;
    }
    first = false;
    const quoted = text[position] === '"';
    let label = '';
    if (quoted) {
      [label, position] = parseQuoted(text, position);
    } else {
      const start = position;
      while (/[a-zA-Z0-9_]/.test(text[position] ?? '')) position++;
      label = text.slice(start, position);
      if (!LABEL_NAME.test(label)) throw new LineError('a label without a valid name');
    }
    skipSpace();
    if (text[position] !== '=') {
      if (!quoted || name !== '') throw new LineError('a label without a value');
      name = label;
      continue;
    }
    position++;
    skipSpace();
    if (text[position] !== '"') throw new LineError('a label value without quotes');
    let value = '';
    [value, position] = parseQuoted(text, position);
    if (Object.hasOwn(labels, label)) throw new LineError('a label that comes twice');
    // Not by assignment: a label may be called __proto__.
    Object.defineProperty(labels, label, {
      value,
      enumerable: true,
      writable: true,
      configurable: true,
    });
  }
  if (name === '' || (!NAME.test(name) && brace !== 0)) {
    throw new LineError('no valid metric name');
  }
  return { name, labels };
}

/** The text in quotes that begins at `start`, and the position after it. */
function parseQuoted(text: string, start: number): [string, number] {
  let out = '';
  let from = start + 1;
  for (let position = from; position < text.length; position++) {
    const char = text[position];
    if (char === '"') return [out + text.slice(from, position), position + 1];
    if (char !== '\\') continue;
    const next = text[position + 1];
    out += text.slice(from, position);
    // An unknown escape stands for itself, as in Prometheus' parser of the text format.
    out += next === 'n' ? '\n' : next === '\\' || next === '"' ? next : `\\${next ?? ''}`;
    position++;
    from = position + 1;
  }
  throw new LineError('a label value without an end');
}

/** Any number an exposition may hold, NaN and infinities included. Throws LineError. */
export function parseNumber(text: string): number {
  if (NUMBER.test(text)) return Number(text);
  switch (text.toLowerCase()) {
    case 'nan':
      return Number.NaN;
    case 'inf':
    case '+inf':
      return Number.POSITIVE_INFINITY;
    case '-inf':
      return Number.NEGATIVE_INFINITY;
    default:
      throw new LineError('a value that is no number');
  }
}

const TYPES = new Set([
  'counter',
  'gauge',
  'histogram',
  'gaugehistogram',
  'summary',
  'info',
  'stateset',
  'unknown',
  'untyped',
]);

/**
 * Reads a line that begins with `#`: true for `# EOF`. Other comments are free text, but
 * HELP, TYPE and UNIT must name a metric. Throws LineError.
 */
export function parseComment(line: string): boolean {
  const [, keyword, name, type] = line.split(/[ \t]+/, 4);
  if (keyword === 'EOF' && name === undefined && line.startsWith('# ')) return true;
  if (keyword !== 'HELP' && keyword !== 'TYPE' && keyword !== 'UNIT') return false;
  const metric = name ?? '';
  if (!NAME.test(metric) && !metric.startsWith('"')) {
    throw new LineError(`${keyword} without a valid metric name`);
  }
  if (keyword === 'TYPE' && !metric.startsWith('"') && !TYPES.has(type ?? '')) {
    throw new LineError('TYPE with a type that does not exist');
  }
  return false;
}

/** Checks `# {label="value"} value [timestamp]`, which may follow a sample. Throws LineError. */
export function checkExemplar(text: string): void {
  const found = /^#[ \t]+(\{(?:[^"}]|"(?:[^"\\]|\\.)*")*\})[ \t]+(\S+)(?:[ \t]+(\S+))?[ \t]*$/.exec(
    text,
  );
  if (found === null) throw new LineError('an exemplar that cannot be read');
  parseSeries(`exemplar${found[1] ?? ''}`);
  parseNumber(found[2] ?? '');
  if (found[3] !== undefined) parseNumber(found[3]);
}
