import { describe, expect, it } from 'vitest';
import { fixesOf } from '../../src/core/check/check';
import { checked, codes, messages, modelFacts, type Sections } from './support';

const TORCH = '{ kind: torch }';
const JUDGED = (judge: string): Sections => ({ evaluation: `{ probes: [Hello?], judge: ${judge} }` });
const DATA = (more: string): Sections => ({ data: `{ train: a.jsonl, eval_fraction: 0.05, ${more} }` });
const TRAINING = (settings: string): Sections => ({ training: `{ ${settings} }` });

describe('loss rules', () => {
  it.each<[string, Sections, string[]]>([
    ['a torch loss on onnx', { objective: '{ beta: 0.02, loss: nca_pair }' }, ['LOSS001 error']],
    ['a torch loss on torch', { objective: '{ beta: 0.02, loss: nca_pair }', backend: TORCH }, []],
    ['no text', { objective: '{ beta: 0.02, loss: 3 }' }, ['LOSS001 error']],
    ['nothing', { objective: '{ beta: 0.02, loss: }' }, ['LOSS001 error']],

    [
      'smoothing with hinge',
      { objective: '{ beta: 0.02, loss: hinge, label_smoothing: 0.1 }' },
      ['LOSS002 warning'],
    ],
    ['smoothing with sigmoid on onnx', { objective: '{ beta: 0.02, label_smoothing: 0.1 }' }, []],
    [
      'smoothing with sigmoid on torch',
      { objective: '{ beta: 0.02, label_smoothing: 0.1 }', backend: TORCH },
      [],
    ],
    ['smoothing of 0 with hinge', { objective: '{ beta: 0.02, loss: hinge, label_smoothing: 0 }' }, []],

    [
      'exo_pair without smoothing',
      { objective: '{ beta: 0.02, loss: exo_pair }', backend: TORCH },
      ['LOSS003 error'],
    ],
    [
      'exo_pair with smoothing',
      { objective: '{ beta: 0.02, loss: exo_pair, label_smoothing: 0.001 }', backend: TORCH },
      [],
    ],
    ['exo_pair on onnx', { objective: '{ beta: 0.02, loss: exo_pair }' }, ['LOSS001 error']],

    ['robust without smoothing', { objective: '{ beta: 0.02, loss: robust }' }, ['LOSS007 info']],
    ['robust with smoothing', { objective: '{ beta: 0.02, loss: robust, label_smoothing: 0.1 }' }, []],
  ])('%s', (_, sections, expected) => {
    expect(codes(sections)).toEqual(expected);
  });

  it.each([
    ['dpo', 'Change to sigmoid'],
    ['Sigmoid', 'Change to sigmoid'],
    ['sigmod', 'Change to sigmoid'],
    ['simpo', 'Change to sigmoid'],
    ['sigmoid_norm', 'Change to sigmoid'],
    ['slic', 'Change to hinge'],
    ['cdpo', 'Change to robust'],
    ['[sigmoid, sft]', 'Change to sigmoid'],
    ['[hinge]', 'Change to sigmoid'],
    ['banana', 'Change to sigmoid'],
  ])('%s: first fix %s', (loss, title) => {
    const result = checked({ objective: `{ beta: 0.02, loss: ${loss} }` });
    const [problem] = result.problems;
    expect(problem?.code).toBe('LOSS001');
    expect(problem && fixesOf(result, problem)[0]?.title).toBe(title);
  });

  it.each([
    ['aot_pair', 'Change to aot_unpaired'],
    ['nca', 'Change to nca_pair'],
  ])('%s on torch: first fix %s', (loss, title) => {
    const result = checked({ objective: `{ beta: 0.02, loss: ${loss} }`, backend: TORCH });
    const [problem] = result.problems;
    expect(problem && fixesOf(result, problem)[0]?.title).toBe(title);
  });

  it('offers both ways out of a loss of the other backend', () => {
    const result = checked({ objective: '{ beta: 0.02, loss: apo_zero }' });
    const [problem] = result.problems;
    expect(problem && fixesOf(result, problem).map((fix) => fix.title)).toEqual([
      'Change to sigmoid',
      'Train with the torch backend',
    ]);
  });
});

describe('optimizer rules', () => {
  it.each<[string, Sections, string[]]>([
    ['full, high', TRAINING('method: full, learning_rate: 5.0e-6'), ['OPT001 warning']],
    ['full, just below', TRAINING('method: full, learning_rate: 4.9e-6'), []],
    ['lora, high', TRAINING('learning_rate: 5.0e-5'), ['OPT001 warning']],
    ['lora, just below', TRAINING('learning_rate: 4.9e-5'), []],
    ['a small model by its name', { model: 'team/tiny-15M-sft', ...TRAINING('learning_rate: 1.0e-3') }, []],

    ['three epochs, above the usual', TRAINING('epochs: 3, learning_rate: 1.0e-5'), ['OPT002 info']],
    ['three epochs, usual', TRAINING('epochs: 3, learning_rate: 5.0e-6'), []],
    ['two epochs, above the usual', TRAINING('epochs: 2, learning_rate: 1.0e-5'), []],
    ['three epochs, far too high', TRAINING('epochs: 3, learning_rate: 1.0e-3'), ['OPT001 warning']],

    ['fp16', TRAINING('precision: fp16'), ['OPT003 warning']],
    ['bf16', TRAINING('precision: bf16'), []],

    ['15 pairs', TRAINING('batch_size: 15'), ['OPT005 warning']],
    ['16 pairs', TRAINING('batch_size: 16'), []],

    ['log every 11', TRAINING('log_every: 11'), ['MON001 info']],
    ['log every 10', TRAINING('log_every: 10'), []],
  ])('%s', (_, sections, expected) => {
    expect(codes(sections)).toEqual(expected);
  });

  it('does not hold the rates of large models against a small one', () => {
    const high = TRAINING('method: full, learning_rate: 1.0e-4');
    expect(codes(high, { policy: modelFacts({ parameters: 99e6 }) })).toEqual([]);
    expect(codes(high, { policy: modelFacts({ parameters: 100e6 }) })).toEqual(['OPT001 warning']);
  });

  it('has stronger words for very high rates', () => {
    expect(messages(TRAINING('learning_rate: 1.0e-4'))).toContain('Expect loss 0');
    expect(messages(TRAINING('learning_rate: 9.0e-5'))).toContain('unlikely together');
  });
});

