import { describe, expect, it } from 'vitest';
import { fixesOf } from '../../src/core/check/check';
import { parametersInName } from '../../src/core/config/model-names';
import type { Facts, MachineFacts, Sharing } from '../../src/core/facts';
import { memoryEstimate } from '../../src/core/memory/memory';
import { shapeOf } from '../../src/core/memory/shape';
import { sharingOf } from '../../src/core/memory/sharing';
import { checked, codes, messages, modelFacts, type Sections } from './support';

const SMALL = modelFacts({
  layers: 30,
  hiddenSize: 576,
  intermediateSize: 1536,
  attentionHeads: 9,
  keyValueHeads: 3,
  vocabularySize: 49152,
  parameters: 134_515_008,
});
/** What ENGINE.md and the doc comment of memory.ts measured. */
const MEASURED: Sections = {
  data: '{ train: a.jsonl, eval_fraction: 0.05, max_length: 256 }',
  training: '{ micro_batch_size: 2, lora: { rank: 8 }, precision: fp32 }',
};
const estimate = (sections: Sections, facts: Facts): ReturnType<typeof memoryEstimate> =>
  memoryEstimate(checked(sections, facts).experiment, facts);
const gpu = (gigabytes: number): MachineFacts => ({
  memory: 64e9,
  gpu: { name: 'NVIDIA L4', memory: gigabytes * 1e9 },
});

describe('memory estimate', () => {
  it.each([
    ['onnx', [2.6, 6.2]],
    ['torch', [2.8, 4.1]],
  ] as const)('%s: within a factor of two of what was measured', (kind, measured) => {
    const { total = 0 } = estimate({ ...MEASURED, backend: `{ kind: ${kind} }` }, { policy: SMALL });
    for (const gigabytes of measured) {
      expect(total / 1e9 / gigabytes).toBeGreaterThan(0.5);
      expect(total / 1e9 / gigabytes).toBeLessThan(2);
    }
  });

  it('is the sum of the parts of the higher peak', () => {
    const { parts, total } = estimate({}, { policy: SMALL });
    const training = parts.filter(({ peak }) => peak === 'training');
    expect(total).toBe(training.reduce((sum, { bytes }) => sum + bytes, 0));
  });

  it('counts 16 bytes for each fully trained parameter', () => {
    const { parts } = estimate({ training: '{ method: full }' }, { policy: SMALL });
    const [weights, trained] = parts;
    expect((weights?.bytes ?? 0) + (trained?.bytes ?? 0)).toBe(16 * 134_515_008);
  });

  it('knows that QLoRA keeps linear layers in four bits', () => {
    const weights = (quantize: string, kind = 'torch'): number[] => {
      const sections = {
        training: `{ precision: bf16, lora: { quantize: ${quantize} } }`,
        backend: `{ kind: ${kind} }`,
      };
      const { parts } = estimate({ ...sections, model: 'team/model-7b-sft' }, {});
      return parts.flatMap(({ name, bytes }) => (name.endsWith(' weights') ? [bytes / 1e9] : []));
    };
    expect(weights('none')).toEqual([14, 14]);
    // 0.27 billion of the 7 are the embedding: 64,000 words of 4,211 numbers.
    for (const gigabytes of weights('nf4')) expect(gigabytes).toBeCloseTo(6.73 * 0.516 + 0.54, 2);
    expect(weights('nf4', 'onnx')).toEqual([14, 14]);
  });

  it('guesses from the name, and says so', () => {
    const { total, guessed, assumptions } = estimate({ model: 'team/model-7b-sft' }, {});
    expect(guessed).toBe(true);
    expect(total).toBeGreaterThan(7e9 * 4);
    expect(assumptions.join(' ')).toContain('read off the name');
  });

  it('has no total for a model of unknown size', () => {
    expect(estimate({ model: './mine' }, {}).total).toBeUndefined();
  });

  it('takes the reference pass as a peak of its own', () => {
    const sweep = '{ beta: [0.1, 1] }';
    const { total = 0 } = estimate(
      { reference: '{ policy: team/strong-70B-Instruct }', sweep },
      { policy: SMALL },
    );
    expect(total).toBeGreaterThan(70e9 * 2);
    const { parts } = estimate({ reference: '{ logprobs: columns }' }, { policy: SMALL });
    expect(parts.some(({ peak }) => peak === 'reference pass')).toBe(false);
  });

  it.each([
    ['org/Model-7b', 7e9],
    ['SmolLM2-135M-Instruct', 135e6],
    ['Qwen/Qwen2.5-1.5B', 1.5e9],
    ['Mixtral-8x7B-v0.1', 56e9],
    ['Qwen3-30B-A3B', 30e9],
    ['llama-3-8b-bnb-4bit', 8e9],
    ['gpt2', undefined],
    ['models-7b/mine', undefined],
  ])('reads the size of %s', (name, parameters) => {
    expect(parametersInName(name)).toBe(parameters);
  });
});

