import { beforeAll, describe, expect, it } from 'vitest';
import { type Checked, check } from '../../../src/core/check/check';
import type { OptionPath } from '../../../src/core/config/config';
import { CONVERSION_TARGETS, type Conversion, convert } from '../../../src/core/config/convert/convert';
import { FOREIGN_DIALECTS } from '../../../src/core/config/dialects/all';
import { useDialects } from '../../../src/core/config/dialects/registry';
import { TableExperiment } from '../../../src/core/config/dialects/table-experiment';
import { isOutside } from '../../../src/core/config/dialects/versions';
import type { Experiment } from '../../../src/core/config/experiment';
import { OPTION_PATHS } from '../../../src/core/config/table';
import { corpusFiles } from '../../support/corpus';
import { SAMPLES } from '../dialects/samples';

beforeAll(() => useDialects(FOREIGN_DIALECTS));

const WRITTEN = ['trl', 'alignment-handbook', 'llamafactory', 'axolotl'] as const;
type Written = (typeof WRITTEN)[number];

function one(text: string, fileName: string, target: (typeof CONVERSION_TARGETS)[number], index = 0) {
  const checked = check(text, fileName);
  return convert(checked.experiments[index] ?? checked.experiment, checked, target);
}

/** A config of ours made of this file, read without an error. */
function toOurs(text: string, fileName: string): Checked {
  const ours = check(one(text, fileName, 'dpo-lab').text, 'made.dpo.yaml');
  // A model that the file does not name is missing in ours, too.
  const wrong = ours.problems.filter(({ code }) => /^(SYN|VAL|KEY)/.test(code) && code !== 'VAL004');
  expect(
    wrong.map(({ message, range }) => ours.text.slice(range.start - 200, range.end + 20) + message),
  ).toEqual([]);
  return ours;
}

function back(text: string, fileName: string, target: Written): Checked {
  const ours = toOurs(text, fileName);
  const { text: written } = convert(ours.experiment, ours, target);
  const checked = check(written, 'made.dpo-back.yaml');
  expect(checked.experiment.trainer.dialect, written).toBe(target);
  return checked;
}

/** Keys that the newest version no longer reads are not written again. */
function isRead(path: OptionPath, experiment: Experiment): boolean {
  if (!(experiment instanceof TableExperiment)) return true;
  const { key, given } = experiment.get(path);
  // Where neither the file nor the table says it, there is nothing to compare.
  if (!given && experiment.table.rows[path]?.default === undefined) return false;
  return !experiment.table.changes.some(
    (change) => change.key === key && isOutside(change, experiment.file.version(change.package)),
  );
}

function settingsOf(experiment: Experiment, like: Experiment): Record<string, unknown> {
  const entries = OPTION_PATHS.filter((path) => isRead(path, like)).map((path) => [
    path,
    experiment.get(path).value,
  ]);
  return { ...Object.fromEntries(entries), reference: experiment.trainer.reference };
}

function accumulation(experiment: Experiment): unknown {
  return experiment.own?.file.value('gradient_accumulation_steps') ?? 1;
}

describe('to ours and back', () => {
  const files = corpusFiles('.yaml', '.yml').filter(({ dialect }) => WRITTEN.includes(dialect as Written));
  const samples = WRITTEN.map((dialect) => ({
    file: `${dialect}.yaml`,
    dialect: dialect as string,
    text: SAMPLES[dialect],
  }));
  it.each([...samples, ...files])('$file trains the same', ({ file, text, dialect }) => {
    const before = check(text, file).experiment;
    const after = back(text, file, dialect as Written).experiment;
    expect(settingsOf(after, before)).toEqual(settingsOf(before, before));
    if (before.get('model.path').given)
      expect(Number(accumulation(after))).toBe(Number(accumulation(before)));
  });
});

/** Samples without a model. */
const INCOMPLETE = ['nemo-aligner', 'eric-mitchell', 'refdpo'];

describe('to every trainer', () => {
  it.each(Object.entries(SAMPLES))('a sample of %s is read as a file of the target', (dialect, text) => {
    for (const target of CONVERSION_TARGETS) {
      if (target === 'dpo-lab') continue;
      const checked = check(one(text, `${dialect}.yaml`, target).text, 'made.dpo-back.yaml');
      // Where one data set has both splits, the handbook's file is one of TRL.
      const { dialect: read } = checked.experiment.trainer;
      if (INCOMPLETE.includes(dialect)) continue;
      expect([target, 'trl']).toContain(read);
      expect(
        checked.problems.filter(({ code }) => /^(SYN|KEY|VAL)/.test(code)),
        `${dialect} to ${target}`,
      ).toEqual([]);
    }
  });

  it('says something of every key of public files', () => {
    const found: string[] = [];
    for (const { file, text } of corpusFiles('.yaml', '.yml', '.sh')) {
      const checked = check(text, file);
      for (const target of CONVERSION_TARGETS) {
        for (const experiment of checked.experiments) {
          const { notes, text: written } = convert(experiment, checked, target);
          const said = notes.map((note) => note.text).join('\n') + written;
          const silent = (experiment.own?.entries.all ?? []).filter(
            ({ key, value }) =>
              !/[{}]/.test(key) &&
              value !== null &&
              value !== '' &&
              !(typeof value === 'object') &&
              !MEANT.has(key.split('.').at(-1) ?? '') &&
              !key.split('.').some((_, depth, parts) => said.includes(parts.slice(0, depth + 1).join('.'))),
          );
          found.push(...silent.map(({ key }) => `${key} of ${file} to ${target}`));
        }
      }
    }
    expect(found).toEqual([]);
  });
});

