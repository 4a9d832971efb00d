import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  logRatioDifference,
  negativeLogSigmoid,
  OBJECTIVES,
  objectiveValue,
} from '../../src/engine/objective-formulas';

const finite = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const settings = fc.record({ beta: finite(0.001, 10), labelSmoothing: finite(0, 0.45) });

describe('objectives', () => {
  it.each(OBJECTIVES)('the derivative of %s is that of its value', (objective) => {
    fc.assert(
      fc.property(finite(-20, 20), settings, (delta, given) => {
        fc.pre(objective !== 'hinge' || Math.abs(given.beta * delta - 1) > 1e-3);
        const h = 1e-5;
        const lossAt = (x: number) => objectiveValue(objective, x, given).loss;
        const numerical = (lossAt(delta + h) - lossAt(delta - h)) / (2 * h);
        const { loss, derivative } = objectiveValue(objective, delta, given);
        const scale = Math.max(1, Math.abs(loss), Math.abs(derivative));
        expect(Math.abs(numerical - derivative) / scale).toBeLessThan(1e-6);
      }),
    );
  });

  it('has values one can compute by hand', () => {
    const given = { beta: 0.5, labelSmoothing: 0.1 };
    expect(objectiveValue('sigmoid', 0, given)).toEqual({ loss: Math.LN2, derivative: 0.5 * (0.5 - 0.9) });
    expect(objectiveValue('hinge', 1, given)).toEqual({ loss: 0.5, derivative: -0.5 });
    expect(objectiveValue('hinge', 3, given)).toEqual({ loss: 0, derivative: 0 });
    expect(objectiveValue('ipo', 3, given)).toEqual({ loss: 4, derivative: 4 });
    expect(objectiveValue('robust', 0, given).loss).toBeCloseTo(Math.LN2, 15);
    expect(logRatioDifference({ chosen: -5, rejected: -9 }, { chosen: -6, rejected: -7 })).toBe(3);
  });

  it('robust is unbiased: flipping labels at the assumed rate gives the clean loss', () => {
    fc.assert(
      fc.property(finite(-20, 20), settings, (delta, given) => {
        const e = given.labelSmoothing;
        const robust = (x: number) => objectiveValue('robust', x, given).loss;
        const expected = (1 - e) * robust(delta) + e * robust(-delta);
        const clean = objectiveValue('sigmoid', delta, { ...given, labelSmoothing: 0 }).loss;
        expect(Math.abs(expected - clean)).toBeLessThan(1e-10 * Math.max(1, clean, robust(-delta)));
      }),
    );
  });

  it('does not overflow or vanish', () => {
    expect(negativeLogSigmoid(-1000)).toBe(1000);
    expect(negativeLogSigmoid(40)).toBeCloseTo(Math.exp(-40), 30);
  });
});
