import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { obtainDataset } from '../../src/node/hub/hub';
import { temporaryFolder } from '../support/temporary-folder';
import { fakeHub } from './hub-server';
import { failure, jsonLines, write } from './support';

const COMMIT = '0123456789abcdef0123456789abcdef01234567';

const hub = fakeHub();
let home = '';
const env = (rest: Record<string, string> = {}) => ({ HF_HOME: home, HF_ENDPOINT: hub.url, ...rest });
const nothing = () => {};

beforeEach(() => {
  home = temporaryFolder();
  hub.forget();
  hub.repositories.clear();
});

describe('a dataset of the hub', () => {
  const rows = jsonLines([{ chosen: 'a', rejected: 'b' }]);
  const obtain = async (
    query: { split?: string; config?: string } = {},
    rest: Record<string, string> = {},
  ) => {
    const files = await obtainDataset({ id: 'org/pairs', ...query }, env(rest), nothing);
    const snapshot = path.join(home, 'hub', 'datasets--org--pairs', 'snapshots', COMMIT);
    return files.map((file) => path.relative(snapshot, file).replaceAll(path.sep, '/'));
  };
  const set = (files: Record<string, string>) =>
    hub.repositories.set('datasets/org/pairs', { commit: COMMIT, files });

  it('gives the files of a split in order, once from the hub, then from the cache', async () => {
    set({
      'README.md': '',
      'data/train-00001-of-00002.parquet': 'second',
      'data/train-00000-of-00002.parquet': 'first',
      'data/test-00000-of-00001.parquet': 'x',
      'data/train_sft-00000-of-00001.parquet': 'x',
    });
    const parts = ['data/train-00000-of-00002.parquet', 'data/train-00001-of-00002.parquet'];
    expect(await obtain()).toEqual(parts);
    hub.forget();
    expect(await obtain({}, { HF_HUB_OFFLINE: '1' })).toEqual(parts);
    expect(await obtain({ split: 'train_sft' })).toEqual(['data/train_sft-00000-of-00001.parquet']);
    expect(hub.requests.filter((line) => line.startsWith('STORAGE'))).toHaveLength(1);
  });

  it('is not taken from the cache where a part is missing there', async () => {
    const part = 'data/train-00001-of-00002.parquet';
    set({ 'data/train-00000-of-00002.parquet': 'first', [part]: 'second' });
    write(path.join(home, 'hub', 'datasets--org--pairs'), {
      'refs/main': COMMIT,
      [`snapshots/${COMMIT}/${part}`]: 'second',
    });
    expect(await obtain()).toHaveLength(2);
    expect(hub.requests.filter((line) => line.startsWith('STORAGE'))).toHaveLength(1);
  });

  it('has configurations in folders', async () => {
    set({
      'harmless-base/train.jsonl.gz': 'x',
      'helpful-base/train.jsonl.gz': 'x',
      'helpful-base/test.jsonl.gz': 'x',
    });
    expect(await obtain({ config: 'helpful-base' })).toEqual(['helpful-base/train.jsonl.gz']);
    // The files of one configuration in the cache do not pass for all.
    expect(await obtain()).toHaveLength(2);
  });

  it('stays at the commit in the cache, where the hub is asked for other files of it', async () => {
    set({ 'train.jsonl': rows, 'test.jsonl': rows });
    await obtain();
    hub.forget();
    expect(await obtain({ split: 'test' })).toEqual(['test.jsonl']);
    expect(hub.requests[0]).toBe(`GET /api/datasets/org/pairs/revision/${COMMIT}`);
  });

  it('is all training data where no file is named after a split', async () => {
    set({ 'dataset_infos.json': '{}', 'orca_rlhf.jsonl': rows });
    expect(await obtain()).toEqual(['orca_rlhf.jsonl']);
    expect(await failure(obtain({ split: 'test' }))).toMatch(
      /org\/pairs has no split test; it has train\. Name one of them as split\./,
    );
  });

  it('knows other words for a split', async () => {
    set({ 'train.jsonl': rows, 'dev.jsonl': rows, 'eval.json': '[]' });
    expect(await obtain({ split: 'validation' })).toEqual(['dev.jsonl']);
    expect(await obtain({ split: 'test' })).toEqual(['eval.json']);
  });

  it('is not written outside the cache', async () => {
    set({
      'train.jsonl': rows,
      '../../../train.jsonl': 'x',
      'a/../train.jsonl': 'x',
      'C:\\train.jsonl': 'x',
    });
    expect(await obtain()).toEqual(['train.jsonl']);
  });

  it('may be gated or unknown', async () => {
    hub.repositories.set('datasets/org/pairs', {
      commit: COMMIT,
      files: { 'train.jsonl': rows },
      gated: 'hf_x',
    });
    expect(await failure(obtain())).toMatch(
      /dataset org\/pairs is gated\. Accept its terms at .*\/datasets\/org\/pairs,/,
    );
    expect(await failure(obtainDataset({ id: 'org/none' }, env(), nothing))).toMatch(
      /There is no dataset org\/none/,
    );
  });
});
