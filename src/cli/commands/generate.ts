import type { Command } from 'commander';
import type { GeneratedText } from '../../core/runs/format';
import { numberFromZero, wholeNumber } from '../number-arguments';
import { type Layout, layout, print, printToStderr } from '../terminal/output';
import { visible, wrap } from '../terminal/text-layout';
import { dataFolderOf, findRun } from '../train/find-run';
import { runTrainer } from '../train/run-trainer';
import { EXIT, UsageError } from '../usage-error';

interface GenerateOptions {
  readonly prompt: readonly string[];
  readonly maxNewTokens: number;
  readonly temperature: number;
  readonly seed: number;
  readonly json: boolean;
}

/** A line of the trainer's output. */
interface Answer {
  readonly prompt: string;
  readonly policy: GeneratedText;
  readonly reference?: GeneratedText;
  readonly step?: number;
}

const HELP_AFTER = `
A run answers with its newest checkpoint, beside its reference; a model answers
alone. A RUN is an id, the end of one, or last.

Examples:
  dpo-lab generate last --prompt 'Why is the sky blue?'
  dpo-lab generate HuggingFaceTB/SmolLM2-135M-Instruct --prompt 'Hello' --max-new-tokens 40`;

export function addGenerateCommand(program: Command): void {
  program
    .command('generate')
    .summary('let a run answer prompts, its policy beside its reference')
    .description('Generates texts: by the policy of a run beside its reference, or by a model.')
    .argument('<run|model>', 'a run, or the folder or hub id of a model')
    .option('-p, --prompt <text>', 'a prompt; can be given several times', append, [])
    .option('--max-new-tokens <count>', 'longest answer', wholeNumber, 256)
    .option('--temperature <number>', '0 always takes the likeliest token', numberFromZero, 0)
    .option('--seed <number>', 'of the sampling', wholeNumber, 0)
    .option('--json', 'print a line of JSON for each prompt', false)
    .addHelpText('after', HELP_AFTER)
    .action(runGenerate);
}

async function runGenerate(name: string, options: GenerateOptions): Promise<void> {
  if (options.prompt.length === 0) throw new UsageError("There is no prompt. Add one: --prompt 'Hello'");
  const { prompt: prompts, maxNewTokens, temperature, seed } = options;
  const request = { from: await speakerOf(name), prompts, maxNewTokens, temperature, seed };
  const page = layout();
  const { code, stderr, interrupted } = await runTrainer<Answer>(
    ['generate', JSON.stringify(request)],
    (answer) => print(options.json ? JSON.stringify(answer) : answerText(answer, page)),
  );
  if (interrupted) process.exitCode = EXIT.problems;
  else if (code === EXIT.problems) printToStderr(visible(stderr));
  else if (code !== EXIT.ok) throw new Error(stderr);
  process.exitCode ??= code;
}

/** A name is taken for a model's unless a run has it. */
async function speakerOf(name: string) {
  const cwd = process.cwd();
  const run = await findRun(name, cwd);
  return run ? { run: run.folder } : { model: name, baseFolder: cwd, dataFolder: await dataFolderOf(cwd) };
}

function answerText({ prompt, policy, reference, step }: Answer, page: Layout): string {
  return [
    page.paint('bold', `> ${visible(prompt)}`),
    ...spoken(step === undefined ? 'answer' : `policy, step ${step}`, policy, page),
    ...(reference ? spoken('reference', reference, page) : []),
    '',
  ].join('\n');
}

function spoken(who: string, { text, tokens, ended }: GeneratedText, { width, paint }: Layout): string[] {
  const end = ended ? 'ended by itself' : 'cut off: it did not end';
  const paragraphs = text.split('\n').flatMap((line) => wrap(visible(line), width, '    '));
  return [paint('dim', `  ${who} (${tokens} tokens, ${end})`), ...paragraphs];
}

function append(text: string, before: readonly string[]): string[] {
  return [...before, text];
}
