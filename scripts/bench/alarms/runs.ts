import type { Flaw } from './pairs';

/** A run of the benchmark: a small training of Goldilocks' policy, whose fate is known. */
export interface BenchRun {
  /** Undefined for a run in which nothing is wrong. */
  readonly flaw: Flaw | undefined;
  readonly beta: number;
  readonly seed: number;
  readonly learningRate: number;
  readonly steps: number;
  readonly probes: number;
  /** Limits are tuned on one half of the runs and tried on the other. */
  readonly half: 'tuning' | 'test';
}

/** Codes that name what is wrong. */
export const RIGHT_KINDS: Readonly<Record<Flaw, readonly string[]>> = {
  'beta too small': ['RUN006', 'RUN013', 'RUN015'],
  'labels swapped': ['RUN014'],
  'learning rate too low': ['RUN002'],
  'learning rate too high': ['RUN003', 'RUN006', 'RUN009', 'RUN013', 'RUN015'],
  'chosen answers repeat': ['RUN015'],
  'chosen answers never end': ['RUN006'],
  'chosen answers bear a mark': ['RUN004'],
  'reference with another template': ['RUN001'],
  'labels at random': ['RUN007', 'RUN014'],
  'answers of other rows': ['RUN013', 'RUN014'],
};

const HALVES = ['tuning', 'test'] as const;

/** Seeds of the two halves differ, and so do betas and rates of some kinds. */
const seedOf = (half: BenchRun['half'], index: number): number => 2 * index + (half === 'test' ? 11 : 0);

function broken(
  flaw: Flaw,
  betas: Readonly<Record<BenchRun['half'], readonly number[]>>,
  rates: Readonly<Record<BenchRun['half'], readonly number[]>>,
  steps = 120,
): BenchRun[] {
  return HALVES.flatMap((half) =>
    [0, 1, 2].map((index) => ({
      flaw,
      half,
      beta: betas[half][index % betas[half].length] ?? 0.2,
      learningRate: rates[half][index % rates[half].length] ?? 1e-3,
      seed: seedOf(half, index),
      steps,
      probes: index === 0 ? 90 : 45,
    })),
  );
}

const USUAL = { tuning: [1e-3], test: [1e-3] };
const PLATEAU = { tuning: [1, 0.5, 0.2], test: [2, 0.7, 0.3] };

const BROKEN: readonly BenchRun[] = [
  ...broken(
    'beta too small',
    { tuning: [0.004, 0.002, 0.001], test: [0.003, 0.0015, 0.0008] },
    { tuning: [2e-3], test: [2e-3] },
    150,
  ),
  ...broken('labels swapped', PLATEAU, USUAL),
  ...broken('learning rate too low', PLATEAU, { tuning: [1e-7, 1e-6], test: [2e-7, 5e-7] }),
  ...broken('learning rate too high', PLATEAU, { tuning: [0.03, 0.1], test: [0.05, 0.2] }),
  ...broken('chosen answers repeat', PLATEAU, USUAL),
  ...broken('chosen answers never end', PLATEAU, USUAL),
  ...broken('chosen answers bear a mark', PLATEAU, USUAL),
  ...broken('reference with another template', PLATEAU, USUAL),
  ...broken('labels at random', PLATEAU, USUAL),
  ...broken('answers of other rows', PLATEAU, USUAL),
];

/** Betas of the plateau with each rate and length that does well, with all probes, a third of them, or ten. */
const HEALTHY: readonly BenchRun[] = HALVES.flatMap((half) =>
  [2, 1, 0.5, 0.3, 0.2].flatMap((beta) =>
    [
      { learningRate: 1e-3, steps: 120, probes: 45 },
      { learningRate: 1e-3, steps: 240, probes: 90 },
      { learningRate: 1e-3, steps: 120, probes: 20 },
      { learningRate: 5e-4, steps: 160, probes: 45 },
      { learningRate: 5e-4, steps: 120, probes: 10 },
      { learningRate: 7e-4, steps: 120, probes: 60 },
    ].map((settings, index) => ({
      ...settings,
      flaw: undefined,
      half,
      beta: half === 'test' ? Number((beta * 0.85).toPrecision(2)) : beta,
      seed: seedOf(half, index),
    })),
  ),
);

export const RUNS: readonly BenchRun[] = [...HEALTHY, ...BROKEN];
