import { join } from 'node:path';
import { RUN_FILES } from '../../core/runs/format';
import { isLive } from '../../core/runs/liveness';
import type { RunOverview } from '../../core/runs/run-snapshot';
import { fileStamp } from '../files/file-stamp';
import { exists } from '../files/paths';
import { AlarmLines } from './alarm-lines';
import { newestMetrics, readRun, runFolderOf } from './run-store';

/** Of the newest runs numbers and alarms are read at once; of others when they are asked for. */
const READ_AT_ONCE = 200;
/** Runs that are read together. */
const TOGETHER = 16;
/** Bytes at the end of the metrics that are read again: what is older is known. */
const GROWTH = 16 * 1024;

interface Known {
  seen: RunOverview;
  readonly alarms: AlarmLines;
  /** What the files were like when they were read; undefined before. */
  metricsStamp: string | undefined;
  eventsStamp: string | undefined;
}

/** The runs of one data folder as their files tell. */
export class KnownRuns {
  private readonly known = new Map<string, Known>();
  private working: Promise<unknown> = Promise.resolve();

  constructor(readonly dataFolder: string) {}

  /** Oldest first. */
  get runs(): RunOverview[] {
    return [...this.known].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, { seen }]) => seen);
  }

  /** Reads runs anew. Whether anything but a heartbeat has changed. Never throws. */
  read(ids: readonly string[]): Promise<boolean> {
    return this.inTurn(async () => {
      const newest = [...new Set([...this.known.keys(), ...ids])].sort().at(-READ_AT_ONCE) ?? '';
      return this.forEach(ids, (id) => this.readOne(id, id >= newest));
    });
  }

  /** Reads numbers and alarms of old runs, which are not read before somebody wants to see them. */
  readDetails(ids: readonly string[]): Promise<boolean> {
    return this.inTurn(() =>
      this.forEach(ids, async (id) => {
        const known = this.known.get(id);
        if (!known || known.metricsStamp !== undefined) return false;
        await readDetails(known);
        return true;
      }),
    );
  }

  private inTurn(work: () => Promise<boolean>): Promise<boolean> {
    const turn = this.working.then(work);
    this.working = turn.catch(() => {});
    return turn;
  }

  private async forEach(ids: readonly string[], work: (id: string) => Promise<boolean>): Promise<boolean> {
    let changed = false;
    for (let start = 0; start < ids.length; start += TOGETHER) {
      const results = await Promise.all(ids.slice(start, start + TOGETHER).map(work));
      changed ||= results.includes(true);
    }
    return changed;
  }

  private async readOne(id: string, isNew: boolean): Promise<boolean> {
    const folder = runFolderOf(this.dataFolder, id);
    if (!(await exists(folder))) return this.known.delete(id);
    const before = this.known.get(id);
    const stored = await readRun(folder, id, before?.seen.run);
    const known: Known = before ?? {
      seen: { ...stored, train: {}, eval: {}, alarms: [] },
      alarms: new AlarmLines(folder),
      metricsStamp: undefined,
      eventsStamp: undefined,
    };
    const { seen } = known;
    const { train, eval: held, alarms } = seen;
    known.seen = { ...stored, train, eval: held, alarms };
    if (isNew || isLive(stored.state) || known.metricsStamp !== undefined) await readDetails(known);
    this.known.set(id, known);
    return !before || !looksTheSame(seen, known.seen);
  }
}

async function readDetails(known: Known): Promise<void> {
  const { folder } = known.seen;
  const stamps = [RUN_FILES.metrics, RUN_FILES.judgements, RUN_FILES.events].map((name) =>
    fileStamp(join(folder, name)),
  );
  const [metrics, judgements, eventsStamp] = await Promise.all(stamps);
  const metricsStamp = `${metrics} ${judgements}`;
  if (metricsStamp !== known.metricsStamp) {
    const { train, eval: held } = await newestMetrics(
      folder,
      known.metricsStamp === undefined ? undefined : GROWTH,
    );
    const { seen } = known;
    known.seen = { ...seen, train: { ...seen.train, ...train }, eval: { ...seen.eval, ...held } };
    known.metricsStamp = metricsStamp;
  }
  if (eventsStamp !== known.eventsStamp) {
    await known.alarms.next();
    known.seen = { ...known.seen, alarms: [...known.alarms.alarms] };
    known.eventsStamp = eventsStamp;
  }
}

function looksTheSame(a: RunOverview, b: RunOverview): boolean {
  return looks(a) === looks(b);
}

/** All that changes, but for signs of life. */
function looks({ state, status, problem, marks, train, eval: held, alarms }: RunOverview): string {
  return JSON.stringify([
    state,
    { ...status, heartbeat: 0 },
    problem,
    marks,
    train,
    held,
    alarms.map((alarm) => [alarm.code, alarm.severity, alarm.step, alarm.cleared]),
  ]);
}
