import { setTimeout as delay } from 'node:timers/promises';
import { isLive } from '../core/runs/liveness';
import { askRun, type StoredRun } from '../node/run-store';
import { type Display, displayFor, type Told } from './display';
import { printToStderr } from './output';
import { RunFeed } from './run-feed';
import { EXIT } from './usage-error';

/** Milliseconds between two looks at the run folders. */
const INTERVAL = 250;

export interface FollowOptions {
  readonly json: boolean;
  /** Also tell what the runs told before. */
  readonly history: boolean;
  /** What Ctrl-C does: ask the runs to stop, or leave them alone. */
  readonly onInterrupt: 'stop' | 'leave';
}

/** A run that was followed to its end, with its newest values. */
export interface Followed {
  readonly run: StoredRun;
  readonly newest: RunFeed['newest'];
}

/** Shows runs until none of them goes on. All that is shown was read from their folders. */
export async function follow(
  runs: readonly Pick<StoredRun, 'folder' | 'id'>[],
  options: FollowOptions,
): Promise<Followed[]> {
  const display = displayFor(options.json);
  const feeds = runs.map(({ folder, id }) => new RunFeed(folder, id));
  if (!options.history) for (const feed of feeds) await feed.next();
  const stopListening = listen(runs, options, display);
  try {
    for (;;) {
      const told: Told[] = await Promise.all(feeds.map(async (feed) => ({ feed, news: await feed.next() })));
      display.show(told);
      if (!told.some(({ news }) => isLive(news.run.state))) {
        return told.map(({ feed, news }) => ({ run: news.run, newest: feed.newest }));
      }
      await delay(INTERVAL);
    }
  } finally {
    stopListening();
    display.end();
  }
}

/** The first Ctrl-C stops, or leaves; the second leaves. The job does not notice either: it has no terminal. */
function listen(
  runs: readonly Pick<StoredRun, 'folder' | 'id'>[],
  { onInterrupt }: FollowOptions,
  display: Display,
): () => void {
  let asked = false;
  const leave = (): never => {
    display.end();
    const ids = runs.map(({ id }) => id).join(' ');
    printToStderr(
      asked
        ? `${ids}: still stopping. Look with: dpo-lab watch last. End it at once with: dpo-lab stop last --now`
        : `${ids}: goes on without this terminal. Stop it with: dpo-lab stop last`,
    );
    process.exit(EXIT.interrupted);
  };
  const interrupted = (): void => {
    if (asked || onInterrupt === 'leave') leave();
    asked = true;
    printToStderr('Stopping after this step, with a checkpoint. Ctrl-C again leaves without waiting.');
    for (const { folder, id } of runs) void askRun(folder, id, 'stop').catch(() => {});
  };
  for (const signal of SIGNALS) process.on(signal, interrupted);
  return () => {
    for (const signal of SIGNALS) process.off(signal, interrupted);
  };
}

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;
