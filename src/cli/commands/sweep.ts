import { type Command, InvalidArgumentError } from 'commander';
import { addLaunchOptions, EXIT_CODES, type LaunchOptions, launchAndFollow } from '../train/launching';

interface SweepOptions extends LaunchOptions {
  readonly beta?: readonly number[];
  readonly seeds?: readonly number[];
  readonly parallel?: number;
}

const HELP_AFTER = `
Every beta runs once for each seed. All arms share the reference
log-probabilities, which are computed once.

Examples:
  dpo-lab sweep experiment.dpo.yaml
  dpo-lab sweep experiment.dpo.yaml --beta 0.1,0.05,0.02,0.01 --seeds 0,1
  dpo-lab sweep recipes/trl/dpo.yaml --beta 0.1,0.05,0.02
  dpo-lab sweep train.py --beta 0.1,0.05 --beta-as env:BETA
${EXIT_CODES}
Of several arms, one that failed decides, then one that was stopped.`;

export function addSweepCommand(program: Command): void {
  const command = program
    .command('sweep')
    .summary('train once for each beta and seed')
    .description("Checks a config, then trains one arm for each beta and seed of its section 'sweep'.")
    .argument('<config>', 'the config, of DPO Lab or another trainer, or a Python script')
    .argument('[arguments...]', 'of a Python script, behind --')
    .option('--beta-as <how>', 'how a Python script takes beta: --beta, loss.beta= or env:BETA')
    .option('--beta <list>', 'betas, in place of sweep.beta', betas)
    .option('--seeds <list>', 'seeds, in place of sweep.seeds', seeds)
    .option('--parallel <count>', 'arms at a time, in place of sweep.parallel', arms);
  addLaunchOptions(command)
    .addHelpText('after', HELP_AFTER)
    .action(
      async (
        config: string,
        args: readonly string[],
        { beta, seeds, parallel, ...options }: SweepOptions,
      ) => {
        const choice = { ...(beta && { beta }), ...(seeds && { seeds }), ...(parallel && { parallel }) };
        await launchAndFollow(config, choice, options, args);
      },
    );
}

function betas(text: string): number[] {
  return numbers(text, (value) => value > 0 && Number.isFinite(value), 'numbers above 0, such as 0.1,0.02');
}

function seeds(text: string): number[] {
  return numbers(
    text,
    (value) => Number.isInteger(value) && value >= 0 && value <= 4294967295,
    'whole numbers from 0, such as 0,1,2',
  );
}

function arms(text: string): number {
  const [count = 0, ...more] = numbers(
    text,
    (value) => Number.isInteger(value) && value >= 1,
    'one whole number from 1',
  );
  if (more.length > 0) throw new InvalidArgumentError('It takes one whole number from 1.');
  return count;
}

function numbers(text: string, fits: (value: number) => boolean, wanted: string): number[] {
  const values = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  if (!values.every(fits)) throw new InvalidArgumentError(`It takes ${wanted}.`);
  return values;
}
