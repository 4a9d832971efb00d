import type { Experiment } from '../config/experiment';
import { readsColumns } from '../config/questions';
import type { Facts } from '../facts';
import { duration } from '../words/numbers';
import { shapeOf } from './shape';
import { memoryBudget, type Plan, planOf } from './training-plan';

/** How long a training takes on this machine: a guess from sizes, right to a factor of three or so. */
export interface TimeEstimate {
  /** Of one run, in milliseconds. */
  readonly run: number;
  readonly steps: number;
  /** Steps that take about an hour; undefined where the whole run takes no longer. */
  readonly stepsInAnHour: number | undefined;
}

/** Floating-point operations a second that training reaches, by what is in the name of a GPU. */
const GPU_SPEEDS: readonly (readonly [RegExp, number])[] = [
  [/H100|H200|GH200|B200/, 300e12],
  [/A100|A800/, 120e12],
  [/L40|4090|5090|6000/, 70e12],
  [/L4\b|A10|3090|4080|A40/, 40e12],
  [/T4|V100/, 15e12],
];
const UNKNOWN_GPU = 30e12;
/** Of one thread of a processor: SmolLM2-135M with LoRA reached 107 GFLOP/s on each of two (docs/BENCHMARKS.md). */
const THREAD_SPEED = 50e9;
/** Characters of English text. */
const CHARACTERS_A_TOKEN = 4;
/** A prompt is as long as its response where nothing else is known. */
const PROMPT_SHARE = 1;
/** What a step takes whatever it computes. */
const STEP_OVERHEAD = 20;
const HOUR = 3_600_000;

/** Undefined where the size of the model, the number of steps or the machine is not known. */
export function timeEstimate(experiment: Experiment, facts: Facts): TimeEstimate | undefined {
  const plan = planOf(experiment, facts);
  const name = experiment.get('model.path').value;
  const shape = name === undefined ? undefined : shapeOf(name, facts.policy);
  const speed = speedOf(experiment, facts);
  const steps = stepsOf(experiment, facts);
  if (!shape || speed === undefined || steps === undefined) return undefined;
  const batch = experiment.get('training.batch_size').value;
  const tokens = batch * tokensOfPair(plan, facts);
  const perToken = operations(plan) * shape.parameters;
  const step = (1000 * tokens * perToken) / speed + STEP_OVERHEAD;
  // Each pair is scored once, however often it is trained on.
  const pairs = facts.train?.state === 'read' ? (facts.train.total ?? Infinity) : Infinity;
  const seen = Math.min(1, pairs / (steps * batch));
  const reference = readsColumns(experiment) ? 0 : (1000 * seen * tokens * 2 * shape.parameters) / speed;
  const run = steps * (step + reference);
  const stepsInAnHour = run > HOUR ? Math.max(1, Math.floor(HOUR / (step + reference))) : undefined;
  return { run, steps, stepsInAnHour };
}

/** `Time: about 3 h 20 min a run (a guess from sizes).`, with what takes an hour where it takes longer. */
export function timeInWords({ run, stepsInAnHour }: TimeEstimate): string {
  const less = stepsInAnHour === undefined ? '' : ` training.steps: ${stepsInAnHour} takes about an hour.`;
  return `Time: about ${duration(run)} a run on this machine (a guess from sizes).${less}`;
}

/** A parameter: two for the forward pass, two for gradients of activations, two for those of weights; torch repeats the first. */
function operations({ trainer, method }: Plan): number {
  return 2 + 2 + (method === 'full' ? 2 : 0) + (trainer === 'torch' ? 2 : 0);
}

function speedOf(experiment: Experiment, facts: Facts): number | undefined {
  const { machine } = facts;
  if (memoryBudget(experiment, facts)?.isGpu) {
    const gpu = machine?.gpu?.name ?? '';
    return GPU_SPEEDS.find(([pattern]) => pattern.test(gpu))?.[1] ?? UNKNOWN_GPU;
  }
  return machine?.processors === undefined ? undefined : machine.processors * THREAD_SPEED;
}

function stepsOf(experiment: Experiment, { train }: Facts): number | undefined {
  const steps = experiment.get('training.steps');
  if (steps.given && steps.value !== undefined) return steps.value;
  if (train?.state !== 'read' || train.total === undefined) return undefined;
  const pairs = Math.min(train.total, experiment.get('data.limit').value ?? train.total);
  return Math.ceil(
    (experiment.get('training.epochs').value * pairs) / experiment.get('training.batch_size').value,
  );
}

/** Tokens of both responses, each with its prompt. */
function tokensOfPair({ length }: Plan, { train }: Facts): number {
  if (train?.state !== 'read') return length;
  const responses = (train.meanChosenLength + train.meanRejectedLength) / CHARACTERS_A_TOKEN;
  return Math.min(2 * length, (1 + PROMPT_SHARE) * responses);
}
