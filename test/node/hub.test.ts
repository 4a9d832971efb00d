import { createHash } from 'node:crypto';
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { obtainAdapter, obtainModel } from '../../src/node/hub/hub';
import { findCachedModel } from '../../src/node/hub/hub-cache';
import { temporaryFolder } from '../support/temporary-folder';
import { closedAddress, fakeHub } from './hub-server';
import { failure, LLAMA_CONFIG, safetensors, write } from './support';

const hub = fakeHub();
const root = temporaryFolder();
let home = '';
let count = 0;
const env = (rest: Record<string, string> = {}) => ({ HF_HOME: home, HF_ENDPOINT: hub.url, ...rest });
const nothing = () => {};

const COMMIT = '0123456789abcdef0123456789abcdef01234567';
const WEIGHTS = safetensors({ weight: [100, 100] });
const MODEL_FILES = {
  'README.md': '# A model',
  'config.json': JSON.stringify(LLAMA_CONFIG),
  'tokenizer.json': '{}',
  'tokenizer_config.json': '{"eos_token": "</s>"}',
  'model.safetensors': WEIGHTS,
  'onnx/model.onnx': 'not wanted',
  'pytorch_model.bin': 'not wanted',
};

beforeEach(() => {
  home = path.join(root, String(count++));
  hub.forget();
  hub.repositories.clear();
  hub.repositories.set('models/org/policy', {
    commit: COMMIT,
    files: MODEL_FILES,
    revisions: ['v1', 'pr/2'],
  });
});

const repositoryFolder = () => path.join(home, 'hub', 'models--org--policy');
const blobs = () => readdirSync(path.join(repositoryFolder(), 'blobs'));

