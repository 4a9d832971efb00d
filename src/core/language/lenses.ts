import type { Checked } from '../check/check';
import type { Experiment } from '../config/experiment';
import { hasForeignReference, hasNoReference, readsColumns } from '../config/questions';
import { resolveConfig } from '../config/resolved';
import { memoryEstimate } from '../memory/memory';
import { timeEstimate, timeInWords } from '../memory/time';
import { resultsNear } from '../runs/beta-results';
import { isLive } from '../runs/liveness';
import { endOf, newestLaunch } from '../runs/run-tree';
import { stateSentence } from '../runs/run-words';
import { sweepArms } from '../sweeps/arms';
import { gridAround } from '../sweeps/grid';
import { count } from '../words/counts';
import { gigabytes } from '../words/markdown';
import { duration, whole } from '../words/numbers';
import { applyEdits, editBetween, LineIndex, type Range } from '../words/text';
import { foreignLenses } from './foreign-lenses';
import type { Lens, LensState } from './types';

const NOTHING_KNOWN: LensState = { canStart: false, runs: [] };

/** Actions above the lines that decide an experiment: the file, its model, reference and beta. */
export function lensesOf(checked: Checked, state: LensState = NOTHING_KNOWN): Lens[] {
  const { experiment } = checked;
  if (experiment.trainer.dialect !== 'dpo-lab') {
    const lenses = [...foreignLenses(checked, state), ...fileLenses(checked, state)];
    return [...lenses, ...evidenceLenses(checked, lenses)];
  }
  if (!experiment.get('model.path').given) return [];
  const lenses = [
    ...fileLenses(checked, state),
    ...modelLenses(checked),
    ...referenceLenses(experiment, state),
    ...betaLenses(checked, state),
  ];
  return [...lenses, ...evidenceLenses(checked, lenses)];
}

/** What the file as a whole can do. */
function fileLenses({ experiment, problems }: Checked, { canStart, runs }: LensState): Lens[] {
  const range = { start: 0, end: 0 };
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  const arms = sweepArms(resolveConfig(experiment)).length;
  const betas = (experiment.get('sweep.beta').value ?? []).length;
  const live = runs.filter(({ state }) => isLive(state)).length;
  const newest = newestLaunch(runs);
  const [last] = newest;
  return [
    ...(canStart && errors > 0
      ? ([
          {
            range,
            title: `$(error) ${count(errors, 'error')}: cannot train yet`,
            tooltip: 'Show the first one',
            action: { kind: 'train' },
          },
        ] satisfies Lens[])
      : []),
    ...(canStart && errors === 0
      ? ([
          {
            range,
            title: '$(play) Train',
            tooltip: `Check this config and train with beta ${experiment.get('objective.beta').value}`,
            action: { kind: 'train' },
          },
          {
            range,
            title:
              arms === 0 ? '$(graph-line) Sweep beta...' : `$(graph-line) Sweep ${armsInWords(arms, betas)}`,
            tooltip:
              arms === 0 ? 'Choose betas and train once for each' : 'Train once for each beta and seed',
            action: { kind: 'sweep' },
          },
        ] satisfies Lens[])
      : []),
    ...(live > 0
      ? ([
          {
            range,
            title: `${count(live, 'run')} in progress`,
            tooltip: 'Show them',
            action: { kind: 'showRuns' },
          },
        ] satisfies Lens[])
      : last
        ? ([
            {
              range,
              title: `Last ${newest.length === 1 ? 'run' : 'sweep'}: ${endOf(newest)}`,
              tooltip: newest.length === 1 ? stateSentence(last) : 'Open its panel',
              action: { kind: newest.length === 1 ? 'openRun' : 'openSweep', folder: last.folder },
            },
          ] satisfies Lens[])
        : []),
  ];
}

function armsInWords(arms: number, betas: number): string {
  if (betas === arms) return count(betas, 'beta');
  return betas === 0 ? count(arms, 'seed') : `${count(betas, 'beta')}, ${count(arms, 'run')}`;
}

function modelLenses(checked: Checked): Lens[] {
  const { range } = checked.experiment.get('model.path');
  const { total, guessed } = memoryEstimate(checked.experiment, checked.facts);
  if (total === undefined) return [];
  const time = timeEstimate(checked.experiment, checked.facts);
  return [
    {
      range,
      title: `Memory: about ${gigabytes(total)}`,
      tooltip: `Show the estimate part by part${guessed ? '; the size of the model was guessed from its name' : ''}`,
      action: { kind: 'page', page: 'memory' },
    },
    ...(time
      ? [
          {
            range,
            title: `Time: about ${duration(time.run)} a run`,
            tooltip: timeInWords(time),
            action: { kind: 'page', page: 'memory' },
          } satisfies Lens,
        ]
      : []),
  ];
}

