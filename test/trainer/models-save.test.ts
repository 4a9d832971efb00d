import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readLlamaConfig } from '../../src/core/model-config/llama-config';
import { type Tuning, trainedLayout } from '../../src/engine/model/layout';
import { completeFolder } from '../../src/trainer/models/complete-folder';
import { openModel } from '../../src/trainer/models/open-model';
import { saveModel } from '../../src/trainer/models/save-model';
import { startParameters } from '../../src/trainer/models/start-parameters';
import { writeWeights } from '../../src/trainer/models/weight-files';
import { FROZEN, FULL, LORA, TINY_CONFIG } from '../engine/support/tiny-model';
import { write } from '../node/support';
import { temporaryFolder } from '../support/temporary-folder';
import { noProgress, placeIn, readWeights, tinyWeights, writeTinyModel } from './models-support';

const folder = temporaryFolder();
const place = placeIn(folder);
const open = (name: string, adapter?: string) =>
  openModel({ path: name, ...(adapter && { adapter }) }, place, noProgress);
const json = (...names: string[]) => JSON.parse(readFileSync(path.join(folder, ...names), 'utf8')) as unknown;

writeTinyModel(path.join(folder, 'base'), {}, tinyWeights(), 'BF16');

describe('the parameters that training starts from', () => {
  it('are the stored weights where all are trained', async () => {
    const model = await open('base');
    const parameters = await startParameters(model, FULL, 1);
    for (const { name, offset, size } of trainedLayout(model.config, FULL).slices) {
      expect(parameters.subarray(offset, offset + size), name).toEqual(tinyWeights().get(name)?.values);
    }
  });

  it('of an adapter fill A evenly within 1 / sqrt(inputs) and leave B at 0', async () => {
    writeTinyModel(path.join(folder, 'wide'), { hidden_size: 400, head_dim: 4 });
    const wide: Tuning = { kind: 'lora', rank: 8, alpha: 16, targets: ['q_proj'] };
    const model = await open('wide');
    const parameters = await startParameters(model, wide, 5);
    for (const { name, offset, size } of trainedLayout(model.config, wide).slices) {
      const values = [...parameters.subarray(offset, offset + size)];
      if (name.endsWith('lora_B.weight')) {
        expect(values.every((value) => value === 0)).toBe(true);
        continue;
      }
      const variance = values.reduce((sum, value) => sum + value * value, 0) / size;
      expect(Math.max(...values.map(Math.abs))).toBeLessThan(1 / 20);
      expect(Math.max(...values.map(Math.abs))).toBeGreaterThan(0.99 / 20);
      expect(variance * 3 * 400).toBeGreaterThan(0.95);
      expect(variance * 3 * 400).toBeLessThan(1.05);
    }
    expect(await startParameters(model, wide, 5)).toEqual(parameters);
    expect(await startParameters(model, wide, 6)).not.toEqual(parameters);
    const [first, , second] = trainedLayout(model.config, wide).slices;
    expect(parameters.slice(first?.offset, 100)).not.toEqual(
      parameters.slice(second?.offset, (second?.offset ?? 0) + 100),
    );
  });
});

