import { dirname, join, resolve } from 'node:path';
import type { Command } from 'commander';
import { check } from '../../core/check/check';
import { nestConfig, resolveConfig } from '../../core/config/resolved';
import type {
  DataExampleSide,
  DataReport,
  DataRequest,
  DataSetReport,
} from '../../core/reference/data-report';
import { count, listed } from '../../core/words/counts';
import { DATA_FOLDER, workspaceOf } from '../../node/runs/data-folder';
import { readOneConfig } from '../check/one-config';
import { print, printToStderr } from '../terminal/output';
import { visible } from '../terminal/text-layout';
import { runTrainer } from '../train/run-trainer';
import { EXIT } from '../usage-error';

const HELP_AFTER = `
Reads all pairs of a file or a config and says how they are understood: layout,
columns, counts, rows that are left out and why, repeated pairs and prompts,
prompts on both sides of data.eval, and the first pairs. With a config also
lengths in tokens, and the pairs as the model sees them: what is between bars is
scored, <end> says that the end-of-sequence token is among it.

Examples:
  dpo-lab data pairs.jsonl
  dpo-lab data experiment.dpo.yaml
  dpo-lab data pairs.jsonl --write clean.jsonl

Exit codes: 0 done, 1 the data cannot be read or no row is a pair, 2 the command
could not do what was asked, 70 a bug in dpo-lab.

--write makes a new file in the layout prompt, chosen, rejected without rows that
are left out and without repeated pairs, and FILE.manifest.json, which says what
was changed. --json prints { version: 1, train, eval, sharedPrompts, written }.`;

interface DataOptions {
  readonly json: boolean;
  readonly write?: string;
}

export function addDataCommand(program: Command): void {
  program
    .command('data')
    .summary('say how pairs are understood, and write a clean file of them')
    .description('Says how the pairs of a file or a config are understood.')
    .argument('<file>', 'a data file, pattern, folder or hub dataset, or a config')
    .option('--write <file>', 'write the pairs that are trained on as a new .jsonl file')
    .option('--json', 'print the report as JSON', false)
    .addHelpText('after', HELP_AFTER)
    .action(runData);
}

async function runData(argument: string, { json, write }: DataOptions): Promise<void> {
  const cwd = process.cwd();
  const request = await requestOf(argument, cwd);
  let report: DataReport | undefined;
  const asked = { ...request, ...(write !== undefined && { write: resolve(cwd, write) }) };
  const end = await runTrainer<DataReport>(['data', JSON.stringify(asked)], (line) => {
    report = line;
  });
  if (end.code !== EXIT.ok || !report) {
    process.exitCode = end.interrupted ? EXIT.stopped : end.code === EXIT.problems ? EXIT.problems : EXIT.bug;
    printToStderr(visible(end.stderr));
    return;
  }
  print(json ? JSON.stringify(report, null, 2) : visible(reportText(report)));
  if (report.train.pairs === 0) process.exitCode = EXIT.problems;
}

async function requestOf(argument: string, cwd: string): Promise<DataRequest> {
  if (/\.dpo\.(ya?ml|json)$/i.test(argument)) {
    const { path, checked } = await readOneConfig(argument, cwd);
    return {
      config: nestConfig(resolveConfig(checked.experiment)),
      baseFolder: dirname(path),
      dataFolder: join(await workspaceOf(path, cwd), DATA_FOLDER),
    };
  }
  const text = JSON.stringify({ data: { train: { path: argument } } });
  const config = nestConfig(resolveConfig(check(text, 'data.dpo.json').experiment));
  return { config, baseFolder: cwd, dataFolder: join(cwd, DATA_FOLDER) };
}

function reportText({ train, eval: held, sharedPrompts, written }: DataReport): string {
  const lines = ['Training data', ...dataSetLines(train)];
  if (held) {
    lines.push('', 'Held-out data', ...dataSetLines(held));
    lines.push(`  ${count(sharedPrompts ?? 0, 'pair')} with a prompt that is trained on, too.`);
  }
  if (written) {
    lines.push(
      '',
      `Wrote ${count(written.pairs, 'pair')} to ${written.file}; ${written.manifest} says what was changed.`,
    );
  }
  return lines.join('\n');
}

function dataSetLines(report: DataSetReport): string[] {
  const { layout, columns, rows, pairs, leftOut, repeatedPairs, repeatedPrompts, lengths } = report;
  const understood = layout
    ? `Read as ${layout.name}, from ${listed(layout.columns)}.`
    : `No row is a pair; the columns are ${listed(columns)}.`;
  const guessed =
    layout?.promptColumn === undefined ? '' : ` The prompt is ${layout.promptColumn}, by its name.`;
  return [
    `  ${understood}${guessed}`,
    `  ${count(rows, 'row')}, ${count(pairs, 'pair')} to train on.`,
    ...leftOut.map(
      ({ reason, rows: left, first }) => `  ${count(left, 'row')} left out, the first is ${first}: ${reason}`,
    ),
    `  ${count(repeatedPairs, 'pair')} repeated, ${count(repeatedPrompts, 'prompt')} repeated.`,
    ...(lengths
      ? [
          `  Tokens of ${count(lengths.pairs, 'pair')}, median and longest: prompt ${lengths.prompt.median} and ${lengths.prompt.longest}, chosen ${lengths.chosen.median} and ${lengths.chosen.longest}, rejected ${lengths.rejected.median} and ${lengths.rejected.longest}; ${lengths.cut} cut.`,
        ]
      : []),
    ...report.examples.flatMap(({ row, prompt, chosen, rejected }) => [
      `  Row ${row}`,
      `    prompt   ${JSON.stringify(prompt)}`,
      `    chosen   ${sideText(chosen)}`,
      `    rejected ${sideText(rejected)}`,
    ]),
  ];
}

function sideText({ text, tokens, ended }: DataExampleSide): string {
  if (!tokens) return JSON.stringify(text);
  return `|${tokens.map((token) => JSON.stringify(token).slice(1, -1)).join('|')}|${ended ? ' <end>' : ' no end token'}`;
}
