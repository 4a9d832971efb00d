import { scoringInputs, type TokenSequence } from '../../../src/engine/batch';

export const END = 2;
/** Two pairs: chosen, chosen, rejected, rejected. The third response ends before it is complete. */
export const SEQUENCES: TokenSequence[] = [
  { tokens: [1, 5, 3, 8, 12, 2], promptLength: 3 },
  { tokens: [1, 4, 9, 2], promptLength: 2 },
  { tokens: [1, 5, 3, 7, 7, 10, 6], promptLength: 3 },
  { tokens: [1, 4, 11, 0, 2], promptLength: 2 },
];
export const SIZE = { sequences: 4, length: 8, slots: 14 };
export const BATCH = scoringInputs(SEQUENCES, SIZE, END);
