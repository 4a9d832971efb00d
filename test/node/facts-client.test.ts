import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { type BuildOptions, build } from 'esbuild';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { FactsClient } from '../../src/node/facts/facts-client';
import { temporaryFolder } from '../support/temporary-folder';
import { COLUMNS, jsonLines, query, write, writeModel } from './support';

const folder = temporaryFolder();
const ROOT = path.resolve(import.meta.dirname, '../..');

/** Bundled as for the extension, which has the worker as a file of its own. */
async function bundle(entry: string): Promise<string> {
  const { TO_NODE } = (await import(path.join(ROOT, 'scripts/bundles.mjs'))) as { TO_NODE: BuildOptions };
  const outfile = path.join(folder, `${entry}.js`);
  await build({ ...TO_NODE, entryPoints: [`src/node/${entry}.ts`], outfile });
  return outfile;
}

const workerFile = await bundle('facts/facts-worker');
writeModel(path.join(folder, 'sft'));
write(folder, { 'train.jsonl': jsonLines([{ prompt: 'Hi', chosen: 'Hello', rejected: 'What' }]) });
const asked = query(folder, {
  policy: { path: 'sft' },
  train: { path: 'train.jsonl', columns: COLUMNS },
});

let client: FactsClient;
afterEach(() => {
  client.dispose();
  vi.useRealTimers();
});

describe('FactsClient', () => {
  it('answers every question', async () => {
    client = new FactsClient(workerFile);
    const [full, bare] = await Promise.all([client.gather(asked), client.gather(query(folder))]);
    expect(full).toMatchObject({
      policy: { found: 'folder' },
      train: { state: 'read', tokens: { pairs: 1 } },
    });
    expect(bare.policy).toBeUndefined();
  });

  it('gives no facts when the worker crashes, and goes on with another', async () => {
    write(folder, {
      'fragile.js': `
        const { parentPort } = require('node:worker_threads');
        parentPort.on('message', ({ id, query }) => {
          if (query.dataFolder === 'crash') throw new Error('crash');
          if (query.dataFolder === 'exit') process.exit(1);
          parentPort.postMessage({ id, facts: { unfinishedRuns: [] } });
        });`,
    });
    client = new FactsClient(path.join(folder, 'fragile.js'));
    const ask = (dataFolder: string) => client.gather(query(folder, { dataFolder }));
    expect(await Promise.all([ask('crash'), ask('exit')])).toEqual([{}, {}]);
    expect(await ask('fine')).toEqual({ unfinishedRuns: [] });
    expect(await ask('exit')).toEqual({});
    expect(await ask('fine')).toEqual({ unfinishedRuns: [] });
  });

  it('gives up on a worker that hangs, and ends an idle one', async () => {
    write(folder, {
      'counting.js': `
        const { parentPort } = require('node:worker_threads');
        let asked = 0;
        parentPort.on('message', ({ id, query }) => {
          asked++;
          if (query.dataFolder === 'hang') for (;;);
          parentPort.postMessage({ id, facts: { machine: { memory: asked } } });
        });`,
    });
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    client = new FactsClient(path.join(folder, 'counting.js'));
    const ask = (dataFolder: string) => client.gather(query(folder, { dataFolder }));
    expect(await ask('.dpo')).toEqual({ machine: { memory: 1 } });
    vi.advanceTimersByTime(4 * 60 * 1000);
    expect(await ask('.dpo')).toEqual({ machine: { memory: 2 } });
    vi.advanceTimersByTime(6 * 60 * 1000);
    expect(await ask('.dpo')).toEqual({ machine: { memory: 1 } });
    const [lost, behind] = [ask('hang'), ask('.dpo')];
    vi.advanceTimersByTime(61 * 1000);
    expect(await Promise.all([lost, behind])).toEqual([{}, {}]);
    expect(await ask('.dpo')).toEqual({ machine: { memory: 1 } });
  });

  it('gives no facts without its worker file', async () => {
    client = new FactsClient(path.join(folder, 'missing.js'));
    expect(await client.gather(asked)).toEqual({});
    expect(await client.gather(asked)).toEqual({});
  });

  it('gives no facts once it is disposed of', async () => {
    client = new FactsClient(workerFile);
    const open = client.gather(asked);
    client.dispose();
    expect(await open).toEqual({});
    expect(await client.gather(asked)).toEqual({});
  });

  it('keeps a process alive for an answer, but not after it', async () => {
    client = new FactsClient(workerFile);
    const clientFile = await bundle('facts/facts-client');
    const script = `
      const { FactsClient } = require(${JSON.stringify(clientFile)});
      new FactsClient(${JSON.stringify(workerFile)})
        .gather(${JSON.stringify(asked)})
        .then((facts) => console.log(facts.train.state));`;
    expect(execFileSync(process.execPath, ['-e', script], { encoding: 'utf8', timeout: 20_000 })).toBe(
      'read\n',
    );
  });
});
