import { percent } from '../words/numbers';
import { fromJsonNumber, type MetricName } from './format';
import { armOf } from './read-files';
import type { RunOverview } from './run-snapshot';

/** How far a beta may lie from another to count as near: a factor. */
const NEAR = 10;
const AT_MOST = 5;

/**
 * What completed runs of a config came to at betas near a value, such as `Accuracy: 85 % at 0.1, 91 % at 0.05`. The win
 * rate where every run has one, else the accuracy, held-out where every run has that. Undefined where there are none.
 */
export function resultsNear(beta: number, runs: readonly RunOverview[]): string | undefined {
  const newest = new Map<number, RunOverview>();
  for (const run of runs) {
    const own = run.run ? armOf(run.run).beta : Number.NaN;
    const isNear = own <= beta * NEAR && own >= beta / NEAR;
    if (run.state === 'completed' && isNear) newest.set(own, run);
  }
  const closest = [...newest]
    .sort(([a], [b]) => Math.abs(Math.log(a / beta)) - Math.abs(Math.log(b / beta)))
    .slice(0, AT_MOST)
    .sort(([a], [b]) => b - a);
  const measure = MEASURES.find(({ split, name }) =>
    closest.every(([, run]) => run[split][name] !== undefined),
  );
  if (closest.length === 0 || !measure) return undefined;
  const { split, name, words } = measure;
  const results = closest.map(([own, run]) => `${percent(fromJsonNumber(run[split][name]))} at ${own}`);
  return `${words}: ${results.join(', ')}`;
}

const MEASURES: readonly {
  readonly split: 'train' | 'eval';
  readonly name: MetricName;
  readonly words: string;
}[] = [
  { split: 'eval', name: 'win_rate', words: 'Win rate' },
  { split: 'eval', name: 'accuracy', words: 'Held-out accuracy' },
  { split: 'train', name: 'accuracy', words: 'Accuracy' },
];
