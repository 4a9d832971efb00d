import { type Checked, check, fixesOf } from '../../src/core/check/check';
import { type DescribedExperiment, describeExperiments } from '../../src/core/check/describe-settings';
import { applyEdits } from '../../src/core/words/text';
import { type CorpusFile, STALE, versionsOf } from './corpus';

/** What is wrong with what we say of one public config: nothing, as it should be. */
export interface Judgement {
  readonly reading: readonly string[];
  /** Errors in the version that the file was written for. */
  readonly errors: readonly string[];
  readonly fixes: readonly string[];
  /** Keys that are no longer right in the newest version. */
  readonly migrations: number;
  readonly offered: number;
}

/** @param everyFix of every problem, which takes seconds for all files; otherwise the first of each kind */
export function judge(file: CorpusFile, everyFix: boolean): Judgement {
  const newest = check(file.text, file.file);
  const versions = versionsOf(file);
  const own = versions ? check(file.text, file.file, { reading: { versions } }) : newest;
  const errors = STALE.test(file.file) ? [] : own.problems.filter(({ severity }) => severity === 'error');
  const { wrong, offered } = wrongFixes(newest, everyFix);
  return {
    reading: describeExperiments(newest).length === 0 ? ['no training'] : wrongReading(file, newest),
    errors: errors.map(({ code, message }) => `${code} ${message}`),
    fixes: wrong,
    migrations: newest.problems.filter(({ code }) => /^KEY00[2-8]$|^LOSS005$/.test(code)).length,
    offered,
  };
}

/** Their words for losses, and ours. */
const LOSSES: Readonly<Record<string, string>> = {
  dpo: 'sigmoid',
  dpo_norm: 'sigmoid',
  'torchtune.rlhf.loss.DPOLoss': 'sigmoid',
};

function wrongReading(file: CorpusFile, checked: Checked): string[] {
  const trainings = describeExperiments(checked);
  const wrong: string[] = [];
  const values = (path: 'objective.beta' | 'objective.loss'): unknown[] =>
    trainings.map(({ settings }) => settings[path].value);
  for (const { dialect } of trainings)
    if (dialect !== file.dialect) wrong.push(`dialect ${dialect}, not ${file.dialect}`);
  const beta = Number(file.beta);
  if (file.beta !== '' && !Number.isNaN(beta)) {
    if (!values('objective.beta').includes(beta)) wrong.push(`beta ${values('objective.beta')}`);
  } else if (values('objective.beta').some((value) => value !== null))
    wrong.push(`beta ${values('objective.beta')}, which the file does not decide`);
  if (file.loss !== '' && !values('objective.loss').includes(LOSSES[file.loss] ?? file.loss))
    wrong.push(`loss ${values('objective.loss')}, not ${file.loss}`);
  const [first] = trainings;
  if (first) wrong.push(...wrongReference(file.reference, first));
  return [...wrong, ...trainings.flatMap((training) => wrongPlaces(training, file.text))];
}

/** What the index says of reference settings, against ours. */
function wrongReference(written: string, { settings, reference }: DescribedExperiment): string[] {
  const policy = settings['reference.policy'];
  const averaged = settings['objective.length_normalized'].value;
  if (reference === '') return ['no word about the reference'];
  return written.split('; ').flatMap((item): string[] => {
    const [key = '', value = ''] = item.split('=');
    switch (key) {
      case '':
      case 'ref_offload':
      case 'ref_model_path':
        return [];
      case 'sync_reference':
      case 'reference_free':
      case 'precompute_ref_log_probs':
      case 'create_new_adapter':
      case 'ref_checkpointer':
        return policy.value === 'same' ? [] : [`reference ${policy.value} with ${item}`];
      case 'adapter_name_or_path':
        return settings['model.adapter'].value === value
          ? []
          : [`adapter ${settings['model.adapter'].value}`];
      case 'preference_average_log_probs':
        return averaged === (value.toLowerCase() === 'true') ? [] : [`averaged ${averaged}`];
      case 'reference_model':
        return policy.value === value ? [] : [`reference ${policy.value}, not ${value}`];
      case 'ref_model':
        // The flag with a variable, its namesake of old ms-swift, or null: none of them names another model.
        return policy.value === null || policy.value === 'same'
          ? []
          : [`reference ${policy.value} with ${item}`];
      case 'ref_pretrain':
        return policy.given ? [] : ['ref_pretrain is not read'];
      default:
        return [`${item} is not judged here`];
    }
  });
}

/** Each given setting has its key in the line that it names. */
function wrongPlaces({ settings }: DescribedExperiment, text: string): string[] {
  const lines = text.split(/\r?\n/);
  return Object.entries(settings).flatMap(([path, { given, key, line }]) => {
    if (!given || line === null) return given ? [`${path} has no line`] : [];
    const name = (key ?? '').split('.').at(-1) ?? '';
    const pattern = new RegExp(`(^|[^A-Za-z0-9])${name.replaceAll('_', '[-_]')}["']?\\s*([:=\\s]|$)`);
    return pattern.test(lines[line - 1] ?? '') ? [] : [`${path}: line ${line} has no ${key}`];
  });
}

/** A fix leaves a file that reads as before, with the problem gone. */
function wrongFixes(checked: Checked, everyFix: boolean): { wrong: string[]; offered: number } {
  const seen = new Set<string>();
  let offered = 0;
  const wrong = checked.problems.flatMap((problem) => {
    if (!everyFix && seen.has(problem.code)) return [];
    seen.add(problem.code);
    return fixesOf(checked, problem).flatMap(({ title, edits }) => {
      offered++;
      const after = check(applyEdits(checked.text, edits), checked.fileName);
      const found = summary(after);
      const same = ({ code, message }: { code: string; message: string }): boolean =>
        code === problem.code && message === problem.message;
      const isGone = after.problems.filter(same).length < checked.problems.filter(same).length;
      const reads = found === summary(checked) || /^(BETA|REF|LOSS|OPT)/.test(problem.code);
      return isGone && reads ? [] : [`${problem.code} "${title}": ${isGone ? found : 'is still there'}`];
    });
  });
  return { wrong, offered };
}

function summary({ experiments }: Checked): string {
  return JSON.stringify(
    experiments.map((one) => [
      one.trainer.dialect,
      one.get('model.path').value,
      one.get('objective.beta').value,
      one.get('objective.loss').value,
    ]),
  );
}
