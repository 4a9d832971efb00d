import { closest, distance } from 'fastest-levenshtein';
import type { Config, OptionPath } from '../../config/config';
import { showValue } from '../../config/describe';
import type { Experiment } from '../../config/experiment';
import type { Finding, FixProposal, Rule } from '../../rule';
import { listed } from '../../words/counts';
import { together } from '../fixes';

type Loss = Config['objective.loss'];

interface Advice {
  readonly says: (experiment: Experiment) => string;
  readonly loss: Loss;
  readonly also?: (experiment: Experiment) => ReturnType<Experiment['set']>;
}

const normalized: Advice = {
  says: (experiment) =>
    inKeys(experiment, 'objective.length_normalized', 'Here it is sigmoid with KEY: true.'),
  loss: 'sigmoid',
  also: (experiment) => experiment.set('objective.length_normalized', true),
};
const withSft: Advice = {
  says: (experiment) => inKeys(experiment, 'objective.sft_weight', 'Here the SFT term is added with KEY.'),
  loss: 'sigmoid',
  also: (experiment) => experiment.set('objective.sft_weight', 1),
};
const kto: Advice = {
  says: () => 'KTO is made for single rated responses, not for pairs; TRL dropped its paired form in 0.9.6.',
  loss: 'sigmoid',
};
const noReference: Advice = {
  says: (experiment) =>
    `It uses no reference policy, so it is no DPO.${inKeys(experiment, 'reference.policy', ' The nearest to it here is KEY: none.')}`,
  loss: 'sigmoid',
};

/** A hint that names a key, where the file has such a key. */
function inKeys(experiment: Experiment, path: OptionPath, hint: string): string {
  const { key, expressible } = experiment.get(path);
  return expressible ? hint.replace('KEY', key) : '';
}

/** Names that other trainers and papers use. */
const ADVICE: Readonly<Record<string, Advice>> = {
  dpo: { says: () => 'The loss of DPO is called sigmoid.', loss: 'sigmoid' },
  dpo_norm: normalized,
  sigmoid_norm: normalized,
  sft: withSft,
  cdpo: {
    says: () => 'The usual correction for flipped labels is robust, with label_smoothing.',
    loss: 'robust',
  },
  aot_pair: { says: () => 'TRL 0.29 renamed it to aot_unpaired.', loss: 'aot_unpaired' },
  kto: kto,
  kto_pair: kto,
  slic: { says: () => 'Its loss is called hinge.', loss: 'hinge' },
  rso: { says: () => 'Its loss is called hinge.', loss: 'hinge' },
  simpo: noReference,
  orpo: noReference,
  cpo: noReference,
};

/** People run these trainers from copies of their repositories, to which they add losses of their own. */
const COPIED: ReadonlySet<string> = new Set([
  'alignment-handbook',
  'eric-mitchell',
  'open-instruct',
  'trl-custom',
  'custom',
]);

/** Losses of such copies whose names are near to one of the trainer's own. */
const OWN_LOSSES: ReadonlySet<string> = new Set(['rpo', 'sppo', 'tisdpo']);

export const LOSS001: Rule = {
  code: 'LOSS001',
  title: 'The trainer has no such loss',
  severity: 'error',
  when: '`objective.loss` is no known loss, or one that the chosen backend does not offer.',
  why: 'Trainers look at the name when they compute the first loss: after the model was loaded and the data tokenized.',
  todo: 'Write a loss from the message. Those that only the torch trainer offers need `backend.kind: torch`.',
  evidence: [
    'Verified with TRL 1.13: an unknown loss_type is refused at the first training step and not before.',
    'TRL 0.29 renamed aot_pair to aot_unpaired; kto_pair was removed in 0.9.6.',
  ],
  *check(experiment) {
    const { malformed, written, value, key, open } = experiment.get('objective.loss');
    const { losses, name } = experiment.trainer;
    if (open || (malformed && written === undefined)) return;
    if (malformed) {
      yield unknownLoss(experiment, key, written);
    } else if (!losses.includes(value)) {
      const torch = experiment.set('backend.kind', 'torch');
      yield {
        at: 'objective.loss',
        message: `${key} is ${value}, which ${name} does not offer; it has ${listed(losses)}.${torch ? ' Switch the loss, or train with backend.kind: torch.' : ''}`,
        fixes: [
          { title: 'Change to sigmoid', edits: experiment.set('objective.loss', 'sigmoid') },
          { title: 'Train with the torch backend', edits: torch },
        ],
      };
    }
  },
};

function unknownLoss(experiment: Experiment, key: string, written: unknown): Finding {
  const { losses, name } = experiment.trainer;
  const advice = adviceFor(written, losses);
  if (isOfCopy(experiment, written, advice)) {
    const message = `${name} has no loss ${showValue(written)} for ${key}: a copy of it that you changed may have. What it computes is not known here.`;
    return { at: 'objective.loss', message, severity: 'hint' };
  }
  const says = advice?.says(experiment) ?? `${name} has ${listed(losses)}.`.replace(/^t/, 'T');
  const choices = [...new Set([advice?.loss ?? 'sigmoid', 'sigmoid'] as const)];
  const fixes = choices.map((loss): FixProposal => {
    const edits = experiment.set('objective.loss', loss);
    const also = loss === advice?.loss ? advice.also : undefined;
    return { title: `Change to ${loss}`, edits: also ? together(edits, also(experiment)) : edits };
  });
  return {
    at: 'objective.loss',
    message:
      written === null
        ? `${key} has no value. ${says}`
        : `Unknown loss ${showValue(written)} for ${key}. ${says}`,
    fixes,
  };
}

/** A name that only a changed copy of the trainer can know, and no slip of the pen. */
function isOfCopy(experiment: Experiment, written: unknown, advice: Advice | undefined): boolean {
  if (typeof written !== 'string' || !COPIED.has(experiment.trainer.dialect)) return false;
  return advice === undefined || OWN_LOSSES.has(written.trim().toLowerCase());
}

function adviceFor(written: unknown, losses: readonly string[]): Advice | undefined {
  if (Array.isArray(written)) {
    const words = written.map(String);
    const isDpoAndSft = words.length === 2 && words.includes('sigmoid') && words.includes('sft');
    const says: Advice['says'] = (experiment) =>
      `One loss can be chosen, as a plain word${inKeys(experiment, 'objective.sft_weight', '; an SFT term is added with KEY')}.`;
    return isDpoAndSft ? { ...withSft, says } : { says, loss: 'sigmoid' };
  }
  if (typeof written !== 'string') return undefined;
  const word = written.trim().toLowerCase().replaceAll('-', '_');
  if (Object.hasOwn(ADVICE, word)) return ADVICE[word];
  const beginning = losses.find((loss) => loss.startsWith(`${word}_`));
  const nearest = closest(word, [...losses]);
  const meant = beginning ?? (distance(word, nearest) <= 2 ? nearest : undefined);
  return meant === undefined ? undefined : { says: () => `Did you mean ${meant}?`, loss: meant as Loss };
}
