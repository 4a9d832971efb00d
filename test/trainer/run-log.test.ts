import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { RunLog } from '../../src/trainer/run-log';
import { temporaryFolder } from '../support/temporary-folder';

function linesOf(folder: string, name: string): Record<string, unknown>[] {
  return readFileSync(path.join(folder, name), 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

function trainTo(folder: string, from: number, to: number): void {
  const log = RunLog.open(folder, from);
  for (let step = Math.max(0, from + 1); step <= to; step++) {
    if (step === 0) log.metrics('eval', 0, { accuracy: 0.5 });
    else log.metrics('train', step, { loss: 1 / step });
    if (step % 2 === 0) log.say({ kind: 'checkpoint', step });
  }
  log.close();
}

describe('the log of a run', () => {
  it('has every step once after a run was resumed from an earlier checkpoint', () => {
    const folder = temporaryFolder();
    trainTo(folder, -1, 5);
    trainTo(folder, 2, 7);
    expect(linesOf(folder, 'metrics.jsonl').map(({ step }) => step)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(linesOf(folder, 'trainer.jsonl').map(({ step }) => step)).toEqual([0, 2, 4, 6]);
    // Nothing that was measured is thrown away.
    expect(linesOf(folder, 'superseded.jsonl').map(({ step }) => step)).toEqual([3, 4, 5, 4]);
  });

  it('starts anew where no checkpoint was written', () => {
    const folder = temporaryFolder();
    trainTo(folder, -1, 1);
    trainTo(folder, -1, 1);
    expect(linesOf(folder, 'metrics.jsonl').map(({ step }) => step)).toEqual([0, 1]);
  });

  it('keeps what is about no step, in its order, and empty lines do not stop it', () => {
    const folder = temporaryFolder();
    trainTo(folder, -1, 2);
    const log = RunLog.open(folder, 2);
    log.say({ kind: 'warning', message: 'before' });
    log.say({ kind: 'checkpoint', step: 4 });
    log.say({ kind: 'warning', message: 'after' });
    log.close();
    const file = path.join(folder, 'trainer.jsonl');
    writeFileSync(file, `\n${readFileSync(file, 'utf8')}\n`);
    RunLog.open(folder, 2).close();
    expect(linesOf(folder, 'trainer.jsonl').map(({ step, message }) => step ?? message)).toEqual([
      0,
      2,
      'before',
      'after',
    ]);
    RunLog.open(folder, -1).close();
    expect(linesOf(folder, 'trainer.jsonl').map(({ message }) => message)).toEqual(['before', 'after']);
  });

  it('puts a line aside that a killed trainer did not finish', () => {
    const folder = temporaryFolder();
    trainTo(folder, -1, 2);
    const file = path.join(folder, 'metrics.jsonl');
    writeFileSync(file, `${readFileSync(file, 'utf8')}{"step":3,"val`);
    trainTo(folder, 2, 3);
    expect(linesOf(folder, 'metrics.jsonl').map(({ step }) => step)).toEqual([0, 1, 2, 3]);
    expect(readFileSync(path.join(folder, 'superseded.jsonl'), 'utf8')).toBe('{"step":3,"val\n');
  });

  it('writes numbers that JSON cannot hold by name', () => {
    const folder = temporaryFolder();
    const log = RunLog.open(folder, -1);
    log.metrics('train', 1, { loss: Number.NaN, gradient_norm: Number.POSITIVE_INFINITY });
    log.close();
    expect(linesOf(folder, 'metrics.jsonl')[0]?.values).toEqual({ loss: 'NaN', gradient_norm: 'Infinity' });
  });
});
