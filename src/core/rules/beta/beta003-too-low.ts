import { showNumber } from '../../config/describe';
import type { Experiment } from '../../config/experiment';
import { betaScalesSums, hasOwnReference, trainedBetas, type WrittenBeta } from '../../config/questions';
import { OWN_REFERENCE_GRID, OWN_REFERENCE_SWEEPS, sweepInWords } from '../../paper/paper';
import { bestOf, winRateAt } from '../../paper/win-rates';
import type { Finding, Rule } from '../../rule';

/** The lowest beta of the paper, where both of its policies were past their best. */
const CLIFF = Math.min(...OWN_REFERENCE_GRID);
/** A fifth of the lowest beta that anyone reported results for. */
const FAR_BELOW = 0.001;
const SAFER = 0.01;

/** `the win rate of mistral-7b-sft fell from 16.25 % to 12.36 %, and tulu-2-7b degenerated`. */
const fell = OWN_REFERENCE_SWEEPS.map((sweep) => {
  const at = winRateAt(sweep, CLIFF);
  return at === 'degenerate'
    ? `${sweep.policy} degenerated`
    : `the win rate of ${sweep.policy} fell from ${bestOf(sweep).winRate} % to ${at} %`;
}).join(', and ');

export const BETA003: Rule = {
  code: 'BETA003',
  title: 'Beta this low makes texts run on',
  severity: 'warning',
  when: `Beta is ${CLIFF} or lower with summed log-probabilities and the starting policy as reference. In a sweep that also tries higher values this is only a hint, and none with \`sweep.stop_degenerate\`.`,
  why: 'With so weak a pull a few tokens move very far from the reference. The end-of-sequence token is pushed down hardest, so texts grow long and then never stop, while loss and accuracy keep improving.',
  todo: `Start at ${SAFER} or above and go lower only as one arm of a sweep, with probes to see whether texts still end.`,
  evidence: [
    ...OWN_REFERENCE_SWEEPS.map(
      (sweep) => `Paper, RQ1, ${sweep.policy}, win rate by beta: ${sweepInWords(sweep)}.`,
    ),
    'eric-mitchell/direct-preference-optimization #35: answers grew longer until they repeated; the author asked for beta first.',
    'On the other side, princeton-nlp/SimPO #23: 0.005 was best for Llama-3-8B-Instruct, so the cliff is not at the same place for every model.',
  ],
  *check(experiment) {
    if (!hasOwnReference(experiment) || !betaScalesSums(experiment)) return;
    const betas = trainedBetas(experiment);
    const low = betas.filter(({ value }) => value <= CLIFF);
    const [first] = low;
    if (first && low.length < betas.length) {
      if (!experiment.get('sweep.stop_degenerate').value) yield probingTheCliff(experiment, first);
    } else {
      for (const beta of low) yield belowTheCliff(experiment, beta);
    }
  },
};

function belowTheCliff(experiment: Experiment, { at, value, range }: WrittenBeta): Finding {
  const where =
    value < FAR_BELOW
      ? 'far below every beta with published results: expect texts that never end'
      : `where texts stop ending: in the paper, ${fell}`;
  const fix =
    at === 'sweep.beta'
      ? {
          title: `Sweep beta: ${OWN_REFERENCE_GRID.join(', ')}`,
          edits: experiment.set(at, OWN_REFERENCE_GRID),
        }
      : { title: `Change to ${SAFER}`, edits: experiment.set(at, SAFER) };
  const message = `${experiment.get(at).key} ${showNumber(value)} is ${where}. Loss and accuracy will not show it.`;
  return { at, range, message, fixes: [fix] };
}

/** A sweep that reaches below the cliff on purpose is a good experiment. */
function probingTheCliff(experiment: Experiment, { at, value, range }: WrittenBeta): Finding {
  return {
    at,
    range,
    severity: 'hint',
    message: `At ${showNumber(value)} texts may stop ending: in the paper, ${fell}. stop_degenerate ends such an arm early.`,
    fixes: [
      {
        title: 'Stop arms whose texts no longer end',
        edits: experiment.set('sweep.stop_degenerate', true),
      },
    ],
  };
}
