import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { METRICS } from '../../src/core/runs/format';
import { askRun } from '../../src/node/runs/run-store';
import { problemsOf, problemsOfRun, problemsOfSweep, ROOT, SCHEMAS } from './schemas';
import { stage } from './support';

describe('the run format', () => {
  it('is what the job and a trainer write', async () => {
    const play = stage(['completes', 'fails', 'degenerates', 'is killed'], { stopDegenerate: true });
    await askRun(play.folderOf(0), 'another-run', 'checkpoint');
    await play.runJob();
    const problems = play.runs.flatMap((_, index) => problemsOfRun(play.folderOf(index)));
    expect(problems).toEqual([]);
    expect(problemsOfSweep(play.sweepFolder)).toEqual([]);
    expect(problemsOf('control', JSON.parse(play.text('control.json')))).toEqual([]);
  });

  it.each([
    ['status', { format: 2, state: 'sleeping', step: 0, host: 'a', heartbeat: 1 }],
    ['status', { format: 3, state: 'running', step: 0, host: 'a', heartbeat: 1 }],
    ['metrics', { step: 1, time: 1, split: 'train', values: { loss: 'nan' } }],
    ['trainer', { time: 1, kind: 'phase', phase: 'sleeping' }],
    ['events', { time: 1, kind: 'alarm', code: 'RUN001', step: 1 }],
    ['control', { run: 'a', request: 'start', time: 1 }],
  ])('of %s refuses what it does not describe', (name, value) => {
    expect(problemsOf(name, value)).toHaveLength(1);
  });

  it('has a place for every metric, in the schema and on its page', () => {
    const schema = readFileSync(path.join(SCHEMAS, 'metrics.schema.json'), 'utf8');
    expect(Object.keys(JSON.parse(schema).$defs.values.properties)).toEqual(Object.keys(METRICS));
    const page = readFileSync(path.join(ROOT, 'docs/RUN_FORMAT.md'), 'utf8');
    for (const [name, unit] of Object.entries(METRICS)) expect(page).toContain(`| \`${name}\` | ${unit} |`);
  });

  it('has a heading for every schema on its page', () => {
    const page = readFileSync(path.join(ROOT, 'docs/RUN_FORMAT.md'), 'utf8');
    for (const name of readdirSync(SCHEMAS)) {
      const [stem = ''] = name.split('.');
      expect(page).toMatch(new RegExp(`^## .*${stem}\\.jsonl?`, 'm'));
    }
  });
});
