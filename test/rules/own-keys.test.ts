import { beforeAll, describe, expect, it } from 'vitest';
import { check, fixesOf } from '../../src/core/check/check';
import { factQuery } from '../../src/core/check/fact-query';
import { FOREIGN_DIALECTS } from '../../src/core/config/dialects/all';
import { useDialects } from '../../src/core/config/dialects/registry';
import { applyEdits } from '../../src/core/words/text';
import { corpusFiles } from '../support/corpus';

beforeAll(() => useDialects(FOREIGN_DIALECTS));

const TRL = `model_name_or_path: org/model-sft
dataset_name: org/pairs
beta: 0.05
learning_rate: 5.0e-7
num_train_epochs: 1
report_to: none
`;
const FACTORY = `model_name_or_path: org/base
stage: dpo
finetuning_type: lora
pref_beta: 0.05
dataset: pairs
template: llama3
report_to: wandb
bf16: true
`;
const AXOLOTL = `base_model: org/model-sft
rl: dpo
rl_beta: 0.05
datasets:
  - path: org/pairs
`;

function codes(text: string, versions?: Record<string, string>): string[] {
  const { problems } = check(text, 'dpo.yaml', versions ? { reading: { versions } } : {});
  return problems.map(({ code, severity }) => `${code} ${severity}`);
}

const FOUND: [problem: string, text: string][] = [
  ['REF001 error', `${FACTORY}adapter_name_or_path: saves/sft\n`],
  [
    'REF001 error',
    `${FACTORY}adapter_name_or_path: saves/sft\ncreate_new_adapter: true\nquantization_bit: 4\n`,
  ],
  ['REF006 warning', `${TRL}precompute_ref_log_probs: true\nmax_length: null\n`],
  ['REF008 error', `${TRL}sync_ref_model: true\nprecompute_ref_log_probs: true\n`],
  ['REF008 warning', `${TRL}sync_ref_model: true\nref_model_sync_steps: 1\nref_model_mixup_alpha: 1.0\n`],
  ['REF009 error', `${TRL}precompute_ref_log_probs: true\ndataset_streaming: true\n`],
  ['LOSS004 error', `${TRL}loss_type: [sigmoid, sft]\nuse_liger_kernel: true\n`],
  ['LOSS004 error', `${TRL}loss_type: apo_zero\nf_divergence_type: js_divergence\n`],
  ['LOSS004 error', `${AXOLOTL}dpo_loss_type: [sigmoid, sft]\ndpo_loss_weights: [1]\n`],
  ['LOSS003 error', `${TRL}loss_type: exo_pair\n`],
  ['LOSS003 warning', `${TRL}loss_type: robust\nlabel_smoothing: 0.5\n`],
  ['LOSS003 warning', `${AXOLOTL}dpo_loss_type: [robust]\ndpo_label_smoothing: 0.6\n`],
  ['LOSS003 error', `${FACTORY}pref_loss: hinge\ndpo_label_smoothing: 0.1\n`],
  ['KEY009 info', `${TRL.replace(/learning_rate.*\n/, '')}max_target_length: 128\n`],
];

const SILENT: [problem: string, text: string, versions?: Record<string, string>][] = [
  ['REF001', `${FACTORY}adapter_name_or_path: saves/sft\ncreate_new_adapter: true\n`],
  [
    'REF001',
    `${FACTORY}adapter_name_or_path: saves/sft\nref_model: org/base\nref_model_adapters: saves/sft\n`,
  ],
  ['REF001', `${FACTORY}adapter_name_or_path: saves/sft\npref_loss: simpo\n`],
  ['REF006', `${TRL}precompute_ref_log_probs: true\ntruncation_mode: keep_start\nmax_length: 512\n`],
  ['REF006', `${TRL}precompute_ref_log_probs: true\ntruncation_mode: keep_end\n`, { trl: '0.19.1' }],
  ['REF008', `${TRL}sync_ref_model: true\n`],
  ['REF015', `${AXOLOTL}precompute_ref_log_probs: true\nadapter: lora\n`],
  ['BETA008', `${AXOLOTL}trl:\n  beta: 0.05\n`],
  ['LOSS004', `${TRL}loss_type: [sigmoid, sft]\nloss_weights: [1, 0.5]\n`],
  ['LOSS004', `${TRL}loss_type: ipo\nf_divergence_type: js_divergence\n`],
  ['LOSS006', FACTORY],
  ['LOSS003', `${TRL}loss_type: robust\nlabel_smoothing: 0.1\n`],
  ['LOSS003', `${FACTORY}dpo_label_smoothing: 0.1\n`],
  ['LOSS002', `${FACTORY}pref_loss: hinge\ndpo_label_smoothing: 0.1\n`],
  ['KEY009', TRL],
  ['KEY009', `${TRL}max_prompt_length: 512\n`, { trl: '0.19.1' }],
  ['OPT004', FACTORY],
  ['OPT006', `${TRL}disable_dropout: true\n`],
  ['MON003', TRL],
];

