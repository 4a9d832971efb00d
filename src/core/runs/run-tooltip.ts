import { plain } from '../words/markdown';
import { figuresNow } from './alarm';
import { graveAlarms, type RunOverview } from './run-snapshot';
import { figuresTable } from './run-table';
import type { RunItem, TimeWords } from './run-tree';
import { armLabel } from './run-values';
import { runTitle, stateSentence, whatNow } from './run-words';

/** What hovering over an item tells, as Markdown with VS Code's icons. */
export function runTooltip({ runs, label }: RunItem, moment: TimeWords): string {
  const [run] = runs;
  if (run && runs.length === 1) return oneRun(run, moment);
  const lines = runs.slice(0, 20).map((arm) => `- ${plain(nameIn(arm, runs))}: ${plain(stateSentence(arm))}`);
  const more = runs.length > 20 ? [`\nand ${runs.length - 20} more`] : [];
  return [`**${plain(label)}**`, [...lines, ...more].join('\n'), ...alarmLines(runs)].join('\n\n');
}

function oneRun(run: RunOverview, moment: TimeWords): string {
  const figures = figuresTable(run);
  const next = whatNow(run);
  return [
    `**${plain(runTitle(run))}**`,
    plain(stateSentence(run)),
    ...(next === '' ? [] : [plain(next)]),
    ...(figures === undefined ? [] : [figures]),
    ...alarmLines([run]),
    [...(run.run ? [`Started ${moment(run.run.created)}`] : []), `\`${run.id.replaceAll('`', '')}\``].join(
      ' · ',
    ),
  ].join('\n\n');
}

function nameIn(run: RunOverview, all: readonly RunOverview[]): string {
  const isSweep = new Set(all.map((one) => one.run?.sweep)).size === 1;
  return (isSweep && armLabel(run, all)) || runTitle(run);
}

function alarmLines(runs: readonly RunOverview[]): string[] {
  return runs.flatMap((run) => {
    const about = runs.length > 1 ? `${nameIn(run, runs)}, ` : '';
    return graveAlarms(run).map(
      (alarm) =>
        `$(${alarm.severity}) ${plain(`${about}step ${alarm.step}, ${alarm.code}: ${alarm.message} ${figuresNow(alarm, run)}`.trim())}`,
    );
  });
}
