import type { Command } from 'commander';
import { reportEnds } from '../train/end-summary';
import { dataFolderOf, findRuns, placeOf } from '../train/find-run';
import { follow } from '../train/follow';
import { addDataFolderOption, EXIT_CODES } from '../train/launching';

interface WatchOptions {
  readonly json: boolean;
  readonly dataFolder?: string;
}

/** How commands describe their argument. */
export const RUN_ARGUMENT = 'id of a run or sweep, the end of one, or last';

export function addWatchCommand(program: Command): void {
  const command = program
    .command('watch')
    .summary('show a run while it trains')
    .description('Shows runs until they end. Ctrl-C leaves; the runs continue.')
    .argument('<run>', RUN_ARGUMENT);
  addDataFolderOption(command)
    .option('--json', 'print lines of JSON, from the beginning of the run', false)
    .addHelpText('after', `\nExamples:\n  dpo-lab watch last\n  dpo-lab watch k3f9 --json\n${EXIT_CODES}`)
    .action(async (name: string, { json, dataFolder }: WatchOptions) => {
      const folder = await dataFolderOf(process.cwd(), dataFolder);
      const place = await placeOf(folder, process.cwd());
      const runs = await findRuns(name, folder);
      const options = { json, history: json, onInterrupt: 'leave', name: name + place } as const;
      process.exitCode = reportEnds(await follow(runs, options), json, place);
    });
}
