import { beforeAll, describe, expect, it } from 'vitest';
import { check, fixesOf } from '../../../src/core/check/check';
import { FOREIGN_DIALECTS } from '../../../src/core/config/dialects/all';
import { recogniseYaml } from '../../../src/core/config/dialects/recognise-yaml';
import { useDialects } from '../../../src/core/config/dialects/registry';
import { read } from '../../../src/core/config/read';
import { OPTION_PATHS } from '../../../src/core/config/table';
import { completionsAt } from '../../../src/core/language/completion';
import { hoverAt } from '../../../src/core/language/hover';
import { lensesOf } from '../../../src/core/language/lenses';
import { RULES } from '../../../src/core/rules/all';
import { applyEdits } from '../../../src/core/words/text';
import { SAMPLES } from './samples';

beforeAll(() => useDialects(FOREIGN_DIALECTS));

const entries = Object.entries(SAMPLES);

describe('configs of other trainers', () => {
  it.each(entries)('%s is recognised by its content', (id, text) => {
    expect(recogniseYaml(read(text, 'yaml').root, 'config/train.yaml', text)).toBe(id);
  });

  it.each(entries)('%s: no rule speaks of what the file cannot say', (_, text) => {
    const { experiments, problems } = check(text, 'train_dpo.yaml');
    for (const experiment of experiments) {
      const silent = new Set(OPTION_PATHS.filter((path) => !experiment.get(path).expressible));
      const found = RULES.flatMap((rule) => [...rule.check(experiment, {})].map(({ at }) => ({ rule, at })));
      const unsayable = found.filter(({ at }) => silent.has(at)).map(({ rule }) => rule.code);
      const shown = problems.map(({ code }) => code);
      for (const code of unsayable) {
        const elsewhere = found.some((other) => other.rule.code === code && !silent.has(other.at));
        if (!elsewhere) expect(shown).not.toContain(code);
      }
      // Keys of ours that the file does not have are in no message.
      const ours = OPTION_PATHS.filter((path) => experiment.get(path).key !== path || silent.has(path));
      for (const { message } of problems) expect(ours.filter((path) => message.includes(path))).toEqual([]);
    }
  });

  it('a setting is read from its place, in the words of the option table', () => {
    const { experiment } = check(SAMPLES.llamafactory, 'x.yaml');
    const beta = experiment.get('objective.beta');
    expect(beta).toMatchObject({ value: 0.1, given: true, key: 'pref_beta', expressible: true });
    expect(SAMPLES.llamafactory.slice(beta.range.start, beta.range.end)).toBe('0.1');
    expect(experiment.get('data.eval_fraction').value).toBe(0.05);
    expect(experiment.get('sweep.beta')).toMatchObject({ given: false, expressible: false });
    expect(experiment.get('training.lora.rank')).toMatchObject({ value: 8, given: false });
  });

  it.each([
    ['axolotl', 'objective.beta', 0.2],
    ['open-instruct', 'objective.length_normalized', true],
    ['open-instruct', 'objective.loss', 'sigmoid'],
    ['torchtune', 'reference.policy', '/models/reference'],
    ['rl2', 'reference.policy', 'same'],
    ['trl', 'model.path', 'org/model-sft'],
    ['alignment-handbook', 'data.train.path', 'org/pairs'],
    ['trl-custom', 'objective.beta', 0.5],
  ] as const)('%s: %s is %s', (id, path, value) => {
    expect(check(SAMPLES[id], 'dpo.yaml').experiment.get(path).value).toBe(value);
  });

  it('a value is written in place, in the words of the trainer', () => {
    const text = SAMPLES['open-instruct'];
    const { experiment } = check(text, 'dpo.yaml');
    const edits = experiment.set('objective.length_normalized', false) ?? [];
    expect(applyEdits(text, edits)).toContain('loss_type: dpo\n');
    expect(experiment.set('sweep.beta', [0.1])).toBeUndefined();
  });

  it('what a script fills in is unknown, not guessed', () => {
    const { experiment } = check(SAMPLES['eric-mitchell'], 'loss/dpo.yaml');
    expect(experiment.get('objective.beta')).toMatchObject({ given: false, malformed: true, written: '???' });
  });

  it('a recipe of NeMo-RL has the keys of the file that it builds upon', () => {
    const child = 'defaults: dpo.yaml\npolicy:\n  model_name: org/other\n';
    const bare = check(child, 'dpo-other.yaml');
    expect(bare.complete).toBe(false);
    const reading = { files: { 'dpo.yaml': SAMPLES['nemo-rl'] } };
    const { experiment } = check(child, 'dpo-other.yaml', { reading });
    expect(experiment.get('objective.beta').value).toBe(0.05);
    expect(experiment.get('model.path').value).toBe('org/other');
  });
});