describe('a model of the hub', () => {
  it('is downloaded into the layout of the Hugging Face cache', async () => {
    const shares: [number, number][] = [];
    const folder = await obtainModel('org/policy', undefined, env(), (done, total) =>
      shares.push([done, total]),
    );
    expect(folder).toBe(path.join(repositoryFolder(), 'snapshots', COMMIT));
    expect(await findCachedModel('org/policy', undefined, env())).toBe(folder);
    expect(readFileSync(path.join(repositoryFolder(), 'refs', 'main'), 'utf8')).toBe(COMMIT);
    expect(readdirSync(folder).sort()).toEqual([
      'config.json',
      'model.safetensors',
      'tokenizer.json',
      'tokenizer_config.json',
    ]);
    const hash = createHash('sha256').update(WEIGHTS).digest('hex');
    expect(readlinkSync(path.join(folder, 'model.safetensors'))).toBe(path.join('..', '..', 'blobs', hash));
    expect(readFileSync(path.join(folder, 'model.safetensors'))).toEqual(Buffer.from(WEIGHTS));
    expect(blobs().every((name) => /^([0-9a-f]{40}|[0-9a-f]{64})$/.test(name))).toBe(true);
    const total = ['config.json', 'tokenizer.json', 'tokenizer_config.json', 'model.safetensors'].reduce(
      (sum, name) => sum + Buffer.from(MODEL_FILES[name as keyof typeof MODEL_FILES]).length,
      0,
    );
    expect(shares.at(-1)).toEqual([total, total]);
    expect(shares.every(([done], index) => done >= (shares[index - 1]?.[0] ?? 0))).toBe(true);
  });

  it('is taken from the cache without a question, even where the hub has moved on', async () => {
    const folder = await obtainModel('org/policy', undefined, env(), nothing);
    hub.forget();
    hub.repositories.set('models/org/policy', { commit: 'f'.repeat(40), files: MODEL_FILES });
    expect(await obtainModel('org/policy', undefined, env(), nothing)).toBe(folder);
    expect(await obtainModel('org/policy', COMMIT, env({ HF_HUB_OFFLINE: '1' }), nothing)).toBe(folder);
    expect(hub.requests).toEqual([]);
  });

  it('is found by branch, tag and commit', async () => {
    for (const revision of ['v1', 'pr/2', COMMIT]) {
      expect(path.basename(await obtainModel('org/policy', revision, env(), nothing))).toBe(COMMIT);
    }
    const refs = path.join(repositoryFolder(), 'refs');
    expect(readFileSync(path.join(refs, 'pr', '2'), 'utf8')).toBe(COMMIT);
    expect(existsSync(path.join(refs, COMMIT))).toBe(false);
    expect(hub.requests.filter((line) => line.startsWith('STORAGE'))).toHaveLength(4);
  });

  it('comes with all its shards, and of two forms as one file', async () => {
    const index = JSON.stringify({ weight_map: { a: 'model-00001-of-00002.safetensors' } });
    const shards = {
      'config.json': '{}',
      'model.safetensors.index.json': index,
      'model-00001-of-00002.safetensors': safetensors({ a: [1] }),
      'model-00002-of-00002.safetensors': safetensors({ b: [1] }),
    };
    hub.repositories.set('models/org/large', { commit: COMMIT, files: shards });
    hub.repositories.set('models/org/both', {
      commit: COMMIT,
      files: { ...shards, 'model.safetensors': WEIGHTS },
    });
    const large = await obtainModel('org/large', undefined, env(), nothing);
    expect(readdirSync(large).sort()).toEqual(Object.keys(shards).sort());
    const both = await obtainModel('org/both', undefined, env(), nothing);
    expect(readdirSync(both).sort()).toEqual(['config.json', 'model.safetensors']);
  });

  it('is completed where a part is missing', async () => {
    write(path.join(home, 'hub'), {
      'models--org--policy/refs/main': COMMIT,
      [`models--org--policy/snapshots/${COMMIT}/config.json`]: LLAMA_CONFIG,
    });
    const folder = await obtainModel('org/policy', undefined, env(), nothing);
    expect(lstatSync(path.join(folder, 'config.json')).isSymbolicLink()).toBe(false);
    expect(hub.requests.filter((line) => line.startsWith('STORAGE'))).toEqual([
      'STORAGE tokenizer.json from 0',
      'STORAGE tokenizer_config.json from 0',
      'STORAGE model.safetensors from 0',
    ]);
  });

  it('is used without tokenizer.json where the hub cannot be asked for one', async () => {
    const snapshot = `models--org--old/snapshots/${COMMIT}`;
    write(path.join(home, 'hub'), {
      'models--org--old/refs/main': COMMIT,
      [`${snapshot}/config.json`]: LLAMA_CONFIG,
      [`${snapshot}/model.safetensors`]: WEIGHTS,
    });
    const folder = path.join(home, 'hub', snapshot);
    expect(await obtainModel('org/old', undefined, env({ HF_HUB_OFFLINE: 'yes' }), nothing)).toBe(folder);
    const unreachable = env({ HF_ENDPOINT: await closedAddress() });
    expect(await obtainModel('org/old', undefined, unreachable, nothing)).toBe(folder);
  });
});

