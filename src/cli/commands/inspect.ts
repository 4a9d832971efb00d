import type { Command } from 'commander';
import { inspectProgressInWords } from '../../core/panels/pair-lists';
import type { PairDetail, PairList, PairsQuestion } from '../../core/panels/pairs-page';
import type { RunRecord } from '../../core/runs/run-snapshot';
import { InspectError, InspectProcess } from '../../node/launch/inspect-process';
import { savedPolicies } from '../../node/runs/saved-policies';
import { pairListText, pairText } from '../inspect/inspect-text';
import { wholeNumber } from '../number-arguments';
import { layout, print, printToStderr } from '../terminal/output';
import { StatusLine } from '../terminal/status-line';
import { visible } from '../terminal/text-layout';
import { findRun } from '../train/find-run';
import { programs } from '../train/launching';
import { EXIT, UsageError } from '../usage-error';

interface InspectOptions {
  readonly checkpoint?: number;
  readonly pair?: string;
  readonly json: boolean;
}

const HELP_AFTER = `
Scores preference pairs of a run's data under its policy at a checkpoint and
under its reference. Without --pair, lists the pairs that moved most, that are
ranked most wrongly, and the longest, of a sample of at most 256; with it, shows
where in both responses the policy moved, token by token.

A RUN is an id, the end of one, or last. Step 0 is the starting policy.

Examples:
  dpo-lab inspect last
  dpo-lab inspect last --checkpoint 200 --pair eval-17
  dpo-lab inspect last --json | jq '.rows[] | select(.margin < 0).id'

Exit codes: 0 done, 1 the pairs could not be scored, 2 the command could not do
what was asked, 70 a bug in dpo-lab.

--json prints what the pair inspector of the editor is given: sums and
log-probabilities are in nats.`;

export function addInspectCommand(program: Command): void {
  program
    .command('inspect')
    .summary('score pairs of a run, token by token')
    .description("Scores pairs of a run's data under its policy and its reference, token by token.")
    .argument('<run>', 'a run')
    .option('--checkpoint <step>', 'the policy after so many steps; the newest by default', wholeNumber)
    .option('--pair <id>', 'a pair, such as train-17 or eval-17: the row of the data')
    .option('--json', 'print the answer as JSON', false)
    .addHelpText('after', HELP_AFTER)
    .action(runInspect);
}

async function runInspect(name: string, options: InspectOptions): Promise<void> {
  const run = await findRun(name, process.cwd());
  if (!run) throw new UsageError(`There is no run ${visible(name)} here. dpo-lab runs lists what is there.`);
  const checkpoint = options.checkpoint ?? (await newestStep(run));
  const { pair } = options;
  const about: PairsQuestion =
    pair === undefined ? { kind: 'list', checkpoint } : { kind: 'pair', checkpoint, pair };
  const answer = await ask(run, about);
  if (!answer) return;
  if (options.json) print(JSON.stringify(answer));
  else print('rows' in answer ? pairListText(answer, layout()) : pairText(answer, layout()));
}

async function newestStep({ folder, id }: RunRecord): Promise<number> {
  const newest = (await savedPolicies(folder)).at(-1);
  if (newest) return newest.step;
  throw new UsageError(
    `Run ${id} has no checkpoint that can be inspected yet. Wait for one, or name the starting policy: --checkpoint 0.`,
  );
}

/** Undefined where it failed, which was told then. */
async function ask({ folder }: RunRecord, about: PairsQuestion): Promise<PairList | PairDetail | undefined> {
  const inspecting = new InspectProcess(programs(), folder);
  const status = new StatusLine();
  const stop = (): void => inspecting.close();
  process.on('SIGINT', stop);
  let activity: string | undefined;
  try {
    return await inspecting.ask(about, (progress) => {
      status.show(inspectProgressInWords(progress), progress.activity !== activity);
      activity = progress.activity;
    });
  } catch (error) {
    if (!(error instanceof InspectError)) throw error;
    status.clear();
    printToStderr(visible(error.message));
    process.exitCode = EXIT.problems;
    return undefined;
  } finally {
    process.off('SIGINT', stop);
    status.clear();
    inspecting.close();
  }
}