function referenceLenses(experiment: Experiment, state: LensState): Lens[] {
  // Without a reference section the lenses stand at the model, which is then its own reference.
  const { range } = experiment.get(
    experiment.get('reference.policy').given ? 'reference.policy' : 'model.path',
  );
  return [
    {
      range,
      title: `Reference: ${experiment.trainer.reference}`,
      tooltip: 'Explain these reference settings in words',
      action: { kind: 'page', page: 'reference' },
    },
    ...tableLenses(experiment, range, state),
    ...(experiment.get('reference.policy').expressible
      ? ([
          {
            range,
            title: 'Switch reference...',
            tooltip: 'Choose another reference policy',
            action: { kind: 'switchReference' },
          },
        ] satisfies Lens[])
      : []),
  ];
}

/** About the table of log-probabilities, where one is computed. */
function tableLenses(experiment: Experiment, range: Range, { canStart, cachedPairs }: LensState): Lens[] {
  if (hasNoReference(experiment) || readsColumns(experiment)) return [];
  const isThere = cachedPairs !== undefined;
  return [
    ...(isThere || canStart
      ? ([
          {
            range,
            title: isThere ? 'Log-probabilities: computed' : 'Compute log-probabilities',
            tooltip: isThere
              ? `Every run with this model and data uses these log-probabilities (${whole(cachedPairs)} different pairs). Show the report`
              : 'Compute the log-probabilities of the pairs under the reference now, for every run to use',
            action: { kind: 'computeReference' },
          },
        ] satisfies Lens[])
      : []),
    ...(canStart && hasForeignReference(experiment)
      ? ([
          {
            range,
            title: 'Compare with policy',
            tooltip: 'Tell how well this reference fits the starting policy, before anything is trained',
            action: { kind: 'compareReference' },
          },
        ] satisfies Lens[])
      : []),
  ];
}

function betaLenses(checked: Checked, { canStart, runs }: LensState): Lens[] {
  const { experiment, text } = checked;
  const beta = experiment.get('objective.beta');
  if (!beta.given) return [];
  const { range, value } = beta;
  const results = resultsNear(value, runs);
  const resultLenses: Lens[] =
    results === undefined
      ? []
      : [
          {
            range,
            title: results,
            tooltip: 'Newest runs of this config. Show them',
            action: { kind: 'showRuns' },
          },
        ];
  if (experiment.get('sweep.beta').given) return resultLenses;
  const edit = sweepEdit(checked);
  const around = gridAround(value);
  return [
    ...(canStart
      ? ([
          {
            range,
            title: `$(graph-line) Sweep around ${value}`,
            tooltip: `Train once for each beta: ${around.join(', ')}`,
            action: { kind: 'sweep', betas: around },
          },
        ] satisfies Lens[])
      : []),
    ...(edit
      ? ([
          {
            range,
            title: 'Add sweep',
            tooltip: `Write a sweep into this config: beta ${around.join(', ')}`,
            action: { kind: 'edit', ...editBetween(text, applyEdits(text, edit)) },
          },
        ] satisfies Lens[])
      : []),
    ...resultLenses,
  ];
}

/** Edits that add a sweep around the config's beta. */
export function sweepEdit({ experiment }: Checked): ReturnType<Checked['experiment']['set']> {
  return experiment.set('sweep.beta', gridAround(experiment.get('objective.beta').value));
}

/** "Why?" beside the other lenses of a line: lines of its own would jump while one types. */
function evidenceLenses({ problems, text }: Checked, others: readonly Lens[]): Lens[] {
  const lines = new LineIndex(text);
  const lineOf = ({ start }: Range): number => lines.position(start).line;
  const places = others.map(({ range }) => lineOf(range));
  const seen = new Set<string>();
  return problems.flatMap(({ code, severity, range, message }): Lens[] => {
    if (severity === 'hint' || /^(SYN|VAL|KEY001)/.test(code)) return [];
    if (!places.includes(lineOf(range)) || seen.has(code)) return [];
    seen.add(code);
    return [
      { range: atStart(range), title: `Why ${code}?`, tooltip: message, action: { kind: 'explain', code } },
    ];
  });
}

function atStart({ start }: Range): Range {
  return { start, end: start };
}