/** What these say is said in other words: a batch, a switch, a kind of file. */
const MEANT = new Set([
  'gradient_accumulation_steps',
  'stage',
  'rl',
  'rlhf_type',
  'do_train',
  'eval_strategy',
  'evaluation_strategy',
  'bf16',
  'fp16',
  'do_eval',
  'lora_target_linear',
  'lora_target',
  'dataset_splits',
]);

describe('units and terms', () => {
  const from = (text: string, target: (typeof CONVERSION_TARGETS)[number], name = 'a.dpo.yaml'): Conversion =>
    one(text, name, target);
  const noted = ({ notes }: Conversion, kind: string): string =>
    notes
      .filter((note) => note.kind === kind)
      .map(({ text }) => text)
      .join('\n');

  it('a batch is micro batch x accumulation x processes', () => {
    const script =
      'accelerate launch --num_processes 4 -m trl.scripts.dpo --model_name_or_path a/b --dataset_name c/d --per_device_train_batch_size 2 --gradient_accumulation_steps 8\n';
    const made = from(script, 'dpo-lab', 'run.sh');
    const ours = check(made.text, 'a.dpo.yaml').experiment;
    expect(ours.get('training.batch_size').value).toBe(64);
    expect(ours.get('backend.torch.processes').value).toBe(4);
    expect(noted(made, 'changed')).toContain('64 = 2 at once x 8 accumulated x 4 processes');
    const back = from(made.text, 'trl').text;
    expect(back).toContain('gradient_accumulation_steps: 8');
  });

  it("a trainer's default is written out where ours is another", () => {
    const { text } = from('model_name_or_path: a/b\nbeta: 0.1\ndataset_name: c/d\n', 'dpo-lab', 'dpo.yaml');
    const ours = check(text, 'a.dpo.yaml').experiment;
    expect(ours.get('training.epochs')).toMatchObject({ given: true, value: 3 });
    expect(ours.get('training.learning_rate')).toMatchObject({ given: true, value: 1e-6 });
    expect(ours.get('training.method')).toMatchObject({ given: true, value: 'full' });
  });

  it('what a script leaves open is undecided on every way', () => {
    const script =
      'llamafactory-cli train --stage dpo --model_name_or_path a/b --dataset d --pref_beta $1 --template llama3\n';
    const made = from(script, 'dpo-lab', 'run.sh');
    expect(noted(made, 'undecided')).toContain('objective.beta: pref_beta is filled in when the script runs');
    expect(check(made.text, 'a.dpo.yaml').experiment.get('objective.beta').given).toBe(false);
    for (const target of ['trl', 'axolotl', 'llamafactory'] as const)
      expect(from(made.text, target).text).not.toMatch(/^(pref_|rl_)?beta:/m);
  });

  const averaged = 'model: a/b\ndata:\n  train: c/d\nobjective:\n  beta: 5\n  length_normalized: true\n';

  it('averaged log-probabilities keep beta where the trainer averages, and lose it where it sums', () => {
    const trl = from(averaged, 'trl');
    expect(trl.text).toContain('loss_type: sigmoid_norm');
    expect(trl.text).toContain('beta: 5');
    const factory = from(averaged, 'llamafactory');
    expect(factory.text).not.toContain('pref_beta');
    expect(noted(factory, 'lost')).toContain('objective.beta 5 is left out');
  });

  it('another reference goes to LLaMA-Factory, and is named as lost where a file cannot say it', () => {
    const ours = 'model: a/b\nreference:\n  policy: e/f\ndata:\n  train: c/d\n';
    expect(from(ours, 'llamafactory').text).toContain('ref_model: e/f');
    for (const target of ['trl', 'axolotl', 'alignment-handbook'] as const) {
      const made = from(ours, target);
      expect(noted(made, 'lost')).toContain('reference.policy "e/f"');
      expect(made.text).toContain('# Lost: reference.policy');
    }
  });

  it("the bare reference beside LLaMA-Factory's adapter is written out in ours", () => {
    const made = from(
      'stage: dpo\nmodel_name_or_path: a/b\nadapter_name_or_path: e/f\ndataset: d\n',
      'dpo-lab',
      'f.yaml',
    );
    const ours = check(made.text, 'a.dpo.yaml').experiment;
    expect(ours.get('reference.policy').value).toBe('a/b');
    expect(from(made.text, 'llamafactory').text).not.toContain('create_new_adapter');
  });

  it("an adapter that belongs to ours' reference is merged by LLaMA-Factory", () => {
    const made = from('model:\n  path: a/b\n  adapter: e/f\ndata:\n  train: c/d\n', 'llamafactory');
    expect(made.text).toContain('create_new_adapter: true');
    expect(check(made.text, 'f.yaml').experiment.get('reference.policy').value).toBe('same');
  });

  it('an SFT term becomes a second loss of TRL and a share of LLaMA-Factory', () => {
    const ours = 'model: a/b\ndata:\n  train: c/d\nobjective:\n  sft_weight: 0.2\n';
    expect(from(ours, 'trl').text).toContain('loss_type: [sigmoid, sft]\nloss_weights: [1, 0.2]');
    expect(from(ours, 'llamafactory').text).toContain('pref_ftx: 0.2');
  });

  it('a local file and a share held out have a place in the data of TRL', () => {
    const made = from('model: a/b\ndata:\n  train: data/pairs.jsonl\n  eval_fraction: 0.05\n', 'trl');
    const trl = check(made.text, 'dpo.yaml').experiment;
    expect(trl.get('data.train.path').value).toBe('data/pairs.jsonl');
    expect(trl.get('data.eval_fraction').value).toBe(0.05);
    expect(made.text).toContain('eval_strategy: steps');
  });
});
