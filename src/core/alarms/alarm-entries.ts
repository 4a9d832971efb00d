import {
  type BetaSweep,
  OWN_REFERENCE_SWEEPS,
  STRONGER_REFERENCE_SWEEPS,
  sweepInWords,
} from '../paper/paper';
import { bestOf } from '../paper/win-rates';
import type { RuleEntry } from '../rule';

/**
 * What is watched while a run goes on, for `dpo-lab explain`, the editor's pages and docs/RULES.md. The conditions stand
 * in `training-alarms.ts`, `start-alarms.ts` and `evaluation-alarms.ts`. No thread or paper gives thresholds; those here
 * are proposals, chosen so that healthy runs of the tests and of the examples stay silent.
 */
export const ALARM_ENTRIES: readonly RuleEntry[] = [
  {
    code: 'RUN001',
    title: 'The first loss is not that of a policy that equals its reference',
    severity: 'error',
    when: 'At the first step of a run whose reference is the starting policy, the loss is not ln 2 (1 for hinge), or chosen responses differ by more than 0.2 nats in fp32, 2 nats in other number formats.',
    why: 'Before the first update policy and reference are the same model, so every log-ratio is 0. Where it is not, another model scores the reference, and the run optimises a distance to the wrong place while its curves look usual.',
    todo: 'Look for an adapter that is missing on one side, stored log-probabilities of another model, another chat template, or a reference in lower precision. Small offsets are normal where the reference is quantised.',
    evidence: [
      'LLaMA-Factory #8974: the first log already showed loss 0.0 and accuracy 1.0; the adapter was missing from the reference.',
      'trl #2423, #1148: precomputed log-probabilities gave rewards that were not 0 at the start.',
    ],
  },
  {
    code: 'RUN001b',
    title: 'Another model as reference starts the margin away from 0',
    severity: 'warning',
    when: 'The reference is not the starting policy. The mean margin before the first step is reported once; beyond a reward of 5 it is a warning.',
    why: 'With another reference the log-ratios start where the two models differ, so margins and rewards are to be compared with that start, not with 0. At a reward margin of 5 the gradient of the sigmoid loss is 0.7 % of its full size: pairs beyond it hardly train.',
    todo: 'Read the margin as a change from the start. Where it is saturated, use a smaller `objective.beta`; `dpo-lab reference` says up to which beta at most half of the pairs are.',
    evidence: [
      `Paper, RQ3, best beta with a stronger reference: ${STRONGER_REFERENCE_SWEEPS.map(bestInWords).join(', ')}.`,
      `Paper, RQ1, with the policy itself: ${OWN_REFERENCE_SWEEPS.map(bestInWords).join(', ')}.`,
    ],
  },
  {
    code: 'RUN002',
    title: 'Nothing is learned',
    severity: 'error',
    when: 'Over 10 logged lines after the warm-up the reward margin stays within 0.0001 of 0, and the loss where it started. Or after 25 % of steps (warning) or 40 % (error) the mean margin and the mean log-ratio of chosen responses are below 0.1 nats, the margin below 0.01 as a reward, and the loss within 0.01 of its start.',
    why: 'A loss of 0.6931 for hundreds of steps is ln 2: the policy still equals its reference. It costs the whole run and looks like a slow start.',
    todo: 'The alarm names the cause that fits its numbers: responses that are cut away, a gradient of 0, a learning rate of 0. Else look at beta, and whether chosen and rejected responses differ.',
    evidence: [
      'trl #1311: a LoRA run with rewards of 0.0 and a loss of 0.6932 for hundreds of steps.',
      'trl #1627: the same, because beta was 0.0.',
      'Yifan-Song793/ETO #14: the same, because no token of the responses was scored.',
    ],
  },
  {
    code: 'RUN003',
    title: 'A number is not finite',
    severity: 'error',
    when: 'A loss, reward, log-probability or gradient norm is NaN or infinite, or the loss is exactly 0 while no pair is ranked as labelled.',
    why: 'Training has diverged: what follows is lost. Some trainers write 0.0 for a loss that is NaN.',
    todo: 'Stop. Lower `training.learning_rate`, lengthen `training.warmup`, or compute in bf16 or fp32 in place of fp16, then resume from a checkpoint before it.',
    evidence: ['trl #878, #2435: fp16 gave NaN rewards, or a loss of 0, from the second step on.'],
  },
  {
    code: 'RUN004',
    title: 'Pairs are told apart almost at once',
    severity: 'error',
    when: 'In the first 15 % of steps the mean sigmoid loss is below 0.05 (warning) or 0.01 (error), and at least 99 % of pairs are ranked as labelled. Or in the first half of steps at least 90 % of training pairs are ranked as labelled, and held-out pairs no better than by chance, at least 30 % fewer (error).',
    why: 'The pairs differ in something trivial, such as their length or a phrase, or steps are too large. Either way little is learned that was meant.',
    todo: 'Lower `training.learning_rate`, and look at some pairs. Rejected responses that the policy itself could have written teach more.',
    evidence: [
      'trl #1236, #894: the loss fell to 0 within a few steps, and the model had not become better.',
    ],
  },
  {
    code: 'RUN005',
    title: 'Chosen responses become less likely',
    severity: 'info',
    when: 'While the margin grows, the mean log-ratio of chosen responses falls below -1 nat, which is normal, and again below -30 nats or by a quarter of their log-probability.',
    why: 'The loss only asks for a distance between the two, so both may fall, the rejected ones faster. It is an early sign and no more: log-probabilities of given texts fall at the best betas, too. Whether texts have become worse, generated texts and the win rate say.',
    todo: 'Look at generated texts and the win rate. Where they are worse, raise `objective.beta`, add `objective.sft_weight`, or stop earlier.',
    evidence: [
      'eric-mitchell/direct-preference-optimization #8, #32: rewards of chosen responses that fall are the most asked question about DPO; they are normal while margins grow.',
      'LLaMA-Factory #7734, #1347: texts were garbled after DPO with large steps; an SFT term or LoRA helped.',
    ],
  },
  {
    code: 'RUN006',
    title: 'Texts no longer end',
    severity: 'error',
    when: 'Texts of the probes are half as long again as the reference writes them, or fewer than 90 % of the share that ended then end now (warning; with few probes by more than they stray); both at once, with fewer than 95 %, or fewer than half of that share end (error). That the end-of-sequence token after chosen responses lost more than 1 nat is reported as info: texts may all end, and do at the best betas of our example.',
    why: 'With a beta that is too small, the end-of-sequence token is pushed down hardest: texts grow, then repeat and never stop. Loss and accuracy keep improving meanwhile.',
    todo: 'Raise `objective.beta`, or take an earlier checkpoint. `sweep.stop_degenerate` stops such an arm at an error.',
    evidence: [
      ...OWN_REFERENCE_SWEEPS.map(byBeta),
      'eric-mitchell/direct-preference-optimization #35: answers grew longer until they repeated.',
      'trl #1239, #1025: models that never stop, or answer several times.',
    ],
  },
  {
    code: 'RUN007',
    title: 'Pairs are ranked no better than by chance',
    severity: 'error',
    when: 'After 20 % of steps the mean accuracy is within 5 % of 50 %, and the mean margin below half a nat. Or fewer than 60 % of training pairs are, and the 95 % interval of held-out ones holds 50 %. After 30 % of steps held-out pairs make it an error, or without them 500 training pairs of which fewer than 55 % are ranked as labelled.',
    why: 'Labels that are random, swapped for some rows, or on the wrong rows look like this, and so does a learning rate that is too low.',
    todo: 'Look at some pairs first. If they are right, raise `training.learning_rate`.',
    evidence: ['tinker-cookbook #46: wrongly joined pairs gave an accuracy of 0.5 and a margin of 0.'],
  },
  {
    code: 'RUN008',
    title: 'The held-out loss rises while the training margin grows',
    severity: 'warning',
    when: 'At two evaluations in a row the loss on held-out pairs is more than 10 % above its minimum, while the mean margin on training pairs grows. Info where held-out pairs are ranked as well as ever (within 1 %, or what chance explains).',
    why: 'The policy learns these pairs, not the preference behind them.',
    todo: 'Keep the checkpoint near the minimum, which the alarm names, or train for fewer steps.',
    evidence: ['A general sign of over-fitting; the limit of 10 % is a proposal.'],
  },
  {
    code: 'RUN009',
    title: 'The gradient jumps',
    severity: 'warning',
    when: 'The gradient norm is ten times its median over 50 steps, for the second time.',
    why: 'One such step can undo many. It is clipped by `training.max_grad_norm`, but its direction is that of a few odd pairs.',
    todo: 'Lower `training.learning_rate` or lengthen `training.warmup`, and look for odd pairs, such as empty or very long responses.',
    evidence: ['A general sign of unstable training; the factor of ten is a proposal.'],
  },
  {
    code: 'RUN010',
    title: 'The trainer ran out of memory',
    severity: 'error',
    when: 'A trainer dies and its last output, or its last word, says that memory could not be had.',
    why: 'Logits of chosen and rejected responses over the whole vocabulary, and activations, grow with the pairs in a micro-batch and with their length. One long pair late in an epoch is enough.',
    todo: 'Lower `training.micro_batch_size` or `data.max_length`, then resume: the run continues from its last checkpoint. The page about memory says which part is largest.',
    evidence: ['trl #3168, #1667: out of memory on 80 GB with models of 0.5 billion parameters.'],
  },
  {
    code: 'RUN012',
    title: 'What a sweep says about beta',
    severity: 'info',
    when: 'The arms of a sweep of several betas have ended.',
    why: 'Rewards are beta times a log-ratio, so an arm with a larger beta has larger rewards without being better. Betas are compared by what a judge says of their answers, prompt by prompt; those whose texts no longer end are left out. Held-out accuracy is shown and does not decide: it ranks answers that are given, and may rise while the answers that are written get worse.',
    todo: 'Take the beta that is named: with 95 % confidence it loses less than `sweep.tolerance` to every other beta tried. Otherwise do what is proposed: it lowers the expected loss most for its time. One seed never decides.',
    evidence: OWN_REFERENCE_SWEEPS.map(byBeta),
  },
  {
    code: 'RUN013',
    title: 'Texts are worse than those of the start',
    severity: 'error',
    when: 'The win rate against the reference is below 50 %, and the upper end of its interval, too: of 99 % (error), or of 95 % at two evaluations in a row (warning).',
    why: 'The run has made the policy worse by the judge that was chosen for it. Loss and accuracy can look as usual meanwhile.',
    todo: 'Take an earlier checkpoint, raise `objective.beta`, or lower `training.learning_rate`. Check that the judge prefers what the pairs prefer.',
    evidence: [
      'Wilson, Probable inference, JASA 22 (1927): the interval of a share. Ties count half, so it is wider than needed.',
      'Goldilocks, betas of 0.02 and below: 22 to 53 % win rate where betas from 0.1 to 5 have 52 to 74 %.',
    ],
  },
  {
    code: 'RUN014',
    title: 'Labels look swapped',
    severity: 'error',
    when: 'At an evaluation after the start, fewer than half of the held-out pairs are ranked as labelled, by more than three standard deviations, and by at least half of what training pairs are above it.',
    why: 'A policy that has learned nothing ranks half of them as labelled. Clearly fewer say that training and held-out pairs prefer opposite things: chosen and rejected are swapped in one of them.',
    todo: 'Look at some training pairs and some held-out pairs, and swap the fields of `data` where they are the wrong way round.',
    evidence: ['A share of n pairs strays from 50 % by chance with a standard deviation of 50 % / sqrt(n).'],
  },
  {
    code: 'RUN015',
    title: 'Texts repeat themselves',
    severity: 'error',
    when: 'Of the stretches of four tokens in a text of the probes, 10 % (warning) or 25 % (error) more than in those of the reference occurred before in the same text.',
    why: 'A policy that is pushed too far, or imitates chosen answers that repeat themselves, falls into loops. Texts may still end, and be of the usual length.',
    todo: 'Look at some texts, and at the chosen answers of some pairs. Raise `objective.beta`, lower `training.learning_rate`, or take an earlier checkpoint.',
    evidence: [
      'Welleck et al., Neural text generation with unlikelihood training, 2020: the share of repeated stretches of four tokens (seq-rep-4).',
      'Goldilocks, beta 0.003 at twice its learning rate: 26 % of stretches, the starting policy 0 %.',
    ],
  },
];

function byBeta(sweep: BetaSweep): string {
  return `Paper, RQ1, ${sweep.policy}, win rate by beta: ${sweepInWords(sweep)}.`;
}

function bestInWords(sweep: BetaSweep): string {
  const { policy, reference } = sweep;
  return `${bestOf(sweep).beta} for ${policy}${reference === 'same' ? '' : ` with ${reference}`}`;
}
