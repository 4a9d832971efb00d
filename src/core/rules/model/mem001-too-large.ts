import type { Experiment } from '../../config/experiment';
import type { Facts } from '../../facts';
import { estimateFor, type MemoryEstimate, type MemoryPart, memoryEstimate } from '../../memory/memory';
import { type Budget, memoryBudget, type Plan, planOf } from '../../memory/training-plan';
import type { FixProposal, Rule } from '../../rule';
import { listed } from '../../words/counts';
import { gigabytes } from '../../words/markdown';

export const MEM001: Rule = {
  code: 'MEM001',
  title: 'Training may not fit into memory',
  severity: 'warning',
  when: 'The estimated peak exceeds the memory of the GPU where one is used, else of this machine. With an accelerate config that splits the model it is the memory of one device; silent where that config does not say how.',
  why: 'DPO holds more than fine-tuning: chosen and rejected at once, and for each token one number per word of the vocabulary. The estimate lists the parts; measured runs stayed within a factor of two of it.',
  todo: 'Lower `training.micro_batch_size` (the result stays the same), train an adapter (`training.method: lora`), or lower `data.max_length`.',
  evidence: [
    'trl #3168, #1667 and #1024, LLaMA-Factory #7833: out of memory with small models on large GPUs, from two copies of the model and the logits of chosen and rejected.',
    'Measured, 135 million parameters, LoRA, two pairs of 256 tokens: 2.6 GB and 6.2 GB with onnxruntime-node (lean and default session), 2.8 GB with TRL 1.13 and gradient checkpointing, 4.1 GB without.',
  ],
  *check(experiment, facts) {
    const budget = memoryBudget(experiment, facts);
    const isShared = experiment.get('backend.torch.accelerate_config').given;
    if (!budget || (isShared && !facts.sharing)) return;
    const { parts, total, guessed } = memoryEstimate(experiment, facts);
    if (total === undefined || total <= budget.bytes) return;
    const from = guessed ? ' (size guessed from the name)' : '';
    const peak = higherPeak(parts);
    const when = peak[0]?.peak === 'training' ? 'Training' : 'Computing the reference';
    const inParts = peak.map(({ name, bytes }) => `${name} ${gigabytes(bytes)}`);
    yield {
      at: 'model.path',
      message: `${when} needs about ${gigabytes(total)}${from}; ${budget.name} has ${gigabytes(budget.bytes)}. Parts: ${listed(inParts)}.${otherBackend(experiment, facts)}`,
      fixes: fixesThatFit(experiment, facts, budget),
    };
  },
};

/** What PyTorch would need instead, where the embedded trainer does not fit. */
function otherBackend(experiment: Experiment, facts: Facts): string {
  const { total } = withTorch(experiment, facts) ?? {};
  if (total === undefined) return '';
  const where = facts.machine?.gpu ? `on ${facts.machine.gpu.name}` : 'on this processor';
  return ` The torch backend (backend.kind: torch) would need about ${gigabytes(total)} ${where}: it computes activations again in place of keeping them.`;
}

/** The estimate for PyTorch on the best device here; undefined where the config trains with it already. */
function withTorch(experiment: Experiment, facts: Facts): MemoryEstimate | undefined {
  const plan = planOf(experiment, facts);
  if (plan.trainer === 'torch') return undefined;
  const isFree = experiment.get('training.precision').value === 'auto';
  const width = facts.machine?.gpu && isFree ? 2 : plan.width;
  const referenceWidth = plan.referencePass === 'policy' ? width : plan.referenceWidth;
  return estimateFor({ ...plan, trainer: 'torch', width, referenceWidth }, experiment, facts);
}

function higherPeak(parts: readonly MemoryPart[]): MemoryPart[] {
  const of = (peak: MemoryPart['peak']): MemoryPart[] => parts.filter((part) => part.peak === peak);
  const sum = (some: readonly MemoryPart[]): number => some.reduce((total, { bytes }) => total + bytes, 0);
  const [training, reference] = [of('training'), of('reference pass')];
  return sum(reference) > sum(training) ? reference : training;
}

function fixesThatFit(experiment: Experiment, facts: Facts, { bytes, isGpu }: Budget): FixProposal[] {
  const plan = planOf(experiment, facts);
  const fits = (change: Partial<Plan>): boolean => {
    const { total } = estimateFor({ ...plan, ...change }, experiment, facts);
    return total !== undefined && total <= bytes;
  };
  const torch = withTorch(experiment, facts)?.total;
  const room = facts.machine?.gpu?.memory ?? bytes;
  return [
    ...(torch !== undefined && torch <= room
      ? [{ title: 'Train with PyTorch', edits: experiment.set('backend.kind', 'torch') }]
      : []),
    ...(plan.pairs > 1 && fits({ pairs: 1 })
      ? [{ title: 'One pair at a time', edits: experiment.set('training.micro_batch_size', 1) }]
      : []),
    ...(plan.method === 'full' && fits({ method: 'lora' })
      ? [{ title: 'Train a LoRA adapter', edits: experiment.set('training.method', 'lora') }]
      : []),
    ...(isGpu && plan.trainer === 'torch' && plan.method === 'lora' && fits({ quantized: true })
      ? [
          {
            title: 'Keep the frozen weights in four bits (QLoRA)',
            edits: experiment.set('training.lora.quantize', 'nf4'),
          },
        ]
      : []),
  ];
}
