import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { type Checked, check, fixesOf, isConfigFile } from '../../core/check/check';
import { shownPath } from '../../node/files/paths';
import { decodeText, FileError, readTextFile } from '../../node/files/text-files';
import { type Failure, findConfigFiles, NAMES } from '../check/config-files';
import { type FactSource, localFacts, NO_FACTS } from '../check/fact-source';
import { countProblems, type FileReport, type Report } from '../check/file-reports';
import { type AppliedFix, fixProblems } from '../check/fix';
import { jsonReport } from '../check/json';
import { preparePythonFiles } from '../check/python-files';
import { replaceFile } from '../check/replace-file';
import { sarifReport } from '../check/sarif';
import { textReport } from '../check/text';
import { layout, print, printToStderr } from '../terminal/output';
import { visible } from '../terminal/text-layout';
import { EXIT, UsageError } from '../usage-error';

interface CheckOptions {
  readonly format: 'text' | 'json' | 'sarif';
  readonly facts: boolean;
  readonly fix: boolean;
  readonly stdinName?: string;
}

const HELP_AFTER = `
A FILE is a config (${NAMES}), a config or
launch script of another trainer (TRL, LLaMA-Factory, axolotl, ...), a folder
that is searched for both, a glob in quotes, or - for standard input. Models, data and runs that a config
names are looked at on this machine; nothing is fetched.

Examples:
  dpo-lab check experiment.dpo.yaml
  dpo-lab check configs/ 'more/**/*.dpo.yaml'
  dpo-lab check experiment.dpo.yaml --fix
  dpo-lab check recipes/dpo.yaml launch.sh
  dpo-lab check . --format sarif > dpo-lab.sarif
  git show HEAD:experiment.dpo.yaml | dpo-lab check - --stdin-name experiment.dpo.yaml

Exit codes: 0 no errors, 1 at least one error, 2 the command could not do what
was asked, 70 a bug in dpo-lab.

--format json prints { version: 1, files: [{ file, problems, fixed }], failures:
[{ file, reason }], summary: { files, problems } }. A problem has code, severity
(error, warning, info, hint), message, start, end and fixes: [{ title, edits:
[{ start, end, newText }] }]. Places are { line, column } from 1, columns in
UTF-16 code units, ends exclusive.`;

export function addCheckCommand(program: Command): void {
  program
    .command('check')
    .summary('say what is wrong with configs, why, and what to do')
    .description('Checks DPO configs and says what is wrong, why, and what to do.')
    .argument('<file...>', 'configs, folders, globs, or -')
    .addOption(
      new Option('--format <format>', 'how to print problems')
        .choices(['text', 'json', 'sarif'])
        .default('text'),
    )
    .option('--fix', 'apply the first fix of each error and warning to the files', false)
    .option('--no-facts', 'check the text alone: look at no model, data or run')
    .option('--stdin-name <name>', 'name that standard input is checked under: its format and its folder')
    .addHelpText('after', HELP_AFTER)
    .action(runCheck);
}

async function runCheck(names: string[], options: CheckOptions): Promise<void> {
  const cwd = process.cwd();
  const source = options.facts ? localFacts(cwd) : NO_FACTS;
  if (options.stdinName !== undefined && !names.includes('-'))
    throw new UsageError(
      '--stdin-name is a name for standard input, which is not checked here. Add - for it.',
    );
  const report = names.includes('-')
    ? await checkStandardInput(names, options, cwd, source)
    : await checkFiles(names, options.fix, cwd, source);
  for (const { reason } of report.failures) printToStderr(visible(reason));
  process.exitCode = exitCodeOf(report);
  // A report of nothing would only follow the reason with noise; a program that reads JSON or SARIF expects one.
  if (options.format === 'text' && report.files.length === 0) return;
  print(formatted(report, options.format, cwd, process.exitCode));
}

function exitCodeOf(report: Report): number {
  if (report.failures.length > 0) return EXIT.usage;
  return countProblems(report).error > 0 ? EXIT.problems : EXIT.ok;
}

function formatted(report: Report, format: CheckOptions['format'], cwd: string, exitCode: number): string {
  if (format === 'json') return jsonReport(report);
  return format === 'sarif' ? sarifReport(report, cwd, exitCode) : textReport(report, layout());
}

async function checkStandardInput(
  names: readonly string[],
  { fix, stdinName = 'stdin.dpo.yaml' }: CheckOptions,
  cwd: string,
  source: FactSource,
): Promise<Report> {
  if (names.length > 1)
    throw new UsageError('- stands for standard input and is checked alone. Name files in a second command.');
  if (fix) throw new UsageError('--fix changes files, and - is none. Save the text to a file and name that.');
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk);
  const path = resolve(cwd, stdinName);
  const text = decodeText(Buffer.concat(chunks));
  if (/\.(py|ipynb)$/i.test(stdinName)) await preparePythonFiles();
  if (!isConfigFile(stdinName, text)) {
    throw new UsageError(
      `--stdin-name ${stdinName} is not named like a config. Use a name such as ${NAMES}.`,
    );
  }
  return { files: [fileReport(path, cwd, check(text, path, await source(text, path)), [])], failures: [] };
}

async function checkFiles(
  names: readonly string[],
  fix: boolean,
  cwd: string,
  source: FactSource,
): Promise<Report> {
  const found = await findConfigFiles(names, cwd, 'any trainer');
  const files: FileReport[] = [];
  const failures: Failure[] = [...found.failures];
  for (const path of found.files) {
    try {
      const text = await readTextFile(path);
      const checked = check(text, path, await source(text, path));
      files.push(fix ? await fixFile(path, cwd, checked, source) : fileReport(path, cwd, checked, []));
    } catch (error) {
      if (!(error instanceof FileError || error instanceof UsageError)) throw error;
      failures.push({ file: shownPath(path, cwd), reason: error.message });
    }
  }
  return { files, failures };
}

async function fixFile(path: string, cwd: string, before: Checked, source: FactSource): Promise<FileReport> {
  const { checked, applied } = fixProblems(before);
  if (applied.length === 0) return fileReport(path, cwd, before, []);
  await replaceFile(path, before.text, checked.text);
  // A fix can name another model or data file, about which other things are known.
  return fileReport(path, cwd, check(checked.text, path, await source(checked.text, path)), applied);
}

function fileReport(path: string, cwd: string, checked: Checked, applied: readonly AppliedFix[]): FileReport {
  const problems = checked.problems.map((problem) => ({ ...problem, fixes: fixesOf(checked, problem) }));
  return { name: shownPath(path, cwd), path, text: checked.text, problems, applied };
}
