import type { Command } from 'commander';
import { check } from '../../core/check/check';
import { type DescribedExperiment, describeExperiments } from '../../core/check/describe-settings';
import { showValue } from '../../core/config/describe';
import { shownPath } from '../../node/files/paths';
import { FileError, readTextFile } from '../../node/files/text-files';
import { findConfigFiles } from '../check/config-files';
import { NO_FACTS } from '../check/fact-source';
import { print, printToStderr } from '../terminal/output';
import { visible } from '../terminal/text-layout';
import { EXIT } from '../usage-error';

const HELP_AFTER = `
A FILE is a config, a launch script or a Python file of any trainer that is
known, a folder that is searched for them, or a glob in quotes.

Examples:
  dpo-lab describe recipes/dpo/config.yaml
  dpo-lab describe scripts/ --json

Exit codes: 0 described, 2 a file could not be described.

--json prints { experiments: [{ file, dialect, trainer, version, settings,
reference }] }, one for each training that a file starts. settings has every
option of DPO Lab by its path, such as objective.beta: { value, given, key,
line }. value is null where the file does not decide it: a variable that is
filled in when a script runs, or a key that is absent. key is as the file
spells it, or null where such a file has none. reference is in words.`;

type Described = { readonly file: string } & DescribedExperiment;

export function addDescribeCommand(program: Command): void {
  program
    .command('describe')
    .summary('what a config of any trainer says')
    .description(
      'Says what configs and launch scripts of any trainer train: settings, and what the reference is.',
    )
    .argument('<file...>', 'configs, scripts, folders or globs')
    .option('--json', 'print one JSON object', false)
    .addHelpText('after', HELP_AFTER)
    .action(runDescribe);
}

async function runDescribe(names: string[], { json }: { json: boolean }): Promise<void> {
  const cwd = process.cwd();
  const { files, failures } = await findConfigFiles(names, cwd, 'any trainer');
  const reasons = failures.map(({ reason }) => reason);
  const experiments: Described[] = [];
  for (const path of files) {
    try {
      const text = await readTextFile(path);
      const file = shownPath(path, cwd);
      const checked = check(text, path, await NO_FACTS(text, path));
      experiments.push(...describeExperiments(checked).map((one) => ({ file, ...one })));
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      reasons.push(error.message);
    }
  }
  for (const reason of reasons) printToStderr(visible(reason));
  if (reasons.length > 0) process.exitCode = EXIT.usage;
  if (json) print(JSON.stringify({ experiments }, null, 2));
  else if (experiments.length > 0) print(experiments.map(inWords).join('\n\n'));
}

function inWords({ file, dialect, trainer, version, settings, reference }: Described): string {
  const given = Object.entries(settings).filter(([, setting]) => setting.given);
  const width = Math.max(0, ...given.map(([path]) => path.length));
  return [
    `${file}: ${dialect} (${trainer}${version ? ` ${version}` : ''})`,
    `  reference: ${reference}`,
    ...given.map(([path, { value, key, line }]) => {
      const shown = value === null ? 'filled in when it runs' : showValue(value);
      return `  ${path.padEnd(width)}  ${shown}   ${key}, line ${line}`;
    }),
  ]
    .map(visible)
    .join('\n');
}
