import type { OptionPath } from './config/config';
import { yamlValue } from './config/edit';
import { describeDefault, optionAt } from './config/table';
import { OWN_REFERENCE_GRID, STRONGER_REFERENCE_GRID } from './paper/paper';

export interface NewExperimentAnswers {
  /** Hub id or folder. */
  readonly model: string;
  /** File, glob or hub dataset. */
  readonly train: string;
  /** Split of a hub dataset. */
  readonly split?: string;
  /** `same`, `none` or a model. */
  readonly reference: string;
  readonly betas: 'sweep' | number;
  readonly method: 'lora' | 'full';
  readonly backend: 'onnx' | 'torch';
}

/** A commented config for a first experiment: what was asked, and the settings one is likely to change. */
export function newExperiment(answers: NewExperimentAnswers): string {
  const { model, train, split, reference, betas, method, backend } = answers;
  const foreign = reference !== 'same' && reference !== 'none';
  const grid = foreign ? STRONGER_REFERENCE_GRID : OWN_REFERENCE_GRID;
  const beta = betas === 'sweep' ? (foreign ? 1 : 0.01) : betas;
  const trainLines = split
    ? ['train:', `  path: ${yamlValue(train)}`, `  split: ${yamlValue(split)}`]
    : [`train: ${yamlValue(train)}`];
  const blocks = [
    [
      comment(
        'A DPO experiment. DPO Lab checks this file as you write; hover over a key to see what it does.',
      ),
    ],
    [...explained('model.path'), `model: ${yamlValue(model)}`],
    ['reference:', ...indented([...explained('reference.policy'), `policy: ${yamlValue(reference)}`])],
    [
      'objective:',
      ...indented([
        'loss: sigmoid',
        ...(betas === 'sweep'
          ? [comment('Used when the sweep below is removed.')]
          : explained('objective.beta')),
        `beta: ${yamlValue(beta)}`,
      ]),
    ],
    [
      'data:',
      ...indented([
        ...explained('data.train.path'),
        ...trainLines,
        ...explained('data.eval_fraction'),
        'eval_fraction: 0.05',
        ...explained('data.max_length'),
        `max_length: ${describeDefault('data.max_length')}`,
      ]),
    ],
    [
      'training:',
      ...indented([
        ...explained('training.method'),
        `method: ${method}`,
        `epochs: ${describeDefault('training.epochs')}`,
        ...explained('training.batch_size'),
        `batch_size: ${describeDefault('training.batch_size')}`,
        ...explained('training.learning_rate'),
        `learning_rate: ${yamlValue(method === 'lora' ? 5e-6 : 5e-7)}`,
      ]),
    ],
    [
      'evaluation:',
      ...indented([
        ...explained('evaluation.probes'),
        'probes:',
        '  - Explain in two sentences why the sky is blue.',
        '  - Give me three ideas for a rainy afternoon.',
        '  - Write a short thank-you note to a neighbour.',
      ]),
    ],
    ...(betas === 'sweep'
      ? [['sweep:', ...indented([...explained('sweep.beta'), `beta: ${yamlValue(grid)}`])]]
      : []),
    ['backend:', ...indented([`kind: ${backend}  ${comment(backendWhy(backend))}`])],
  ];
  return `${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

const LINE_WIDTH = 100;

/** The option's reason, as comment lines. */
function explained(path: OptionPath): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of optionAt(path).why.replaceAll('`', '').split(' ')) {
    if (line && line.length + word.length + 1 > LINE_WIDTH) {
      lines.push(comment(line));
      line = word;
    } else {
      line = line ? `${line} ${word}` : word;
    }
  }
  return [...lines, comment(line)];
}

function backendWhy(backend: 'onnx' | 'torch'): string {
  return backend === 'onnx'
    ? 'The embedded trainer: needs no Python.'
    : 'TRL on PyTorch: one GPU to many nodes.';
}

function comment(text: string): string {
  return `# ${text}`;
}

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`);
}
