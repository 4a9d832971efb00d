import { describe, expect, it } from 'vitest';
import { at } from '../../src/engine/at';
import { type ScoringSize, scoringInputs } from '../../src/engine/batch';
import { buildScoring } from '../../src/engine/graphs/scoring';
import { relativeError } from './support/finite-differences';
import { Random } from './support/random';
import { TestSession } from './support/session';
import { BATCH, END, SEQUENCES, SIZE } from './support/tiny-batch';
import { FROZEN, tinyModel } from './support/tiny-model';

describe('scoring', () => {
  it('sums over the response, includes the end, and finds it where the response was cut', async () => {
    const tiny = tinyModel({}, FROZEN);
    const session = await TestSession.load(buildScoring(tiny.model, SIZE, 'float64'), tiny.files);
    const {
      token_logps: tokens = [],
      sequence_logps: sums = [],
      end_logps: ends = [],
    } = await session.run({ ...BATCH });
    // Slots in order: 3 of the first response, 2 of the second, 4 and the end of the third, 3 of the fourth.
    const sum = (...slots: number[]) => slots.reduce((total, slot) => total + at(tokens, slot), 0);
    const expected = [sum(0, 1, 2), sum(3, 4), sum(5, 6, 7, 8), sum(10, 11, 12)];
    expect(relativeError(sums, expected)).toBeLessThan(1e-14);
    expect([...Float64Array.from(ends)]).toEqual([2, 4, 9, 12].map((slot) => at(tokens, slot)));
    await session.release();
  });

  it('does not see padding or what comes later', async () => {
    const tiny = tinyModel({}, FROZEN);
    const size = { sequences: 1, length: 12, slots: 5 };
    const session = await TestSession.load(buildScoring(tiny.model, size, 'float64'), tiny.files);
    const inputs = scoringInputs([at(SEQUENCES, 0)], size, END);
    const clean = await session.run({ ...inputs });
    inputs.tokens.fill(9n, 6);
    expect((await session.run({ ...inputs })).sequence_logps).toEqual(clean.sequence_logps);
    await session.release();
  });

  it('gives the same on a line that is cut into blocks of queries', async () => {
    const tiny = tinyModel({}, FROZEN);
    const tokens = [1, ...new Random(4).integers(288, 3, 12), END];
    const score = async (size: ScoringSize) => {
      const inputs = scoringInputs(
        [{ tokens, promptLength: 280 }, ...(size.paired ? [cousin] : [])],
        size,
        END,
      );
      const session = await TestSession.load(buildScoring(tiny.model, size, 'float64'), tiny.files);
      const { token_logps: logps = new Float64Array() } = await session.run({ ...inputs });
      await session.release();
      return logps.subarray(0, 10);
    };
    const cousin = { tokens: [...tokens.slice(0, 280), 5, 5, 5, END], promptLength: 280 };
    const alone = await score({ sequences: 1, length: 289, slots: 10 });
    const paired = await score({ sequences: 2, length: 320, slots: 14, paired: true });
    expect(relativeError(paired, alone)).toBeLessThan(1e-12);
  });
});
