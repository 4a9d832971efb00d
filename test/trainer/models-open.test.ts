import { createHash } from 'node:crypto';
import { readFileSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { FileError } from '../../src/node/files/text-files';
import { openModel } from '../../src/trainer/models/open-model';
import { indexSafetensors, readTensor } from '../../src/trainer/models/stored-tensor';
import { TrainingError } from '../../src/trainer/training-error';
import { fakeHub } from '../node/hub-server';
import { write } from '../node/support';
import { temporaryFolder } from '../support/temporary-folder';
import { noProgress, placeIn, safetensorsOf, tinyWeights, writeTinyModel } from './models-support';

const folder = temporaryFolder();
const place = placeIn(folder);
const open = (name: string) => openModel({ path: name }, place, noProgress);
const sha256 = (data: string | Uint8Array) => createHash('sha256').update(data).digest('hex');

/** The message of a failure that is meant for people. */
async function failure(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => new Error('It did not fail.'),
    (reason: unknown) => reason,
  );
  expect(error instanceof TrainingError || error instanceof FileError, String(error)).toBe(true);
  return (error as Error).message;
}

describe('opening a model folder', () => {
  it.each(['F32', 'F16', 'BF16'] as const)('reads %s', async (dtype) => {
    const weights = tinyWeights();
    writeTinyModel(path.join(folder, dtype), {}, weights, dtype);
    const model = await open(`./${dtype}`);
    expect(model).toMatchObject({
      name: `./${dtype}`,
      folder: path.join(folder, dtype),
      source: { kind: 'folder' },
      config: { vocabularySize: 13, layers: 2, tiedEmbeddings: false },
      configJson: { vocab_size: 13 },
    });
    expect([...model.tensors.keys()].sort()).toEqual([...weights.keys()].sort());
    for (const [name, tensor] of model.tensors) {
      expect(tensor.elementType).toBe({ F32: 'float32', F16: 'float16', BF16: 'bfloat16' }[dtype]);
      expect(await readTensor(tensor), name).toEqual(weights.get(name)?.values);
    }
  });

  it('reads odd values of the short types', async () => {
    const name = path.join(folder, 'odd.safetensors');
    const header = (dtype: string) => JSON.stringify({ a: { dtype, shape: [7], data_offsets: [0, 14] } });
    const contents = (dtype: string, bits: number[]) => {
      const length = Buffer.alloc(8);
      length.writeBigUInt64LE(BigInt(header(dtype).length));
      return Buffer.concat([
        length,
        Buffer.from(header(dtype)),
        new Uint8Array(Uint16Array.from(bits).buffer),
      ]);
    };
    const read = async () => {
      const tensor = (await indexSafetensors(name)).get('a');
      return tensor && [...(await readTensor(tensor))];
    };
    writeFileSync(name, contents('F16', [0x0001, 0x03ff, 0x8000, 0x7bff, 0x7c00, 0xfc00, 0x7e00]));
    const subnormal = 1023 * 2 ** -24;
    expect(await read()).toEqual([2 ** -24, subnormal, -0, 65504, Infinity, -Infinity, Number.NaN]);
    writeFileSync(name, contents('BF16', [0x3f80, 0x8000, 0x0001, 0x7f80, 0xff80, 0x7fc0, 0xc000]));
    expect(await read()).toEqual([1, -0, 2 ** -133, Infinity, -Infinity, Number.NaN, -2]);
  });

  it('gives real absolute paths, because a runtime that maps files follows no links', async () => {
    const linked = writeTinyModel(path.join(folder, 'linked'));
    renameSync(path.join(linked, 'model.safetensors'), path.join(folder, 'blob'));
    symlinkSync(path.join('..', 'blob'), path.join(linked, 'model.safetensors'));
    const paths = new Set([...(await open('linked')).tensors.values()].map((tensor) => tensor.path));
    expect([...paths]).toEqual([path.join(folder, 'blob')]);
  });

  it('takes a tied head from the embedding, be it stored as well', async () => {
    const tied = { tie_word_embeddings: true };
    writeTinyModel(path.join(folder, 'tied'), tied);
    expect((await open('tied')).tensors.has('lm_head.weight')).toBe(false);
    const weights = new Map(tinyWeights(tied));
    const embedding = weights.get('model.embed_tokens.weight');
    if (embedding) weights.set('lm_head.weight', embedding);
    writeTinyModel(path.join(folder, 'tied-twice'), tied, weights);
    expect((await open('tied-twice')).config.tiedEmbeddings).toBe(true);
    writeTinyModel(path.join(folder, 'tied-wrongly'), tied, tinyWeights());
    expect(await failure(open('tied-wrongly'))).toMatch(
      /says that embeddings are tied, but lm_head\.weight is stored too and differs/,
    );
  });
});

