import { execFileSync } from 'node:child_process';
import { appendFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { armOf } from '../../../src/core/runs/read-files';
import { Adopter } from '../../../src/node/import/adopt';
import { listRuns } from '../../../src/node/runs/run-store';
import { temporaryFolder } from '../../support/temporary-folder';
import { metricsIn } from './recordings';

/** A file as Trackio 0.19 writes it: JSON as bytes, NaN as text, what is new in a log beside it. */
const WRITE = `
import json, os, sqlite3, sys
path, rows, configs = sys.argv[1], json.loads(sys.argv[2]), json.loads(sys.argv[3])
db = sqlite3.connect(path)
db.execute("PRAGMA journal_mode = WAL")
db.execute("PRAGMA wal_autocheckpoint = 0")
db.execute("create table if not exists metrics (id integer primary key autoincrement, timestamp text not null, run_name text not null, step integer not null, metrics text not null)")
db.execute("create table if not exists configs (id integer primary key autoincrement, run_name text not null, config text not null, created_at text not null, unique(run_name))")
for run, step, time, metrics in rows:
    db.execute("insert into metrics (timestamp, run_name, step, metrics) values (?, ?, ?, ?)", (time, run, step, json.dumps(metrics).encode()))
for run, config in configs:
    db.execute("insert into configs (run_name, config, created_at) values (?, ?, '')", (run, json.dumps(config).encode()))
db.commit()
os._exit(0)
`;

function write(file: string, rows: readonly unknown[], configs: readonly unknown[] = []): void {
  execFileSync('python3', ['-I', '-c', WRITE, file, JSON.stringify(rows), JSON.stringify(configs)]);
}

const time = (second: number): string => `2026-11-30T10:00:0${second}+00:00`;

describe("Trackio's file", () => {
  it('holds several runs, which are followed while they train, and is only read', async () => {
    const folder = temporaryFolder();
    const file = path.join(folder, 'zephyr.db');
    write(
      file,
      [
        ['low', 0, time(0), { 'train/loss': 0.69, 'train/rewards/margins': 0, 'train/global_step': 10 }],
        ['low', 1, time(1), { 'train/loss': 'NaN', 'train/rewards/margins': 0.5, 'train/global_step': 20 }],
        ['low', 2, time(2), { 'eval/loss': 0.6, 'eval/rewards/margins': 0.25, 'train/global_step': 20 }],
        ['high', 1, time(3), { loss: 0.5, 'rewards/margins': 1 }],
      ],
      [
        ['low', { beta: 0.1, seed: 3 }],
        ['high', { beta: 0.5 }],
      ],
    );
    const before = readdirSync(folder);
    const data = temporaryFolder();
    const adopter = new Adopter(path.join(data, '.dpo'), [folder], { 'dpo-lab': '1' });
    expect(await adopter.next()).toHaveLength(2);
    const read = async () => {
      const runs = await listRuns(path.join(data, '.dpo'));
      return new Map(runs.map((record) => [record.run?.name, record]));
    };
    const runs = await read();
    const low = runs.get('low');
    expect(low?.run && armOf(low.run)).toEqual({ beta: 0.1, seed: 3 });
    expect(
      metricsIn(low?.folder ?? '').map(({ step, split, values }) => [
        step,
        split,
        values.loss,
        values.log_ratio_margin,
      ]),
    ).toEqual([
      [10, 'train', 0.69, 0],
      [20, 'train', 'NaN', 5],
      [20, 'eval', 0.6, 2.5],
    ]);
    expect(metricsIn(low?.folder ?? '')[0]?.time).toBe(Date.parse(time(0)));
    expect(metricsIn(runs.get('high')?.folder ?? '')[0]).toMatchObject({
      step: 1,
      values: { log_ratio_margin: 2 },
    });
    expect(readdirSync(folder)).toEqual(before);
    // What is new stands in the log beside the file alone.
    write(file, [['high', 2, time(4), { loss: 0.4, 'rewards/margins': 2, train_runtime: 9 }]]);
    write(file, [['high', 2, time(5), { loss: 0.4, 'rewards/margins': 2 }]]);
    expect((await adopter.next()).map(({ problems }) => problems)).toEqual([[], []]);
    expect(metricsIn(runs.get('high')?.folder ?? '').map(({ step }) => step)).toEqual([1, 2]);
  });

  it('that is damaged or another program wrote ends nothing', async () => {
    const folder = temporaryFolder();
    const file = path.join(folder, 'dpo.db');
    write(file, [['run', 1, time(0), { loss: 0.5, 'rewards/margins': 1 }]]);
    const whole = readFileSync(file);
    const log = readFileSync(`${file}-wal`);
    writeFileSync(path.join(folder, 'other.db'), 'no SQLite at all');
    writeFileSync(path.join(folder, 'empty.db'), '');
    execFileSync('python3', [
      '-I',
      '-c',
      `import sqlite3, sys; db = sqlite3.connect(sys.argv[1]); db.execute("create table metrics (a)"); db.commit()`,
      path.join(folder, 'another.db'),
    ]);
    for (let at = 0; at < 12; at++) {
      const damaged = Buffer.from(whole);
      damaged[(at * 977) % whole.length] = at * 21;
      writeFileSync(file, at % 3 === 0 ? damaged.subarray(0, 20 + at * 300) : damaged);
      writeFileSync(`${file}-wal`, at % 2 === 0 ? log : log.subarray(0, at * 200));
      appendFileSync(file, at % 4 === 0 ? 'x' : '');
      const adopter = new Adopter(path.join(temporaryFolder(), '.dpo'), [folder], { 'dpo-lab': '1' });
      await expect(adopter.next(), String(at)).resolves.toBeInstanceOf(Array);
    }
  });
});
