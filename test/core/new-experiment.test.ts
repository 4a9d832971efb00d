import { describe, expect, it } from 'vitest';
import { check } from '../../src/core/check/check';
import { newExperiment } from '../../src/core/new-experiment';

describe('a new experiment', () => {
  const references = ['same', 'none', 'mistralai/Mistral-7B-Instruct-v0.2'];
  const combinations = references.flatMap((reference) =>
    (['sweep', 0.02] as const).flatMap((betas) =>
      (['lora', 'full'] as const).flatMap((method) =>
        (['onnx', 'torch'] as const).map((backend) => ({ reference, betas, method, backend })),
      ),
    ),
  );

  it.each(combinations)('$reference $betas $method $backend has no error and no warning', (answers) => {
    const text = newExperiment({
      model: 'HuggingFaceH4/mistral-7b-sft-beta',
      train: 'data/pairs.jsonl',
      ...answers,
    });
    const loud = check(text, 'new.dpo.yaml').problems.filter(
      ({ severity }) => severity === 'error' || severity === 'warning',
    );
    expect(loud.map(({ code, message }) => `${code} ${message}`)).toEqual([]);
    expect(text.split('\n').every((line) => line.length <= 110)).toBe(true);
  });

  it('quotes what YAML would misread', () => {
    const text = newExperiment({
      model: './a: b #c',
      train: '*.jsonl',
      reference: 'same',
      betas: 0.01,
      method: 'lora',
      backend: 'onnx',
    });
    const { experiment } = check(text, 'new.dpo.yaml');
    expect(experiment.get('model.path').value).toBe('./a: b #c');
    expect(experiment.get('data.train.path').value).toBe('*.jsonl');
  });
});
