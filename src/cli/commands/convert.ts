import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { type Checked, check } from '../../core/check/check';
import {
  CONVERSION_TARGETS,
  type Conversion,
  type ConversionTarget,
  convert,
} from '../../core/config/convert/convert';
import { listNotes } from '../../core/config/convert/notes';
import { LineIndex } from '../../core/words/text';
import { shownPath } from '../../node/files/paths';
import { codeOf, FileError, readTextFile } from '../../node/files/text-files';
import { writeError } from '../../node/files/write-error';
import { findConfigFiles } from '../check/config-files';
import { NO_FACTS } from '../check/fact-source';
import { wholeNumber } from '../number-arguments';
import { print, printToStderr } from '../terminal/output';
import { visible } from '../terminal/text-layout';
import { UsageError } from '../usage-error';

const HELP_AFTER = `
Any config, launch script or Python file that dpo-lab describe reads becomes a
config of DPO Lab, or by way of it one of another trainer. The new file goes to
standard output, and a list of what was carried, what became something else, what
was lost and what the file does not decide to standard error.

Examples:
  dpo-lab convert recipes/dpo/config.yaml > experiment.dpo.yaml
  dpo-lab convert experiment.dpo.yaml --to trl --out dpo.yaml
  dpo-lab convert run.sh --experiment 2 --to llamafactory

Exit codes: 0 converted, 2 the command could not do what was asked.

--json prints { conversions: [{ file, experiment, from, to, text, notes }] }, of a
file that starts several trainings one for each; notes are { kind, text } with the
kinds undecided, lost, changed and carried.`;

interface ConvertOptions {
  readonly to: ConversionTarget;
  readonly experiment?: number;
  readonly out?: string;
  readonly overwrite: boolean;
  readonly json: boolean;
}

export function addConvertCommand(program: Command): void {
  program
    .command('convert')
    .summary('write a config of any trainer for another one')
    .description('Writes the config of one trainer as the config of another, and says what became of it.')
    .argument('<file>', 'a config, launch script or Python file')
    .addOption(
      new Option('--to <trainer>', 'whose config is written').choices(CONVERSION_TARGETS).default('dpo-lab'),
    )
    .option('--experiment <number>', 'which training of a file with several, from 1', wholeNumber)
    .option('--out <file>', 'write the new file here')
    .option('--overwrite', 'replace the file of --out where it exists', false)
    .option('--json', 'print one JSON object', false)
    .addHelpText('after', HELP_AFTER)
    .action(runConvert);
}

async function runConvert(name: string, options: ConvertOptions): Promise<void> {
  const cwd = process.cwd();
  const { to, out, json } = options;
  const { checked, file } = await readAny(name, cwd);
  const chosen = chosenOf(checked, file, options);
  const conversions = chosen.map((number): Conversion & { experiment: number } => {
    const experiment = checked.experiments[number - 1] ?? checked.experiment;
    return { experiment: number, ...convert(experiment, { ...checked, fileName: file }, to) };
  });
  const [first] = conversions;
  if (!first) return;
  if (out !== undefined) await write(resolve(cwd, out), first.text, options);
  if (json) {
    const from = checked.experiment.trainer.dialect;
    print(JSON.stringify({ conversions: conversions.map((one) => ({ file, from, to, ...one })) }, null, 2));
    return;
  }
  const list = listNotes(first.notes, (words) => `${words}:`);
  if (out === undefined) print(first.text);
  else print(`${out} is written.`);
  printToStderr(list.split('\n').map(visible).join('\n'));
}

async function readAny(name: string, cwd: string): Promise<{ checked: Checked; file: string }> {
  const { files, failures } = await findConfigFiles([name], cwd, 'any trainer');
  const [path, ...others] = files;
  if (path === undefined) throw new UsageError(failures.map(({ reason }) => reason).join(' '));
  if (others.length > 0) throw new UsageError(`${name} holds ${files.length} configs. Name one of them.`);
  try {
    const text = await readTextFile(path);
    const checked = check(text, path, await NO_FACTS(text, path));
    const broken = checked.problems.find(({ code }) => code === 'SYN001');
    if (broken) throw new UsageError(`${name} cannot be read: ${broken.message} Fix it first.`);
    return { checked, file: shownPath(path, cwd) };
  } catch (error) {
    if (error instanceof FileError) throw new UsageError(error.message);
    throw error;
  }
}

/** Numbers of trainings, from 1. */
function chosenOf(checked: Checked, file: string, { to, experiment, out, json }: ConvertOptions): number[] {
  const { experiments } = checked;
  if (to === 'dpo-lab' && checked.experiment.trainer.dialect === 'dpo-lab') {
    throw new UsageError(`${file} is a config of DPO Lab already. Choose another trainer with --to.`);
  }
  if (experiment !== undefined) {
    if (experiments[experiment - 1]) return [experiment];
    throw new UsageError(
      `${file} starts ${experiments.length === 1 ? 'one training' : `${experiments.length} trainings`}; there is no ${experiment}.`,
    );
  }
  if (experiments.length === 1) return [1];
  if (json && out === undefined) return experiments.map((_, index) => index + 1);
  throw new UsageError(
    `${file} starts ${experiments.length} trainings. Choose one with --experiment:\n${trainingsOf(checked)}`,
  );
}

function trainingsOf({ experiments, text }: Checked): string {
  const lines = new LineIndex(text);
  return experiments
    .map((one, index) => {
      const beta = one.get('objective.beta');
      const model = one.get('model.path');
      const line = lines.position((beta.given ? beta : model).range.start).line + 1;
      return `  ${index + 1}  line ${line}: ${one.trainer.name}, ${model.value ?? 'a model that is filled in when it runs'}, ${beta.given ? `beta ${beta.value}` : 'beta not written'}`;
    })
    .join('\n');
}

async function write(path: string, text: string, { out, overwrite }: ConvertOptions): Promise<void> {
  try {
    await writeFile(path, text, { flag: overwrite ? 'w' : 'wx' });
  } catch (error) {
    throw new UsageError(
      codeOf(error) === 'EEXIST'
        ? `${out} exists already. Name another file, or replace it with --overwrite.`
        : writeError(error, path).message,
    );
  }
}
