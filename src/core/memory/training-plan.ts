import type { Experiment } from '../config/experiment';
import { hasNoReference, hasOwnReference, namesThePolicy, readsColumns } from '../config/questions';
import type { Facts, Sharing } from '../facts';

/** What of a config decides its memory. */
export interface Plan {
  readonly trainer: 'onnx' | 'torch';
  readonly method: 'lora' | 'full';
  /** Rank of the adapter. */
  readonly rank: number;
  readonly targets: readonly string[];
  /** The frozen weights below the adapter are kept in four bits (QLoRA). */
  readonly quantized: boolean;
  /** Bytes of a number in the forward and backward pass. */
  readonly width: 2 | 4;
  /** Pairs in memory together. */
  readonly pairs: number;
  /** Tokens of the longest sequence. */
  readonly length: number;
  /** Whose weights the pass that computes the reference log-probabilities loads. */
  readonly referencePass: 'none' | 'policy' | 'another';
  /** Bytes of a number of the reference's weights. */
  readonly referenceWidth: 2 | 4;
  /** How an accelerate config spreads the training over devices. */
  readonly sharing: Sharing | undefined;
}

export function planOf(experiment: Experiment, facts: Facts): Plan {
  const width = computeWidth(experiment, facts);
  const pass = referencePass(experiment);
  const trainer = experiment.get('backend.kind').value;
  const method = experiment.get('training.method').value;
  const limit = experiment.get('data.max_length').value;
  const longest =
    facts.train?.state === 'read' && facts.train.tokens ? facts.train.tokens.longestPair : limit;
  return {
    trainer,
    method,
    rank: experiment.get('training.lora.rank').value,
    targets: experiment.get('training.lora.targets').value,
    quantized:
      trainer === 'torch' && method === 'lora' && experiment.get('training.lora.quantize').value === 'nf4',
    width,
    pairs: experiment.get('training.micro_batch_size').value,
    length: Math.min(limit, longest),
    referencePass: pass,
    referenceWidth: referenceWidth(experiment.get('reference.dtype').value, pass, width),
    sharing:
      trainer === 'torch' && experiment.get('backend.torch.accelerate_config').given
        ? facts.sharing
        : undefined,
  };
}

/** `auto` is bf16 on a GPU; the processor, and onnxruntime on it, computes in fp32. */
function computeWidth(experiment: Experiment, facts: Facts): 2 | 4 {
  const precision = experiment.get('training.precision').value;
  if (precision === 'auto') return memoryBudget(experiment, facts)?.isGpu ? 2 : 4;
  return precision === 'fp32' ? 4 : 2;
}

/** `auto` is as the files say, which nowadays is 16 bits; the policy is loaded as for training. */
function referenceWidth(dtype: string, pass: Plan['referencePass'], width: 2 | 4): 2 | 4 {
  if (dtype === 'auto') return pass === 'policy' ? width : 2;
  return dtype === 'fp32' ? 4 : 2;
}

function referencePass(experiment: Experiment): Plan['referencePass'] {
  if (hasNoReference(experiment) || readsColumns(experiment)) return 'none';
  return hasOwnReference(experiment) || namesThePolicy(experiment) ? 'policy' : 'another';
}

export interface Budget {
  readonly bytes: number;
  readonly name: string;
  readonly isGpu: boolean;
}

/** The memory that training has to fit into: the GPU's where one is used and known, else the machine's. */
export function memoryBudget(experiment: Experiment, { machine }: Facts): Budget | undefined {
  if (!machine) return undefined;
  const device = experiment.get('backend.device').value;
  const usesGpu =
    device === 'cuda' || (device === 'auto' && experiment.get('backend.kind').value === 'torch');
  if (machine.gpu && usesGpu) {
    return { bytes: machine.gpu.memory, name: `the GPU (${machine.gpu.name})`, isGpu: true };
  }
  return { bytes: machine.memory, name: 'this machine', isGpu: false };
}
