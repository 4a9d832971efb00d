import type { Experiment } from '../config/experiment';
import type { Facts, Sharing } from '../facts';
import { decimal } from '../words/numbers';
import { adapterParameters, numbersPerLayer } from './layer-sizes';
import { type Shape, shapeOf } from './shape';
import { type Plan, planOf } from './training-plan';

/**
 * How much memory a training run takes at its peak, part by part: an estimate from shapes, not a measurement.
 *
 * Checked with SmolLM2-135M, LoRA of rank 8 on all linear layers, two pairs of 256 tokens, float32. Measured:
 * onnxruntime-node 2.6 GB with a lean session and 6.2 GB with its default one; TRL 1.13 on the processor 2.8 GB with
 * gradient checkpointing (its default) and 4.1 GB without. Estimated: 3.3 GB for onnx, 2.2 GB for torch, so within
 * a factor of two of each.
 */
export interface MemoryEstimate {
  /** Of both peaks: training, and before it the pass over the data that computes the reference. */
  readonly parts: readonly MemoryPart[];
  /** Bytes at the higher peak; undefined where the size of the model is unknown. */
  readonly total: number | undefined;
  /** A model's number of parameters was read off its name. */
  readonly guessed: boolean;
  /** Sentences. */
  readonly assumptions: readonly string[];
}

export interface MemoryPart {
  readonly name: string;
  readonly peak: 'training' | 'reference pass';
  readonly bytes: number;
  /** In words. */
  readonly formula: string;
}

export function memoryEstimate(experiment: Experiment, facts: Facts): MemoryEstimate {
  return estimateFor(planOf(experiment, facts), experiment, facts);
}

/** The estimate for a plan that differs from the config, to see what a change would bring. */
export function estimateFor(plan: Plan, experiment: Experiment, facts: Facts): MemoryEstimate {
  const name = experiment.get('model.path').value;
  const policy = name === undefined ? undefined : shapeOf(name, facts.policy);
  if (!policy) return { parts: [], total: undefined, guessed: false, assumptions: [] };
  const other = plan.referencePass === 'another';
  const reference = other ? shapeOf(experiment.get('reference.policy').value, facts.reference) : policy;
  const parts = [...trainingParts(plan, policy), ...(reference ? referenceParts(plan, reference) : [])];
  const peaks = (['training', 'reference pass'] as const).map((peak) =>
    parts.reduce((sum, part) => sum + (part.peak === peak ? part.bytes : 0), 0),
  );
  const guessed = policy.guessed || (reference?.guessed ?? false);
  return { parts, total: Math.max(...peaks), guessed, assumptions: assumptions(plan, guessed, reference) };
}

/** AdamW keeps, per trained parameter and in float32: the gradient and two moments, 4 bytes each. */
const GRADIENT_BYTES = 4;
const MOMENT_BYTES = 8;
const MASTER_WEIGHT_BYTES = 4;
/** NF4 with its scales quantized, too: 4 bits, 8 for each 64 numbers and 32 for each 16,384. Dettmers et al. 2023. */
const NF4_BYTES = 0.516;
/** Log-probabilities in float32, and the logits they came from in bf16. */
const LOGIT_BYTES = { training: 4 + 2, 'reference pass': 4 };
/** The process, its libraries and spare blocks of its allocator: what measured runs took beyond the rest. */
const PROGRAM_BYTES = { onnx: 0.5e9, torch: 1.2e9 };

function trainingParts(plan: Plan, shape: Shape): MemoryPart[] {
  const peak = 'training';
  const full = plan.method === 'full';
  const trained = full ? shape.parameters : adapterParameters(plan, shape);
  const perTrained =
    GRADIENT_BYTES / shards(plan, 'gradients') +
    (plan.sharing?.offloadsMoments ? 0 : MOMENT_BYTES / shards(plan, 'moments')) +
    (full ? 0 : MASTER_WEIGHT_BYTES);
  const kept =
    plan.trainer === 'torch'
      ? shape.layers * shape.hidden + numbersPerLayer(plan, shape)
      : shape.layers * numbersPerLayer(plan, shape);
  return [
    plan.quantized
      ? quantizedWeights(peak, 'policy weights', plan, shape)
      : weights(
          peak,
          'policy weights',
          shape,
          (full ? MASTER_WEIGHT_BYTES : plan.width) / shards(plan, 'weights'),
        ),
    {
      name: full ? 'gradients and AdamW moments' : 'adapter, its gradients and AdamW moments',
      peak,
      bytes: trained * perTrained,
      formula: `${inWords(trained)} trained parameters x ${decimal(perTrained)} bytes`,
    },
    activations(peak, plan, kept),
    logits(peak, plan, shape),
    program(peak, plan),
  ];
}

