import type { EventLine } from '../../core/runs/format';
import { END_STATES } from '../../core/runs/format';
import type { RunRecord } from '../../core/runs/run-snapshot';
import { armLabel } from '../../core/runs/run-values';
import type { News, RunFeed } from '../train/run-feed';
import { LiveLines, layout, print, printToStderr } from './output';
import { progressLine } from './progress';
import { visible, wrap } from './text-layout';

/** How runs are shown while they go on. */
export interface Display {
  /** @param news of every run that is followed, in their order */
  show(news: readonly ReportedRun[]): void;
  /** Says something that is not about a run. */
  note(text: string): void;
  end(): void;
}

export interface ReportedRun {
  readonly feed: RunFeed;
  readonly news: News;
}

/** Lines of JSON, for programs. Every line that a run's files gain is passed on. */
class JsonDisplay implements Display {
  show(told: readonly ReportedRun[]): void {
    for (const { news } of told) {
      const run = news.run.id;
      for (const line of news.metrics) print(JSON.stringify({ type: 'metrics', run, ...line }));
      for (const { message, time } of news.warnings)
        print(JSON.stringify({ type: 'warning', run, time, message }));
      for (const line of news.judged) print(JSON.stringify({ type: 'judged', run, ...line }));
      for (const { kind, ...line } of news.events) print(JSON.stringify({ type: kind, run, ...line }));
    }
  }

  note(text: string): void {
    printToStderr(text);
  }

  end(): void {}
}

/** On a terminal: what happened stays, and below it each run that goes on has one line, which changes. */
class TerminalDisplay implements Display {
  readonly #live = new LiveLines();

  show(told: readonly ReportedRun[]): void {
    const lasting = told.flatMap((one) => lastingLines(one, told));
    if (lasting.length > 0) {
      this.#live.clear();
      for (const line of lasting) print(line);
    }
    const width = layout().width - 1;
    const going = told.filter(({ news: { run } }) => run.state !== 'queued' && !isOver(run));
    const waiting = told.filter(({ news: { run } }) => run.state === 'queued').length;
    this.#live.show([
      ...going.map(({ feed, news: { run } }) =>
        progressLine(run, feed.newest.train, armLabel(run, runsOf(told)), width),
      ),
      ...(waiting > 0 ? [waiting === 1 && told.length === 1 ? 'queued' : `${waiting} queued`] : []),
    ]);
  }

  note(text: string): void {
    this.#live.clear();
    printToStderr(text);
  }

  end(): void {
    this.#live.clear();
  }
}

/** Share of the steps after which another line is written. */
const SHARE = 0.05;

/** Where lines cannot be changed, as in a file: about twenty for a run, and one for each thing that happens. */
class PlainDisplay implements Display {
  readonly #last = new Map<string, { readonly activity: string; readonly share: number }>();

  show(told: readonly ReportedRun[]): void {
    for (const one of told) {
      for (const line of lastingLines(one, told)) print(line);
      const { run } = one.news;
      if (run.state === 'queued' || isOver(run)) continue;
      const { step = 0, totalSteps = 0, activity = '' } = run.status ?? {};
      // Its numbers change all the time; its words tell what is being done.
      const words = `${run.state} ${activity.replace(/\s[\d,]+ (?:of [\d,]+|%)$/, '')}`;
      const last = this.#last.get(run.id);
      const share = totalSteps > 0 ? Math.floor(step / totalSteps / SHARE) * SHARE : 0;
      const isNews = run.status?.activity === undefined ? share !== last?.share : words !== last?.activity;
      if (!isNews) continue;
      this.#last.set(run.id, { activity: words, share });
      print(progressLine(run, one.feed.newest.train, armLabel(run, runsOf(told)), layout().width));
    }
  }

  note(text: string): void {
    printToStderr(text);
  }

  end(): void {}
}

function lastingLines(
  { news: { run, events, warnings } }: ReportedRun,
  told: readonly ReportedRun[],
): string[] {
  const page = layout();
  const label = armLabel(run, runsOf(told));
  const about = label === '' ? '' : `${label}: `;
  return [
    ...warnings.flatMap(({ message }) => wrap(visible(`${about}warning: ${message}`), page.width)),
    ...events.flatMap((event) => {
      if (event.kind === 'state') return [];
      const colour = ({ error: 'red', warning: 'yellow', info: 'blue' } as const)[
        event.kind === 'cleared' ? 'info' : event.severity
      ];
      const [first = '', ...rest] = wrap(
        visible(`${about}step ${event.step} ${event.code}: ${eventWords(event)}`),
        page.width,
        '  ',
        '',
      );
      return [page.paint(colour, first), ...rest];
    }),
  ];
}

function eventWords(event: Exclude<EventLine, { kind: 'state' }>): string {
  if (event.kind === 'alarm') return event.message;
  return `the ${event.severity} of step ${event.raised} has passed.`;
}

function runsOf(told: readonly ReportedRun[]): RunRecord[] {
  return told.map(({ news }) => news.run);
}

function isOver({ state }: RunRecord): boolean {
  return state === 'interrupted' || state === 'unreadable' || END_STATES.has(state);
}

export function displayFor(json: boolean): Display {
  if (json) return new JsonDisplay();
  return LiveLines.possible ? new TerminalDisplay() : new PlainDisplay();
}