describe('the identity of a model', () => {
  it('of a folder is a hash over its files, as documented', async () => {
    const model = writeTinyModel(path.join(folder, 'identity'));
    const hashes = ['config.json', 'model.safetensors'].map(
      (name) => `${name} ${sha256(readFileSync(path.join(model, name)))}\n`,
    );
    expect((await open('identity')).identity).toBe(sha256(`folder\n${hashes.join('')}`));
  });

  it('is computed from what was hashed before, until a file changes', async () => {
    const file = path.join(writeTinyModel(path.join(folder, 'cached')), 'model.safetensors');
    const progress: number[] = [];
    const identify = async () =>
      (await openModel({ path: 'cached' }, place, (done) => progress.push(done))).identity;
    utimesSync(file, 1000, 1000);
    const first = await identify();
    expect(progress.length).toBeGreaterThan(0);
    progress.length = 0;
    expect(await identify()).toBe(first);
    expect(progress).toEqual([]);
    writeFileSync(file, safetensorsOf(tinyWeights({}, 4)));
    utimesSync(file, 2000, 2000);
    expect(await identify()).not.toBe(first);
    const store = path.join(folder, '.dpo', 'cache', 'hashes.json');
    writeFileSync(store, 'torn');
    const third = await identify();
    rmSync(path.join(folder, '.dpo', 'cache'), { recursive: true });
    expect(await identify()).toBe(third);
  });

  const hub = fakeHub();
  it('of a hub model is its id and commit', async () => {
    const commit = '0123456789abcdef0123456789abcdef01234567';
    const files = {
      'config.json': readFileSync(path.join(writeTinyModel(path.join(folder, 'hub')), 'config.json')),
      'tokenizer.json': '{}',
      'model.safetensors': safetensorsOf(tinyWeights()),
    };
    hub.repositories.set('models/org/policy', { commit, files });
    const env = { HF_HOME: path.join(folder, 'hf'), HF_ENDPOINT: hub.url, HF_HUB_OFFLINE: '0' };
    const query = { path: 'org/policy', revision: 'main' };
    const model = await openModel(query, placeIn(folder, env), noProgress);
    expect(model.identity).toBe(sha256(`hub:org/policy@${commit}`));
    expect(model.source).toEqual({ kind: 'hub', id: 'org/policy', commit });
    const blobs = path.join(folder, 'hf', 'hub', 'models--org--policy', 'blobs');
    expect([...model.tensors.values()].every(({ path: file }) => path.dirname(file) === blobs)).toBe(true);
  });
});

describe('a model that cannot be opened', () => {
  it('is of another architecture, which is named with those that would do', async () => {
    writeTinyModel(path.join(folder, 'gpt2'), { architectures: ['GPT2LMHeadModel'] }, tinyWeights());
    expect(await failure(open('gpt2'))).toBe(
      'gpt2 cannot be trained here: the architecture is GPT2LMHeadModel; supported are LlamaForCausalLM, MistralForCausalLM, Qwen2ForCausalLM, Qwen3ForCausalLM, Olmo2ForCausalLM, GraniteForCausalLM, SmolLM3ForCausalLM, Phi3ForCausalLM, Gemma2ForCausalLM, Gemma3ForCausalLM. Name another model, or write backend: { kind: torch }.',
    );
  });

  it('lacks a tensor', async () => {
    const weights = new Map(tinyWeights());
    weights.delete('model.layers.1.mlp.up_proj.weight');
    writeTinyModel(path.join(folder, 'lacking'), {}, weights);
    expect(await failure(open('lacking'))).toMatch(
      /lacking lacks model\.layers\.1\.mlp\.up_proj\.weight that its config\.json asks for/,
    );
    writeTinyModel(path.join(folder, 'lacking'), { num_hidden_layers: 3 }, weights);
    expect(await failure(open('lacking'))).toMatch(/up_proj\.weight and 9 other tensors/);
  });

  it('does not say whether it has a head', async () => {
    const weights = new Map(tinyWeights());
    weights.delete('lm_head.weight');
    writeTinyModel(path.join(folder, 'headless'), {}, weights);
    expect(await failure(open('headless'))).toMatch(
      /has no lm_head\.weight, and its config\.json does not say .* add "tie_word_embeddings": true to .*headless.config\.json; else fetch the whole model/,
    );
  });

  it('has files that do not belong together', async () => {
    writeTinyModel(path.join(folder, 'mixed'), { vocab_size: 14 }, tinyWeights());
    expect(await failure(open('mixed'))).toMatch(
      /model\.embed_tokens\.weight of mixed is \[13, 16\], but config\.json makes it \[14, 16\]/,
    );
  });

  it('has weights of a type that is not trained', async () => {
    const bytes = Buffer.from(safetensorsOf(tinyWeights()));
    const at = bytes.indexOf('"F32"');
    bytes.write('"I32"', at);
    write(writeTinyModel(path.join(folder, 'packed')), { 'model.safetensors': bytes });
    expect(await failure(open('packed'))).toMatch(
      /holds model\.embed_tokens\.weight as I32; F32, F16 and BF16 are supported/,
    );
  });

  it('is none, but something close to one', async () => {
    const config = { 'config.json': {} };
    write(folder, {
      'lora/adapter_config.json': {},
      'old/config.json': {},
      'old/pytorch_model-00001-of-00002.bin': '',
      'gguf/config.json': {},
      'gguf/policy.gguf': '',
      'policy.gguf': '',
      'bare/config.json': config,
    });
    expect(await failure(open('lora'))).toMatch(
      /holds a LoRA adapter, not a whole model\. Name its base model/,
    );
    expect(await failure(open('old'))).toMatch(/pytorch_model-00001-of-00002\.bin only, .* save_pretrained/);
    expect(await failure(open('gguf'))).toMatch(/policy\.gguf only, a format for inference/);
    expect(await failure(open('policy.gguf'))).toMatch(/policy\.gguf only, a format for inference/);
    expect(await failure(open('bare'))).toMatch(/has no weights: model\.safetensors is missing/);
    expect(await failure(open('./nowhere'))).toMatch(/There is no folder .*nowhere/);
    expect(await failure(open('//server/share'))).toMatch(/is a network path/);
    expect(await failure(open('org/unknown'))).toMatch(/HF_HUB_OFFLINE forbids a download/);
  });

  it('is damaged', async () => {
    const file = path.join(writeTinyModel(path.join(folder, 'cut')), 'model.safetensors');
    writeFileSync(file, readFileSync(file).subarray(0, -1));
    expect(await failure(open('cut'))).toMatch(/cut.model\.safetensors is cut off/);
    write(path.join(folder, 'cut'), { 'config.json': '{' });
    expect(await failure(open('cut'))).toMatch(/config\.json is not JSON/);
  });
});
