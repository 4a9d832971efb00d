import { symlinkSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { UnfinishedRun } from '../../src/core/facts';
import { findUnfinishedRuns, type RunOrigin } from '../../src/node/facts/unfinished-runs';
import { createMemo } from '../../src/node/files/memo';
import { temporaryFolder } from '../support/temporary-folder';
import { query, write } from './support';

const find = (folder: string, dataFolder = '.dpo'): Promise<UnfinishedRun[]> =>
  findUnfinishedRuns(query(folder, { dataFolder }), createMemo<RunOrigin>(8));
const origin = (configFile: string, beta: unknown = 0.1): object => ({
  configFile,
  config: { objective: { beta }, reference: { policy: 'same' } },
});

describe('findUnfinishedRuns', () => {
  it('gives the runs of the config file that are not completed, newest first', async () => {
    const folder = temporaryFolder();
    const runs = '.dpo/runs';
    write(folder, {
      [`${runs}/20261101-a/run.json`]: origin('first.dpo.yaml', 0.05),
      [`${runs}/20261101-a/status.json`]: { state: 'stopped', step: 40 },
      [`${runs}/20261101-a/checkpoints/20/x`]: '',
      [`${runs}/20261101-a/checkpoints/40/x`]: '',
      [`${runs}/20261101-a/checkpoints/.60.tmp/x`]: '',
      [`${runs}/20261102-b/run.json`]: origin(path.join(folder, 'first.dpo.yaml')),
      [`${runs}/20261102-b/status.json`]: { state: 'completed', step: 100 },
      [`${runs}/20261103-c/run.json`]: origin('./sub/../first.dpo.yaml'),
      [`${runs}/20261104-d/run.json`]: origin('second.dpo.yaml'),
      [`${runs}/20261104-d/status.json`]: { state: 'failed' },
    });
    expect(await find(folder)).toEqual([
      { id: '20261103-c', state: 'queued', checkpoints: 0, beta: 0.1, reference: 'same' },
      { id: '20261101-a', state: 'stopped', step: 40, checkpoints: 2, beta: 0.05, reference: 'same' },
    ]);
    expect(await find(folder, path.join(folder, '.dpo'))).toHaveLength(2);
    expect(await find(folder, 'elsewhere')).toEqual([]);
    expect(await find(folder, '//server/share')).toEqual([]);
  });

  it('passes over folders that are being made or deleted', async () => {
    const folder = temporaryFolder();
    write(folder, {
      '.dpo/runs/.20261105-e.new/run.json': origin('first.dpo.yaml'),
      '.dpo/runs/.20261104-d.deleted/run.json': origin('first.dpo.yaml'),
    });
    expect(await find(folder)).toEqual([]);
  });

  it('passes over what is malformed', async () => {
    const folder = temporaryFolder();
    const runs = '.dpo/runs';
    write(folder, {
      [`${runs}/file`]: '',
      [`${runs}/empty/x`]: '',
      [`${runs}/torn/run.json`]: '{"configFile": "first',
      [`${runs}/list/run.json`]: '[]',
      [`${runs}/number/run.json`]: { configFile: 3 },
      [`${runs}/proto/run.json`]: '{"__proto__": {"configFile": "first.dpo.yaml"}}',
      [`${runs}/bare/run.json`]: {
        configFile: 'first.dpo.yaml',
        config: { objective: 'x', reference: null },
      },
      [`${runs}/bare/status.json`]: '{"state": "run',
      [`${runs}/odd/run.json`]: origin('first.dpo.yaml', '0.1'),
      [`${runs}/odd/status.json`]: { state: 'running', step: 'NaN' },
    });
    symlinkSync('loop', path.join(folder, runs, 'loop'));
    expect(await find(folder)).toEqual([
      { id: 'odd', state: 'running', checkpoints: 0, reference: 'same' },
      { id: 'bare', state: 'queued', checkpoints: 0 },
    ]);
  });

  it('looks at the newest 200', async () => {
    const folder = temporaryFolder();
    for (let index = 0; index < 210; index++) {
      const id = `r${String(index).padStart(3, '0')}`;
      write(folder, { [`.dpo/runs/${id}/run.json`]: origin('first.dpo.yaml') });
    }
    const ids = (await find(folder)).map((run) => run.id);
    expect(ids).toHaveLength(200);
    expect(ids[0]).toBe('r209');
  });
});
