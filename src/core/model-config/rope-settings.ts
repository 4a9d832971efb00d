/** How positions beyond the pre-training length are squeezed; `config.json` calls it `rope_scaling`. */
export type RopeScaling =
  | { readonly kind: 'default' }
  | { readonly kind: 'linear'; readonly factor: number }
  | {
      readonly kind: 'llama3';
      readonly factor: number;
      readonly lowFrequencyFactor: number;
      readonly highFrequencyFactor: number;
      readonly originalLength: number;
    }
  | {
      readonly kind: 'yarn';
      readonly factor: number;
      readonly originalLength: number;
      readonly betaFast: number;
      readonly betaSlow: number;
      /** Multiplies the rotated queries and keys. */
      readonly attentionFactor: number;
    }
  /** LongRoPE (arXiv 2402.13753) within the original length; beyond it the model would take other factors. */
  | {
      readonly kind: 'longrope';
      /** Each pair's wavelength is multiplied by its own. */
      readonly factors: readonly number[];
      readonly originalLength: number;
      /** Multiplies the rotated queries and keys. */
      readonly attentionFactor: number;
    };

export interface RopeSettings {
  /** Base of the geometric series of wavelengths. */
  readonly theta: number;
  readonly scaling: RopeScaling;
}
