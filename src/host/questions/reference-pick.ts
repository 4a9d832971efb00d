import type * as vscode from 'vscode';
import {
  type BetaSweep,
  OWN_REFERENCE_SWEEPS,
  REWARDS,
  STRONGER_REFERENCE_SWEEPS,
} from '../../core/paper/paper';
import { pickModel } from './model-pick';
import { type Answer, BACK, type Choice, pick, type Question } from './quick-pick';

const ANOTHER = Symbol('another model');

/** Asks for the reference policy: `same`, `none` or a model. */
export async function pickReference(
  question: Question,
  current: string | undefined,
  configFolder: vscode.Uri | undefined,
): Promise<Answer<string>> {
  for (;;) {
    const answer = await pick(question, choices(current));
    if (answer !== ANOTHER) return answer;
    const placeholder = 'Reference model: choose, or type a hub id or folder';
    const model = await pickModel({ ...question, placeholder, canGoBack: true }, [], configFolder);
    if (model !== BACK) return model;
  }
}

function choices(current: string | undefined): Choice<string | typeof ANOTHER>[] {
  const [compatible] = STRONGER_REFERENCE_SWEEPS;
  const [mistral] = OWN_REFERENCE_SWEEPS;
  const [standard, , none] = REWARDS;
  const marked = (label: string, isCurrent: boolean) => ({
    label,
    ...(isCurrent && { description: 'written now' }),
  });
  const isModel = current !== undefined && current !== 'same' && current !== 'none';
  return [
    {
      ...marked('Same as the starting policy', current === 'same'),
      detail: `Standard DPO. In the paper the best of three rewards: ${standard.winRate} % win rate.`,
      icon: 'lock',
      value: 'same',
    },
    {
      ...marked('Another model...', isModel),
      detail: `A stronger one of the same family: ${best(mistral)} to ${best(compatible)} %. Of another: no clear gain.`,
      icon: 'git-compare',
      value: ANOTHER,
    },
    {
      ...marked('None', current === 'none'),
      detail: `Nothing holds the policy back: ${none.winRate} % at its best beta of ${none.beta}, and much longer texts.`,
      icon: 'circle-slash',
      value: 'none',
    },
  ];
}

function best(sweep: BetaSweep | undefined): number {
  const rates = sweep?.winRates.map(({ winRate }) => winRate) ?? [];
  return Math.max(...rates.filter((rate) => rate !== 'degenerate'));
}