describe('the effective reference', () => {
  const words = (text: string): string => check(text, 'dpo.yaml').experiment.trainer.reference;
  const adapter = `${SAMPLES.llamafactory}adapter_name_or_path: saves/sft\n`;

  it.each([
    ['TRL, full', SAMPLES.trl, 'a frozen copy of the starting policy org/model-sft'],
    ['TRL, LoRA', `${SAMPLES.trl}use_peft: true\n`, 'with the new adapter switched off'],
    ['TRL, synchronised', `${SAMPLES.trl}sync_ref_model: true\n`, 'moved towards the policy every 512 steps'],
    [
      'LLaMA-Factory, an adapter that goes on',
      adapter,
      'the bare base model org/model-sft, not your adapter saves/sft',
    ],
    ['LLaMA-Factory, merged', `${adapter}create_new_adapter: true\n`, 'with the adapter saves/sft merged in'],
    [
      'LLaMA-Factory, quantized weights cannot be merged',
      `${adapter}create_new_adapter: true\nquantization_bit: 4\n`,
      'not your adapter',
    ],
    ['LLaMA-Factory, another model', `${SAMPLES.llamafactory}ref_model: org/other\n`, 'the model org/other'],
    [
      'axolotl, an adapter that goes on',
      `${SAMPLES.axolotl}lora_model_dir: out/sft\n`,
      'not your adapter out/sft',
    ],
    ['torchtune', SAMPLES.torchtune, 'the model in /models/reference'],
    ['SimPO', SAMPLES.llamafactory.replace('sigmoid', 'simpo'), 'none: the loss simpo'],
  ])('%s', (_, text, expected) => {
    expect(words(text)).toContain(expected);
  });
});

describe('versions', () => {
  const codesOf = (text: string, versions?: Record<string, string>): string[] =>
    check(text, 'dpo.yaml', versions ? { reading: { versions } } : {})
      .problems.filter(({ severity }) => severity === 'error' || severity === 'warning')
      .map(({ code }) => code);

  const old = `${SAMPLES.trl}max_prompt_length: 512\nwarmup_ratio: 0.1\ntorch_dtype: bfloat16\nrpo_alpha: 0.5\n`;

  it('keys that the newest trainer does not have are errors', () => {
    expect(codesOf(old)).toEqual(['KEY002', 'KEY003', 'KEY004', 'LOSS005']);
  });

  it('with the version that they were written for nothing is said', () => {
    expect(codesOf(old, { trl: '0.19.1', transformers: '4.53.0' })).toEqual([]);
  });

  it('keys that are too new are errors too', () => {
    expect(codesOf(`${SAMPLES.trl}loss_weights: [1]\n`, { trl: '0.12.0' })).toContain('KEY002');
  });

  it('every fix gives a file without that problem', () => {
    const checked = check(old, 'dpo.yaml');
    for (const problem of checked.problems.filter(({ code }) => /^KEY|^LOSS/.test(code))) {
      const [fix] = fixesOf(checked, problem);
      expect(fix, problem.message).toBeDefined();
    }
  });

  it('the SFT term moves into the list of losses', () => {
    const checked = check(old, 'dpo.yaml');
    const problem = checked.problems.find(({ code }) => code === 'LOSS005');
    const [fix] = problem ? fixesOf(checked, problem) : [];
    const after = applyEdits(old, fix?.edits ?? []);
    expect(after).toContain('loss_type: [sigmoid, sft]');
    expect(after).toContain('loss_weights: [1, 0.5]');
    expect(check(after, 'dpo.yaml').experiment.get('objective.sft_weight').value).toBe(0.5);
  });

  it('label smoothing on the sigmoid loss worked until 0.28', () => {
    const smoothed = `${SAMPLES.trl}label_smoothing: 0.1\n`;
    expect(codesOf(smoothed)).toContain('LOSS002');
    expect(codesOf(smoothed, { trl: '0.28.0' })).not.toContain('LOSS002');
  });

  it('a misspelt key is reported with the key that was meant', () => {
    const text = SAMPLES.trl.replace('loss_type', 'loss_typ');
    const checked = check(text, 'dpo.yaml');
    const [problem] = checked.problems.filter(({ code }) => code === 'KEY001');
    expect(problem?.message).toContain('Did you mean "loss_type"?');
    expect(problem && fixesOf(checked, problem)).toHaveLength(1);
  });

  it('a reference that the trainer never reads is reported', () => {
    expect(codesOf(`${SAMPLES.axolotl}ref_model: org/other\n`)).toContain('REF003');
  });
});

