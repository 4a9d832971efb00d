import type { DataFacts, ReadData, TokenFacts } from '../../facts';

/** One broken row in fifty is a property of the data, a few are accidents. */
export const NOTABLE_SHARE = 0.02;

export function readData(facts: DataFacts | undefined): ReadData | undefined {
  return facts?.state === 'read' ? facts : undefined;
}

export function tokenFacts(facts: DataFacts | undefined): TokenFacts | undefined {
  const tokens = readData(facts)?.tokens;
  return tokens && tokens.pairs > 0 ? tokens : undefined;
}