describe('a download that breaks', () => {
  it('goes on where it broke', async () => {
    hub.breaks.push({ path: 'model.safetensors', bytes: 10 }, { path: 'model.safetensors', bytes: 20 });
    const folder = await obtainModel('org/policy', undefined, env(), nothing);
    expect(readFileSync(path.join(folder, 'model.safetensors'))).toEqual(Buffer.from(WEIGHTS));
    expect(hub.requests.filter((line) => line.includes('STORAGE model'))).toEqual([
      'STORAGE model.safetensors from 0',
      'STORAGE model.safetensors from 10',
      'STORAGE model.safetensors from 30',
    ]);
  });

  it('starts again where the server sends no parts', async () => {
    hub.ignoresRanges = true;
    hub.breaks.push({ path: 'model.safetensors', bytes: 10 });
    const folder = await obtainModel('org/policy', undefined, env(), nothing);
    expect(readFileSync(path.join(folder, 'model.safetensors'))).toEqual(Buffer.from(WEIGHTS));
  });

  it('leaves nothing under a final name, and is continued by the next process', async () => {
    const file = 'model.safetensors';
    hub.breaks.push({ path: file, bytes: 40 }, { path: file, bytes: 0 });
    const message = await failure(obtainModel('org/policy', undefined, env(), nothing));
    expect(message).toMatch(/org\/policy could not be downloaded, because 127\.0\.0\.1:\d+ was not reached/);
    expect(existsSync(path.join(repositoryFolder(), 'snapshots'))).toBe(false);
    expect(existsSync(path.join(repositoryFolder(), 'refs'))).toBe(false);
    const partial = blobs().filter((name) => name.endsWith('.incomplete'));
    expect(partial).toHaveLength(1);
    expect(await findCachedModel('org/policy', undefined, env())).toBeUndefined();

    // As if the process that wrote it were gone: no process has this id.
    const hash = createHash('sha256').update(WEIGHTS).digest('hex');
    const dead = path.join(repositoryFolder(), 'blobs', `${hash}.${hostname()}-4194305-00.incomplete`);
    writeFileSync(dead, WEIGHTS.subarray(0, 50));
    hub.forget();
    const folder = await obtainModel('org/policy', undefined, env(), nothing);
    expect(hub.requests).toContain('STORAGE model.safetensors from 50');
    expect(readFileSync(path.join(folder, file))).toEqual(Buffer.from(WEIGHTS));
    expect(existsSync(dead)).toBe(false);
  });

  it('is refused where the bytes are not those that the hub lists', async () => {
    hub.corrupts = true;
    const message = await failure(obtainModel('org/policy', undefined, env(), nothing));
    expect(message).toMatch(/config\.json of org\/policy arrived damaged/);
    expect(blobs()).toEqual([]);
  });
});

