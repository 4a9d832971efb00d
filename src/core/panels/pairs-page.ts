/** What the pair inspector shows. */
export interface PairsPage {
  readonly kind: 'pairs';
  readonly id: string;
  readonly folder: string;
  readonly title: string;
  /** Steps with a checkpoint that the policy can be read from, ascending. */
  readonly checkpoints: readonly number[];
}

/** What the inspector asks of the program that can score pairs. */
export type PairsQuestion =
  | { readonly kind: 'list'; readonly checkpoint: number }
  | { readonly kind: 'pair'; readonly checkpoint: number; readonly pair: string };
