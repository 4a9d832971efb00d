import { beforeAll, describe, expect, it } from 'vitest';
import { check } from '../../src/core/check/check';
import { convert } from '../../src/core/config/convert/convert';
import { FOREIGN_DIALECTS } from '../../src/core/config/dialects/all';
import { useDialects } from '../../src/core/config/dialects/registry';
import { conversionPage } from '../../src/core/language/conversion-page';
import { hoverAt } from '../../src/core/language/hover';
import { lensesOf } from '../../src/core/language/lenses';
import { switchedReference } from '../../src/core/language/switch-reference';
import { applyEdits } from '../../src/core/words/text';
import { preparePythonParser } from '../support/python-parser';
import { SAMPLES } from './dialects/samples';

beforeAll(async () => {
  useDialects(FOREIGN_DIALECTS);
  await preparePythonParser();
});

function lenses(text: string, fileName: string): string[] {
  const lines = new Map<number, string[]>();
  const shown = lensesOf(check(text, fileName)).filter(({ title }) => !title.startsWith('Why'));
  for (const { title, range } of shown) {
    const line = text.slice(0, range.start).split('\n').length;
    lines.set(line, [...(lines.get(line) ?? []), title]);
  }
  return [...lines].sort(([a], [b]) => a - b).map(([line, titles]) => `${line}: ${titles.join(' | ')}`);
}

describe('lenses on configs of other trainers', () => {
  it.each(Object.entries(SAMPLES))('%s: reference and beta', (_, text) => {
    const shown = lenses(text, 'dpo.yaml').join('\n');
    expect(shown).toMatch(/Reference: /);
    expect(shown).toMatch(/Beta: .* \| .*Sweep (beta|around .*) \| Convert\.\.\./);
  });

  it('LLaMA-Factory, whose reference can be switched', () => {
    expect(lenses(SAMPLES.llamafactory, 'lf.yaml')).toEqual([
      '1: Reference: the starting policy org/model-sft with the new adapter switched off | Switch reference... | LLaMA-Factory 0.9.5, llamafactory-cli train FILE',
      '4: Beta: 0.1 | $(graph-line) Sweep around 0.1 | Convert...',
    ]);
  });

  it('an absent beta, where it would stand', () => {
    expect(lenses('base_model: org/m\nrl: dpo\ndatasets:\n  - path: org/p\n', 'a.yml')[0]).toContain(
      'Beta: 0.1, as rl_beta is absent | $(graph-line) Sweep around 0.1 | Convert...',
    );
  });

  it('each training of a script at its own flags', () => {
    const script =
      'B=0.1\ntrl dpo --model_name_or_path a/b \\\n  --beta $B\ntrl dpo --model_name_or_path a/b \\\n  --beta $2\n';
    expect(lenses(script, 'run.sh')).toEqual([
      '1: TRL 1.13.0, trl dpo --config FILE',
      '2: Reference: a frozen copy of the starting policy a/b',
      '3: Beta: 0.1 | $(graph-line) Sweep around 0.1 | Convert...',
      '4: Reference: a frozen copy of the starting policy a/b',
      '5: Beta: $2, filled in when it runs | $(graph-line) Sweep beta | Convert...',
    ]);
  });

  it('start its own trainer where that can be started', () => {
    const checked = check(SAMPLES.llamafactory, 'lf.yaml');
    const actions = lensesOf(checked, { canStart: true, runs: [] }).map(({ title, action }) => [
      title,
      action.kind,
    ]);
    expect(actions).toContainEqual(['$(play) Train', 'train']);
    expect(actions).toContainEqual(['$(graph-line) Sweep around 0.1', 'sweep']);
    expect(lensesOf(checked).map(({ action }) => action.kind)).not.toContain('train');
  });

  it('Python', () => {
    const code =
      'from trl import DPOConfig, DPOTrainer\nargs = DPOConfig(output_dir="o", beta=0.05)\nDPOTrainer("org/m", args=args)\n';
    const shown = lenses(code, 'train.py').join('\n');
    expect(shown).toContain('2: Beta: 0.05 | $(graph-line) Sweep around 0.05 | Convert...');
    expect(shown).toContain('3: Reference: a frozen copy of the starting policy org/m');
  });
});

describe('switching the reference', () => {
  const switched = (text: string, policy: string, fileName = 'lf.yaml'): string => {
    const change = switchedReference(check(text, fileName).experiment, policy);
    return 'refusal' in change ? change.refusal : applyEdits(text, change.edits ?? []);
  };

  it('to another model and back to the starting policy', () => {
    const other = switched(SAMPLES.llamafactory, 'org/strong');
    expect(other).toContain('ref_model: org/strong\n');
    expect(switched(other, 'same')).toBe(SAMPLES.llamafactory);
  });

  it('says so where the trainer has no such key, or nothing would change', () => {
    expect(switched(SAMPLES.trl, 'org/strong')).toContain('TRL has no key for another reference');
    expect(switched(SAMPLES.llamafactory, 'none')).toContain('always compares a reference');
    expect(switched(SAMPLES.llamafactory, 'same')).toContain('without ref_model the starting policy');
  });

  it('in our own files by our words', () => {
    expect(switched('model: org/m\n', 'none', 'a.dpo.yaml')).toContain('policy: none');
  });
});

describe('hover over beta', () => {
  const hover = (text: string, key: string, fileName: string): string =>
    hoverAt(check(text, fileName), text.indexOf(key) + 1, { describeOptions: true })?.markdown ?? '';

  it.each([
    ['summed', SAMPLES.trl, 'beta', 'dpo.yaml', '**sums**'],
    ['averaged', SAMPLES['open-instruct'], 'beta', 'dpo.yaml', '**averages**'],
    ['a flag', 'trl dpo --model_name_or_path a/b --beta 0.1\n', '--beta', 'run.sh', '**sums**'],
  ])('%s: both cultures, the direction and the recipes', (_, text, key, fileName, culture) => {
    const shown = hover(text, key, fileName);
    for (const words of [culture, 'wrong way round', 'six of', 'OLMo 3', '16.25', 'Zephyr-7B'])
      expect(shown).toContain(words);
  });
});

it.each(Object.entries(SAMPLES))('%s: its key of beta has the hover', (_, text) => {
  const checked = check(text, 'dpo.yaml');
  const { keyRange } = checked.experiment.get('objective.beta');
  const hover = keyRange && hoverAt(checked, keyRange.start + 1, { describeOptions: true });
  expect(hover?.markdown).toContain('wrong way round');
});

describe('the page of a conversion', () => {
  it('lists what becomes of each setting, and shows the whole file', () => {
    const { experiment, text } = check(SAMPLES.llamafactory, 'lf.yaml');
    const page = conversionPage(convert(experiment, { text, fileName: 'lf.yaml' }, 'trl'), 'lf.yaml', 'TRL');
    expect(page).toMatch(/^# lf\.yaml for TRL\n\n\d+ carried, \d+ became something else/);
    expect(page).toContain('## Carried');
    expect(page).toContain('```yaml\n# DPO, converted from lf.yaml');
    expect(page).toContain('model_name_or_path: org/model-sft');
  });
});
