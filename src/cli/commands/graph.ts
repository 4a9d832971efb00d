import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { wholeNumber } from '../number-arguments';
import { print, printToStderr } from '../terminal/output';
import { visible } from '../terminal/text-layout';
import { dataFolderOf } from '../train/find-run';
import { runTrainer } from '../train/run-trainer';
import { EXIT } from '../usage-error';

interface GraphOptions {
  readonly output: string;
  readonly kind: 'training' | 'scoring' | 'decoding';
  readonly length: number;
}

export function addGraphCommand(program: Command): void {
  program
    .command('graph')
    .summary('write the ONNX graph that trains, scores or decodes a model')
    .description(
      'Writes a graph of the onnx trainer into a file, to be opened in a viewer such as Netron: the training step of one pair with a LoRA adapter of rank 8, the scoring of two responses, or a step of decoding. Weights stay in the files of the model.',
    )
    .argument('<model>', 'folder or hub id')
    .requiredOption('-o, --output <file>', 'the .onnx file to write')
    .addOption(
      new Option('--kind <kind>', 'which graph')
        .choices(['training', 'scoring', 'decoding'])
        .default('training'),
    )
    .option('--length <tokens>', 'of a sequence', wholeNumber, 64)
    .addHelpText('after', '\nExample:\n  dpo-lab graph ./model -o step.onnx')
    .action(runGraph);
}

async function runGraph(model: string, { output, kind, length }: GraphOptions): Promise<void> {
  const cwd = process.cwd();
  const file = resolve(output);
  const request = { model, kind, length, output: file, baseFolder: cwd, dataFolder: await dataFolderOf(cwd) };
  const { code, stderr } = await runTrainer<{ bytes: number }>(
    ['graph', JSON.stringify(request)],
    ({ bytes }) => print(`${output}: ${Math.ceil(bytes / 1000)} kB, without weights`),
  );
  if (code === EXIT.problems) printToStderr(visible(stderr));
  else if (code !== EXIT.ok) throw new Error(stderr);
  process.exitCode = code;
}
