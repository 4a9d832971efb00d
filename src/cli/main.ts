import { Command, CommanderError } from 'commander';
import { FOREIGN_DIALECTS } from '../core/config/dialects/all';
import { useDialects } from '../core/config/dialects/registry';
import { FileError } from '../node/files/text-files';
import { addAdoptCommand } from './commands/adopt';
import { addCheckCommand } from './commands/check';
import { addConvertCommand } from './commands/convert';
import { addDataCommand } from './commands/data';
import { addDeleteCommand } from './commands/delete';
import { addDescribeCommand } from './commands/describe';
import { addEnvironmentCommand } from './commands/environment';
import { addExplainCommand } from './commands/explain';
import { addGenerateCommand } from './commands/generate';
import { addGraphCommand } from './commands/graph';
import { addInspectCommand } from './commands/inspect';
import { addMcpCommand } from './commands/mcp';
import { addReferenceCommand } from './commands/reference';
import { addReportCommand } from './commands/report';
import { addResumeCommand } from './commands/resume';
import { addRunsCommand } from './commands/runs';
import { addSchemaCommand } from './commands/schema';
import { addSetupCommand } from './commands/setup';
import { addSkillCommand } from './commands/skill';
import { addStopCommand } from './commands/stop';
import { addSweepCommand } from './commands/sweep';
import { addTrainCommand } from './commands/train';
import { addWatchCommand } from './commands/watch';
import { addWinRateCommand } from './commands/winrate';
import { endWhenOutputCloses, printToStderr } from './terminal/output';
import { visible } from './terminal/text-layout';
import { EXIT, UsageError } from './usage-error';
import { VERSION } from './version';

/** The command line `dpo-lab`. */

const HELP_AFTER = `
Examples:
  dpo-lab check experiment.dpo.yaml   check a config
  dpo-lab check configs/ --fix        check every config of a folder and mend what can be mended
  dpo-lab describe train.yaml         what a config of any trainer says, and its reference
  dpo-lab convert train.yaml          the same experiment as a config of DPO Lab, or of another trainer
  dpo-lab explain BETA001             why a problem is one
  dpo-lab reference a.dpo.yaml        compute the reference log-probabilities of a config
  dpo-lab train a.dpo.yaml            train the policy that a config describes
  dpo-lab sweep a.dpo.yaml            train it once for each beta
  dpo-lab watch last                  show a run while it trains
  dpo-lab generate last -p 'Hello'    let it answer, beside its reference

dpo-lab help COMMAND says more about a command.`;

function createProgram(): Command {
  const program = new Command('dpo-lab')
    .description('Checks and runs experiments of Direct Preference Optimization (DPO).')
    .version(VERSION, '-V, --version', 'print the version')
    .addHelpText('after', HELP_AFTER)
    .showHelpAfterError('Run dpo-lab --help, or dpo-lab help COMMAND, for what it takes.')
    .exitOverride();
  addCheckCommand(program);
  addDescribeCommand(program);
  addConvertCommand(program);
  addSchemaCommand(program);
  addExplainCommand(program);
  addDataCommand(program);
  addReferenceCommand(program);
  addTrainCommand(program);
  addSweepCommand(program);
  addRunsCommand(program);
  addAdoptCommand(program);
  addWatchCommand(program);
  addStopCommand(program);
  addResumeCommand(program);
  addDeleteCommand(program);
  addGenerateCommand(program);
  addInspectCommand(program);
  addReportCommand(program);
  addWinRateCommand(program);
  addGraphCommand(program);
  addMcpCommand(program);
  addSkillCommand(program);
  addEnvironmentCommand(program);
  addSetupCommand(program);
  return program;
}

async function main(): Promise<void> {
  endWhenOutputCloses();
  useDialects(FOREIGN_DIALECTS);
  try {
    await createProgram().parseAsync();
  } catch (error) {
    process.exitCode = tell(error);
  }
}

/** Says what went wrong, unless it was said already, and gives the exit code. */
function tell(error: unknown): number {
  // Commander has printed its message; asking for help or the version is no failure.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  if (error instanceof UsageError || error instanceof FileError) {
    printToStderr(visible(error.message));
    return EXIT.usage;
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  printToStderr(stack.split('\n').map(visible).join('\n'));
  printToStderr(
    'This is a bug in dpo-lab. Please report it with the lines above and the config that was checked.',
  );
  return EXIT.bug;
}

void main();
