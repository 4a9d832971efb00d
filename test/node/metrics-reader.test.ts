import { appendFileSync, mkdirSync, renameSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { MetricName } from '../../src/core/runs/format';
import { MetricsReader } from '../../src/node/runs/metrics-reader';
import { temporaryFolder } from '../support/temporary-folder';

const line = (step: number, loss: unknown = step / 2, split = 'train'): string =>
  `${JSON.stringify({ step, time: 1, split, values: { loss, accuracy: 1 } })}\n`;
const lines = (from: number, to: number): string =>
  Array.from({ length: to - from + 1 }, (_, index) => line(from + index)).join('');

function stage(): { file: string; open: (chosen?: MetricName[]) => MetricsReader } {
  const folder = temporaryFolder();
  return { file: path.join(folder, 'metrics.jsonl'), open: (chosen) => new MetricsReader(folder, chosen) };
}
const stepsOf = ({ series }: MetricsReader): number[] => [...(series.train.curve('loss')?.steps ?? [])];

describe('MetricsReader', () => {
  it('follows a file from before it is there', async () => {
    const { file, open } = stage();
    const reader = open();
    await reader.next();
    expect([reader.series.isEmpty, reader.problem]).toEqual([true, undefined]);
    writeFileSync(file, `${line(1)}${line(2).slice(0, 30)}`);
    await reader.next();
    expect([stepsOf(reader), reader.torn]).toEqual([[1], 30]);
    appendFileSync(file, line(2).slice(30) + line(2, 'NaN', 'eval') + line(3, '-Infinity'));
    await reader.next();
    expect([...(reader.series.train.curve('loss')?.values ?? [])]).toEqual([0.5, 1, -Infinity]);
    expect([...(reader.series.eval.curve('loss')?.values ?? [])]).toEqual([Number.NaN]);
    expect([reader.torn, reader.foreign]).toEqual([0, 0]);
  });

  it('reads lines in unusual forms, and counts those that are none', async () => {
    const { file, open } = stage();
    const unusual = '{"values":{"loss":1.5,"new":[1]},"split":"train","step":3,"time":2,"more":null}\r\n';
    writeFileSync(
      file,
      `${line(1)}not JSON\n\n${line(2)}{"step":2.5,"time":1,"split":"train","values":{}}\n\u0000\u0001\n[]\n${unusual}${line(4)}{"step":`,
    );
    const reader = open();
    await reader.next();
    expect([...(reader.series.train.curve('loss')?.values ?? [])]).toEqual([0.5, 1, 1.5, 2]);
    expect(reader.foreign).toBe(4);
  });

  it.each([
    ['became shorter', (file: string) => truncateSync(file, 0)],
    ['was replaced', (file: string) => renameSync(`${file}.tmp`, file)],
  ])('begins anew where the file %s', async (_, change) => {
    const { file, open } = stage();
    writeFileSync(file, `${lines(1, 9)}not JSON\n{"torn`);
    const reader = open();
    await reader.next();
    writeFileSync(`${file}.tmp`, lines(1, 2));
    change(file);
    appendFileSync(file, line(7));
    await reader.next();
    expect(stepsOf(reader).at(-1)).toBe(7);
    expect(stepsOf(reader)).not.toContain(3);
    expect([reader.foreign, reader.torn]).toEqual([0, 0]);
  });

  it('keeps only the metrics that were chosen', async () => {
    const { file, open } = stage();
    writeFileSync(file, `${line(1)}{"time":1,"step":2,"split":"train","values":{"kl":1,"accuracy":0}}\n`);
    const reader = open(['accuracy']);
    await reader.next();
    expect(reader.series.train.names).toEqual(['accuracy']);
    expect([...(reader.series.train.curve('accuracy')?.values ?? [])]).toEqual([1, 0]);
  });

  it('reads a long file piece by piece, and no line twice when it is asked twice at once', async () => {
    const { file, open } = stage();
    writeFileSync(file, `${lines(1, 60_000)}${'x'.repeat(9_000_000)}\n${lines(60_001, 70_000)}`);
    const reader = open();
    await Promise.all([reader.next(), reader.next()]);
    expect(reader.series.train.length).toBe(70_000);
    expect(reader.series.train.lastStep).toBe(70_000);
    expect(reader.foreign).toBe(1);
  });

  it('passes over a line that is too long to be kept', async () => {
    const { file, open } = stage();
    writeFileSync(file, line(1));
    for (let piece = 0; piece < 34; piece++) appendFileSync(file, 'x'.repeat(1024 * 1024));
    const reader = open();
    await reader.next();
    expect(reader.torn).toBe(34 * 1024 * 1024);
    appendFileSync(file, `x\n${line(2)}`);
    await reader.next();
    expect([stepsOf(reader), reader.foreign, reader.torn]).toEqual([[1, 2], 1, 0]);
  });

  it('says why a file cannot be read, and tries again', async () => {
    const { file, open } = stage();
    mkdirSync(file);
    const reader = open();
    await reader.next();
    expect(reader.problem).toMatch(/metrics\.jsonl is a folder.*it is tried again\./);
    renameSync(file, `${file}.folder`);
    writeFileSync(file, line(1));
    await reader.next();
    expect([stepsOf(reader), reader.problem]).toEqual([[1], undefined]);
  });
});
