import { mkdirSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { useTrainer } from './support/tiny-run';

const make = useTrainer();

describe('a trainer whose run another job has claimed', () => {
  it('writes neither a checkpoint nor an end', async () => {
    const experiment = await make();
    const run = experiment.run('run', {
      training: { steps: 100_000, save_every: 100_000, eval_every: 100_000 },
    });
    mkdirSync(run.file('attempts'));
    writeFileSync(run.file('attempts/1'), '');
    const trainer = run.start();
    while (run.metrics.length < 3) await delay(20);
    // A stop that comes at the same moment would make it save.
    writeFileSync(run.file('attempts/2'), '');
    writeFileSync(run.file('control.json'), JSON.stringify({ run: 'run', request: 'stop', time: 0 }));
    const { code, stderr } = await trainer.ended;
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: expect.stringMatching(/belongs to another job now/),
    });
    expect(run.list('checkpoints')).toEqual([]);
    expect(run.told.map(({ kind }) => kind)).not.toContain('stopped');
    expect(run.told.map(({ kind }) => kind)).not.toContain('failed');
  });
});
