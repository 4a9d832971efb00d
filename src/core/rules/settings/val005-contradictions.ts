import type { Experiment } from '../../config/experiment';
import type { Finding, Rule } from '../../rule';
import { batchSettings } from './contradictions-batch';
import { judgeSettings, sweepSettings } from './contradictions-evaluation';

export const VAL005: Rule = {
  code: 'VAL005',
  title: 'Settings contradict each other',
  severity: 'warning',
  when: 'Two settings cannot both be meant, such as epochs with steps, or a batch that its micro-batches do not divide. An error where the run could not start.',
  why: 'One of them would silently win, or the run would stop after loading the model.',
  todo: 'Keep the one that is meant.',
  evidence: ['docs/CONFIG.md says of each setting what it stands for and which other one it excludes.'],
  *check(experiment) {
    yield* durations(experiment);
    yield* heldOutPairs(experiment);
    yield* promptLength(experiment);
    yield* backendSettings(experiment);
    yield* batchSettings(experiment);
    yield* judgeSettings(experiment);
    yield* sweepSettings(experiment);
  },
};

function* durations(experiment: Experiment): Iterable<Finding> {
  const epochs = experiment.get('training.epochs');
  const steps = experiment.get('training.steps');
  if (epochs.given && steps.given) {
    yield {
      at: 'training.epochs',
      message: `${epochs.key} and ${steps.key} both say how long to train; ${steps.key} decides. Keep one.`,
      fixes: [
        { title: `Remove ${epochs.key}`, edits: experiment.remove('training.epochs') },
        { title: `Remove ${steps.key}`, edits: experiment.remove('training.steps') },
      ],
    };
  }
  const warmup = experiment.get('training.warmup');
  if (warmup.value >= 1 && steps.value !== undefined && warmup.value >= steps.value) {
    yield {
      at: 'training.warmup',
      message: `${warmup.key} takes ${warmup.value} steps and ${steps.key} is ${steps.value}, so the learning rate never reaches its peak. Below 1 it is a share of all steps.`,
      fixes: [{ title: 'Change to 0.1', edits: experiment.set('training.warmup', 0.1) }],
    };
  }
}

function* heldOutPairs(experiment: Experiment): Iterable<Finding> {
  const fraction = experiment.get('data.eval_fraction');
  const held = experiment.get('data.eval.path');
  if (!held.given || fraction.value <= 0) return;
  yield {
    at: 'data.eval_fraction',
    message: `${held.key} names the held-out pairs, so ${fraction.key} has no effect: nothing is split off.`,
    fixes: [{ title: `Remove ${fraction.key}`, edits: experiment.remove('data.eval_fraction') }],
  };
}

function* promptLength(experiment: Experiment): Iterable<Finding> {
  const prompt = experiment.get('data.max_prompt_length');
  const whole = experiment.get('data.max_length');
  if (prompt.value === undefined || whole.malformed || prompt.value < whole.value) return;
  const half = Math.floor(whole.value / 2);
  yield {
    at: 'data.max_prompt_length',
    message: `${prompt.key} ${prompt.value} leaves no room for the response within ${whole.key} ${whole.value}.`,
    fixes: [{ title: `Change to ${half}`, edits: experiment.set('data.max_prompt_length', half) }],
  };
}

const ONNX_DEVICES = ['webgpu', 'coreml', 'dml'];
const TORCH_SETTINGS = [
  'backend.torch.python',
  'backend.torch.accelerate_config',
  'backend.torch.processes',
  'backend.torch.report_to',
] as const;

function* backendSettings(experiment: Experiment): Iterable<Finding> {
  const kind = experiment.get('backend.kind');
  const device = experiment.get('backend.device');
  if (kind.malformed) return;
  if (kind.value === 'torch' && ONNX_DEVICES.includes(device.value)) {
    yield {
      at: 'backend.device',
      severity: 'error',
      message: `The torch backend cannot train on ${device.value}; the onnx backend can.`,
      fixes: [
        { title: 'Change to auto', edits: experiment.set('backend.device', 'auto') },
        { title: 'Train with the onnx backend', edits: experiment.set('backend.kind', 'onnx') },
      ],
    };
  }
  const given = TORCH_SETTINGS.find((path) => experiment.get(path).given);
  if (!kind.expressible || kind.given || !given) return;
  yield {
    at: given,
    message: `${experiment.get(given).key} has no effect: without ${kind.key} the onnx backend trains.`,
    fixes: [{ title: 'Train with the torch backend', edits: experiment.set('backend.kind', 'torch') }],
  };
}
