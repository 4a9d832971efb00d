/** Ways to initialise an adapter that leave the base model's weights as they are (`init_lora_weights` of PEFT). */
const KEEPS_BASE: readonly unknown[] = [undefined, null, true, false, 'gaussian', 'orthogonal', 'eva'];

/** Settings of PEFT that make an adapter more than scale * B A on linear layers, where they are set. */
const BEYOND_LORA = [
  ...['rank_pattern', 'alpha_pattern', 'layer_replication', 'alora_invocation_tokens', 'arrow_config'],
  ...['kasa_config', 'use_qalora', 'use_bdlora', 'trainable_token_indices', 'target_parameters'],
  ...['monteclora_config', 'velora_config'],
] as const;

/**
 * What in an `adapter_config.json` of PEFT makes an adapter something else than a change of linear layers by B A on
 * unchanged weights; continues a sentence. Undefined where nothing does.
 */
export function adapterFault(config: Readonly<Record<string, unknown>>): string | undefined {
  if ((config.peft_type ?? 'LORA') !== 'LORA') return `its kind is ${String(config.peft_type)}, not LORA`;
  const initialised = config.init_lora_weights;
  if (!KEEPS_BASE.includes(initialised))
    return `it was initialised with ${nameOf(initialised)}, which changes the base model's weights (save it with PEFT's path_initial_model_for_weight_conversion to avoid that)`;
  if (config.use_dora === true) return 'it is a DoRA adapter, which also changes the length of weights';
  if (isFilled(config.modules_to_save)) return 'it replaces whole modules (modules_to_save)';
  if ((config.bias ?? 'none') !== 'none' || config.lora_bias === true) return 'it also trains biases';
  if (config.fan_in_fan_out === true) return 'its weights are transposed (fan_in_fan_out)';
  const setting = BEYOND_LORA.find((key) => isFilled(config[key]));
  return setting === undefined ? undefined : `it uses ${setting}`;
}

const NAMES: Readonly<Record<string, string>> = {
  pissa: 'PiSSA',
  olora: 'OLoRA',
  loftq: 'LoftQ',
  corda: 'CorDA',
  lora_ga: 'LoRA-GA',
};

function nameOf(initialised: unknown): string {
  const name = String(initialised);
  return NAMES[name.replace(/_niter_.*$/, '')] ?? `init_lora_weights "${name}"`;
}

function isFilled(value: unknown): boolean {
  if (value === undefined || value === null || value === false || value === '') return false;
  return typeof value !== 'object' || Object.keys(value).length > 0;
}
