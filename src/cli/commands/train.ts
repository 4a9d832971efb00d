import type { Command } from 'commander';
import { addLaunchOptions, EXIT_CODES, type LaunchOptions, launchAndFollow } from '../train/launching';

const HELP_AFTER = `
The run goes on when this terminal is closed. Ctrl-C stops it with a checkpoint,
from which dpo-lab resume goes on.

Examples:
  dpo-lab train experiment.dpo.yaml
  dpo-lab train experiment.dpo.yaml --detach
  dpo-lab train recipes/trl/dpo.yaml
  dpo-lab train train.py -- --model org/name
  dpo-lab train experiment.dpo.yaml --json | jq -c 'select(.type == "metrics")'

The config of another trainer is trained by that trainer's own command, a Python
script by Python, in the environment that has it; both are watched from inside.

--json prints objects with a type: launched, state, metrics, alarm, warning,
ended. docs/RUN_FORMAT.md says what stands in them.
${EXIT_CODES}`;

export function addTrainCommand(program: Command): void {
  const command = program
    .command('train')
    .summary('train the policy that a config describes')
    .description('Checks a config, then trains its policy with objective.beta and training.seed.')
    .argument('<config>', 'the config, of DPO Lab or another trainer, or a Python script')
    .argument('[arguments...]', 'of a Python script, behind --');
  addLaunchOptions(command)
    .addHelpText('after', HELP_AFTER)
    .action((config: string, args: readonly string[], options: LaunchOptions) =>
      launchAndFollow(config, undefined, options, args),
    );
}