describe('what an accelerate config splits', () => {
  it.each<[object, Sharing['split'] | undefined]>([
    [
      { distributed_type: 'FSDP', fsdp_config: { fsdp_version: 2, fsdp_reshard_after_forward: true } },
      'weights',
    ],
    [
      { distributed_type: 'FSDP', fsdp_config: { fsdp_version: 2, fsdp_reshard_after_forward: false } },
      'gradients',
    ],
    [{ distributed_type: 'FSDP', fsdp_config: { fsdp_sharding_strategy: 'SHARD_GRAD_OP' } }, 'gradients'],
    [{ distributed_type: 'FSDP', fsdp_config: { fsdp_sharding_strategy: 3 } }, 'nothing'],
    [{ distributed_type: 'FSDP' }, 'weights'],
    [{ distributed_type: 'DEEPSPEED', deepspeed_config: { zero_stage: 3 } }, 'weights'],
    [{ distributed_type: 'DEEPSPEED', deepspeed_config: { zero_stage: 1 } }, 'moments'],
    [{ distributed_type: 'DEEPSPEED', deepspeed_config: { deepspeed_config_file: 'z.json' } }, undefined],
    [{ distributed_type: 'MULTI_GPU' }, 'nothing'],
    [{ distributed_type: 'MEGATRON_LM' }, undefined],
  ])('%j: %s', (config, split) => {
    expect(sharingOf({ num_processes: 8, ...config })?.split).toBe(split);
  });

  it('needs a number of processes, and never throws', () => {
    for (const config of [undefined, 3, 'x', [], {}, { num_processes: 0, distributed_type: 'FSDP' }])
      expect(sharingOf(config)).toBeUndefined();
  });
});

describe('shapes that are guessed by family', () => {
  it.each([
    // From the config.json of each.
    ['meta-llama/Llama-3.1-8B-Instruct', 128_256, 4096 / 4],
    ['Qwen/Qwen2.5-7B-Instruct', 152_064, 3584 / 7],
    ['allenai/tulu-2-7b', 32_000, 4096],
    ['mistralai/Mistral-7B-Instruct-v0.2', 32_000, 4096 / 4],
  ])('%s', (name, vocabulary, keyValue) => {
    const shape = shapeOf(name, undefined);
    expect(shape?.vocabulary).toBe(vocabulary);
    expect((shape?.keyValue ?? 0) / keyValue).toBeGreaterThan(0.7);
    expect((shape?.keyValue ?? 0) / keyValue).toBeLessThan(1.4);
  });
});

