import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { PathListener, WatchPaths } from '../../src/node/files/watch-paths';
import { type RunsWatch, watchRuns } from '../../src/node/runs/watch-runs';
import { temporaryFolder } from '../support/temporary-folder';
import { write } from './support';

const DEAD = spawnSync(process.execPath, ['-e', '']).pid;

/** A data folder, and what was told of its runs. */
class Stage {
  readonly dataFolder = path.join(temporaryFolder(), 'data "folder" ä');
  readonly told: (readonly string[])[] = [];
  /** By the folder in which all lies that one asks for. */
  readonly watched = new Map<string, PathListener & { readonly names: readonly string[] }>();
  failure: Error | undefined;
  watch: RunsWatch | undefined;

  /** A system that watches and tells only what the test says. */
  readonly fake: WatchPaths = (paths, listener) => {
    const shown = paths.map((file) => path.relative(this.dataFolder, file).replaceAll(path.sep, '/'));
    const name = shown[0] === 'runs' ? 'runs' : path.posix.dirname(shown[0] ?? '');
    const { failure } = this;
    if (failure) setImmediate(() => listener.failed(failure));
    const watch = Object.assign(listener, { names: shown.map((file) => path.posix.basename(file)) });
    this.watched.set(name, watch);
    return {
      close: async () => {
        if (this.watched.get(name) === watch) this.watched.delete(name);
      },
    };
  };

  start(settings: { interval: number; watch?: WatchPaths }): void {
    this.watch = watchRuns(this.dataFolder, (ids) => this.told.push(ids), settings);
  }

  run(id: string, status: object = {}): void {
    const run = { format: 1, id, created: 0, backend: 'onnx', config: {}, versions: {}, configHash: '' };
    const rest = { configFile: '/w/a', configText: '', baseFolder: '/w', dataFolder: '/w/.dpo' };
    // A run comes into being with its files.
    write(path.join(this.dataFolder, 'runs', `.${id}.new`), { 'run.json': { ...run, ...rest } });
    renameSync(path.join(this.dataFolder, 'runs', `.${id}.new`), this.folderOf(id));
    this.status(id, status);
    this.append(id, 'events.jsonl');
  }

  status(id: string, rest: object = {}): void {
    const status = { format: 1, state: 'running', step: 1, host: hostname(), heartbeat: Date.now(), ...rest };
    write(this.folderOf(id), { 'status.json.tmp': status });
    renameSync(path.join(this.folderOf(id), 'status.json.tmp'), path.join(this.folderOf(id), 'status.json'));
  }

  append(id: string, name = 'metrics.jsonl'): void {
    appendFileSync(path.join(this.folderOf(id), name), '{}\n');
  }

  replace(id: string, name: string): void {
    const file = path.join(this.folderOf(id), name);
    write(this.folderOf(id), { [`${name}.tmp`]: '{}\n' });
    renameSync(`${file}.tmp`, file);
  }

  folderOf(id: string): string {
    return path.join(this.dataFolder, 'runs', id);
  }

  wasTold(id: string): boolean {
    return this.told.some((ids) => ids.includes(id));
  }

  get folders(): string[] {
    return [...this.watched.keys()].sort();
  }

  /** The limit is only for a test that fails. */
  async until(condition: () => boolean, meanwhile = (): void => {}): Promise<void> {
    const deadline = performance.now() + 20_000;
    while (!condition()) {
      if (performance.now() > deadline) throw new Error(`Waited in vain for: ${condition}`);
      meanwhile();
      await delay(10);
    }
  }
}

const stages: Stage[] = [];
function stage(): Stage {
  const made = new Stage();
  stages.push(made);
  return made;
}
afterEach(async () => {
  vi.restoreAllMocks();
  for (const { watch } of stages.splice(0)) await watch?.close();
});

const NEVER = { interval: 1_000_000 };

describe('watchRuns, with the system', () => {
  it('tells of all runs first, then of what happens to one', async () => {
    const s = stage();
    s.run('a-live');
    for (const name of ['metrics.jsonl', 'trainer.jsonl']) s.append('a-live', name);
    s.run('b-ended', { state: 'completed' });
    s.start(NEVER);
    await s.until(() => s.told.length > 0);
    expect(s.told[0]).toEqual(['a-live', 'b-ended']);
    for (const name of ['metrics.jsonl', 'trainer.jsonl', 'events.jsonl']) {
      s.told.length = 0;
      await s.until(
        () => s.wasTold('a-live'),
        () => s.append('a-live', name),
      );
    }
    let count = 0;
    const findNew = (): string | undefined => s.told.flat().find((id) => id.startsWith('new'));
    await s.until(
      () => findNew() !== undefined,
      () => s.run(`new-${count++}`),
    );
    const found = findNew() ?? '';
    s.told.length = 0;
    await s.until(
      () => s.wasTold(found),
      () => s.append(found, 'events.jsonl'),
    );
    // A resumed run replaces its files.
    s.replace('a-live', 'metrics.jsonl');
    await s.until(() => s.wasTold('a-live'));
    await delay(300);
    s.told.length = 0;
    await s.until(
      () => s.wasTold('a-live'),
      () => s.append('a-live', 'metrics.jsonl'),
    );
    s.told.length = 0;
    s.status('a-live', { state: 'failed' });
    s.append('a-live', 'events.jsonl');
    await s.until(() => s.wasTold('a-live'));
    s.told.length = 0;
    rmSync(s.folderOf('b-ended'), { recursive: true });
    await s.until(() => s.wasTold('b-ended'));
    expect(s.watch?.degraded).toBeUndefined();
  });
});

