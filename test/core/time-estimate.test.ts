import { describe, expect, it } from 'vitest';
import { timeEstimate, timeInWords } from '../../src/core/memory/time';
import { checked, modelFacts, type Sections } from '../rules/support';

const SMALL = modelFacts({ layers: 30, hiddenSize: 576, parameters: 134_515_008 });
const TWO = { memory: 16e9, processors: 2 };
const SECTIONS: Sections = {
  data: '{ train: a.jsonl, max_length: 256 }',
  training: '{ steps: 100, batch_size: 2, micro_batch_size: 2, method: lora }',
};
const estimate = (sections: Sections, facts: Parameters<typeof checked>[1]) => {
  const { experiment, facts: known } = checked({ ...SECTIONS, ...sections }, facts);
  return timeEstimate(experiment, known);
};

describe('the time of a training', () => {
  it('is right to a factor of three where it was measured: docs/BENCHMARKS.md, 2.6 s a step of 1,024 tokens', () => {
    const { run = 0 } =
      estimate({ reference: '{ logprobs: columns }' }, { policy: SMALL, machine: TWO }) ?? {};
    // Without data each response counts as half of what fits, which is 512 tokens a step.
    const measured = (100 * 1000 * 512) / 397;
    expect(run / measured).toBeGreaterThan(1 / 3);
    expect(run / measured).toBeLessThan(3);
  });

  it('grows with steps and batch, falls with a GPU, and proposes what takes an hour', () => {
    const facts = { policy: SMALL, machine: TWO };
    const base = estimate({}, facts);
    expect(base?.stepsInAnHour).toBeUndefined();
    const long = estimate({ training: '{ steps: 20000, batch_size: 2 }' }, facts);
    expect((long?.run ?? 0) / (base?.run ?? 1)).toBeCloseTo(200, 0);
    expect((long?.stepsInAnHour ?? 0) * ((long?.run ?? 0) / 20_000)).toBeLessThanOrEqual(3_600_000);
    expect(long && timeInWords(long)).toMatch(
      /^Time: about .* a run on this machine \(a guess from sizes\)\. training\.steps: \d+ takes about an hour\.$/,
    );
    const gpu = { ...TWO, gpu: { name: 'NVIDIA H100 80GB HBM3', memory: 80e9 } };
    const fast = estimate({ backend: '{ kind: torch }' }, { policy: SMALL, machine: gpu });
    expect(fast?.run).toBeLessThan((base?.run ?? 0) / 10);
  });

  it('is not known without a size, steps or a machine', () => {
    expect(estimate({}, { policy: SMALL })).toBeUndefined();
    expect(estimate({ model: './mine' }, { machine: TWO })).toBeUndefined();
    expect(estimate({ training: '{ batch_size: 2 }' }, { policy: SMALL, machine: TWO })).toBeUndefined();
  });
});
