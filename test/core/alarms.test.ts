import { describe, expect, it } from 'vitest';
import { AlarmWatch, type Reported } from '../../src/core/alarms/alarm-watch';
import { check } from '../../src/core/check/check';
import type { Config } from '../../src/core/config/config';
import { resolveConfig } from '../../src/core/config/resolved';
import type { AlarmChange } from '../../src/core/runs/alarm';
import { afterChange, figuresNow, standing } from '../../src/core/runs/alarm';
import type { MetricsLine } from '../../src/core/runs/format';

const BASE = resolveConfig(check('model: ./m\ndata:\n  train: a.jsonl\n', 'a.dpo.yaml').experiment);
type Values = MetricsLine['values'];

const inShort = ({ kind, code, severity, step }: AlarmChange) =>
  `${code} ${severity} ${kind === 'cleared' ? 'cleared ' : ''}@${step}`;
const messagesOf = (changes: readonly AlarmChange[]) =>
  changes.map((change) => (change.kind === 'alarm' ? change.message : 'cleared'));

/** A run in which nothing is wrong. */
function healthy(step: number): Values {
  return {
    loss: Math.max(0.3, Math.LN2 - (step - 1) / 200),
    reward_chosen: -step / 10_000,
    reward_rejected: -step / 1000,
    reward_margin: step / 1000,
    accuracy: Math.min(0.8, 0.6 + step / 500),
    log_ratio_chosen: -step / 1000,
    log_ratio_rejected: -step / 100,
    log_ratio_margin: step / 20,
    logp_chosen: -100 - (step % 7) * 10,
    logp_rejected: -120,
    gradient_norm: 1 + (step % 3) / 10,
    learning_rate: 5e-6,
  };
}

/** The alarms of 100 steps, as `code severity @step`. */
function alarmsOf(change: (step: number) => Values, config: Partial<Config> = {}): string[] {
  const watch = new AlarmWatch({ config: { ...BASE, ...config }, totalSteps: () => 100 });
  return Array.from({ length: 100 }, (_, index) => index + 1).flatMap((step) =>
    watch
      .see({ step, time: step, split: 'train', values: { ...healthy(step), ...change(step) } })
      .map(inShort),
  );
}

const evaluations = (lines: readonly Values[], reported: Reported[] = []) => {
  const watch = new AlarmWatch({ config: BASE, totalSteps: () => 100, evalPairs: () => 200 }, reported);
  return lines.flatMap((values, index) => {
    const train = { step: index * 10 + 1, time: 0, split: 'train', values: healthy(index * 10 + 1) } as const;
    return [...watch.see({ step: index * 10, time: 0, split: 'eval', values }), ...watch.see(train)].map(
      inShort,
    );
  });
};