describe('rules about keys of other trainers', () => {
  it.each(FOUND)('%s: %j', (problem, text) => {
    expect(codes(text)).toContain(problem);
  });

  it.each(SILENT)('no %s: %j', (code, text, versions) => {
    expect(codes(text, versions).filter((problem) => problem.startsWith(code))).toEqual([]);
  });

  it('the adapter gets into the reference by either fix', () => {
    const text = `${FACTORY}adapter_name_or_path: saves/sft\n`;
    const checked = check(text, 'dpo.yaml');
    const problem = checked.problems.find(({ code }) => code === 'REF001');
    const fixes = problem ? fixesOf(checked, problem) : [];
    expect(fixes).toHaveLength(2);
    const after = fixes.map(
      ({ edits }) => check(applyEdits(text, edits), 'dpo.yaml').experiment.trainer.reference,
    );
    expect(after[0]).toContain('with the adapter saves/sft merged in');
    expect(after[1]).toContain('the model org/base with the adapter saves/sft');
  });

  describe('reference log-probabilities in the data', () => {
    const train = {
      state: 'read',
      files: [],
      columns: ['prompt', 'chosen', 'rejected', 'ref_chosen_logps', 'ref_rejected_logps'],
      format: 'strings',
      sampled: 10,
      identicalPairs: 0,
      emptyResponses: 0,
      meanChosenLength: 10,
      meanRejectedLength: 10,
    } as const;
    const found = (text: string, versions: Record<string, string> = {}): string[] =>
      check(text, 'dpo.yaml', { train, reading: { versions } })
        .problems.filter(({ code }) => code === 'REF005')
        .map(({ severity, fixes }) => `${severity}, ${fixes.length} fixes`);

    it('are ignored by TRL from 0.29 on, and refused beside those that it computes', () => {
      expect(found(TRL)).toEqual(['warning, 0 fixes']);
      expect(found(`${TRL}precompute_ref_log_probs: true\n`)).toEqual(['error, 1 fixes']);
      expect(found(TRL, { trl: '0.28.0' })).toEqual([]);
    });
  });

  describe('an output folder with checkpoints of a run with another beta', () => {
    const output = { folder: 'out/dpo', checkpoints: 2, beta: 0.1 };
    const found = (text: string, facts = output): string[] =>
      check(text, 'dpo.yaml', { output: facts })
        .problems.filter(({ code }) => code === 'RES001')
        .map(({ severity, message }) => `${severity} ${message}`);

    it('is named where the trainer continues by itself', () => {
      expect(found(`${FACTORY}output_dir: out/dpo\n`)).toEqual([
        'warning out/dpo holds 2 checkpoints of a run with beta 0.1. LLaMA-Factory continues from the last one by itself, now with beta 0.05: the result would be of neither.',
      ]);
      expect(found(`${FACTORY}output_dir: out/dpo\n`, { ...output, beta: 0.05 })).toEqual([]);
    });

    it('is fixed by another folder', () => {
      const checked = check(`${FACTORY}output_dir: out/dpo\n`, 'dpo.yaml', { output });
      const [fix] = checked.problems.find(({ code }) => code === 'RES001')?.fixes ?? [];
      expect(fix && applyEdits(checked.text, fix.edits)).toContain('output_dir: out/dpo-beta0.05\n');
    });

    it('is asked for only then', () => {
      const place = { configFile: '/w/dpo.yaml', workspaceFolder: '/w', dataFolder: '.dpo' };
      const asked = (text: string): string | undefined =>
        factQuery(check(text, '/w/dpo.yaml').experiment, place).output;
      expect(asked(`${FACTORY}output_dir: out/dpo\n`)).toBe('out/dpo');
      expect(asked(`${FACTORY}output_dir: out/dpo\noverwrite_output_dir: true\n`)).toBeUndefined();
      expect(asked(`${TRL}output_dir: out/dpo\n`)).toBeUndefined();
    });
  });

  it('one of several trainings in a script is fixed at a time', () => {
    const command = 'llamafactory-cli train --stage dpo --model_name_or_path m --dpo_beta 0.1\n';
    const checked = check(command + command, 'run.sh');
    const problem = checked.problems.find(({ code }) => code === 'KEY005');
    expect(problem && fixesOf(checked, problem)).toHaveLength(1);
  });
});

const PUBLIC = corpusFiles('.yaml', '.yml', '.sh');

// Without the public configs there is nothing to test, which is no skipped test.
if (PUBLIC.length > 0) {
  describe('public configs', () => {
    it('the newest versions reject keys and losses, and nothing else', () => {
      for (const { text, file } of PUBLIC) {
        const checked = check(text, file);
        const errors = checked.problems
          .filter(({ severity }) => severity === 'error')
          .map(({ code }) => code);
        expect(
          errors.filter((code) => !/^(KEY|LOSS001|LOSS005|SYN)/.test(code)),
          file,
        ).toEqual([]);
      }
    }, 60_000);
  });
}
