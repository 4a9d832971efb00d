import { showNumber } from '../../config/describe';
import type { Experiment } from '../../config/experiment';
import type { Finding } from '../../rule';
import { listed } from '../../words/counts';

type JudgePath = `evaluation.judge.${'path' | 'url' | 'model'}`;

const JUDGE_NEEDS: Record<string, readonly JudgePath[]> = {
  none: [],
  rules: ['evaluation.judge.path'],
  reward_model: ['evaluation.judge.path'],
  endpoint: ['evaluation.judge.url', 'evaluation.judge.model'],
};

/** A judge without what it judges with. */
export function* judgeSettings(experiment: Experiment): Iterable<Finding> {
  const kind = experiment.get('evaluation.judge.kind');
  const needs = JUDGE_NEEDS[kind.value] ?? [];
  const missing = needs.flatMap((path) => {
    if (path === 'evaluation.judge.url' && experiment.get('evaluation.judge.server').value !== 'other')
      return [];
    const { given, malformed } = experiment.get(path);
    return given || malformed ? [] : [path];
  });
  if (missing.length === 0) return;
  yield {
    at: 'evaluation.judge.kind',
    severity: 'error',
    message: `The judge "${kind.value}" needs ${listed(missing)}.`,
    fixes: [{ title: 'Do without a judge', edits: experiment.set('evaluation.judge.kind', 'none') }],
  };
}

/** The same arm twice. */
export function* sweepSettings(experiment: Experiment): Iterable<Finding> {
  for (const at of ['sweep.beta', 'sweep.learning_rate', 'sweep.seeds'] as const) {
    const { given, value, key, itemRanges } = experiment.get(at);
    const values = given && value ? value : [];
    const index = values.findIndex((item, position) => values.indexOf(item) < position);
    const repeated = values[index];
    if (repeated === undefined) continue;
    const range = itemRanges[index];
    yield {
      at,
      ...(range ? { range } : {}),
      message: `${key} lists ${showNumber(repeated)} twice: the same arm would run two times.`,
      fixes: [{ title: 'Keep each value once', edits: experiment.set(at, [...new Set(values)]) }],
    };
  }
}
