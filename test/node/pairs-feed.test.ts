import { mkdirSync, rmSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ToPanel } from '../../src/core/panels/protocol';
import { PairsFeed } from '../../src/node/panels/pairs-feed';
import { savedPolicies } from '../../src/node/runs/saved-policies';
import { temporaryFolder } from '../support/temporary-folder';
import { write } from './support';

const ID = '20261101-000000-beta0.1-aaaa';
const RUN = {
  format: 1,
  id: ID,
  created: 0,
  backend: 'onnx',
  config: { objective: { beta: 0.1 }, training: { seed: 3, save_every: 50 } },
  configFile: '/w/a.dpo.yaml',
  configText: 'model: x',
  configHash: '',
  baseFolder: '/w',
  dataFolder: '/w/.dpo',
  versions: {},
};

function status(state: string, step: number): object {
  return { format: 1, state, step, host: hostname(), pid: process.pid, heartbeat: Date.now() };
}

describe('what the pair inspector is told of a run', () => {
  it('is its checkpoints as they come and go, each change once, and that it is gone', async () => {
    const folder = path.join(temporaryFolder(), ID);
    write(folder, { 'run.json': RUN, 'status.json': status('completed', 100) });
    const said: ToPanel[] = [];
    const feed = new PairsFeed(folder, (message) => said.push(message));
    await feed.refresh();
    await feed.refresh();
    expect(said).toEqual([
      {
        kind: 'page',
        page: {
          kind: 'pairs',
          id: ID,
          folder,
          title: 'a, beta 0.1, pairs',
          state: 'completed',
          checkpoints: [0],
          words: expect.stringMatching(/No checkpoint yet.*save_every/),
        },
      },
    ]);
    write(folder, { 'checkpoints/100/state.safetensors': '', 'checkpoints/50/state.safetensors': '' });
    mkdirSync(path.join(folder, 'checkpoints/150.tmp'));
    await feed.refresh();
    expect(said.at(-1)).toMatchObject({ page: { checkpoints: [0, 50, 100], words: '' } });
    rmSync(folder, { recursive: true });
    await feed.refresh();
    await feed.refresh();
    expect(said).toHaveLength(3);
    expect(said.at(-1)).toMatchObject({ page: { kind: 'gone', words: expect.stringContaining(folder) } });
  });

  it('says when the first checkpoint comes', async () => {
    const folder = path.join(temporaryFolder(), ID);
    const said: ToPanel[] = [];
    write(folder, { 'run.json': RUN, 'status.json': status('running', 7) });
    await new PairsFeed(folder, (message) => said.push(message)).refresh();
    expect(said[0]).toMatchObject({
      page: { words: 'This run has no checkpoint yet. The first comes at step 50 (training.save_every).' },
    });
  });
});

describe('the policies of a run', () => {
  it('are states, adapters and models; the result only where no checkpoint has its step', async () => {
    const folder = write(temporaryFolder(), {
      'status.json': status('completed', 30),
      'checkpoints/10/state.safetensors': '',
      'checkpoints/20/adapter_model.safetensors': '',
      'checkpoints/25/optimizer.pt': '',
      'model/config.json': {},
      'model/model.safetensors': '',
    });
    const kinds = async () => (await savedPolicies(folder)).map(({ step, kind }) => `${step} ${kind}`);
    expect(await kinds()).toEqual(['10 state', '20 adapter', '30 model']);
    write(folder, { 'checkpoints/30/state.safetensors': '' });
    expect(await kinds()).toEqual(['10 state', '20 adapter', '30 state']);
  });

  it('are none where there is no folder', async () => {
    expect(await savedPolicies(path.join(temporaryFolder(), 'none'))).toEqual([]);
  });
});
