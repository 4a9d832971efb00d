import type { ToPanel } from '../../src/core/panels/protocol';
import type { ArmDetails } from '../../src/core/panels/sweep-arm';
import { type SweepPage, sweepPageOf } from '../../src/core/panels/sweep-page';
import type { Alarm } from '../../src/core/runs/alarm';
import type { MetricsLine } from '../../src/core/runs/format';
import type { ShownState } from '../../src/core/runs/liveness';

export interface ArmSpec {
  readonly beta: number;
  readonly seed?: number;
  readonly learningRate?: number;
  readonly state?: ShownState;
  /** Absent: no judge. */
  readonly winRate?: number;
  readonly changes?: MetricsLine['values'];
  /** False: it has not been evaluated yet. */
  readonly isMeasured?: boolean;
  readonly alarms?: readonly Alarm[];
  readonly error?: string;
  readonly isOther?: boolean;
}

const FOLDER = '/home/ada/goldilocks/.dpo/runs';

/** An arm as a sweep panel knows it. */
export function knownArm(spec: ArmSpec): ArmDetails {
  const { learningRate } = spec;
  const { beta, seed = 0, state = 'completed', winRate, changes, alarms = [], error, isOther = false } = spec;
  const id = `20261124-225829-beta${beta}-${seed}abc${learningRate === undefined ? '' : learningRate * 1e6}`;
  const isStarted = state !== 'queued';
  const step = state === 'completed' ? 500 : 120;
  return {
    id,
    folder: `${FOLDER}/${id}`,
    state,
    run: {
      format: 2,
      id,
      created: 0,
      sweep: '20261124-225829-sweep-x71b',
      producer: { kind: 'onnx', trainer: 'dpo-lab' },
      config: {
        model: { path: './policy' },
        reference: { policy: 'same', score: 'conditional' },
        objective: { loss: 'sigmoid', beta, length_normalized: false },
        training: { seed, ...(learningRate !== undefined && { learning_rate: learningRate }) },
      },
      configFile: '/home/ada/goldilocks/goldilocks.dpo.yaml',
      configText: '',
      configHash: '',
      baseFolder: '/home/ada/goldilocks',
      dataFolder: '/home/ada/goldilocks/.dpo',
      versions: {},
    },
    ...(isStarted && {
      status: {
        format: 2,
        state: state === 'interrupted' || state === 'unreadable' ? 'running' : state,
        step,
        totalSteps: 500,
        host: 'box',
        heartbeat: 0,
        started: 1000,
        ...(state === 'completed' && { ended: 21_000 }),
        ...(state === 'running' && { remaining: 15_000 }),
        ...(error !== undefined && { error }),
      },
    }),
    train: isStarted ? { loss: 0.4, log_ratio_margin: 0.3 / beta, accuracy: 0.8 } : {},
    eval:
      isStarted && spec.isMeasured !== false
        ? { ...measured(beta), ...(winRate !== undefined && { win_rate: winRate }), ...changes }
        : {},
    alarms,
    margins: isStarted ? [0, 0.1 / beta, 0.2 / beta, 0.25 / beta, 0.3 / beta] : [],
    isOther,
    ...(isStarted && winRate !== undefined && { outcomes: outcomes(winRate) }),
  };
}

/** Ninety prompts with ten answers each, of which this share won, as evenly as can be. */
function outcomes(winRate: number): Record<string, number[]> {
  const won = (prompt: number): number => Math.round(10 * winRate * prompt);
  return Object.fromEntries(
    Array.from({ length: 90 }, (_, prompt) => [
      `prompt ${prompt}`,
      Array.from({ length: 10 }, (_, answer) => (answer < won(prompt + 1) - won(prompt) ? 1 : 0)),
    ]),
  );
}

function measured(beta: number): MetricsLine['values'] {
  return {
    accuracy: 0.7,
    ended: 1,
    reference_ended: 1,
    generated_length: 20 + 2 / beta ** 0.3,
    reference_generated_length: 20,
    eos_drift: -0.05 / beta,
    kl: 0.02 / beta,
    log_ratio_margin: 0.3 / beta,
  };
}

export const RUN_ON = { ended: 0.4, generated_length: 60 };

/** Betas with win rates, over seeds: a best one inside, and the smallest past the cliff. */
export function decidedSweep(): ArmDetails[] {
  const rates: readonly (readonly [number, number])[] = [
    [0.1, 0.53],
    [0.05, 0.62],
    [0.02, 0.71],
    [0.01, 0.55],
    [0.005, 0.4],
  ];
  return rates.flatMap(([beta, rate]) =>
    [0, 1, 2].map((seed) =>
      knownArm({ beta, seed, winRate: rate + 0.01 * (seed - 1), changes: beta === 0.005 ? RUN_ON : {} }),
    ),
  );
}

export function sweepMessage(arms: readonly ArmDetails[], change: Partial<SweepPage> = {}): ToPanel {
  return {
    kind: 'page',
    page: { ...sweepPageOf({ id: '20261124-225829-sweep-x71b', arms, deleted: 0 }), ...change },
  };
}
