import { createInterface } from 'node:readline/promises';
import type { Command } from 'commander';
import { FileError } from '../../node/files/text-files';
import { deleteRun } from '../../node/runs/delete-run';
import { print } from '../terminal/output';
import { visible } from '../terminal/text-layout';
import { dataFolderOf, findRuns } from '../train/find-run';
import { addDataFolderOption } from '../train/launching';
import { EXIT, UsageError } from '../usage-error';
import { RUN_ARGUMENT } from './watch';

interface DeleteOptions {
  readonly yes: boolean;
  readonly dataFolder?: string;
}

export function addDeleteCommand(program: Command): void {
  const command = program
    .command('delete')
    .summary('delete a run with its metrics, checkpoints and model')
    .description('Deletes runs with everything in their folders. Runs in progress are not deleted.')
    .argument('<run>', RUN_ARGUMENT);
  addDataFolderOption(command)
    .option('-y, --yes', 'do not ask', false)
    .addHelpText('after', '\nExamples:\n  dpo-lab delete k3f9\n  dpo-lab delete last --yes')
    .action(async (name: string, { yes, dataFolder }: DeleteOptions) => {
      const runs = await findRuns(name, await dataFolderOf(process.cwd(), dataFolder));
      for (const { id, state, status } of runs) print(visible(`${id}  ${state}  step ${status?.step ?? 0}`));
      if (!yes && !(await confirmed(runs.length))) {
        process.exitCode = EXIT.problems;
        return;
      }
      try {
        for (const { folder, id } of runs) await deleteRun(folder, id);
      } catch (error) {
        throw error instanceof FileError ? new UsageError(error.message) : error;
      }
      print(runs.length === 1 ? 'Deleted.' : `Deleted ${runs.length} runs.`);
    });
}

async function confirmed(count: number): Promise<boolean> {
  if (!process.stdin.isTTY) {
    throw new UsageError('There is no terminal to ask on. Add --yes to delete without being asked.');
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await terminal.question(
      `Delete ${count === 1 ? 'it' : `these ${count} runs`} for good? [y/N] `,
    );
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    terminal.close();
  }
}