describe('contradictions', () => {
  it.each<[string, Sections, string[]]>([
    ['epochs and steps', TRAINING('epochs: 1, steps: 100'), ['VAL005 warning']],
    ['steps', TRAINING('steps: 100'), []],
    ['warm-up as long as the run', TRAINING('steps: 100, warmup: 100'), ['VAL005 warning']],
    ['warm-up within the run', TRAINING('steps: 100, warmup: 99'), []],
    ['a share of warm-up', TRAINING('steps: 1, warmup: 0.5'), []],

    ['held-out pairs twice', DATA('eval: b.jsonl'), ['VAL005 warning']],
    ['held-out pairs once', { data: '{ train: a.jsonl, eval: b.jsonl }' }, []],

    ['no room for the response', DATA('max_length: 512, max_prompt_length: 512'), ['VAL005 warning']],
    ['room for the response', DATA('max_length: 512, max_prompt_length: 511'), []],
    ['the default prompt limit', DATA('max_length: 512'), []],

    ['a micro-batch that does not divide', TRAINING('batch_size: 32, micro_batch_size: 5'), ['VAL005 error']],
    [
      'a micro-batch larger than the batch',
      TRAINING('batch_size: 16, micro_batch_size: 32'),
      ['VAL005 error'],
    ],
    ['a micro-batch as large as the batch', TRAINING('batch_size: 16, micro_batch_size: 16'), []],
    [
      'a batch that processes cannot share',
      { training: '{ batch_size: 32 }', backend: '{ kind: torch, torch: { processes: 3 } }' },
      ['VAL005 error'],
    ],
    [
      'a micro-batch too large for the share of a process',
      {
        training: '{ batch_size: 32, micro_batch_size: 8 }',
        backend: '{ kind: torch, torch: { processes: 8 } }',
      },
      ['VAL005 error'],
    ],
    [
      'processes that an accelerate config decides',
      {
        training: '{ batch_size: 32 }',
        backend: '{ kind: torch, torch: { processes: 3, accelerate_config: a.yaml } }',
      },
      [],
    ],

    ['torch on webgpu', { backend: '{ kind: torch, device: webgpu }' }, ['VAL005 error']],
    ['onnx on webgpu', { backend: '{ kind: onnx, device: webgpu }' }, []],
    ['torch settings without torch', { backend: '{ torch: { processes: 2 } }' }, ['VAL005 warning']],
    ['reports without torch', { backend: '{ torch: { report_to: [wandb] } }' }, ['VAL005 warning']],
    [
      'reports to what is not known',
      { backend: '{ kind: torch, torch: { report_to: [wandb, neptune] } }' },
      ['VAL002 error'],
    ],
    ['torch settings kept beside onnx', { backend: '{ kind: onnx, torch: { processes: 2 } }' }, []],

    ['rules without a file', JUDGED('rules'), ['VAL005 error']],
    ['rules with a file', JUDGED('{ kind: rules, path: checks.yaml }'), []],
    [
      'an endpoint without a model',
      JUDGED('{ kind: endpoint, url: "http://localhost:8000/v1" }'),
      ['VAL005 error'],
    ],
    ['a reward model without a folder', JUDGED('reward_model'), ['VAL005 error']],

    ['the same beta twice', { sweep: '{ beta: [0.1, 0.02, 0.10] }' }, ['VAL005 warning']],
    ['the same seed twice', { sweep: '{ beta: [0.1, 0.02], seeds: [1, 1] }' }, ['VAL005 warning']],
    ['different seeds', { sweep: '{ beta: [0.1, 0.02], seeds: [0, 1] }' }, []],
  ])('%s', (_, sections, expected) => {
    expect(codes(sections)).toEqual(expected);
  });
});

describe('secrets', () => {
  it.each([
    ['hf_', 'hf_abcdefghijklmnopqrstuvwxyz', 'KEY010 warning'],
    ['sk-', 'sk-proj-abcdefghij0123456789', 'KEY010 warning'],
    ['ghp_', `ghp_${'a1'.repeat(18)}`, 'KEY010 warning'],
    ['github_pat_', `github_pat_${'a1'.repeat(18)}`, 'KEY010 warning'],
    ['AKIA', 'AKIAIOSFODNN7EXAMPLE', 'KEY010 warning'],
    ['wandb', `--use_wandb ${'0123456789abcdef'.repeat(3).slice(0, 40)}`, 'KEY010 warning'],
    ['a commit', '0123456789abcdef0123456789abcdef01234567', undefined],
    ['a word', 'task-sk-learn-classification-model', undefined],
    ['a short name', 'hf_mirror', undefined],
  ])('%s', (_, text, expected) => {
    const sections = { 'x-notes': JSON.stringify(text) };
    expect(codes(sections)).toEqual(expected ? [expected] : []);
    expect(messages(sections)).not.toContain(text);
  });
});
