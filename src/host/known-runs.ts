import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Alarm } from '../core/analysis/alarm';
import { RUN_FILES } from '../core/runs/format';
import { isLive, shownState } from '../core/runs/liveness';
import { isEventLine } from '../core/runs/read-files';
import type { SeenRun } from '../core/runs/seen-run';
import { JsonLinesReader } from '../node/json-lines';
import { localSight } from '../node/process-sight';
import { newestMetrics, readRun, runFolderOf } from '../node/run-store';

/** Of the newest runs numbers and alarms are read at once; of others when they are asked for. */
const READ_AT_ONCE = 200;
/** Runs that are looked at together. */
const TOGETHER = 16;
/** Bytes at the end of the metrics that are read again: what is older is known. */
const GROWTH = 16 * 1024;

interface Known {
  seen: SeenRun;
  readonly events: JsonLinesReader;
  /** What the files were like when they were read. */
  statusStamp: string;
  metricsStamp: string;
  eventsStamp: string;
  isWanted: boolean;
}

/** The runs of one data folder as their files tell. A look reads only what has changed since the last one. */
export class KnownRuns {
  private readonly known = new Map<string, Known>();

  constructor(readonly dataFolder: string) {}

  get runs(): SeenRun[] {
    return [...this.known.values()].map(({ seen }) => seen);
  }

  /** Numbers and alarms of these runs are wanted from the next look on. */
  want(folders: readonly string[]): void {
    for (const known of this.known.values()) {
      if (folders.includes(known.seen.folder)) known.isWanted = true;
    }
  }

  /** Whether anything but a heartbeat has changed since the last look. Never throws. */
  async look(): Promise<boolean> {
    const names = await readdir(join(this.dataFolder, 'runs')).catch(() => []);
    // Folders that are being made or deleted have a dot before their name.
    const ids = names.filter((name) => !name.startsWith('.')).sort();
    let changed = false;
    for (const id of this.known.keys()) {
      if (!ids.includes(id)) changed = this.known.delete(id) || changed;
    }
    const newest = ids.at(-READ_AT_ONCE) ?? '';
    for (let start = 0; start < ids.length; start += TOGETHER) {
      const looks = ids.slice(start, start + TOGETHER).map((id) => this.lookAt(id, id >= newest));
      if ((await Promise.all(looks)).includes(true)) changed = true;
    }
    return changed;
  }

  private async lookAt(id: string, isNew: boolean): Promise<boolean> {
    const folder = runFolderOf(this.dataFolder, id);
    const stamp = await stampOf(join(folder, RUN_FILES.status));
    const before = this.known.get(id);
    const known = before ?? (await this.add(folder, id));
    const hasNewStatus = known.statusStamp !== stamp;
    if (before && !hasNewStatus && !isLive(before.seen.state) && !this.lacksDetails(before)) return false;
    const { seen } = known;
    if (before && hasNewStatus) known.seen = { ...(await readRun(folder, id)), ...detailsOf(seen) };
    else if (isLive(seen.state)) known.seen = { ...seen, state: stateNow(seen) };
    known.statusStamp = stamp;
    if (isNew || known.isWanted || isLive(known.seen.state)) await this.readDetails(known);
    return !before || !looksTheSame(seen, known.seen);
  }

  private async add(folder: string, id: string): Promise<Known> {
    const known: Known = {
      seen: { ...(await readRun(folder, id)), train: {}, eval: {}, alarms: [] },
      events: new JsonLinesReader(join(folder, RUN_FILES.events)),
      statusStamp: '',
      metricsStamp: '',
      eventsStamp: '',
      isWanted: false,
    };
    this.known.set(id, known);
    return known;
  }

  private lacksDetails({ isWanted, metricsStamp }: Known): boolean {
    return isWanted && metricsStamp === '';
  }

  private async readDetails(known: Known): Promise<void> {
    const { folder } = known.seen;
    const [metrics, events] = await Promise.all([
      stampOf(join(folder, RUN_FILES.metrics)),
      stampOf(join(folder, RUN_FILES.events)),
    ]);
    if (metrics !== known.metricsStamp) {
      const bytes = known.metricsStamp === '' ? undefined : GROWTH;
      const { train, eval: held } = await newestMetrics(folder, bytes);
      known.metricsStamp = metrics;
      known.seen = {
        ...known.seen,
        train: { ...known.seen.train, ...train },
        eval: { ...known.seen.eval, ...held },
      };
    }
    if (events !== known.eventsStamp) {
      known.eventsStamp = events;
      const { alarms } = known.seen;
      const news = await readAlarms(known.events);
      known.seen = { ...known.seen, alarms: news.restarted ? news.alarms : [...alarms, ...news.alarms] };
    }
  }
}

function detailsOf({ train, eval: held, alarms }: SeenRun): Pick<SeenRun, 'train' | 'eval' | 'alarms'> {
  return { train, eval: held, alarms };
}

async function readAlarms(events: JsonLinesReader): Promise<{ alarms: Alarm[]; restarted: boolean }> {
  let alarms: Alarm[] = [];
  let restarted = false;
  for (let more = true; more; ) {
    const read = await events.read();
    more = read.more;
    if (read.restarted) [alarms, restarted] = [[], true];
    alarms.push(...read.values.filter(isEventLine).flatMap((line) => (line.kind === 'alarm' ? [line] : [])));
  }
  return { alarms, restarted };
}

/** A job can die without changing a file. */
function stateNow({ id, status, run, state }: SeenRun): SeenRun['state'] {
  return run ? shownState(status, run.created, localSight(run.sweep ?? id)) : state;
}

/** A file with another stamp has another content. */
async function stampOf(path: string): Promise<string> {
  return stat(path).then(
    ({ mtimeMs, size, ino }) => `${mtimeMs} ${size} ${ino}`,
    () => 'none',
  );
}

function looksTheSame(a: SeenRun, b: SeenRun): boolean {
  const beating = ({ status, ...rest }: SeenRun): string =>
    JSON.stringify({ ...rest, run: undefined, status: { ...status, heartbeat: undefined } });
  return a === b || beating(a) === beating(b);
}
