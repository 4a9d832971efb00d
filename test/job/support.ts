import { readFileSync, readlinkSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach } from 'vitest';
import { check } from '../../src/core/check/check';
import { nestConfig, resolveConfig } from '../../src/core/config/resolved';
import { RUN_FORMAT, type RunFile } from '../../src/core/runs/format';
import type { RunRecord } from '../../src/core/runs/run-snapshot';
import { armConfig } from '../../src/core/sweeps/arms';
import type { SweepFile } from '../../src/core/sweeps/format';
import { Job, type JobSettings } from '../../src/job/job';
import { readRun, runFolderOf, sweepFolderOf } from '../../src/node/runs/run-store';
import { write } from '../node/support';
import { temporaryFolder } from '../support/temporary-folder';

export const TRAINER = path.resolve(import.meta.dirname, 'scripted-trainer.mjs');
const CONFIG = 'model: ./model\ndata:\n  train: pairs.jsonl\n';

/** Runs whose trainer plays a scenario of `scripted-trainer.mjs`, and what they wrote. */
export class Stage {
  readonly dataFolder: string;
  readonly runs: readonly string[];
  readonly sweep = '20261123-141530-sweep-test';

  constructor(folder: string, scenarios: readonly string[], rest: Partial<SweepFile> = {}) {
    this.dataFolder = path.join(folder, '.dpo');
    this.runs = scenarios.map((_, index) => `20261123-141530-beta0.1-run${index}`);
    const { experiment } = check(CONFIG, 'a.dpo.yaml');
    for (const [index, id] of this.runs.entries()) {
      const run: RunFile = {
        format: RUN_FORMAT,
        id,
        created: Date.now(),
        sweep: this.sweep,
        producer: { kind: 'onnx', trainer: 'dpo-lab' },
        config: nestConfig(armConfig(resolveConfig(experiment), { beta: 0.1, seed: index })),
        configFile: path.join(folder, 'a.dpo.yaml'),
        configText: `# plays: ${scenarios[index]}\n`,
        configHash: '0'.repeat(64),
        baseFolder: folder,
        dataFolder: this.dataFolder,
        versions: { node: process.versions.node },
      };
      write(this.folderOf(index), { 'run.json': run });
    }
    const sweep: SweepFile = {
      format: RUN_FORMAT,
      id: this.sweep,
      created: Date.now(),
      configFile: path.join(folder, 'a.dpo.yaml'),
      runs: this.runs,
      parallel: 1,
      stopDegenerate: false,
      trainer: [process.execPath, TRAINER],
      ...rest,
    };
    write(this.sweepFolder, { 'sweep.json': sweep });
  }

  get sweepFolder(): string {
    return sweepFolderOf(this.dataFolder, this.sweep);
  }

  folderOf(index = 0): string {
    return runFolderOf(this.dataFolder, this.runs[index] ?? '');
  }

  openJob(settings: Partial<JobSettings> = {}): Promise<Job> {
    return Job.open(this.sweepFolder, [], { interval: 20, grace: 20_000, silence: 60_000, ...settings });
  }

  async runJob(settings: Partial<JobSettings> = {}): Promise<void> {
    await (await this.openJob(settings)).run();
  }

  read(index = 0): Promise<RunRecord> {
    return readRun(this.folderOf(index), this.runs[index] ?? '');
  }

  text(name: string, index = 0): string {
    return textOf(path.join(this.folderOf(index), name));
  }

  /** The complete lines of a file. */
  lines(name: string, index = 0): Record<string, unknown>[] {
    return this.text(name, index)
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line));
  }

  states(index = 0): unknown[] {
    return this.lines('events.jsonl', index).flatMap(({ kind, state }) => (kind === 'state' ? [state] : []));
  }

  pid(name: 'trainer.pid' | 'child.pid', index = 0): number | undefined {
    return numberIn(path.join(this.folderOf(index), name));
  }
}

const doomed: (() => readonly string[])[] = [];

/** After the test, the processes that the runs in these folders started are gone, whatever happened. */
export function endAfterTest(runFolders: () => readonly string[]): void {
  doomed.push(runFolders);
}

/** A folder whose path a shell would take apart. */
export function stage(scenarios: readonly string[], rest: Partial<SweepFile> = {}): Stage {
  const made = new Stage(temporaryFolder('dpo-lab -job \'ä"$(x) '), scenarios, rest);
  endAfterTest(() => made.runs.map((_, index) => made.folderOf(index)));
  return made;
}

afterEach(() => {
  for (const folder of doomed.splice(0).flatMap((folders) => folders())) {
    const pids = ['trainer.pid', 'child.pid'].map((name) => numberIn(path.join(folder, name)));
    for (const pid of [jobOf(folder), ...pids]) end(pid, path.dirname(path.dirname(folder)));
  }
});

function numberIn(file: string): number | undefined {
  return Number(textOf(file)) || undefined;
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** A job that runs in this very process is none to be ended. */
function jobOf(folder: string): number | undefined {
  const { handle } = JSON.parse(textOf(path.join(folder, 'status.json')) || '{}');
  const pid = handle?.pid;
  return pid === process.pid ? undefined : pid;
}

/** Where many programs start and end, an id is soon given again: only a process that works in this folder is ended. */
function end(pid: number | undefined, dataFolder: string): void {
  if (pid === undefined || !isAlive(pid)) return;
  try {
    const place = `${readlinkSync(`/proc/${pid}/cwd`)} ${readFileSync(`/proc/${pid}/cmdline`, 'utf8')}`;
    if (place.includes(dataFolder)) process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended meanwhile.
  }
}

/** Whether it is a process, and not a thread of another one: they share their ids. */
export function isAlive(pid: number | undefined): boolean {
  if (pid === undefined) return false;
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return !/^State:\s+[ZX]/m.test(status) && new RegExp(`^Tgid:\\s+${pid}$`, 'm').test(status);
  } catch {
    return false;
  }
}

/** Waits for a condition; the limit is only for a test that fails. */
export async function until(condition: () => boolean | Promise<boolean>, limit = 60_000): Promise<void> {
  const deadline = performance.now() + limit;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`Waited in vain for: ${condition}`);
    await delay(20);
  }
}