describe('alarms over training steps', () => {
  it('are silent while nothing is wrong', () => {
    expect(alarmsOf(() => ({}))).toEqual([]);
  });

  it('RUN001: the reference is not the starting policy', () => {
    const shifted = (step: number): Values => (step === 1 ? { loss: 0.9, log_ratio_chosen: -12 } : {});
    expect(alarmsOf(shifted)).toEqual(['RUN001 error @1']);
    // Another reference, or a resumed run, starts anywhere.
    expect(alarmsOf(shifted, { 'reference.policy': './other' })).toEqual(['RUN001b info @1']);
    expect(alarmsOf(shifted, { 'reference.score': 'prior' })).toEqual([]);
    // A number format shifts it a little.
    const slightly = (step: number): Values => (step === 1 ? { loss: 0.72, log_ratio_chosen: -0.5 } : {});
    const torch = { 'backend.kind': 'torch' } as const;
    expect(alarmsOf(slightly, torch)).toEqual([]);
    expect(alarmsOf(slightly, { ...torch, 'training.precision': 'fp32' })).toEqual(['RUN001 error @1']);
    // What is really computed in counts: the embedded trainer has float32 only, PyTorch says it in its plan.
    expect(alarmsOf(slightly)).toEqual(['RUN001 error @1']);
    const started = (device: string, loss: number) =>
      messagesOf(
        new AlarmWatch({ config: { ...BASE, ...torch }, totalSteps: () => 100, device: () => device }).see({
          step: 1,
          time: 0,
          split: 'train',
          values: { ...healthy(1), loss, log_ratio_chosen: -0.5 },
        }),
      );
    expect(started('cuda, bf16', 0.72)).toHaveLength(0);
    expect(started('cpu, fp32', 0.914)[0]).toMatch(
      /^The first loss is 0\.914; it would be 0\.693 if the policy equalled its reference\. .* by -0\.5 nats on average; in float32 it should be 0\./,
    );
  });

  it('RUN001b: another reference starts the margin elsewhere', () => {
    const other = { 'reference.policy': './other' };
    const start =
      (reward_margin: number) =>
      (step: number): Values =>
        step === 1 ? { reward_margin, log_ratio_margin: 10 * reward_margin } : {};
    expect(alarmsOf(start(0.4), other)).toEqual(['RUN001b info @1']);
    expect(alarmsOf(start(-7), other)).toEqual(['RUN001b warning @1']);
    expect(alarmsOf(start(7))).not.toContain('RUN001b warning @1');
    expect(alarmsOf(start(7), { 'reference.policy': 'none' })).toEqual([]);
    const watch = new AlarmWatch({ config: { ...BASE, ...other }, totalSteps: () => 100 });
    const values = { reward_margin: 10, log_ratio_margin: 100 };
    // Held-out pairs tell it before the first step, and once is enough.
    expect(messagesOf(watch.see({ step: 0, time: 0, split: 'eval', values }))[0]).toMatch(
      /mean margin is 100 nats \(10 as a reward\).*such as 0\.05\.$/,
    );
    expect(
      watch.see({ step: 1, time: 0, split: 'train', values: { ...healthy(1), reward_margin: 1 } }),
    ).toEqual([]);
  });

  it('RUN002: nothing is learned, with the cause that fits', () => {
    const still = { loss: Math.LN2, reward_margin: 0, log_ratio_margin: 0, accuracy: 0.7 };
    expect(alarmsOf(() => still)).toEqual(['RUN002 error @20']);
    const watch = new AlarmWatch({ config: BASE, totalSteps: () => 100 });
    const messages = Array.from({ length: 20 }, (_, index) =>
      watch.see({
        step: index + 1,
        time: 0,
        split: 'train',
        values: { ...healthy(1), ...still, gradient_norm: 0 },
      }),
    );
    expect(messagesOf(messages.flat()).at(-1)).toMatch(/The gradient is 0/);
  });

  it('RUN003: numbers are no numbers, or hidden as 0', () => {
    expect(alarmsOf((step) => (step === 40 ? { loss: 'NaN' } : {}))).toEqual(['RUN003 error @40']);
    expect(alarmsOf((step) => (step === 40 ? { gradient_norm: 'Infinity' } : {}))).toEqual([
      'RUN003 error @40',
    ]);
    expect(alarmsOf((step) => (step > 40 ? { loss: 0, accuracy: 0 } : {}))).toEqual(['RUN003 error @41']);
  });

  it('RUN004: told apart too early', () => {
    expect(alarmsOf((step) => (step > 1 ? { loss: 0.001, accuracy: 1 } : {}))).toEqual([
      'RUN004 warning @12',
    ]);
  });

  it('RUN005: chosen responses become unlikely, told first when it is still normal', () => {
    expect(alarmsOf((step) => ({ log_ratio_chosen: -step }), { 'backend.kind': 'torch' })).toEqual([
      'RUN005 info @10',
      'RUN005 info @30',
    ]);
    expect(alarmsOf((step) => ({ log_ratio_chosen: -step / 30 }))).toEqual(['RUN005 info @35']);
  });

  it('RUN007: no better than chance', () => {
    const chance = () => ({ accuracy: 0.51, log_ratio_margin: 0.1 });
    expect(alarmsOf(chance)).toEqual(['RUN007 warning @21', 'RUN007 error @31']);
    // Few pairs may be ranked like that by chance.
    expect(alarmsOf(chance, { 'training.batch_size': 2 })).toEqual(['RUN007 warning @21']);
  });

  it('RUN009: the gradient jumps twice', () => {
    expect(alarmsOf((step) => (step === 50 ? { gradient_norm: 30 } : {}))).toEqual([]);
    expect(alarmsOf((step) => (step % 25 === 0 ? { gradient_norm: 30 } : {}))).toEqual([
      'RUN009 warning @50',
    ]);
  });
});