const SPLITS: readonly Sharing['split'][] = ['nothing', 'moments', 'gradients', 'weights'];

/** Devices that share a part; a model loaded for the reference pass is whole on each. */
function shards({ sharing }: Plan, part: Sharing['split']): number {
  const isSplit = sharing && SPLITS.indexOf(sharing.split) >= SPLITS.indexOf(part);
  return isSplit ? sharing.processes : 1;
}

/** A forward pass only: the activations of one layer at a time. */
function referenceParts(plan: Plan, shape: Shape): MemoryPart[] {
  if (plan.referencePass === 'none') return [];
  const peak = 'reference pass';
  return [
    plan.quantized && plan.referencePass === 'policy'
      ? quantizedWeights(peak, 'reference weights', plan, shape)
      : weights(peak, 'reference weights', shape, plan.referenceWidth),
    activations(peak, plan, numbersPerLayer(plan, shape)),
    logits(peak, plan, shape),
    program(peak, plan),
  ];
}

function weights(peak: MemoryPart['peak'], name: string, shape: Shape, width: number): MemoryPart {
  const formula = `${inWords(shape.parameters)} parameters x ${decimal(width)} bytes`;
  return { name, peak, bytes: shape.parameters * width, formula };
}

/** Linear layers alone are kept in four bits, with their scales; the embedding is not. */
function quantizedWeights(peak: MemoryPart['peak'], name: string, plan: Plan, shape: Shape): MemoryPart {
  const embedding = Math.min(shape.parameters, shape.vocabulary * shape.hidden);
  const linear = shape.parameters - embedding;
  return {
    name,
    peak,
    bytes: linear * NF4_BYTES + embedding * plan.width,
    formula: `${inWords(linear)} parameters x ${NF4_BYTES} bytes, embedding of ${inWords(embedding)} x ${plan.width}`,
  };
}

function activations(peak: MemoryPart['peak'], plan: Plan, numbers: number): MemoryPart {
  const perToken = numbers * plan.width;
  const formula = `${batchInWords(plan)} x ${inWords(perToken)} bytes`;
  return { name: 'activations', peak, bytes: tokens(plan) * perToken, formula };
}

function logits(peak: MemoryPart['peak'], plan: Plan, { vocabulary }: Shape): MemoryPart {
  const width = LOGIT_BYTES[peak];
  const formula = `${batchInWords(plan)} x ${vocabulary} words x ${width} bytes`;
  return { name: 'logits', peak, bytes: tokens(plan) * vocabulary * width, formula };
}

function program(peak: MemoryPart['peak'], { trainer }: Plan): MemoryPart {
  return {
    name: 'the program itself',
    peak,
    bytes: PROGRAM_BYTES[trainer],
    formula: 'the process, its libraries and memory reserved by the allocator',
  };
}

/** Chosen and rejected of each pair. */
function tokens({ pairs, length }: Plan): number {
  return 2 * pairs * length;
}

function batchInWords({ pairs, length }: Plan): string {
  return `2 responses x ${pairs} ${pairs === 1 ? 'pair' : 'pairs'} x ${length} tokens`;
}

function inWords(number: number): string {
  if (number >= 1e9) return `${(number / 1e9).toPrecision(2)} billion`;
  return number >= 1e6 ? `${Number((number / 1e6).toPrecision(3))} million` : String(Math.round(number));
}

function splitInWords({ sharing }: Plan): string {
  if (!sharing || sharing.split === 'nothing') return 'nothing split among devices';
  const { processes, split, offloadsMoments } = sharing;
  const moments = offloadsMoments ? "; AdamW's moments in the memory of the machine" : '';
  return `${split === 'moments' ? "AdamW's moments" : `${split}${split === 'weights' ? ', gradients' : ''} and AdamW's moments`} split among ${processes} devices${moments}; figures are of one device`;
}

function assumptions(plan: Plan, guessed: boolean, reference: Shape | undefined): string[] {
  const other = plan.referencePass === 'another';
  return [
    'The reference log-probabilities are computed before training, so the two peaks do not add up: the higher one counts.',
    plan.trainer === 'torch'
      ? `torch computes activations again in the backward pass (gradient checkpointing), one process a GPU, ${splitInWords(plan)}.`
      : 'onnx keeps all activations for the backward pass.',
    ...(guessed
      ? [
          'The number of parameters was read off the name of the model, and its shape is the usual one for that number.',
        ]
      : []),
    ...(other && !reference ? ['The size of the reference is not known, so it is not counted.'] : []),
  ];
}