describe('saving', () => {
  const values = (tuning: Tuning) => {
    const { size } = trainedLayout(readLlamaConfig(TINY_CONFIG), tuning);
    return Float32Array.from({ length: size }, (_, index) => Math.sin(index) / 3);
  };

  it('an adapter gives a folder as PEFT writes it', async () => {
    const base = await open('base');
    const parameters = values(LORA);
    await saveModel(path.join(folder, 'adapter'), { base, tuning: LORA, parameters });
    expect(readdirSync(path.join(folder, 'adapter')).sort()).toEqual([
      'adapter_config.json',
      'adapter_model.safetensors',
      'chat_template.jinja',
      'tokenizer.json',
      'tokenizer_config.json',
    ]);
    expect(json('adapter', 'adapter_config.json')).toMatchObject({
      peft_type: 'LORA',
      task_type: 'CAUSAL_LM',
      base_model_name_or_path: path.join(folder, 'base'),
      r: 2,
      lora_alpha: 3,
      target_modules: LORA.targets,
    });
    const weights = readWeights(path.join(folder, 'adapter', 'adapter_model.safetensors'));
    const { slices } = trainedLayout(base.config, LORA);
    expect([...weights.keys()]).toEqual(slices.map(({ name }) => `base_model.model.${name}`));
    expect(weights.has('base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight')).toBe(true);
    for (const { name, offset, size } of slices) {
      expect(weights.get(`base_model.model.${name}`)).toEqual(parameters.slice(offset, offset + size));
    }
  });

  it('an adapter that is opened again gives what was trained', async () => {
    const again = await open('base', 'adapter');
    expect(again.tensors.size).toBe((await open('base')).tensors.size);
  });

  it('an adapter of a hub model names it by id and commit', async () => {
    const base = { ...(await open('base')), source: { kind: 'hub', id: 'org/sft', commit: 'abc' } } as const;
    await saveModel(path.join(folder, 'of-hub'), { base, tuning: LORA, parameters: values(LORA) });
    expect(json('of-hub', 'adapter_config.json')).toMatchObject({
      base_model_name_or_path: 'org/sft',
      revision: 'abc',
    });
  });

  it.each([false, true])('all weights gives a model in float32 (tied head: %s)', async (tied) => {
    const fields = { tie_word_embeddings: tied };
    const name = `base-${tied}`;
    writeTinyModel(path.join(folder, name), fields, tinyWeights(fields), 'F16');
    const base = await open(name);
    const layout = trainedLayout(base.config, FULL);
    const parameters = Float32Array.from({ length: layout.size }, (_, index) => Math.cos(index));
    await saveModel(path.join(folder, `${name}-full`), { base, tuning: FULL, parameters });
    const weights = readWeights(path.join(folder, `${name}-full`, 'model.safetensors'));
    expect(weights.has('lm_head.weight')).toBe(!tied);
    expect([...weights.keys()].sort()).toEqual(layout.slices.map((slice) => slice.name).sort());
    for (const slice of layout.slices) {
      expect(weights.get(slice.name)).toEqual(parameters.slice(slice.offset, slice.offset + slice.size));
    }
    expect(json(`${name}-full`, 'config.json')).toMatchObject({
      dtype: 'float32',
      tie_word_embeddings: tied,
    });
    expect(json(`${name}-full`, 'generation_config.json')).toEqual({ eos_token_id: 2 });
    expect(existsSync(path.join(folder, `${name}-full`, 'chat_template.jinja'))).toBe(true);
    expect((await open(`${name}-full`)).tensors.size).toBe(base.tensors.size);
  });

  it('an adapter on a merged model gives a whole model, which others can load', async () => {
    const base = await open('base', 'adapter');
    const parameters = values(LORA);
    await saveModel(path.join(folder, 'on-merged'), { base, tuning: LORA, parameters });
    const before = readWeights(path.join(base.folder, 'model.safetensors'));
    const after = readWeights(path.join(folder, 'on-merged', 'model.safetensors'));
    const { slices } = trainedLayout(base.config, LORA);
    const part = (name: string) => {
      const slice = slices.find((candidate) => candidate.name === name);
      return parameters.subarray(slice?.offset, (slice?.offset ?? 0) + (slice?.size ?? 0));
    };
    const a = part('model.layers.1.mlp.gate_proj.lora_A.weight');
    const b = part('model.layers.1.mlp.gate_proj.lora_B.weight');
    const name = 'model.layers.1.mlp.gate_proj.weight';
    // Row 2, column 5 of [12, 16], by hand.
    const change = (b[4] ?? 0) * (a[5] ?? 0) + (b[5] ?? 0) * (a[16 + 5] ?? 0);
    expect(after.get(name)?.[2 * 16 + 5]).toBeCloseTo(
      (before.get(name)?.[2 * 16 + 5] ?? 0) + 1.5 * change,
      6,
    );
    expect(after.get('model.norm.weight')).toEqual(before.get('model.norm.weight'));
  });

  it('a model as it is stored changes no weight', async () => {
    const base = await open('base');
    await saveModel(path.join(folder, 'same'), { base, tuning: FROZEN, parameters: new Float32Array() });
    const weights = readWeights(path.join(folder, 'same', 'model.safetensors'));
    for (const [name, { values: stored }] of tinyWeights()) expect(weights.get(name)).toEqual(stored);
  });
});

describe('weights too large for one file', () => {
  it('are split into numbered files with an index', async () => {
    const model = path.join(folder, 'split');
    mkdirSync(model);
    const sizes = { a: 10, b: 10, c: 30, d: 5, e: 5 };
    const tensors = Object.entries(sizes).map(([name, size]) => ({
      name,
      shape: [size],
      values: async () => new Float32Array(size).fill(size),
    }));
    await writeWeights(model, tensors, 80);
    const name = (part: number) => `model-0000${part}-of-00003.safetensors`;
    expect(json('split', 'model.safetensors.index.json')).toEqual({
      metadata: { total_size: 240 },
      weight_map: { a: name(1), b: name(1), c: name(2), d: name(3), e: name(3) },
    });
    expect(readWeights(path.join(model, name(3))).get('e')).toEqual(Float32Array.of(5, 5, 5, 5, 5));
  });
});

describe('a folder', () => {
  const target = path.join(folder, 'results', 'model');
  const fill = (text: string) => async (temporary: string) => {
    write(temporary, { 'a.txt': text });
  };

  it('is made completely, or stays as it was', async () => {
    await completeFolder(target, fill('first'));
    await completeFolder(target, fill('second'));
    const broken = async (temporary: string) => {
      write(temporary, { 'a.txt': 'third' });
      throw new Error('no more space');
    };
    await expect(completeFolder(target, broken)).rejects.toThrow('no more space');
    expect(readFileSync(path.join(target, 'a.txt'), 'utf8')).toBe('second');
    expect(readdirSync(path.dirname(target))).toEqual(['model']);
  });

  it('takes away what a killed process left', async () => {
    // No process has this id: Linux gives none above 4,194,304.
    write(path.dirname(target), {
      'model.partial-4194305/a.txt': 'half',
      'model.partial-x/a.txt': 'of another',
    });
    await completeFolder(target, fill('third'));
    expect(readdirSync(path.dirname(target)).sort()).toEqual(['model', 'model.partial-x']);
  });

  // Nobody may make folders there, the superuser included.
  it.skipIf(process.platform !== 'linux')('may lie where nobody may write', async () => {
    await expect(completeFolder('/sys/dpo-lab-model', fill('x'))).rejects.toThrow(/may not be written/);
  });

  it('is told of with its path where the disk is full', async () => {
    const full = async () => {
      throw Object.assign(new Error('write'), { code: 'ENOSPC' });
    };
    await expect(completeFolder(target, full)).rejects.toThrow(
      `${target} could not be written: the disk is full. Free some space.`,
    );
  });
});