describe('other files', () => {
  it.each([
    ['a workflow', 'on: push\njobs:\n  test:\n    runs-on: ubuntu-latest\n'],
    ['SFT of LLaMA-Factory', 'model_name_or_path: m\nstage: sft\ndataset: dpo_pairs\n'],
    ['SFT of axolotl', 'base_model: m\ndatasets: [{ path: p }]\nadapter: lora\n'],
    ['KTO of TRL', 'model_name_or_path: m\nbeta: 0.1\ndesirable_weight: 1\nrun_name: kto-after-dpo\n'],
    ['an optimizer', 'optimizer:\n  beta: 0.9\n  lr: 0.1\n'],
  ])('%s is no config', (_, text) => {
    expect(recogniseYaml(read(text, 'yaml').root, 'config.yaml', text)).toBeUndefined();
  });
});

describe('lenses', () => {
  const titles = (text: string): string[] => lensesOf(check(text, 'dpo.yaml')).map(({ title }) => title);

  it('name trainer, version, reference and beta', () => {
    const [reference, ...others] = titles(SAMPLES.llamafactory);
    expect(others).toContain('LLaMA-Factory 0.9.5, llamafactory-cli train FILE');
    expect(reference).toContain('the starting policy org/model-sft');
    expect(others).toContain('Switch reference...');
    expect(others).toContain('Beta: 0.1');
  });

  it('stand where an absent beta would stand, and offer no switch that the trainer does not have', () => {
    const found = titles(SAMPLES.trl.replace('beta: 0.1\n', 'precompute_ref_log_probs: true\n'));
    expect(found).toContain('Beta: 0.1, as beta is absent');
    expect(found).not.toContain('Switch reference...');
    expect(found.join()).not.toMatch(/Train/);
  });
});

describe('completion and hovers', () => {
  const at = (marked: string): [ReturnType<typeof check>, number] => [
    check(marked.replace('|', ''), 'dpo.yaml'),
    marked.indexOf('|'),
  ];
  const labels = (marked: string): string[] =>
    completionsAt(...at(marked), { models: [], dataFiles: [] }, { keysAndValues: true }).map(
      ({ label }) => label,
    );

  it("offers the trainer's own keys, without those that it no longer has", () => {
    const found = labels(`${SAMPLES.trl}|\n`);
    expect(found).toContain('precompute_ref_log_probs');
    expect(found).toContain('lora_r');
    expect(found).not.toContain('max_prompt_length');
    expect(found).not.toContain('objective');
  });

  it("offers the trainer's own words", () => {
    expect(labels(SAMPLES['nemo-aligner'].replace('preference_loss: dpo', 'preference_loss: |'))).toContain(
      'dpo',
    );
  });

  it("explains a key with the trainer's default", () => {
    const [checked, offset] = at(SAMPLES.llamafactory.replace('pref_beta', 'pref|_beta'));
    const { markdown = '' } = hoverAt(checked, offset, { describeOptions: true }) ?? {};
    expect(markdown).toContain('**pref_beta**');
    expect(markdown).toContain('default 0.1');
    expect(markdown).toContain('Win rate by beta');
  });
});

it('the versions in which keys came or went are on offer, newest first', () => {
  const { turns } = check(SAMPLES.llamafactory, 'lf.yaml').experiment.trainer;
  expect(turns).toEqual(['0.9.0', '0.8.0']);
  expect(check(SAMPLES.trl, 'dpo.yaml').experiment.trainer.turns[0]).toBe('1.8.0');
});
