import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { loadConfig, parseConfig } from '#core/config/load.ts';
import { DEFAULT_SIGNALS } from '#shared/model/default-signals.ts';
import { boundedPattern } from '#shared/util/bounded-pattern.ts';

const example = await readFile('resources/nightdesk.example.yml', 'utf8');

function problemsWith(find: string | RegExp, replace: string) {
  const text = example.replace(find, replace);
  expect(text, 'the example must contain what the test changes').not.toBe(example);
  return { text, ...parseConfig(text) };
}

function lineOf(text: string, part: string): number {
  return text.split('\n').findIndex((line) => line.includes(part)) + 1;
}

describe('the configuration file', () => {
  it('accepts the example that ships with the project', () => {
    expect(parseConfig(example).problems).toEqual([]);
  });

  it('names line and key of a misspelt key, and the key that was meant', () => {
    const { text, config, problems } = problemsWith('killSwitch:', 'killSwich:');
    expect(config).toBeNull();
    expect(problems).toEqual([
      expect.objectContaining({
        line: lineOf(text, 'killSwich'),
        key: 'services[0].killSwich',
        hint: 'Did you mean "killSwitch"?',
      }),
    ]);
  });

  it('says what a duration looks like', () => {
    const { text, problems } = problemsWith('window: 5m', 'window: five minutes');
    expect(problems[0]).toMatchObject({
      line: lineOf(text, 'five minutes'),
      key: 'signals.window',
    });
    expect(problems[0]?.message).toContain('15s, 5m');
  });

  it('refuses no time at all where something is waited for', () => {
    const { problems } = problemsWith('window: 5m', 'window: 0s');
    expect(problems).toMatchObject([{ key: 'signals.window' }]);
    expect(problems[0]?.message).toContain('longer than nothing');
  });

  it.each([
    ['every: 10s', 'every: 30d', 'sources[1].every', 'up to 1d'],
    ['every: 10s', 'timeout: 2h', 'sources[1].timeout', 'up to 1h'],
    ['unlockFor: 15m', 'unlockFor: 30d', 'actions.unlockFor', 'up to 1d'],
    ['every: 30d }', 'every: 1000d }', 'drills[0].every', 'up to 366d'],
  ])('instead of %s refuses %s, and says how long it may be', (right, wrong, key, words) => {
    const { problems } = problemsWith(right, wrong);
    expect(problems).toMatchObject([{ key }]);
    expect(problems[0]?.message).toContain(words);
    expect(problems[0]?.hint).toContain(words);
  });

  it('refuses a secret written where its name belongs', () => {
    const { problems } = problemsWith('secret: UNLEASH_TOKEN', "secret: '*:*.9f8e7d'");
    expect(problems[0]?.key).toBe('sources[2].secret');
    expect(problems[0]?.message).toContain('not the secret itself');
    expect(JSON.stringify(problems)).not.toContain('9f8e7d');
  });

  it('lists the kinds of sources when one is not known', () => {
    const { problems } = problemsWith('kind: alertmanager', 'kind: pagerduty');
    expect(problems[0]?.key).toContain('sources[1]');
    expect(problems[0]?.hint).toContain('alertmanager');
  });

  it('finds references to sources and environments that are not there', () => {
    const { text, problems } = problemsWith(
      'killSwitch: { source: unleash,',
      'killSwitch: { source: unlesh,',
    );
    expect(problems).toEqual([
      expect.objectContaining({
        line: lineOf(text, 'unlesh'),
        key: 'services[0].killSwitch.source',
        hint: 'Did you mean "unleash"?',
      }),
    ]);
  });

  it.each([
    [
      '- id: support-bot\n    title',
      '- id: *bot\n    title',
      'id: *bot',
      '*bot stands for nothing',
    ],
    ['unsurePhrases', 'unsurePhrases', '&a0', 'too often'],
  ])(
    'gives the line of an alias that leads nowhere, or to far too much',
    (right, wrong, part, why) => {
      const bomb = Array.from({ length: 9 }, (_, n) => {
        const items = Array.from({ length: 9 }, () => (n === 0 ? 'x' : `*a${n - 1}`));
        return `x${n}: &a${n} [${items.join(', ')}]`;
      });
      const text =
        part === '&a0' ? `${bomb.join('\n')}\n${example}` : example.replace(right, wrong);
      const { config, problems } = parseConfig(text);
      expect(config).toBeNull();
      expect(problems).toHaveLength(1);
      expect(problems[0]?.message).toContain(why);
      expect(problems[0]?.line).toBe(part === '&a0' ? 2 : lineOf(text, part));
    },
  );

  it.each([
    [
      'a misspelt signal',
      'latency_p95: {',
      'latncy_p95: {',
      'services[0].bands.latncy_p95',
      '"latency_p95"',
    ],
    [
      'a candidate that is stable',
      'candidate: v42',
      'candidate: v41',
      'services[0].modelFlag.candidate',
      'other version',
    ],
    [
      'a drill that is there twice',
      /^drills:\n(.*)\n/m,
      'drills:\n$1\n$1\n',
      'drills[1]',
      'Take one',
    ],
    [
      'two receivers on one port',
      '  - id: runbooks',
      '  - { id: more, kind: otlp }\n\n  - id: runbooks',
      'sources[4].port',
      'of its own',
    ],
    [
      'runbooks without a folder of them',
      / {2}- id: runbooks[\s\S]*?runbooks\n/,
      '',
      'services[0].runbooks',
      'runbook-folder',
    ],
  ])('refuses %s', (_, right, wrong, key, hint) => {
    const { config, problems } = problemsWith(right, wrong);
    expect(config).toBeNull();
    expect(problems).toMatchObject([{ key, line: expect.any(Number) }]);
    expect(problems[0]?.hint).toContain(hint);
  });

  it('takes a band of a signal that the file defines itself', () => {
    const own = JSON.stringify({ ...DEFAULT_SIGNALS[0], id: 'mine' });
    const text = example
      .replace('latency_p95: {', 'mine: {')
      .replace('window: 5m', `window: 5m\n  definitions: [${own}]`);
    expect(parseConfig(text).problems).toEqual([]);
  });

  it.each([
    ['every: 10s', 'every: 15', 'sources[1].every must be a text, not a number.', '15s, 5m'],
    ['port: 4318', 'port: 43.18', 'sources[3].port must be a whole number.', ''],
    [
      'protected: true',
      'protected: "no"',
      'environments[0].protected must be true or false, not a text.',
      '',
    ],
    ['version: 1\n', '', 'version is missing.', 'version: 1'],
    ['kind: alertmanager', '# none', 'sources[1].kind is missing.', 'One of: openmetrics'],
    ['stable: v41', '# none', 'services[0].modelFlag.stable is missing.', ''],
    [
      'by: variants',
      'by: weights',
      'services[0].modelFlag.by has a value that is not allowed.',
      'variants, rollout',
    ],
  ])('says what is wrong with %s as %s', (right, wrong, message, hint) => {
    const { problems } = problemsWith(right, wrong);
    expect(problems[0]?.message).toBe(message);
    expect(problems[0]?.hint).toContain(hint);
    expect(problems[0]?.hint).not.toMatch(/^Expected/);
  });

  it('refuses two sources of one id', () => {
    const { problems } = problemsWith('- id: alertmanager', '- id: prometheus');
    expect(problems[0]?.message).toContain('"prometheus"');
  });

  it('gives the line of broken YAML', () => {
    const { problems } = problemsWith(
      'environments:\n  - name: production',
      'environments:\n  - name: "production',
    );
    expect(problems.length).toBeGreaterThan(0);
    expect(problems[0]?.line).toEqual(expect.any(Number));
  });

  it('says so when the file is missing, empty, or no mapping', async () => {
    expect((await loadConfig('/nowhere/nightdesk.yml')).problems[0]?.message).toContain('ENOENT');
    expect(parseConfig('').problems[0]?.message).toContain('empty');
    expect(parseConfig('- a\n- b').config).toBeNull();
    expect(parseConfig('just words').config).toBeNull();
  });
});

