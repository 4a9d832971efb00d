import { describe, expect, it } from 'vitest';
import { JudgementsByStep, judgedTexts } from '../../src/core/judge/judged-texts';
import { isJudgement, type Judgement, outcomeOf } from '../../src/core/judge/judgement';

function judgement(verdicts: Judgement['verdicts'], rest: Partial<Judgement> = {}): Judgement {
  return {
    kind: 'judgement',
    time: 0,
    step: 0,
    item: 0,
    of: 1,
    judge: 'j',
    texts: 't',
    verdicts,
    lengths: [1, 2],
    ...rest,
  };
}

describe('what a judge said', () => {
  it('wins, loses or ties; without a verdict in both orders it counts for nobody', () => {
    const all = [
      judgement([1, 1]),
      judgement([0, 0]),
      judgement([1, 0]),
      judgement([1, null]),
      judgement([null, null]),
    ];
    expect(all.map(outcomeOf)).toEqual([1, 0, 0.5, undefined, undefined]);
    const judged = judgedTexts(all);
    expect(judged).toMatchObject({ winRate: 0.5, count: 3, unread: 2 });
    expect(judged.orderFlips).toBeCloseTo(1 / 3);
    expect(judged.standardError).toBeCloseTo(Math.sqrt(0.25 / 3));
  });

  it('is compared with what it said to the same question', () => {
    const { selfAgreement } = judgedTexts([
      judgement([1, 1], { again: 1 }),
      judgement([0.7, 1], { again: 0.9 }),
      judgement([1, 1], { again: 0 }),
      judgement([1, 1], { again: null }),
      judgement([1, 1]),
    ]);
    expect(selfAgreement).toBe(0.5);
    expect(judgedTexts([judgement([1, 1])]).selfAgreement).toBeNaN();
    expect(judgedTexts([]).winRate).toBeNaN();
  });

  it('gives a win rate for steps whose texts are all judged, by one judge', () => {
    const steps = new JudgementsByStep();
    steps.add(judgement([1, 1], { step: 50, item: 0, of: 2 }));
    expect(steps.judgedAt(50)).toBeUndefined();
    steps.add(judgement([0, 0], { step: 50, item: 1, of: 2 }));
    steps.add(judgement([1, 1], { step: 0, item: 0, of: 1 }));
    expect(steps.steps).toEqual([0, 50]);
    expect(steps.judgedAt(50)?.winRate).toBe(0.5);
    // Texts that were generated again replace those before.
    steps.add(judgement([1, 1], { step: 50, item: 1, of: 2 }));
    expect(steps.judgedAt(50)?.winRate).toBe(1);
    steps.add(judgement([0, 0], { step: 50, item: 1, of: 2, judge: 'another' }));
    expect(steps.judgedAt(50)).toBeUndefined();
    expect(steps.judgedAt(7)).toBeUndefined();
  });

  it.each([
    [{}, false],
    [null, false],
    [judgement([1, 1]), true],
    [judgement([1, null], { again: null, scores: [1, -2] }), true],
    [{ ...judgement([1, 1]), verdicts: [2, 0] }, false],
    [{ ...judgement([1, 1]), verdicts: [1] }, false],
    [{ ...judgement([1, 1]), step: -1 }, false],
    [{ ...judgement([1, 1]), lengths: ['a', 'b'] }, false],
    [{ ...judgement([1, 1]), judge: 5 }, false],
  ])('is a line of the file: %j', (value, expected) => {
    expect(isJudgement(value)).toBe(expected);
  });
});
