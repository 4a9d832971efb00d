import { showNumber } from '../../config/describe';
import type { Experiment } from '../../config/experiment';
import { isSameModel } from '../../config/model-names';
import { trainedBetas } from '../../config/questions';
import type { OutputFacts, UnfinishedRun } from '../../facts';
import type { Finding, Rule } from '../../rule';
import { count, listed } from '../../words/counts';

export const RES001: Rule = {
  code: 'RES001',
  title: 'An unfinished run of this config has another objective',
  severity: 'info',
  when: 'A run that was started from this file and can be resumed has a beta or a reference that the file no longer names; or the output folder of a file of alignment-handbook or LLaMA-Factory holds checkpoints of a run with another beta (warning), from which they continue by themselves.',
  why: 'A run keeps the config it was started with: resuming it continues with the old objective, whatever the file says now. Results would be noted under the wrong beta.',
  todo: 'Train this file to start a new run, or set the file back before you resume the old one.',
  evidence: [
    'Source of alignment-handbook (scripts/dpo.py) and LLaMA-Factory 0.9.5 (hparams/parser.py): both resume by themselves from the last checkpoint in the output folder, with the new beta on the old optimizer state.',
  ],
  *check(experiment, { unfinishedRuns, output }) {
    if (output) yield* resumedUnasked(experiment, output);
    const resumable = (unfinishedRuns ?? []).filter(({ checkpoints }) => checkpoints > 0);
    // Ids sort by time.
    const newest = resumable.reduce<UnfinishedRun | undefined>(
      (latest, run) => (latest && latest.id > run.id ? latest : run),
      undefined,
    );
    if (!newest) return;
    const otherBeta = betaDifference(experiment, newest);
    const otherReference = referenceDifference(experiment, newest);
    const differences = [otherBeta, otherReference].flatMap((text) => text ?? []);
    if (differences.length === 0) return;
    const step = newest.step === undefined ? '' : ` at step ${newest.step}`;
    yield {
      at: otherBeta ? betaPlace(experiment) : 'reference.policy',
      message: `Run ${newest.id} of this file is unfinished (${newest.state}${step}, ${count(newest.checkpoints, 'checkpoint')}) and has ${listed(differences)}. Resuming it keeps that; training this file starts a new run.`,
    };
  },
};

function* resumedUnasked(experiment: Experiment, output: OutputFacts): Iterable<Finding> {
  const { value, given, malformed } = experiment.get('objective.beta');
  const { trainer, own } = experiment;
  if (malformed || !own || output.beta === undefined || output.beta === value) return;
  const free = `${output.folder.replace(/[\\/]+$/, '')}-beta${value}`;
  yield {
    at: 'objective.beta',
    key: 'output_dir',
    severity: 'warning',
    message: `${output.folder} holds ${count(output.checkpoints, 'checkpoint')} of a run with beta ${showNumber(output.beta)}. ${trainer.program} continues from the last one by itself, now with beta ${showNumber(value)}${given ? '' : ' (its default)'}: the result would be of neither.`,
    fixes: [{ title: `Change to ${free}`, edits: own.entries.set('output_dir', free) }],
  };
}

function betaPlace(experiment: Experiment): 'objective.beta' | 'sweep.beta' {
  return experiment.get('sweep.beta').given ? 'sweep.beta' : 'objective.beta';
}

function betaDifference(experiment: Experiment, { beta }: UnfinishedRun): string | undefined {
  const betas = trainedBetas(experiment).map(({ value }) => value);
  if (beta === undefined || betas.length === 0 || betas.includes(beta)) return undefined;
  return `beta ${showNumber(beta)} instead of ${listed(betas.map(showNumber), 'or')}`;
}

function referenceDifference(experiment: Experiment, { reference }: UnfinishedRun): string | undefined {
  const policy = experiment.get('reference.policy');
  if (reference === undefined || policy.malformed || isSameModel(reference, policy.value)) return undefined;
  return `the reference ${reference} instead of ${policy.value}`;
}
