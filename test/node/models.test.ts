import { symlinkSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { AdapterFacts, ModelFacts, ModelShape } from '../../src/core/facts';
import { createMemo } from '../../src/node/files/memo';
import { findCachedModel, hubCacheFolder, listCachedModels } from '../../src/node/hub/hub-cache';
import { findAdapter, findModel } from '../../src/node/models/models';
import { temporaryFolder } from '../support/temporary-folder';
import { LLAMA_CONFIG, safetensors, write, writeModel } from './support';

const folder = temporaryFolder();
const cache = path.join(folder, 'cache');
const env = { HF_HUB_CACHE: cache };
const commit = '0123456789abcdef0123456789abcdef01234567';

write(cache, {
  'models--org--sft/refs/main': commit,
  'models--org--sft/refs/v1': commit,
  [`models--org--sft/snapshots/${commit}/config.json`]: LLAMA_CONFIG,
  'models--gpt2/refs/main': 'abc',
  'models--gpt2/snapshots/abc/config.json': LLAMA_CONFIG,
  'models--org--half/refs/main': 'abc',
  'models--org--half/snapshots/abc/tokenizer.json': {},
  'models--org--lora/refs/main': 'abc\n',
  'models--org--lora/snapshots/abc/adapter_config.json': { base_model_name_or_path: 'org/sft' },
  'models--org--evil/refs/main': '../../../..',
  'datasets--org--pairs/refs/main': 'abc',
  'version.txt': '1',
});

const model = (name: string, revision?: string): Promise<ModelFacts> =>
  findModel({ path: name, ...(revision ? { revision } : {}) }, folder, env, createMemo<ModelShape>(4));
const adapter = (name: string): Promise<AdapterFacts> => findAdapter(name, folder, env);

describe('the hub cache', () => {
  it('lies where the Hugging Face libraries look for it', () => {
    const home = hubCacheFolder({});
    expect(home.endsWith(path.join('.cache', 'huggingface', 'hub'))).toBe(true);
    expect(hubCacheFolder({ XDG_CACHE_HOME: '/x' })).toBe(path.join('/x', 'huggingface', 'hub'));
    expect(hubCacheFolder({ HF_HOME: '/h', XDG_CACHE_HOME: '/x' })).toBe(path.join('/h', 'hub'));
    expect(hubCacheFolder({ HF_HUB_CACHE: '/c', HF_HOME: '/h' })).toBe('/c');
    expect(hubCacheFolder({ HF_HUB_CACHE: '', HF_HOME: '/h' })).toBe(path.join('/h', 'hub'));
  });

  it('lists the models that have a config.json', async () => {
    expect(await listCachedModels(env)).toEqual(['gpt2', 'org/sft']);
    expect(await listCachedModels({ HF_HUB_CACHE: path.join(folder, 'nowhere') })).toEqual([]);
  });

  it('is searched by branch, tag or commit', async () => {
    const snapshot = path.join(cache, 'models--org--sft', 'snapshots', commit);
    expect(await findCachedModel('org/sft', undefined, env)).toBe(snapshot);
    expect(await findCachedModel('org/sft', 'v1', env)).toBe(snapshot);
    expect(await findCachedModel('org/sft', commit, env)).toBe(snapshot);
    expect(await findCachedModel('org/sft', 'v2', env)).toBeUndefined();
    expect(await findCachedModel('org/half', undefined, env)).toBeUndefined();
  });

  it('is not left by an odd revision or reference', async () => {
    expect(await findCachedModel('org/sft', '../../models--gpt2/snapshots/abc', env)).toBeUndefined();
    expect(await findCachedModel('org/sft', '..', env)).toBeUndefined();
    expect(await findCachedModel('org/evil', undefined, env)).toBeUndefined();
  });
});

describe('findModel', () => {
  it('reads a folder', async () => {
    writeModel(path.join(folder, 'full'), { chat_template: 'x' });
    expect(await model('full')).toEqual({
      found: 'folder',
      folder: path.join(folder, 'full'),
      family: 'llama',
      layers: 2,
      hiddenSize: 8,
      intermediateSize: 16,
      attentionHeads: 4,
      keyValueHeads: 2,
      vocabularySize: 100,
      tiedEmbeddings: true,
      // 100*8 embeddings, 2 * (2*8*8 + 2*8*4 + 3*8*16 + 2*8), and the last norm's 8.
      parameters: 800 + 2 * (128 + 64 + 384 + 16) + 8,
      hasChatTemplate: true,
      eosToken: '</s>',
      bosToken: '<s>',
    });
  });

  it('finds a hub id in the cache', async () => {
    expect(await model('org/sft')).toMatchObject({ found: 'hub cache', hasChatTemplate: false, layers: 2 });
  });

  it('says what was looked for and where', async () => {
    write(folder, { 'empty/readme.txt': '', 'lora/adapter_config.json': {}, 'model.gguf': 'GGUF' });
    symlinkSync('loop', path.join(folder, 'loop'));
    expect(await model('org/other', 'v3')).toEqual({
      found: 'no',
      looksLike: 'hub id',
      reason: `org/other at revision v3 is neither a folder here nor in the Hugging Face cache (${cache}). If it is a hub id, it is downloaded when training starts.`,
    });
    expect(await model('./missing')).toMatchObject({
      found: 'no',
      looksLike: 'folder',
      reason: expect.stringMatching(/There is no folder/),
    });
    expect(await model('empty')).toMatchObject({
      reason: expect.stringMatching(/empty has no config\.json. Name a folder/),
    });
    expect(await model('lora')).toMatchObject({
      reason: expect.stringMatching(/holds a LoRA adapter, not a whole model/),
    });
    expect(await model('model.gguf')).toMatchObject({
      reason: expect.stringMatching(/is a file, not a model folder/),
    });
    expect(await model('loop')).toMatchObject({ found: 'no', looksLike: 'folder' });
    expect(await model('\\\\server\\share')).toMatchObject({
      found: 'no',
      reason: expect.stringMatching(/is a network path/),
    });
  });

  it('tells a broken config.json from a missing one', async () => {
    write(folder, { 'corrupt/config.json': '{"model_type": "lla', 'list/config.json': '[]' });
    expect(await model('corrupt')).toMatchObject({
      found: 'no',
      reason: expect.stringMatching(/config\.json is not JSON/),
    });
    expect(await model('list')).toMatchObject({
      found: 'no',
      reason: expect.stringMatching(/does not hold a JSON object/),
    });
  });

  it('leaves out what config.json has in an odd way', async () => {
    write(folder, {
      'odd/config.json':
        '{"hidden_size": "8", "vocab_size": -1, "num_hidden_layers": 1.5, "__proto__": {"n_head": 2}}',
      'odd/tokenizer_config.json': 'not JSON',
    });
    expect(await model('odd')).toEqual({
      found: 'folder',
      folder: path.join(folder, 'odd'),
      hasChatTemplate: false,
      embeddedFault: expect.stringMatching(/architecture/),
    });
  });

  it('takes the language model of a model with several', async () => {
    write(folder, { 'vision/config.json': { model_type: 'mllama', text_config: LLAMA_CONFIG } });
    expect(await model('vision')).toMatchObject({ family: 'mllama', layers: 2, vocabularySize: 100 });
  });

  it('knows a template in its own file, and named templates', async () => {
    write(writeModel(path.join(folder, 'jinja')), { 'chat_template.jinja': '{{ messages }}' });
    writeModel(path.join(folder, 'named'), { chat_template: [{ name: 'default', template: 'x' }] });
    writeModel(path.join(folder, 'null'), { chat_template: null });
    expect(await model('jinja')).toMatchObject({ hasChatTemplate: true });
    expect(await model('named')).toMatchObject({ hasChatTemplate: true });
    expect(await model('null')).toMatchObject({ hasChatTemplate: false });
  });
});

describe('parameters', () => {
  const count = async (name: string): Promise<number | undefined> => {
    const found = await model(name);
    return found.found === 'no' ? undefined : found.parameters;
  };

  it('are summed over the headers of one file or of shards', async () => {
    write(folder, {
      'one/config.json': {},
      'one/model.safetensors': safetensors({ a: [10, 20], b: [5], scalar: [] }),
      'two/config.json': {},
      'two/model.safetensors.index.json': {
        weight_map: { a: '1.safetensors', b: '2.safetensors', c: '1.safetensors' },
      },
      'two/1.safetensors': safetensors({ a: [10], c: [2, 2] }),
      'two/2.safetensors': safetensors({ b: [1000] }),
    });
    expect(await count('one')).toBe(206);
    expect(await count('two')).toBe(1014);
  });

  it.each([
    [
      'a corrupt header',
      {
        'model.safetensors': Buffer.concat([
          Buffer.from([9, 0, 0, 0, 0, 0, 0, 0]),
          Buffer.from('{"a": nope'),
        ]),
      },
    ],
    ['a huge header length', { 'model.safetensors': Buffer.alloc(16, 0xff) }],
    ['a file that ends early', { 'model.safetensors': Buffer.from([200, 0, 0, 0, 0, 0, 0, 0, 0x7b]) }],
    ['an empty file', { 'model.safetensors': '' }],
    ['a tensor without shape', { 'model.safetensors': safetensors({ a: 3 as unknown as number[] }) }],
    ['a missing shard', { 'model.safetensors.index.json': { weight_map: { a: 'gone.safetensors' } } }],
    [
      'a shard outside',
      { 'model.safetensors.index.json': { weight_map: { a: '../one/model.safetensors' } } },
    ],
  ])('are computed from the shape where there is %s', async (name, files) => {
    write(path.join(folder, name), { 'config.json': LLAMA_CONFIG, ...files });
    expect(await count(name)).toBe(1992);
  });

  it('are not guessed from packed or sparse weights', async () => {
    write(folder, {
      'packed/config.json': { ...LLAMA_CONFIG, quantization_config: { bits: 4 } },
      'packed/model.safetensors': safetensors({ a: [3] }),
      'sparse/config.json': { ...LLAMA_CONFIG, num_local_experts: 8 },
    });
    expect(await count('packed')).toBe(1992);
    expect(await count('sparse')).toBeUndefined();
  });
});

describe('findAdapter', () => {
  it('reads the base model', async () => {
    write(folder, { 'adapter/adapter_config.json': { base_model_name_or_path: 'org/sft' } });
    expect(await adapter('adapter')).toEqual({ found: 'folder', baseModel: 'org/sft' });
    expect(await adapter('org/lora')).toEqual({ found: 'hub cache', baseModel: 'org/sft' });
  });

  it('says why there is none', async () => {
    write(folder, { 'whole/config.json': {}, 'broken/adapter_config.json': '{' });
    expect(await adapter('org/none')).toMatchObject({
      found: 'no',
      reason: expect.stringMatching(/neither a folder here nor/),
    });
    expect(await adapter('whole')).toMatchObject({
      found: 'no',
      reason: expect.stringMatching(/holds a whole model, not a LoRA adapter/),
    });
    expect(await adapter('broken')).toMatchObject({
      found: 'no',
      reason: expect.stringMatching(/is not JSON/),
    });
    expect(await adapter('//server/share')).toMatchObject({
      found: 'no',
      reason: expect.stringMatching(/is a network path/),
    });
  });
});

describe('adapters of many kinds', () => {
  it.each([
    [{ init_lora_weights: 'pissa_niter_16' }, /initialised with PiSSA, which changes the base/],
    [{ init_lora_weights: 'olora' }, /OLoRA/],
    [{ init_lora_weights: 'loftq' }, /LoftQ/],
    [{ init_lora_weights: 'corda' }, /CorDA/],
    [{ init_lora_weights: 'new_one' }, /init_lora_weights "new_one"/],
    [{ use_dora: true }, /DoRA/],
    [{ use_qalora: true }, /use_qalora/],
    [{ trainable_token_indices: [3] }, /trainable_token_indices/],
    [{ rank_pattern: { q_proj: 4 } }, /rank_pattern/],
  ])('names what of %o the embedded trainer cannot merge', async (config, fault) => {
    write(folder, { 'adapter/adapter_config.json': { peft_type: 'LORA', r: 4, ...config } });
    expect(await findAdapter('adapter', folder, {})).toMatchObject({
      embeddedFault: expect.stringMatching(fault),
    });
  });

  it.each([true, 'gaussian', 'eva', 'orthogonal'])('takes plain LoRA that began with %s', async (init) => {
    write(folder, { 'adapter/adapter_config.json': { peft_type: 'LORA', r: 4, init_lora_weights: init } });
    expect(await findAdapter('adapter', folder, {})).toEqual({ found: 'folder' });
  });
});
