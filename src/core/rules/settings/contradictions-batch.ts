import type { Experiment } from '../../config/experiment';
import type { Finding } from '../../rule';
import { count } from '../../words/counts';

/**
 * The pairs of a step are split among processes, and each process's share into micro-batches: all parts must come
 * out whole. An accelerate config brings its own number of processes, so then only micro-batches are checked.
 */
export function* batchSettings(experiment: Experiment): Iterable<Finding> {
  const batch = experiment.get('training.batch_size');
  const micro = experiment.get('training.micro_batch_size');
  if (!batch.expressible || batch.malformed || micro.malformed || !(batch.given || micro.given)) return;
  const processes = processCount(experiment);
  if (batch.value % (micro.value * processes) === 0) return;
  const smaller = largestDivisor(batch.value / processes, micro.value);
  if (smaller !== undefined) {
    const share = processes === 1 ? '' : ` on each of ${processes} processes`;
    yield {
      at: 'training.micro_batch_size',
      severity: 'error',
      message: `${micro.key} ${micro.value} does not divide the ${count(batch.value / processes, 'pair')} of a step${share} (${batch.key} ${batch.value}).`,
      fixes: [{ title: `Change to ${smaller}`, edits: experiment.set('training.micro_batch_size', smaller) }],
    };
  } else {
    const whole = Math.ceil(batch.value / (micro.value * processes)) * micro.value * processes;
    yield {
      at: 'training.batch_size',
      severity: 'error',
      message: `${batch.key} ${batch.value} cannot be shared evenly among ${processes} processes.`,
      fixes: [{ title: `Change to ${whole}`, edits: experiment.set('training.batch_size', whole) }],
    };
  }
}

function processCount(experiment: Experiment): number {
  const isTorch = experiment.get('backend.kind').value === 'torch';
  const elsewhere = experiment.get('backend.torch.accelerate_config').given;
  return isTorch && !elsewhere ? experiment.get('backend.torch.processes').value : 1;
}

/** Undefined where the number is not whole. */
function largestDivisor(of: number, atMost: number): number | undefined {
  if (!Number.isInteger(of)) return undefined;
  for (let divisor = Math.min(of, atMost); divisor > 1; divisor--) {
    if (of % divisor === 0) return divisor;
  }
  return 1;
}
