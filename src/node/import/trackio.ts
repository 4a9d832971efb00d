import { execFile } from 'node:child_process';
import { open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { isFields } from '../../core/runs/read-files';
import { FileError, messageOf, regularFileSize } from '../files/text-files';
import { findProgram } from '../processes/find-program';
import { AttemptLines, linesOfEntry, type Recording } from './recording';

/**
 * Trackio's SQLite file, which holds the runs of a project. Node 20 has no SQLite, and whoever has such a file has Python:
 * its own reader is asked, isolated, about a copy, since reading the file itself would write beside it.
 */
const SCRIPT = `
import json, os, shutil, sqlite3, sys, tempfile
path = sys.argv[1]
with tempfile.TemporaryDirectory() as folder:
    copy = os.path.join(folder, "copy.db")
    shutil.copyfile(path, copy)
    if os.path.exists(path + "-wal"):
        shutil.copyfile(path + "-wal", copy + "-wal")
    db = sqlite3.connect(copy)
    names = {row[0] for row in db.execute("select name from sqlite_master where type = 'table'")}
    found = {}
    text = lambda value: value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
    if {"metrics", "configs"} <= names:
        for run, time, step, metrics in db.execute("select run_name, timestamp, step, metrics from metrics order by id"):
            found.setdefault(text(run), {"rows": []})["rows"].append([step, text(time), text(metrics)])
        for run, config in db.execute("select run_name, config from configs"):
            found.setdefault(text(run), {"rows": []})["config"] = text(config)
    db.close()
print(json.dumps(found))
`;

/** Milliseconds; and bytes of an answer. */
const LIMIT = 20_000;
const MOST = 256 * 1024 * 1024;

interface TrackioFile {
  readonly stamp: string;
  readonly runs: Promise<ReadonlyMap<string, Recording>>;
}

/** One reading serves all runs of a file. */
const known = new Map<string, TrackioFile>();

/**
 * The runs of a file by their names; empty for a SQLite file of another program.
 *
 * @throws FileError where Python is missing or cannot read it
 */
export async function readTrackio(path: string): Promise<ReadonlyMap<string, Recording>> {
  const stamps = [path, `${path}-wal`].map(async (file) => {
    const found = await stat(file).catch(() => undefined);
    return found ? `${found.size} ${found.mtimeMs} ${found.ino}` : '';
  });
  const stamp = (await Promise.all(stamps)).join('\n');
  const before = known.get(path);
  if (before?.stamp === stamp) return before.runs;
  const runs = ask(path);
  // A writer may have been in the middle of it: the next change is read again, and so is a failure.
  runs.catch(() => known.delete(path));
  known.set(path, { stamp, runs });
  return runs;
}

const HEADER = 'SQLite format 3\0';

async function isSqlite(path: string): Promise<boolean> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEADER.length), 0, HEADER.length, 0);
    return buffer.subarray(0, bytesRead).toString('latin1') === HEADER;
  } finally {
    await file.close();
  }
}

async function ask(path: string): Promise<ReadonlyMap<string, Recording>> {
  await regularFileSize(path);
  if (!(await isSqlite(path))) return new Map();
  const python = await findProgram(process.platform === 'win32' ? ['python.exe'] : ['python3', 'python']);
  if (python === undefined)
    throw new FileError(`${path} may hold runs of Trackio, and there is no Python to read it with.`);
  try {
    const { stdout } = await promisify(execFile)(python, ['-I', '-c', SCRIPT, path], {
      cwd: dirname(python),
      timeout: LIMIT,
      maxBuffer: MOST,
      windowsHide: true,
    });
    const answer: unknown = JSON.parse(stdout);
    const runs = isFields(answer) ? Object.entries(answer) : [];
    return new Map(runs.map(([name, run]) => [name, recordingOf(isFields(run) ? run : {})]));
  } catch (error) {
    const reason = messageOf(error).trim().split('\n').at(-1) ?? '';
    throw new FileError(`${path} could not be read as a SQLite file: ${reason}`);
  }
}

function recordingOf({ rows, config }: Readonly<Record<string, unknown>>): Recording {
  const lines = new AttemptLines();
  let step: number | undefined;
  let isComplete = false;
  for (const row of Array.isArray(rows) ? (rows as readonly unknown[]) : []) {
    const [own, time, text] = Array.isArray(row) ? (row as readonly unknown[]) : [];
    const entry = parsed(text);
    // Hugging Face trainers log their step; Trackio's own counts calls.
    const { 'train/global_step': global, ...values } = entry;
    isComplete ||= 'train/train_runtime' in entry || 'train_runtime' in entry;
    const at = typeof global === 'number' ? global : own;
    const when = typeof time === 'string' ? Date.parse(time) : Number.NaN;
    for (const line of linesOfEntry(values, at, Number.isNaN(when) ? undefined : when)) {
      lines.add(line, step !== undefined && line.step < step);
      step = line.step;
    }
  }
  return { lines: lines.lines, settings: parsed(config), isComplete };
}

function parsed(text: unknown): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = typeof text === 'string' ? JSON.parse(text) : undefined;
    return isFields(value) ? value : {};
  } catch {
    return {};
  }
}
