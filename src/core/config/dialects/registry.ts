import { DPO_LAB } from '../dpo-lab';
import type { Dialect } from '../experiment';
import { maybeForeign } from './sniff';

/**
 * The dialects of other trainers are a bundle of their own, which is loaded when a file looks like one of theirs:
 * most windows never need them.
 */
let foreign: readonly Dialect[] = [];

export function useDialects(dialects: readonly Dialect[]): void {
  foreign = dialects;
}

/** The reader of a file, by its name or by its content; undefined for a file that is no config. */
export function dialectOf(fileName: string, text: string): Dialect | undefined {
  if (DPO_LAB.matches(fileName, text)) return DPO_LAB;
  if (!maybeForeign(fileName, text)) return undefined;
  return foreign.find((dialect) => dialect.matches(fileName, text));
}