describe('MEM001', () => {
  const FULL: Sections = {
    model: 'team/model-7b-sft',
    training: '{ method: full }',
    backend: '{ kind: torch }',
  };

  it.each<[string, Sections, MachineFacts, string[]]>([
    ['too large for the GPU', FULL, gpu(24), ['MEM001 warning']],
    ['small enough for the GPU', FULL, gpu(141), []],
    ['too large for the machine', { ...FULL, backend: '{ kind: onnx }' }, gpu(141), ['MEM001 warning']],
    [
      'torch on the processor',
      { ...FULL, backend: '{ kind: torch, device: cpu }' },
      gpu(141),
      ['MEM001 warning'],
    ],
    [
      'shared among devices',
      { ...FULL, backend: '{ kind: torch, torch: { accelerate_config: z3.yaml } }' },
      gpu(24),
      [],
    ],
  ])('%s', (_, sections, machine, expected) => {
    expect(codes(sections, { machine })).toEqual(expected);
  });

  it('says what PyTorch would need where the embedded trainer does not fit, and offers it where that fits', () => {
    const lora = {
      model: 'org/mistral-7b-sft',
      training: '{ micro_batch_size: 4 }',
      data: '{ train: a.jsonl, max_length: 512 }',
    };
    const on = (machine: MachineFacts) => {
      const result = checked(lora, { machine });
      const [problem] = result.problems;
      return {
        message: problem?.message,
        titles: problem ? fixesOf(result, problem).map(({ title }) => title) : [],
      };
    };
    const large = on({ memory: 32e9, gpu: { name: 'NVIDIA L4', memory: 24e9 } });
    expect(large.message).toMatch(
      /The torch backend \(backend\.kind: torch\) would need about 1\d GB on NVIDIA L4/,
    );
    expect(large.titles).toContain('Train with PyTorch');
    const small = on({ memory: 16e9 });
    expect(small.message).toContain('on this processor');
    expect(small.titles).not.toContain('Train with PyTorch');
  });

  it('counts what an accelerate config splits among devices, but not a whole model that is loaded for the reference', () => {
    const sharded = {
      ...FULL,
      model: 'org/mistral-7b-sft',
      backend: '{ kind: torch, torch: { accelerate_config: z3.yaml } }',
    };
    const parts = (split: Sharing['split'], offloadsMoments = false) =>
      estimate(sharded, { machine: gpu(24), sharing: { processes: 8, split, offloadsMoments } }).parts.map(
        ({ name, bytes }) => [name, Math.round(bytes / 1e8) / 10],
      );
    expect(parts('nothing').slice(0, 2)).toEqual([
      ['policy weights', 28],
      ['gradients and AdamW moments', 84],
    ]);
    expect(parts('moments')[1]?.[1]).toBe(35);
    expect(parts('gradients')[1]?.[1]).toBe(10.5);
    expect(parts('weights').slice(0, 2)).toEqual([
      ['policy weights', 3.5],
      ['gradients and AdamW moments', 10.5],
    ]);
    expect(parts('weights', true)[1]?.[1]).toBe(3.5);
    expect(parts('weights')).toContainEqual(['reference weights', 14]);
    expect(
      codes(sharded, {
        machine: gpu(24),
        sharing: { processes: 2, split: 'weights', offloadsMoments: false },
      }),
    ).toEqual(['MEM001 warning']);
  });

  it('says nothing without a machine', () => {
    expect(codes(FULL)).toEqual([]);
  });

  it('lists the parts and offers only what fits', () => {
    expect(messages(FULL, { machine: gpu(24) })).toMatch(
      /policy weights 28 GB, gradients and AdamW moments 84 GB/,
    );
    const titles = (gigabytes: number): string[] => {
      const result = checked(
        { ...FULL, training: '{ method: full, micro_batch_size: 8 }' },
        { machine: gpu(gigabytes) },
      );
      const [problem] = result.problems;
      return problem ? fixesOf(result, problem).map(({ title }) => title) : [];
    };
    expect(titles(120)).toEqual(['One pair at a time', 'Train a LoRA adapter']);
    expect(titles(12)).toEqual([]);
  });

  it('offers four bits where an adapter is trained on a GPU', () => {
    const titles = (kind: string): string[] => {
      const training = '{ method: lora, micro_batch_size: 1 }';
      const sections = { model: 'team/model-7b-sft', training, backend: `{ kind: ${kind} }` };
      const result = checked(sections, { machine: gpu(12) });
      return result.problems.flatMap((problem) => fixesOf(result, problem).map(({ title }) => title));
    };
    expect(titles('torch')).toEqual(['Keep the frozen weights in four bits (QLoRA)']);
    expect(titles('onnx')).toEqual([]);
  });
});
