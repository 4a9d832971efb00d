import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { createFactsCaches, gatherFacts } from '../../src/node/facts/gather-facts';
import { temporaryFolder } from '../support/temporary-folder';
import { CHATML, COLUMNS, HH_PAIRS, jsonLines, query, write, writeModel } from './support';

const folder = temporaryFolder();
const env = { HF_HUB_CACHE: path.join(folder, 'cache') };
writeModel(path.join(folder, 'sft'), { chat_template: CHATML });
write(folder, {
  'train.jsonl': jsonLines([{ prompt: 'Hi', chosen: 'Hello', rejected: 'What' }]),
  'lora/adapter_config.json': { base_model_name_or_path: 'org/base' },
  '.dpo/runs/1/run.json': { configFile: 'first.dpo.yaml' },
});
const data = (name: string) => ({ path: name, columns: COLUMNS });

describe('gatherFacts', () => {
  it('reads what an accelerate config splits, and leaves out one that cannot be read', async () => {
    write(folder, {
      'fsdp.yaml': 'distributed_type: FSDP\nnum_processes: 8\nfsdp_config:\n  fsdp_version: 2\n',
      'broken.yaml': 'a: [',
    });
    const sharing = async (accelerateConfig: string) =>
      (await gatherFacts(query(folder, { accelerateConfig }), { env })).sharing;
    expect(await sharing('fsdp.yaml')).toEqual({ processes: 8, split: 'weights', offloadsMoments: false });
    expect(await sharing('broken.yaml')).toBeUndefined();
    expect(await sharing('missing.yaml')).toBeUndefined();
  });

  it('looks up all that is asked for', async () => {
    const facts = await gatherFacts(
      query(folder, {
        policy: { path: 'sft' },
        reference: { path: 'org/stronger' },
        adapter: 'lora',
        train: data('train.jsonl'),
        eval: data('test.jsonl'),
      }),
      { env },
    );
    expect(facts).toMatchObject({
      policy: { found: 'folder', layers: 2 },
      reference: { found: 'no', looksLike: 'hub id' },
      adapter: { found: 'folder', baseModel: 'org/base' },
      train: { state: 'read', sampled: 1, tokens: { pairs: 1, longestPair: 9 } },
      eval: { state: 'missing' },
      unfinishedRuns: [{ id: '1', state: 'queued', checkpoints: 0 }],
    });
    expect(facts.machine?.memory).toBeGreaterThan(0);
  });

  it('leaves out what is not asked for', async () => {
    const facts = await gatherFacts(query(folder), { env });
    expect(Object.keys(facts).sort()).toEqual(['machine', 'unfinishedRuns']);
  });

  it('does without tokens where the tokenizer fails', async () => {
    write(folder, { 'bare/config.json': {}, 'bare/tokenizer.json': {} });
    const facts = await gatherFacts(query(folder, { policy: { path: 'bare' }, train: data('train.jsonl') }), {
      env,
    });
    expect(facts.train).toMatchObject({ state: 'read' });
    expect(facts.train).not.toHaveProperty('tokens');
  });

  it.skipIf(!existsSync(HH_PAIRS))('is cheap on files that did not change', async () => {
    const caches = createFactsCaches();
    const asked = query(folder, {
      policy: { path: 'sft' },
      train: data(HH_PAIRS),
      eval: data('train.jsonl'),
    });
    const first = await gatherFacts(asked, { env, caches });
    expect(first.train).toMatchObject({ tokens: { pairs: 200 } });
    const again = () => gatherFacts({ ...asked, maxLength: 100 }, { env, caches });
    const second = await again();
    // The best of several calls: other tests run at the same time.
    const times: number[] = [];
    for (let call = 0; call < 5; call++) {
      const before = performance.now();
      await again();
      times.push(performance.now() - before);
    }
    expect(Math.min(...times)).toBeLessThan(20);
    expect(second.train).toMatchObject({ tokens: { pairs: 200, longestPair: expect.any(Number) } });
    expect(second.train).not.toEqual(first.train);
  });
});
