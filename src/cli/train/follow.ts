import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { isLive, processOn } from '../../core/runs/liveness';
import type { RunRecord } from '../../core/runs/run-snapshot';
import { isProcess } from '../../node/processes/process-check';
import { askRun } from '../../node/runs/run-store';
import { type Display, displayFor, type ReportedRun } from '../terminal/display';
import { printToStderr } from '../terminal/output';
import { EXIT } from '../usage-error';
import { RunFeed } from './run-feed';

/** Milliseconds between two looks at the run folders. */
const INTERVAL = 250;
/** Milliseconds that a job may take to end after its runs. */
const TO_END = 5000;

export interface FollowOptions {
  readonly json: boolean;
  /** Also tell what the runs told before. */
  readonly history: boolean;
  /** What Ctrl-C does: ask the runs to stop, or leave them alone. */
  readonly onInterrupt: 'stop' | 'leave';
  /** The runs as an argument of other commands. */
  readonly name: string;
}

/** A run that was followed to its end, with its newest values. */
export interface Followed {
  readonly run: RunRecord;
  readonly newest: RunFeed['newest'];
}

/** Shows runs until none of them goes on. All that is shown was read from their folders. */
export async function follow(
  runs: readonly Pick<RunRecord, 'folder' | 'id'>[],
  options: FollowOptions,
): Promise<Followed[]> {
  const display = displayFor(options.json);
  const feeds = runs.map(({ folder, id }) => new RunFeed(folder, id));
  if (!options.history) for (const feed of feeds) await feed.next();
  const jobs = new Map<number, RunRecord>();
  const stopListening = listen(runs, options, display);
  try {
    for (;;) {
      const told: ReportedRun[] = await Promise.all(
        feeds.map(async (feed) => ({ feed, news: await feed.next() })),
      );
      display.show(told);
      for (const { news } of told) {
        const pid = news.run.status && processOn(news.run.status, hostname());
        if (pid !== undefined) jobs.set(pid, news.run);
      }
      if (!told.some(({ news }) => isLive(news.run.state))) {
        await ended(jobs);
        return told.map(({ feed, news }) => ({ run: news.run, newest: feed.newest }));
      }
      await delay(INTERVAL);
    }
  } finally {
    stopListening();
    display.end();
  }
}

/** A job writes the summary of its sweep when its last run has ended, and whoever waits for the command wants that, too. */
async function ended(jobs: ReadonlyMap<number, RunRecord>): Promise<void> {
  const deadline = performance.now() + TO_END;
  for (const [pid, { id, run }] of jobs) {
    while (isProcess(pid, run?.sweep ?? id) && performance.now() < deadline) await delay(20);
  }
}

/** The first Ctrl-C stops, or leaves; the second leaves. The job does not notice either: it has no terminal. */
function listen(
  runs: readonly Pick<RunRecord, 'folder' | 'id'>[],
  { onInterrupt, name }: FollowOptions,
  display: Display,
): () => void {
  let asked = false;
  const leave = (): never => {
    display.end();
    printToStderr(
      asked
        ? `Still stopping. Look with: dpo-lab watch ${name}\nEnd it at once with: dpo-lab stop --now ${name}`
        : `It continues without this terminal. Stop it with: dpo-lab stop ${name}`,
    );
    process.exit(EXIT.interrupted);
  };
  const interrupted = (): void => {
    if (asked || onInterrupt === 'leave') leave();
    asked = true;
    display.note('Stopping after this step, with a checkpoint. Ctrl-C again leaves without waiting.');
    for (const { folder, id } of runs) void askRun(folder, id, 'stop').catch(() => {});
  };
  for (const signal of SIGNALS) process.on(signal, interrupted);
  return () => {
    for (const signal of SIGNALS) process.off(signal, interrupted);
  };
}

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;