describe('watchRuns', () => {
  it('tells of none, and finds the first run', async () => {
    const s = stage();
    s.start({ interval: 10, watch: s.fake });
    await s.until(() => s.told.length > 0);
    expect(s.told[0]).toEqual([]);
    expect(s.folders).toEqual([]);
    s.run('first');
    await s.until(() => s.wasTold('first') && s.folders.length === 2);
    expect(s.folders).toEqual(['runs', 'runs/first']);
  });

  it('watches only runs that go on, and of them only what matters', async () => {
    const s = stage();
    s.run('a');
    s.run('b', { state: 'stopped' });
    s.run('c', { heartbeat: 0, pid: DEAD });
    s.start({ interval: 10, watch: s.fake });
    await s.until(() => s.told.length > 0);
    expect(s.folders).toEqual(['runs', 'runs/a']);
    expect(s.watched.get('runs/a')?.names).toEqual(['events.jsonl']);
    s.append('a', 'metrics.jsonl');
    await s.until(() => s.watched.get('runs/a')?.names.length === 2);
    expect(s.watched.get('runs/a')?.names).toEqual(['metrics.jsonl', 'events.jsonl']);
    expect(['a', '.a.new'].filter((name) => s.watched.get('runs')?.wants(name))).toEqual(['a']);
    // An end, and a run that is resumed although nobody watches it.
    s.status('a', { state: 'completed' });
    await s.until(() => s.folders.length === 1);
    s.told.length = 0;
    s.status('c');
    await s.until(() => s.folders.includes('runs/c'));
    expect(s.wasTold('c')).toBe(true);
  });

  it('tells of many changes at once', async () => {
    const s = stage();
    const ids = Array.from({ length: 30 }, (_, index) => `run-${index + 10}`);
    for (const id of ids) s.run(id);
    s.start({ ...NEVER, watch: s.fake });
    await s.until(() => s.told.length > 0 && s.folders.length === 31);
    for (let line = 0; line < 20; line++)
      for (const id of ids) s.watched.get(`runs/${id}`)?.changed('metrics.jsonl');
    await s.until(() => s.told.length > 1);
    expect(s.told).toEqual([ids, ids]);
  });

  it('looks itself where the system tells nothing, and says so', async () => {
    const s = stage();
    s.run('a');
    s.start({ interval: 10, watch: s.fake });
    await s.until(() => s.told.length > 0);
    s.told.length = 0;
    await s.until(
      () => s.watch?.degraded !== undefined,
      () => s.append('a'),
    );
    expect(s.wasTold('a')).toBe(true);
    expect(s.watch?.degraded).toMatch(/show up after two seconds: the system does not tell of them/);
    s.watched.get('runs/a')?.changed('metrics.jsonl');
    expect(s.watch?.degraded).toBeUndefined();
  });

  it.each([
    ['ENOSPC', /watches no more files\. Raise fs\.inotify\.max_user_watches/],
    ['EMFILE', /watches for no more programs\. Raise fs\.inotify\.max_user_instances/],
    ['EACCES', /cannot be watched \(EACCES: no\)/],
  ])('looks itself where folders cannot be watched (%s), says so, and tries again', async (code, words) => {
    const s = stage();
    s.run('a');
    s.start({ interval: 5, watch: s.fake });
    await s.until(() => s.folders.includes('runs/a') && s.told.length > 0);
    s.failure = Object.assign(new Error(`${code}: no`), { code });
    s.watched.get('runs/a')?.failed(s.failure);
    expect(s.watch?.degraded).toMatch(words);
    // That alone is told, too.
    await s.until(() => s.told.some((ids) => ids.length === 0));
    s.told.length = 0;
    await s.until(
      () => s.wasTold('a'),
      () => s.append('a'),
    );
    s.failure = undefined;
    await s.until(() => s.watch?.degraded === undefined);
    expect(s.folders).toEqual(['runs', 'runs/a']);
  });

  it('tells of a job that dies without a word', async () => {
    const s = stage();
    s.run('a', { pid: DEAD });
    s.start({ interval: 10, watch: s.fake });
    await s.until(() => s.folders.includes('runs/a'));
    s.told.length = 0;
    const later = Date.now() + 60_000;
    vi.spyOn(Date, 'now').mockReturnValue(later);
    await s.until(() => s.wasTold('a'));
    expect(s.folders).toEqual(['runs']);
  });

  it('looks at more ended runs than fit a turn, each in its turn', async () => {
    const s = stage();
    const ids = Array.from({ length: 1100 }, (_, index) => `run-${index + 1000}`);
    for (const id of ids) mkdirSync(s.folderOf(id), { recursive: true });
    s.start({ interval: 10, watch: s.fake });
    await s.until(() => s.told.length > 0);
    expect(s.told[0]).toHaveLength(1100);
    for (const id of ['run-1000', 'run-2099']) {
      s.status(id, { state: 'failed' });
      s.told.length = 0;
      await s.until(() => s.wasTold(id));
    }
  });

  it('tells nothing when it was closed', async () => {
    const s = stage();
    s.run('a');
    s.start({ interval: 10, watch: s.fake });
    await s.until(() => s.folders.includes('runs/a'));
    const listener = s.watched.get('runs/a');
    s.append('a');
    await s.watch?.close();
    const { length } = s.told;
    listener?.changed('metrics.jsonl');
    await delay(100);
    expect(s.told).toHaveLength(length);
    expect(s.folders).toEqual([]);
  });
});