describe('masking', () => {
  const withPattern = (pattern: string) => problemsWith("'\\bC-\\d{6}\\b'", `'${pattern}'`);

  it('is on where nothing is said of it', () => {
    const without = example.replace(/^masking:[\s\S]*?^retention:/m, 'retention:');
    expect(parseConfig(without).config?.masking).toEqual({
      enabled: true,
      patterns: {},
      fields: {},
    });
  });

  it.each([
    ['C-[', 'no regular expression'],
    ['C?', 'matches the empty text'],
    ['(C)\\1', 'refers back to a group'],
    ['(C+)+x', 'repeats a group'],
    ['(C|CC)*x', 'repeats a group'],
    ['(?:[a-z]{1,9}){2,5}', 'repeats a group'],
    ['\\w+\\w+\\w+x', 'repeats too freely'],
    ['[a-z]{1,500}[a-z]{1,500}', 'repeats too freely'],
  ])('refuses the pattern %s, with its line and key', (pattern, why) => {
    const { text, config, problems } = withPattern(pattern);
    expect(config).toBeNull();
    expect(problems[0]).toMatchObject({
      line: lineOf(text, 'customer number:'),
      key: 'masking.patterns.customer number',
    });
    expect(problems[0]?.message).toContain(why);
  });

  it.each(['C-\\d+', '(?:AB|CD)-[0-9]{4,12}', '\\p{Lu}{2}[ -]?\\d+', '(?<=id: )[(*+]\\w+'])(
    'takes the pattern %s',
    (pattern) => expect(withPattern(pattern).problems).toEqual([]),
  );

  it('refuses a kind that could not stand in a mark, and names a misspelt key', () => {
    const { problems } = problemsWith('loyalty_id: customer number', 'loyalty_id: "⟦x⟧ 7"');
    expect(problems[0]).toMatchObject({ key: 'masking.fields.loyalty_id' });
    expect(problems[0]?.message).toContain('a word or two');
    const misspelt = problemsWith('  fields: #', '  field: #');
    expect(misspelt.problems[0]).toMatchObject({
      key: 'masking.field',
      hint: 'Did you mean "fields"?',
    });
  });
});

describe('a bounded pattern', () => {
  it('finds what the pattern finds, up to the length that a repetition counts to', () => {
    for (const [pattern, found, not] of [
      ['C-\\d+', 'C-123456', 'C-x'],
      ['[*+]{2,}a*?b', '*+*b', '*b'],
      ['\\u{43}{2}\\p{L}?', 'CCé', 'C'],
      ['(?<n>a|b)c{3}', 'bccc', 'bcc'],
    ] as const) {
      const bounded = boundedPattern(pattern);
      if ('problem' in bounded) throw new Error(bounded.problem);
      const shape = new RegExp(`^(?:${bounded.source})$`, 'u');
      expect(shape.test(found), pattern).toBe(true);
      expect(shape.test(not), pattern).toBe(false);
    }
  });

  it('ends on the texts that it would be lost in otherwise', () => {
    for (const pattern of ['[a-z]+[a-z]+!', '(?:x|y)?[a-z]+\\d*!']) {
      const bounded = boundedPattern(pattern);
      if ('problem' in bounded) throw new Error(bounded.problem);
      expect(new RegExp(bounded.source, 'gu').test('a'.repeat(100_000))).toBe(false);
    }
  });
});