describe('a model that cannot be had', () => {
  const attempt = (id: string, rest: Record<string, string> = {}, revision?: string) =>
    failure(obtainModel(id, revision, env(rest), nothing));

  it('does not exist or is private', async () => {
    hub.repositories.set('models/org/secret', { commit: COMMIT, files: MODEL_FILES, private: 'hf_mine' });
    expect(await attempt('org/polcy')).toMatch(
      /There is no model org\/polcy at http.*, or it is private: check the spelling; set HF_TOKEN if it is private\. If it is a folder here, write \.\/org\/polcy\./,
    );
    expect(await attempt('org/secret', { HF_TOKEN: 'hf_other' })).toMatch(/this token may not read it/);
    const folder = await obtainModel('org/secret', undefined, env({ HF_TOKEN: ' hf_mine\n' }), nothing);
    expect(existsSync(path.join(folder, 'config.json'))).toBe(true);
    expect(hub.leaked).toEqual([]);
  });

  it('is gated, until a token is found in the environment or saved', async () => {
    hub.repositories.set('models/org/gated', { commit: COMMIT, files: MODEL_FILES, gated: 'hf_mine' });
    expect(await attempt('org/gated')).toMatch(
      /The model org\/gated is gated\. Accept its terms at http:\/\/127\.0\.0\.1:\d+\/org\/gated, and set HF_TOKEN/,
    );
    write(home, { token: 'hf_mine\n' });
    await obtainModel('org/gated', undefined, env(), nothing);
  });

  it.each(['../../x', '/tmp/x', 'a/../../x', '..', 'a/./b', ''])(
    'is asked for at the revision %j, which would be a way out of the cache',
    async (revision) => {
      expect(await failure(obtainModel('org/policy', revision, env(), nothing))).toMatch(
        /is no revision of org\/policy/,
      );
      expect(existsSync(home)).toBe(false);
    },
  );

  it('has another revision', async () => {
    expect(await attempt('org/policy', {}, 'v2')).toMatch(/org\/policy has no revision v2\./);
  });

  it('is asked for with a token that is not valid', async () => {
    expect(await attempt('org/policy', { HF_TOKEN: 'expired' })).toMatch(/does not accept the token/);
  });

  it('is out of reach', async () => {
    const closed = await closedAddress();
    expect(await attempt('org/policy', { HF_HUB_OFFLINE: '1' })).toMatch(
      /is not \(completely\) in the Hugging Face cache, and HF_HUB_OFFLINE forbids a download/,
    );
    expect(await attempt('org/policy', { HF_ENDPOINT: closed })).toMatch(
      /because 127\.0\.0\.1:\d+ was not reached \(ECONNREFUSED\)\. Try again, name a folder with the model instead, or set HF_ENDPOINT to a mirror/,
    );
    expect(await attempt('org/policy', { HF_ENDPOINT: closed, HTTPS_PROXY: 'http://proxy:3128' })).toMatch(
      /A proxy is set, which is used only by Node 24/,
    );
  });

  it('lies on a server in trouble, or on one that is no hub', async () => {
    hub.failsWith = { status: 503 };
    expect(await attempt('org/policy')).toMatch(/answered with status 503 for org\/policy\. Try again later/);
    hub.failsWith = { status: 403 };
    expect(await attempt('org/policy')).toMatch(/refuses access to org\/policy\. Check that the token/);
    hub.failsWith = { status: 429 };
    expect(await attempt('org/policy')).toMatch(/too many requests/);
    hub.failsWith = { status: 200, body: '<html>Log in to the network</html>' };
    expect(await attempt('org/policy')).toMatch(/does not answer as the Hugging Face hub does .*HF_ENDPOINT/);
  });

  it('has no weights in safetensors', async () => {
    const config = { 'config.json': '{}' };
    const set = (id: string, files: Record<string, string>) =>
      hub.repositories.set(`models/${id}`, { commit: COMMIT, files });
    set('org/old', { ...config, 'pytorch_model.bin': '' });
    set('org/gguf', { ...config, 'policy.Q4_K_M.gguf': '' });
    set('org/empty', config);
    set('org/lora', { 'adapter_config.json': '{}', 'adapter_model.safetensors': '' });
    set('org/other', { 'README.md': '' });
    expect(await attempt('org/old')).toMatch(
      /pytorch_model\.bin only, .*save_pretrained, which writes safetensors/,
    );
    expect(await attempt('org/gguf')).toMatch(/policy\.Q4_K_M\.gguf only, a format for inference/);
    expect(await attempt('org/empty')).toMatch(/has no weights: model\.safetensors is missing/);
    expect(await attempt('org/lora')).toMatch(/holds a LoRA adapter: name its base model/);
    expect(await attempt('org/other')).toMatch(/it has no config\.json/);
  });

  it('does not fit where the cache may not be written', async () => {
    write(root, { [`${count}-file`]: '' });
    const message = await attempt('org/policy', { HF_HUB_CACHE: path.join(root, `${count}-file`) });
    expect(message).toMatch(/could not be written/);
  });
});

describe('an adapter of the hub', () => {
  it('is downloaded without its base model', async () => {
    const files = { 'adapter_config.json': '{}', 'adapter_model.safetensors': WEIGHTS, 'README.md': '' };
    hub.repositories.set('models/org/lora', { commit: COMMIT, files });
    const folder = await obtainAdapter('org/lora', env(), nothing);
    expect(readdirSync(folder).sort()).toEqual(['adapter_config.json', 'adapter_model.safetensors']);
    hub.forget();
    expect(await obtainAdapter('org/lora', env(), nothing)).toBe(folder);
    expect(hub.requests).toEqual([]);
    expect(await failure(obtainAdapter('org/policy', env(), nothing))).toMatch(/has no adapter_config\.json/);
  });
});