describe('alarms over evaluations', () => {
  it('RUN006: texts no longer end, compared with how they were', () => {
    const ended = (...shares: number[]): Values[] =>
      shares.map((share) => ({ ended: share, generated_length: 50 }));
    expect(evaluations(ended(1, 0.95, 0.8, 0.4))).toEqual(['RUN006 warning @20', 'RUN006 error @30']);
    // A limit that also cuts the texts of the reference is not the policy's fault.
    expect(evaluations(ended(0.4, 0.4, 0.4))).toEqual([]);
    expect(evaluations(ended(0, 0, 0))).toEqual([]);
    const reference = { reference_ended: 1, reference_generated_length: 30 };
    expect(evaluations([{ ended: 1, generated_length: 40, ...reference }])).toEqual([]);
    expect(evaluations([{ ended: 1, generated_length: 50, ...reference }])).toEqual(['RUN006 warning @0']);
    // Log-probabilities alone are an early sign.
    expect(evaluations([{ eos_drift: -0.5 }, { eos_drift: -1.5 }])).toEqual(['RUN006 info @10']);
    // Long texts that often do not end are broken.
    expect(evaluations([{ ended: 0.93, generated_length: 50, ...reference }])).toEqual(['RUN006 error @0']);
  });

  it('RUN008: over-fits', () => {
    const losses = (...values: number[]): Values[] => values.map((loss) => ({ loss }));
    expect(evaluations(losses(0.69, 0.5, 0.56, 0.57, 0.6))).toEqual(['RUN008 warning @30']);
    expect(evaluations(losses(0.69, 0.5, 0.56, 0.5, 0.56))).toEqual([]);
  });

  it('are told once, also when a run is resumed', () => {
    const lines: Values[] = [{ ended: 1 }, { ended: 0.3 }, { ended: 0.2 }];
    expect(evaluations(lines)).toEqual(['RUN006 error @10', 'RUN006 error @20']);
    expect(evaluations(lines, [{ code: 'RUN006', severity: 'error', step: 20 }])).toEqual([]);
  });
});

describe('alarms that change', () => {
  const reference = { reference_ended: 1, reference_generated_length: 10 };
  const at = (generated_length: number, ended = 1): Values => ({ generated_length, ended, ...reference });

  it('are reported again when worse, and cleared after two evaluations without them', () => {
    expect(evaluations([at(16), at(17), at(25), at(10), at(16), at(10), at(10), at(16)])).toEqual([
      'RUN006 warning @0',
      'RUN006 warning @20',
      'RUN006 warning cleared @60',
      'RUN006 warning @70',
    ]);
  });

  it('clear what is graver when only the milder state is left', () => {
    expect(evaluations([at(20, 0.8), at(16), at(16)])).toEqual([
      'RUN006 error @0',
      'RUN006 warning @10',
      'RUN006 error cleared @20',
    ]);
  });

  it('say nothing again of what was reported before a resume', () => {
    const lines = [at(16), at(10), at(10), at(16)];
    const cleared: Reported = { code: 'RUN006', severity: 'warning', step: 0, cleared: 20 };
    expect(evaluations(lines, [cleared])).toEqual(['RUN006 warning @30']);
  });

  it('say the figures of now beside those of then', () => {
    const watch = new AlarmWatch({ config: BASE, totalSteps: () => 100 });
    const changes = watch.see({ step: 5, time: 0, split: 'eval', values: at(20, 0.8) });
    const [alarm] = changes.reduce(afterChange, []);
    expect(alarm && figuresNow(alarm, { eval: at(30, 0.5) })).toBe(
      'Now: generated length 30 (20 when raised), ended 0.5 (0.8 when raised).',
    );
    const passed = afterChange(alarm ? [alarm] : [], {
      kind: 'cleared',
      code: 'RUN006',
      severity: 'error',
      step: 9,
      raised: 5,
    });
    expect(standing(passed)).toEqual([]);
    expect(passed.map((one) => figuresNow(one, {}))).toEqual(['It had passed by step 9.']);
  });
});

