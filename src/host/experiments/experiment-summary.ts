import type { Checked } from '../../core/check/check';
import { trainedBetas } from '../../core/config/questions';
import type { Severity } from '../../core/problem';
import type { RunOverview } from '../../core/runs/run-snapshot';
import { endOf, liveRuns, newestLaunch } from '../../core/runs/run-tree';

/** A config in a few words: what is wrong with it, else what it trains. */
export interface Summary {
  readonly state: 'error' | 'warning' | 'fine';
  readonly words: string;
}

export function summarize({ problems, experiment }: Checked): Summary {
  const count = (severity: Severity): number =>
    problems.filter((problem) => problem.severity === severity).length;
  const errors = count('error');
  const warnings = count('warning');
  if (errors + warnings > 0) {
    const words = [counted(errors, 'error'), counted(warnings, 'warning')].filter(Boolean).join(', ');
    return { state: errors > 0 ? 'error' : 'warning', words };
  }
  const model = experiment.get('model.path').value ?? '';
  const betas = trainedBetas(experiment).map(({ value }) => value);
  return { state: 'fine', words: `${lastPart(model)}, beta ${betas.join(', ')}` };
}

/** What became of a config: `2 runs in progress`, else how the newest launch has ended; empty where there was none. */
export function runsInShort(runs: readonly RunOverview[]): string {
  const live = liveRuns(runs).length;
  if (live > 0) return `${counted(live, 'run')} in progress`;
  const newest = newestLaunch(runs);
  return newest.length === 0 ? '' : `last ${newest.length === 1 ? 'run' : 'sweep'} ${endOf(newest)}`;
}

function counted(count: number, noun: string): string {
  return count === 0 ? '' : `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** The name without organization or folders: a sidebar is narrow. */
function lastPart(model: string): string {
  return model.replace(/[\\/]+$/, '').replace(/^.*[\\/]/, '');
}
