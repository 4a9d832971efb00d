import type { Experiment } from '../../core/config/experiment';
import { hasForeignReference } from '../../core/config/questions';
import { OWN_REFERENCE_GRID, STRONGER_REFERENCE_GRID } from '../../core/paper/paper';
import { gridAround } from '../../core/sweeps/grid';
import { BACK, type Choice, pick } from './quick-pick';

/** Asks which betas to train with; undefined where the user gives up. */
export async function askSweepBetas(experiment: Experiment): Promise<readonly number[] | undefined> {
  const beta = experiment.get('objective.beta').value;
  const grid = hasForeignReference(experiment) ? STRONGER_REFERENCE_GRID : OWN_REFERENCE_GRID;
  const choices: Choice<readonly number[]>[] = [
    choice(
      `Around ${beta}`,
      gridAround(beta),
      'Two steps up and two steps down from the beta of this config.',
    ),
    choice("The paper's grid", grid, 'The betas that the paper compared for such a reference.'),
  ];
  const question = {
    title: 'Sweep Beta',
    placeholder: 'Betas: choose, or type a list such as 0.1, 0.02',
    canGoBack: false,
  };
  const answer = await pick(question, choices, typedBetas);
  return answer === BACK ? undefined : answer;
}

function choice(label: string, betas: readonly number[], detail: string): Choice<readonly number[]> {
  return { label, description: betas.join(', '), detail, icon: 'graph-line', value: betas };
}

function typedBetas(text: string): Choice<readonly number[]> | undefined {
  const betas = text
    .split(/[\s,]+/)
    .filter(Boolean)
    .map(Number);
  if (betas.length === 0 || !betas.every((beta) => beta > 0 && Number.isFinite(beta))) return undefined;
  return choice(betas.join(', '), [...new Set(betas)], 'As typed.');
}