describe('alarms over outcomes', () => {
  it('RUN013: worse than the start, beyond chance', () => {
    const judged = (winRate: number, count = 90) =>
      new AlarmWatch({ config: BASE, totalSteps: () => 100 }).seeJudged(50, { winRate, count });
    expect(judged(0.3).map(inShort)).toEqual(['RUN013 error @50']);
    // Wilson, by hand: (0.3 + 1.96² / 180 ± 1.96 sqrt(0.3 * 0.7 / 90 + 1.96² / 32400)) / (1 + 1.96² / 90).
    expect(messagesOf(judged(0.3))[0]).toContain('95 % interval 22 % to 40 %, 90 texts');
    const inTurn = (...rates: number[]) => {
      const watch = new AlarmWatch({ config: BASE, totalSteps: () => 100 });
      return rates
        .flatMap((winRate, index) => watch.seeJudged(10 * index, { winRate, count: 90 }))
        .map(inShort);
    };
    expect(inTurn(0.39, 0.39)).toEqual(['RUN013 warning @10']);
    expect(inTurn(0.39, 0.6, 0.39, 0.6)).toEqual([]);
    expect([judged(0.39), judged(0.45), judged(0.3, 10), judged(0.7)].flat()).toEqual([]);
  });

  it('RUN004: told apart by what held-out pairs do not have, which is no swap of labels', () => {
    const watch = new AlarmWatch({ config: BASE, totalSteps: () => 100, evalPairs: () => 200 });
    const seen = [0.5, 0.42, 0.43].flatMap((accuracy, index) => {
      const step = 10 * index;
      const train = Array.from({ length: 10 }, (_, line) =>
        watch.see({
          step: step + line + 1,
          time: 0,
          split: 'train',
          values: { ...healthy(step + line + 1), accuracy: 0.98 },
        }),
      );
      return [...watch.see({ step, time: 0, split: 'eval', values: { accuracy } }), ...train.flat()].map(
        inShort,
      );
    });
    expect(seen).toEqual(['RUN004 error @10']);
  });

  it('RUN015: texts repeat themselves', () => {
    const texts = (...shares: number[]): Values[] =>
      shares.map((repetition) => ({ repetition, reference_repetition: 0.02 }));
    expect(evaluations(texts(0, 0.05, 0.14, 0.4))).toEqual(['RUN015 warning @20', 'RUN015 error @30']);
    expect(evaluations([{ repetition: 0.3 }, { repetition: 0.35 }])).toEqual([]);
  });

  it('RUN006: few probes stray by chance', () => {
    const texts = { ended: 0.8, generated_length: 16, reference_ended: 1, reference_generated_length: 10 };
    const raised = (count: number) =>
      new AlarmWatch({
        config: {
          ...BASE,
          'evaluation.probes': Array.from({ length: count }, (_, index) => `probe ${index}`),
        },
        totalSteps: () => 100,
      }).see({ step: 10, time: 0, split: 'eval', values: texts });
    expect(raised(5)).toEqual([]);
    expect(raised(90).map(inShort)).toEqual(['RUN006 error @10']);
  });

  it('RUN014: labels look swapped', () => {
    expect(evaluations([{ accuracy: 0.3 }, { accuracy: 0.3 }])).toEqual(['RUN014 error @10']);
    expect(evaluations([{ accuracy: 0.5 }, { accuracy: 0.45 }])).toEqual([]);
  });

  it('RUN002: hardly anything is learned', () => {
    const slow = (step: number): Values => ({
      loss: Math.LN2 - step / 1e5,
      reward_margin: 0.0002 * step ** 0.5,
      log_ratio_margin: step / 1e4,
      accuracy: 0.6,
    });
    expect(alarmsOf(slow)).toEqual(['RUN002 warning @25', 'RUN002 error @40']);
  });
});
