import { describe, expect, it } from 'vitest';
import { makeSchedule } from '../../src/trainer/schedule';

const SETTINGS = {
  'training.epochs': 2,
  'training.steps': undefined,
  'training.batch_size': 4,
  'training.learning_rate': 0.01,
  'training.schedule': 'linear',
  'training.warmup': 0,
  'training.seed': 3,
} as const;

describe('schedule', () => {
  it('takes whole passes, with a smaller batch at the end of each', () => {
    const schedule = makeSchedule(SETTINGS, 10);
    expect(schedule).toMatchObject({ totalSteps: 6, stepsPerEpoch: 3 });
    const sizes = [1, 2, 3, 4, 5, 6].map((step) => schedule.pairsOf(step).length);
    expect(sizes).toEqual([4, 4, 2, 4, 4, 2]);
    const pass = (first: number): number[] => [0, 1, 2].flatMap((i) => schedule.pairsOf(first + i));
    for (const first of [1, 4]) expect(pass(first).toSorted((a, b) => a - b)).toEqual([...Array(10).keys()]);
    expect(pass(1)).not.toEqual(pass(4));
    expect(schedule.epochAfter(6)).toBe(2);
  });

  it('gives the pairs of a step whichever steps were asked for before: a resumed run sees the same', () => {
    const schedule = makeSchedule(SETTINGS, 10);
    const inOrder = [1, 2, 3, 4, 5].map((step) => schedule.pairsOf(step));
    expect(makeSchedule(SETTINGS, 10).pairsOf(5)).toEqual(inOrder[4]);
    expect(makeSchedule({ ...SETTINGS, 'training.seed': 4 }, 10).pairsOf(1)).not.toEqual(inOrder[0]);
  });

  it('prefers steps to epochs', () => {
    expect(makeSchedule({ ...SETTINGS, 'training.steps': 7 }, 10).totalSteps).toBe(7);
    expect(makeSchedule({ ...SETTINGS, 'training.epochs': 0.5 }, 10).totalSteps).toBe(2);
  });

  it('rises from 0 over the warm-up and falls as asked', () => {
    const rates = (changes: Partial<Parameters<typeof makeSchedule>[0]>): number[] => {
      const schedule = makeSchedule({ ...SETTINGS, 'training.steps': 10, ...changes }, 10);
      return Array.from({ length: 10 }, (_, i) => Number((schedule.learningRate(i + 1) / 0.01).toFixed(4)));
    };
    expect(rates({ 'training.warmup': 0.2 })).toEqual([
      0, 0.5, 1, 0.875, 0.75, 0.625, 0.5, 0.375, 0.25, 0.125,
    ]);
    expect(rates({ 'training.warmup': 5, 'training.schedule': 'constant' })).toEqual([
      0, 0.2, 0.4, 0.6, 0.8, 1, 1, 1, 1, 1,
    ]);
    const cosine = rates({ 'training.schedule': 'cosine' });
    expect(cosine[0]).toBe(1);
    expect(cosine[5]).toBe(0.5);
    expect(cosine[9]).toBeCloseTo(0.5 * (1 + Math.cos(0.9 * Math.PI)), 4);
  });
});
