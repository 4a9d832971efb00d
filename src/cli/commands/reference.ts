import { dirname, join, resolve } from 'node:path';
import type { Command } from 'commander';
import { hasNoReference } from '../../core/config/questions';
import { nestConfig, resolveConfig } from '../../core/config/resolved';
import { progressInWords } from '../../core/reference/reference-progress';
import type { ReferenceLine, ReferenceQuery, ReferenceReport } from '../../core/reference/reference-report';
import { DATA_FOLDER, makeDataFolder, workspaceOf } from '../../node/runs/data-folder';
import { errorsOf, type OneConfig, readOneConfig } from '../check/one-config';
import { referenceText } from '../reference/reference-text';
import { layout, print, printToStderr } from '../terminal/output';
import { StatusLine } from '../terminal/status-line';
import { visible } from '../terminal/text-layout';
import { addDataFolderOption } from '../train/launching';
import { runTrainer, type TrainerEnd } from '../train/run-trainer';
import { EXIT } from '../usage-error';

const HELP_AFTER = `
Computes the log-probabilities of the pairs under the reference policy once, and
keeps them below .dpo/references for every run with the same model, data and
limits. A computation that was stopped goes on where it was. Where the reference
is another model, the policy scores the pairs too, and a report says how well
the two fit.

Examples:
  dpo-lab reference experiment.dpo.yaml
  dpo-lab reference experiment.dpo.yaml --json

Exit codes: 0 done, 1 the computation failed, 2 nothing was started, such as for
a config with errors, 3 stopped, 70 a bug in dpo-lab.

--json prints { version: 1, policy, source, score, key, folder, reused,
trainPairs, evalPairs, summary, longest, compatibility, warnings }.
Log-probabilities are in nats, shares from 0 to 1, lengths in tokens.`;

export function addReferenceCommand(program: Command): void {
  addDataFolderOption(program.command('reference'))
    .summary('compute the reference log-probabilities of a config, and say what they are like')
    .description('Computes the reference log-probabilities of a config, and says what they are like.')
    .argument('<config>', 'a config')
    .option('--json', 'print the report as JSON', false)
    .addHelpText('after', HELP_AFTER)
    .action(runReference);
}

interface ReferenceOptions {
  readonly json: boolean;
  readonly dataFolder?: string;
}

async function runReference(argument: string, { json, dataFolder }: ReferenceOptions): Promise<void> {
  const cwd = process.cwd();
  const config = await readOneConfig(argument, cwd);
  const errors = errorsOf(config);
  if (errors !== undefined) return fail(errors, EXIT.usage);
  if (hasNoReference(config.checked.experiment)) {
    return fail(
      `${config.name} has no reference: reference.policy is none, so every reference log-probability is 0 and there is nothing to compute.`,
      EXIT.ok,
    );
  }
  const folder =
    dataFolder === undefined
      ? join(await workspaceOf(config.path, cwd), DATA_FOLDER)
      : resolve(cwd, dataFolder);
  const { report, end } = await obtainReport(config, folder);
  if (report) return print(json ? JSON.stringify(report, null, 2) : referenceText(report, cwd, layout()));
  if (end.interrupted) {
    return fail('Stopped. What is computed is kept: the same command continues from there.', EXIT.stopped);
  }
  if (end.code === undefined) {
    return fail(
      'The trainer was ended by the system, perhaps because memory ran out. What is computed is kept; lower data.max_length if it happens again.',
      EXIT.problems,
    );
  }
  return fail(end.stderr, end.code === EXIT.problems ? EXIT.problems : EXIT.bug);
}

async function obtainReport(
  { path, checked }: OneConfig,
  dataFolder: string,
): Promise<{ report: ReferenceReport | undefined; end: TrainerEnd }> {
  await makeDataFolder(dataFolder);
  const query: ReferenceQuery = {
    config: nestConfig(resolveConfig(checked.experiment)),
    baseFolder: dirname(path),
    dataFolder,
  };
  let report: ReferenceReport | undefined;
  let activity: string | undefined;
  const status = new StatusLine();
  const end = await runTrainer<ReferenceLine>(['reference', JSON.stringify(query)], (line) => {
    if (line.kind === 'report') {
      report = line.report;
    } else {
      status.show(progressInWords(line), line.activity !== activity);
      activity = line.activity;
    }
  });
  status.clear();
  return { report: end.code === EXIT.ok ? report : undefined, end };
}

function fail(message: string, exitCode: number): void {
  process.exitCode = exitCode;
  printToStderr(exitCode === EXIT.bug ? message : visible(message));
}
