import { describe, expect, it } from 'vitest';
import { check } from '../../src/core/check/check';

/** Problems as `CODE "what stands there"`, the message left out. */
function seen(text: string, name = 'a.dpo.yaml'): string[] {
  return check(text, name)
    .problems.filter(({ severity }) => severity === 'error')
    .map(({ code, range }) => `${code} ${JSON.stringify(text.slice(range.start, range.end))}`);
}

const VALID = 'model: org/model\ndata:\n  train: pairs.jsonl\n  eval_fraction: 0.1\n';

describe('YAML that is fine', () => {
  it.each([
    ['a byte-order mark', `\uFEFF${VALID}`],
    ['CRLF', VALID.replaceAll('\n', '\r\n')],
    ['a document start', `---\n${VALID}`],
    ['a document end', `${VALID}...\n`],
    ['comments', `# top\n${VALID}# end`],
    ['an anchor and an alias', `${VALID}objective:\n  beta: &b 0.02\nsweep:\n  beta: [*b, 0.01]\n`],
    ['a merge key', `x-defaults: &d\n  beta: 0.02\n${VALID}objective:\n  <<: *d\n`],
    ['flow style', '{model: m, data: {train: t, eval_fraction: 0.1}}'],
    ['an empty section', `${VALID}training:\n`],
    ['numbers with an exponent', `${VALID}training:\n  learning_rate: 5e-7\n`],
  ])('%s', (_, text) => {
    expect(seen(text)).toEqual([]);
  });

  it('a merged value is used, and a written one wins over it', () => {
    const text = `x-defaults: &d\n  beta: 0.02\n  loss: ipo\n${VALID}objective:\n  <<: *d\n  loss: hinge\n`;
    const { experiment } = check(text, 'a.dpo.yaml');
    expect(experiment.get('objective.beta').value).toBe(0.02);
    expect(experiment.get('objective.loss').value).toBe('hinge');
  });
});

describe('YAML that is broken is reported where it is', () => {
  it.each([
    ['a tab', `${VALID}training:\n\tseed: 1\n`, ['SYN001 "\\t"']],
    ['a duplicate key', `${VALID}model: other\n`, ['SYN002 "model"']],
    ['an unknown anchor', `${VALID}objective:\n  beta: *b\n`, ['SYN001 "*b"']],
    ['an alias of itself', `${VALID}x-a: &a [*a]\n`, ['SYN004 "*a"']],
    ['bytes that are not UTF-8', `${VALID}# caf\uFFFD\n`, ['SYN003 "\uFFFD"']],
    ['UTF-16', 'm\0o\0d\0', ['SYN003 "\\u0000"']],
    ['a list', '- a\n- b\n', ['SYN004 "- a"']],
    ['plain text', 'hello\n', ['SYN004 "hello"']],
    ['nothing', '', ['VAL004 ""']],
    ['only comments', '# later\n', ['VAL004 "# later"']],
  ])('%s', (_, text, problems) => {
    expect(seen(text)).toEqual(problems);
  });

  it('a file cut anywhere never throws and never claims that a cut-off key is missing twice', () => {
    const text = `${VALID}objective: {beta: [0.1, "x`;
    for (let length = 0; length <= text.length; length++) {
      const problems = check(text.slice(0, length), 'a.dpo.yaml').problems;
      expect(problems.length).toBeLessThan(8);
    }
  });

  it('ten megabytes are refused in words, at once', () => {
    const [problem] = check('a: b\n'.repeat(2_000_000), 'a.dpo.yaml').problems;
    expect(problem?.code).toBe('SYN004');
    expect(problem?.message).toContain('10000 thousand characters');
  });

  it('aliases that multiply are stopped', () => {
    const levels = Array.from(
      { length: 12 },
      (_, level) =>
        `x-${level}: &a${level} [${Array(9)
          .fill(level ? `*a${level - 1}` : 'lol')
          .join(', ')}]`,
    );
    expect(seen(`${levels.join('\n')}\n${VALID}`)[0]).toMatch(/^SYN004/);
  });

  it('thousands of brackets are refused in words', () => {
    expect(seen('['.repeat(100_000))[0]).toMatch(/^SYN00[14]/);
    expect(seen('{"a":'.repeat(50_000), 'a.dpo.json')[0]).toMatch(/^SYN00[14]/);
  });
});

describe('JSON', () => {
  it.each([
    ['valid', '{"model": "m", "data": {"train": "t"}}', []],
    ['a byte-order mark', '\uFEFF{"model": "m", "data": {"train": "t"}}', []],
    ['a trailing comma', '{"model": "m", "data": {"train": "t"},}', ['SYN001 "}"']],
    ['a comment', '{"model": "m", // name\n "data": {"train": "t"}}', ['SYN001 "// name"']],
    ['a duplicate key', '{"model": "m", "model": "n", "data": {"train": "t"}}', ['SYN002 "\\"model\\""']],
    ['cut off', '{"model": "m", "data": {"train": "t"', ['SYN001 ""']],
    ['an unknown key', '{"model": "m", "data": {"train": "t", "trian": 1}}', ['KEY001 "\\"trian\\""']],
  ])('%s', (_, text, problems) => {
    expect(seen(text, 'a.dpo.json')).toEqual(problems);
  });
});

describe('values and keys', () => {
  const messages = (text: string): string[] =>
    check(VALID + text, 'a.dpo.yaml')
      .problems.filter(({ severity }) => severity === 'error')
      .map(({ message }) => message);

  it.each([
    [
      'training:\n  seed: one\n',
      'training.seed must be a whole number of at least 0 and of at most 4294967295; "one" is not.',
    ],
    ['training:\n  method: qlora\n', 'training.method must be one of lora, full; "qlora" is not.'],
    ['training:\n  epochs:\n', 'training.epochs has no value. Write a number above 0, or remove the line.'],
    ['training: 3\n', 'training must be a section: keys on lines of their own below it; 3 is not.'],
    [
      'sweep:\n  seeds: [0, 1.5]\n',
      'sweep.seeds.1 must be a whole number of at least 0 and of at most 4294967295; 1.5 is not.',
    ],
    [
      'traning:\n  seed: 1\n',
      'Unknown key "traning" at the top level: it would be ignored. Did you mean "training"?',
    ],
    [
      'pref_beta: 0.1\n',
      'Unknown key "pref_beta" at the top level: it would be ignored. Use objective.beta.',
    ],
    [
      '__proto__: 1\n',
      'Unknown key "__proto__" at the top level: it would be ignored. Keys at the top level: model, reference, objective, data, training, evaluation, sweep, backend.',
    ],
  ])('%j', (text, message) => {
    expect(messages(text)).toContain(message);
  });

  it('a warning is silenced where its line says so, an error is not', () => {
    const config = (comment: string): string => `${VALID}objective:\n  beta: 0.1  ${comment}\n`;
    const codes = (text: string): string[] => check(text, 'a.dpo.yaml').problems.map(({ code }) => code);
    expect(codes(config(''))).toContain('BETA001');
    expect(codes(config('# dpo-lab: ignore BETA001'))).not.toContain('BETA001');
    expect(codes(config('# dpo-lab: ignore BETA003'))).toContain('BETA001');
    expect(codes(`${VALID}objective:\n  beta: 0 # dpo-lab: ignore BETA002\n`)).toContain('BETA002');
  });
});
