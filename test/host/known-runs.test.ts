import { rmSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { KnownRuns } from '../../src/node/runs/known-runs';
import { jsonLines, write } from '../node/support';
import { temporaryFolder } from '../support/temporary-folder';

const ID = '20261123-141530-beta0.1-aaaa';

/** A data folder with one run. */
function place(): { readonly known: KnownRuns; put(files: Record<string, unknown>, id?: string): void } {
  const folder = temporaryFolder();
  const put = (files: Record<string, unknown>, id = ID): void => {
    write(path.join(folder, 'runs', id), files);
  };
  const run = {
    format: 1,
    id: ID,
    created: Date.now(),
    backend: 'onnx',
    config: {},
    configFile: '/w/a.dpo.yaml',
    configText: '',
    configHash: '',
    baseFolder: '/w',
    dataFolder: folder,
    versions: {},
  };
  put({ 'run.json': run, 'status.json': status() });
  return { known: new KnownRuns(folder), put };
}

const status = (rest: object = {}): object => ({
  format: 1,
  state: 'running',
  step: 1,
  pid: process.pid,
  host: hostname(),
  heartbeat: Date.now(),
  ...rest,
});
const metrics = (step: number, split: 'train' | 'eval', values: object): object => ({
  step,
  time: step,
  split,
  values,
});
const alarm = (code: string): object => ({
  time: 1,
  kind: 'alarm',
  code,
  severity: 'warning',
  step: 1,
  message: 'm',
});

describe('known runs', () => {
  it('tell of what has changed, and not of signs of life', async () => {
    const { known, put } = place();
    expect(await known.read([ID])).toBe(true);
    expect(known.runs).toMatchObject([{ id: ID, state: 'running', status: { step: 1 }, alarms: [] }]);
    put({ 'status.json': status({ heartbeat: Date.now() + 1 }) });
    expect(await known.read([ID])).toBe(false);
    put({ 'status.json': status({ step: 2 }) });
    expect(await known.read([ID])).toBe(true);
  });

  it('keep the newest value of each kind, also when an evaluation was long ago', async () => {
    const { known, put } = place();
    const first = [metrics(0, 'eval', { accuracy: 0.5, kl: 0 }), metrics(1, 'train', { loss: 0.69 })];
    put({ 'metrics.jsonl': jsonLines(first) });
    await known.read([ID]);
    const many = Array.from({ length: 3000 }, (_, step) =>
      metrics(step + 2, 'train', { loss: 1 / (step + 2) }),
    );
    put({ 'metrics.jsonl': jsonLines([...first, ...many]) });
    await known.read([ID]);
    expect(known.runs[0]?.eval).toEqual({ accuracy: 0.5, kl: 0 });
    expect(known.runs[0]?.train).toEqual({ loss: 1 / 3001 });
  });

  it('gather alarms as they come, and forget those of a file that begins anew', async () => {
    const { known, put } = place();
    put({ 'events.jsonl': jsonLines([alarm('RUN005')]) });
    await known.read([ID]);
    put({ 'events.jsonl': jsonLines([alarm('RUN005'), alarm('RUN006')]) });
    await known.read([ID]);
    expect(known.runs[0]?.alarms.map(({ code }) => code)).toEqual(['RUN005', 'RUN006']);
    put({ 'events.jsonl': jsonLines([alarm('RUN007')]) });
    await known.read([ID]);
    expect(known.runs[0]?.alarms.map(({ code }) => code)).toEqual(['RUN007']);
  });

  it('forget a run that was deleted, and show one that holds nothing', async () => {
    const { known, put } = place();
    put({}, 'empty');
    put({ 'output.log': 'x' }, 'empty');
    await known.read([ID, 'empty']);
    expect(known.runs.map(({ id }) => id)).toEqual([ID, 'empty']);
    expect(known.runs[1]?.problem).toMatch(/run\.json does not exist/);
    rmSync(path.join(known.dataFolder, 'runs', ID), { recursive: true });
    expect(await known.read([ID])).toBe(true);
    expect(known.runs.map(({ id }) => id)).toEqual(['empty']);
  });
});
