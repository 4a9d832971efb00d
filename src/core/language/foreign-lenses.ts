import type { Checked } from '../check/check';
import type { Experiment } from '../config/experiment';
import { OWN_REFERENCE_GRID } from '../paper/paper';
import { AVERAGED_GRID } from '../paper/recipes';
import { resultsNear } from '../runs/beta-results';
import { gridAround } from '../sweeps/grid';
import type { Range } from '../words/text';
import type { Lens, LensState } from './types';

/** A file of another trainer: what it is judged as, and for each training its reference and beta. */
export function foreignLenses({ experiments }: Checked, state: LensState): Lens[] {
  return experiments.flatMap((experiment, index): Lens[] => [
    // First, so that it is in sight where both stand on line 1.
    ...referenceLenses(experiment, index),
    ...(index === 0 ? [trainerLens(experiment)] : []),
    ...betaLenses(experiment, index, state),
  ]);
}

function trainerLens({ trainer }: Experiment): Lens {
  return {
    range: { start: 0, end: 0 },
    title: trainer.launch ? `${trainer.name}, ${trainer.launch}` : trainer.name,
    tooltip:
      'The trainer that this file is written for, and the version that it is judged with. Choose another version',
    action: { kind: 'chooseVersion' },
  };
}

/** Where the key stands, else where it would stand: a script may take the value from a line far above. */
function placeOf(experiment: Experiment, path: 'reference.policy' | 'objective.beta' | 'model.path'): Range {
  const { keyRange, range } = experiment.get(path);
  return keyRange ?? range;
}

function referenceLenses(experiment: Experiment, index: number): Lens[] {
  const { given, malformed } = experiment.get('reference.policy');
  // Without a key for it the lens stands at the model, which is then its own reference.
  const range = placeOf(experiment, given || malformed ? 'reference.policy' : 'model.path');
  return [
    {
      range,
      title: `Reference: ${experiment.trainer.reference}`,
      tooltip: 'Explain these reference settings in words',
      action: { kind: 'page', page: 'reference' },
    },
    ...(canSwitchReference(experiment)
      ? ([
          {
            range,
            title: 'Switch reference...',
            tooltip: `Choose another reference policy for ${experiment.trainer.program}`,
            action: { kind: 'switchReference', experiment: index },
          },
        ] satisfies Lens[])
      : []),
  ];
}

/** Whether this trainer takes another reference, and the file has a safe place for its name. */
function canSwitchReference(experiment: Experiment): boolean {
  const { expressible } = experiment.get('reference.policy');
  return expressible && experiment.set('reference.policy', 'organization/model') !== undefined;
}

function betaLenses(experiment: Experiment, index: number, state: LensState): Lens[] {
  const { key, given, malformed, value, open, written, expressible } = experiment.get('objective.beta');
  if (!expressible) return [];
  const range = placeOf(experiment, 'objective.beta');
  const fallback = experiment.defaultInWords('objective.beta');
  const beta = given ? value : malformed ? undefined : Number(fallback);
  const convert: Lens = {
    range,
    title: 'Convert...',
    tooltip: 'Write this training as a config of DPO Lab or of another trainer, and list what becomes of it',
    action: { kind: 'convert', experiment: index },
  };
  if (beta === undefined || Number.isNaN(beta)) {
    if (malformed && !open) return [convert];
    const title = open ? `Beta: ${written}, filled in when it runs` : `Beta: ${key} is not set`;
    return [
      whyLens(range, title),
      sweepLens(range, index, usualGrid(experiment), 'Sweep beta', state),
      convert,
    ];
  }
  const results = resultsNear(beta, state.runs);
  return [
    whyLens(range, given ? `Beta: ${beta}` : `Beta: ${beta}, as ${key} is absent`),
    sweepLens(range, index, gridAround(beta), `Sweep around ${beta}`, state),
    ...(results === undefined
      ? []
      : ([
          {
            range,
            title: results,
            tooltip: 'Newest runs of this file. Show them',
            action: { kind: 'showRuns' },
          },
        ] satisfies Lens[])),
    convert,
  ];
}

/** Where the file does not say around which beta. */
function usualGrid(experiment: Experiment): readonly number[] {
  return experiment.get('objective.length_normalized').value ? AVERAGED_GRID : OWN_REFERENCE_GRID;
}

/** By the file's own trainer where that can be started, else as a config of ours. */
function sweepLens(
  range: Range,
  index: number,
  betas: readonly number[],
  title: string,
  { canStart }: LensState,
): Lens {
  const start = { range, title: `$(graph-line) ${title}` };
  if (canStart)
    return {
      ...start,
      tooltip: `Train once for each beta of ${betas.join(', ')}`,
      action: { kind: 'sweep', betas },
    };
  return {
    ...start,
    tooltip: `Write it as a sweep of DPO Lab: one run for each beta of ${betas.join(', ')}`,
    action: { kind: 'convert', experiment: index, target: 'dpo-lab', betas },
  };
}

function whyLens(range: Range, title: string): Lens {
  return {
    range,
    title,
    tooltip: 'Why it matters: what others measured at this beta and around it',
    action: { kind: 'explain', code: 'BETA001' },
  };
}
