import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { openModel } from '../../src/trainer/models/open-model';
import { readTensor } from '../../src/trainer/models/stored-tensor';
import { Random } from '../engine/support/random';
import { write } from '../node/support';
import { temporaryFolder } from '../support/temporary-folder';
import {
  noProgress,
  placeIn,
  safetensorsOf,
  tinyWeights,
  type Weights,
  writeTinyModel,
} from './models-support';

const folder = temporaryFolder();
const place = placeIn(folder);
const open = (adapter: string) => openModel({ path: 'base', adapter }, place, noProgress);
const merged = () => path.join(folder, '.dpo', 'models');

const base = tinyWeights();
writeTinyModel(path.join(folder, 'base'), {}, base, 'BF16');

const CONFIG = {
  peft_type: 'LORA',
  r: 2,
  lora_alpha: 3,
  target_modules: ['q_proj', 'down_proj'],
  bias: 'none',
};
const Q = 'model.layers.0.self_attn.q_proj';
const DOWN = 'model.layers.1.mlp.down_proj';

/** Changes of q_proj [16, 16] and down_proj [16, 12]. */
function changes(rank = 2): Weights {
  const random = new Random(11);
  const tensor = (...shape: [number, number]) => ({
    shape,
    values: Float32Array.from(random.normals(shape[0] * shape[1], 0.5)),
  });
  return new Map([
    [`base_model.model.${Q}.lora_A.weight`, tensor(rank, 16)],
    [`base_model.model.${Q}.lora_B.weight`, tensor(16, rank)],
    [`base_model.model.${DOWN}.lora_A.weight`, tensor(rank, 12)],
    [`base_model.model.${DOWN}.lora_B.weight`, tensor(16, rank)],
  ]);
}

function writeAdapter(name: string, config: object = {}, tensors: Weights = changes()): string {
  return write(path.join(folder, name), {
    'adapter_config.json': { ...CONFIG, ...config },
    'adapter_model.safetensors': safetensorsOf(tensors),
  });
}

/** W + scale * B A, entry by entry. */
function expected(name: string, scale: number, tensors: Weights = changes(), rank = 2): number[] {
  const weight = base.get(`${name}.weight`);
  const a = tensors.get(`base_model.model.${name}.lora_A.weight`)?.values ?? [];
  const b = tensors.get(`base_model.model.${name}.lora_B.weight`)?.values ?? [];
  const inputs = weight?.shape[1] ?? 0;
  return [...(weight?.values ?? [])].map((value, index) => {
    const [output, input] = [Math.floor(index / inputs), index % inputs];
    let change = 0;
    for (let k = 0; k < rank; k++) change += (b[output * rank + k] ?? 0) * (a[k * inputs + input] ?? 0);
    return Math.fround(value + scale * change);
  });
}

describe('a model with an adapter', () => {
  it('is merged into a folder of float32 weights', async () => {
    const adapter = writeAdapter('lora');
    const model = await open('lora');
    expect(model.source).toEqual({ kind: 'merged' });
    expect(model.name).toBe('base');
    expect(model.folder).toBe(path.join(merged(), model.identity));
    for (const [name, tensor] of model.tensors) {
      const values = [...(await readTensor(tensor))];
      expect(tensor.elementType).toBe('float32');
      if (name === `${Q}.weight`) expect(values).toEqual(expected(Q, 1.5));
      else if (name === `${DOWN}.weight`) expect(values).toEqual(expected(DOWN, 1.5));
      else expect(values, name).toEqual([...(base.get(name)?.values ?? [])]);
    }
    expect(readdirSync(model.folder).sort()).toEqual(readdirSync(path.join(folder, 'base')).sort());
    expect(model.configJson).toMatchObject({ dtype: 'float32', torch_dtype: 'float32', vocab_size: 13 });

    const hash = (text: string | Uint8Array) => createHash('sha256').update(text).digest('hex');
    const lines = ['adapter_config.json', 'adapter_model.safetensors'].map(
      (name) => `${name} ${hash(readFileSync(path.join(adapter, name)))}\n`,
    );
    const { identity } = await openModel({ path: 'base' }, place, noProgress);
    expect(model.identity).toBe(hash(`merged\n${identity}\n${hash(`folder\n${lines.join('')}`)}\n`));
  });

  it('is merged once', async () => {
    writeAdapter('once', { lora_alpha: 5 });
    const steps: string[] = [];
    const openOnce = () =>
      openModel({ path: 'base', adapter: 'once' }, place, (done, total) => steps.push(`${done}/${total}`));
    await openOnce();
    expect(steps).toContain('21/21');
    steps.length = 0;
    await openOnce();
    expect(steps).toEqual([]);
    expect(readdirSync(merged()).every((name) => /^[0-9a-f]{64}$/.test(name))).toBe(true);
  });

  it('has a scale of alpha over the root of the rank where the adapter says so', async () => {
    writeAdapter('rs', { use_rslora: true });
    const tensor = (await open('rs')).tensors.get(`${Q}.weight`);
    expect(tensor && [...(await readTensor(tensor))]).toEqual(expected(Q, 3 / Math.sqrt(2)));
  });

  it.each([
    [{ use_dora: true }, /it is a DoRA adapter/],
    [{ modules_to_save: ['lm_head'] }, /it replaces whole modules \(modules_to_save\)/],
    [{ bias: 'all' }, /it also trains biases/],
    [{ lora_bias: true }, /it also trains biases/],
    [{ peft_type: 'IA3' }, /its kind is IA3, not LORA/],
    [{ fan_in_fan_out: true }, /fan_in_fan_out/],
    [{ rank_pattern: { q_proj: 4 } }, /it uses rank_pattern/],
    [{ r: 0 }, /has no sound r and lora_alpha/],
    [
      { r: 4 },
      /does not fit base: its change of model\.layers\.0\.self_attn\.q_proj\.weight is not of rank 4/,
    ],
  ])('is refused with %j', async (config, message) => {
    rmSync(merged(), { recursive: true, force: true });
    writeAdapter('refused', config);
    await expect(open('refused')).rejects.toThrow(message);
    expect(existsSync(merged())).toBe(false);
  });

  it('accepts settings that say nothing', async () => {
    const nothing = { modules_to_save: null, rank_pattern: {}, alpha_pattern: {}, layer_replication: null };
    writeAdapter('plain', { ...nothing, use_dora: false, fan_in_fan_out: false });
    await open('plain');
  });

  it('is refused where the adapter is not for this model, or incomplete', async () => {
    const strange = new Map(changes());
    const a = strange.get(`base_model.model.${Q}.lora_A.weight`);
    if (a) strange.set('base_model.model.model.layers.9.self_attn.q_proj.lora_A.weight', a);
    writeAdapter('deeper', {}, strange);
    await expect(open('deeper')).rejects.toThrow(
      /changes base_model\.model\.model\.layers\.9\..* which base does not have/,
    );
    const half = new Map(changes());
    half.delete(`base_model.model.${Q}.lora_B.weight`);
    writeAdapter('half', {}, half);
    await expect(open('half')).rejects.toThrow(/does not fit base/);
    write(folder, { 'pickled/adapter_config.json': CONFIG, 'pickled/adapter_model.bin': '' });
    await expect(open('pickled')).rejects.toThrow(
      /has no adapter_model\.safetensors\. Save the adapter with PEFT/,
    );
    await expect(open('base')).rejects.toThrow(/holds a whole model, not a LoRA adapter/);
    await expect(open('./nowhere')).rejects.toThrow(/There is no folder/);
  });
});
