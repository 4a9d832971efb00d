import { spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it } from 'vitest';
import { check } from '../../src/core/check/check';
import { nestConfig, resolveConfig } from '../../src/core/config/resolved';
import type {
  ReferenceLine,
  ReferenceQuery,
  ReferenceReport,
} from '../../src/core/reference/reference-report';
import { Random } from '../engine/support/random';
import { jsonLines } from '../node/support';
import { type TinyExperiment, useTrainer, writeTinyModel } from './support/tiny-run';

const newExperiment = useTrainer();

interface Answer {
  readonly code: number | null;
  readonly stderr: string;
  readonly lines: readonly ReferenceLine[];
}

/** @param killAt how many pairs are to be done before the process is killed */
async function reference(experiment: TinyExperiment, config: string, killAt?: number): Promise<Answer> {
  const query: ReferenceQuery = {
    config: nestConfig(resolveConfig(check(config, 'a.dpo.yaml').experiment)),
    baseFolder: experiment.folder,
    dataFolder: path.join(experiment.folder, '.dpo'),
  };
  const child = spawn(process.execPath, [experiment.program, 'reference', JSON.stringify(query)]);
  const lines: ReferenceLine[] = [];
  let stderr = '';
  child.stderr.on('data', (chunk) => {
    stderr += String(chunk);
  });
  createInterface({ input: child.stdout }).on('line', (text) => {
    const line = JSON.parse(text) as ReferenceLine;
    lines.push(line);
    if (
      killAt !== undefined &&
      line.kind === 'progress' &&
      line.activity === 'reference' &&
      line.done >= killAt
    )
      child.kill('SIGKILL');
  });
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, stderr, lines };
}

function reportOf({ lines }: Answer): ReferenceReport {
  const last = lines.at(-1);
  if (last?.kind !== 'report') throw new Error('no report');
  return last.report;
}

function rowsOf({ folder }: ReferenceReport): string[] {
  return readFileSync(path.join(folder ?? '', 'table.jsonl'), 'utf8')
    .split('\n')
    .filter(Boolean);
}

const CONFIG = 'model: ./model\ndata:\n  train: pairs.jsonl\n';

describe('the reference command of the trainer', () => {
  it('computes a table, says what is in it, and finds it again', async () => {
    const experiment = await newExperiment();
    const first = await reference(experiment, CONFIG);
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(reportOf(first)).toMatchObject({ policy: './model', reused: false, evalPairs: 0 });
    expect(rowsOf(reportOf(first))).toHaveLength(reportOf(first).summary.pairs);
    const second = await reference(experiment, CONFIG);
    expect(reportOf(second)).toEqual({ ...reportOf(first), reused: true });
  });

  it('compares with another model', async () => {
    const experiment = await newExperiment();
    await writeTinyModel(path.join(experiment.folder, 'teacher'), { hidden_size: 32 });
    const answer = await reference(experiment, `${CONFIG}reference:\n  policy: ./teacher\n`);
    expect(answer).toMatchObject({ code: 0, stderr: '' });
    expect(reportOf(answer).compatibility).toMatchObject({ tokenizerOverlap: 1, sameFamily: true });
  });

  it('goes on to the same numbers after it was killed', async () => {
    const experiment = await newExperiment();
    const random = new Random(1);
    const words = (): string =>
      random
        .integers(6, 0, 11)
        .map((index) => 'abcdefghijkl'[index])
        .join(' ');
    const rows = Array.from({ length: 600 }, () => ({ prompt: 'red ', chosen: words(), rejected: words() }));
    experiment.write('pairs.jsonl', jsonLines(rows));
    const killed = await reference(experiment, CONFIG, 64);
    expect(killed.code).toBeNull();
    const resumed = await reference(experiment, CONFIG);
    expect(resumed).toMatchObject({ code: 0, stderr: '' });
    const [first] = resumed.lines.flatMap((line) =>
      line.kind === 'progress' && line.activity === 'reference' ? line.done : [],
    );
    expect(first).toBeGreaterThanOrEqual(64);
    const found = reportOf(resumed);
    const parted = rowsOf(found).sort();
    rmSync(found.folder ?? '', { recursive: true });
    expect(rowsOf(reportOf(await reference(experiment, CONFIG))).sort()).toEqual(parted);
  });

  it('fails in words', async () => {
    const experiment = await newExperiment();
    const { code, stderr } = await reference(experiment, CONFIG.replace('pairs.jsonl', 'none.jsonl'));
    expect(code).toBe(1);
    expect(stderr).toMatch(/none\.jsonl/);
    expect(stderr).not.toMatch(/\n +at /);
  });
});
