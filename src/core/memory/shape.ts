import { parametersInName } from '../config/model-names';
import type { ModelFacts } from '../facts';
import { familyShape } from './family-shapes';

/** The sizes of a decoder-only transformer that decide how much memory it takes. */
export interface Shape {
  readonly parameters: number;
  readonly layers: number;
  /** Width of the residual stream. */
  readonly hidden: number;
  /** Width of the gated feed-forward layer. */
  readonly intermediate: number;
  readonly heads: number;
  /** Width of all key heads together, and of all value heads. */
  readonly keyValue: number;
  readonly vocabulary: number;
  /** True where the name had to serve for the number of parameters. */
  readonly guessed: boolean;
}

/** What config.json and the weights tell, else a usual shape for the number of parameters in the name. */
export function shapeOf(name: string, facts: ModelFacts | undefined): Shape | undefined {
  const known = facts && facts.found !== 'no' ? facts : undefined;
  const parameters = known?.parameters ?? parametersInName(name);
  if (parameters === undefined) return undefined;
  const usual = usualShape(parameters);
  const hidden = known?.hiddenSize ?? usual.hidden;
  const heads = known?.attentionHeads ?? Math.max(1, Math.round(hidden / 64));
  const guess = familyShape(name, parameters);
  // A config.json without key heads has one for each head.
  const keyValueHeads = known ? (known.keyValueHeads ?? heads) : heads / guess.grouped;
  return {
    parameters,
    layers: known?.layers ?? usual.layers,
    hidden,
    intermediate: known?.intermediateSize ?? Math.round((8 / 3) * hidden),
    heads,
    keyValue: Math.round((hidden * keyValueHeads) / heads),
    vocabulary: known?.vocabularySize ?? guess.vocabulary,
    guessed: known?.parameters === undefined,
  };
}

/**
 * Llama-like models have about 12 * layers * hidden^2 parameters, and about 128 times as wide a residual stream as
 * they have layers: 7e9 parameters give 33 layers of 4200.
 */
function usualShape(parameters: number): { layers: number; hidden: number } {
  const hidden = Math.cbrt((parameters * 128) / 12);
  return { layers: Math.max(1, Math.round(hidden / 128)), hidden: Math.round(hidden) };
}
