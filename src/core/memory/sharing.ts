import type { Sharing } from '../facts';

const ZERO_STAGES: readonly Sharing['split'][] = ['nothing', 'moments', 'gradients', 'weights'];
/** FSDP 1 writes a word or its number. */
const FSDP_STRATEGIES: Readonly<Record<string, Sharing['split']>> = {
  FULL_SHARD: 'weights',
  HYBRID_SHARD: 'weights',
  SHARD_GRAD_OP: 'gradients',
  HYBRID_SHARD_ZERO2: 'gradients',
  NO_SHARD: 'nothing',
  1: 'weights',
  2: 'gradients',
  3: 'nothing',
};

/**
 * Reads the values of an accelerate config. Undefined where they leave it open: what DeepSpeed's own file says is not
 * read.
 */
export function sharingOf(config: unknown): Sharing | undefined {
  if (!isFields(config)) return undefined;
  const processes = Number(config.num_processes);
  const split = splitOf(config);
  if (!Number.isSafeInteger(processes) || processes < 1 || split === undefined) return undefined;
  const deepspeed = fieldsOf(config.deepspeed_config);
  const offloadsMoments =
    isYes(fieldsOf(config.fsdp_config).fsdp_offload_params) || deepspeed.offload_optimizer_device === 'cpu';
  return { processes, split, offloadsMoments };
}

function splitOf(config: Fields): Sharing['split'] | undefined {
  switch (config.distributed_type) {
    case 'FSDP': {
      const { fsdp_version, fsdp_sharding_strategy, fsdp_reshard_after_forward } = fieldsOf(
        config.fsdp_config,
      );
      if (Number(fsdp_version) === 2) return fsdp_reshard_after_forward === false ? 'gradients' : 'weights';
      return FSDP_STRATEGIES[String(fsdp_sharding_strategy ?? 'FULL_SHARD')];
    }
    case 'DEEPSPEED':
      return ZERO_STAGES[Number(fieldsOf(config.deepspeed_config).zero_stage)];
    case 'MULTI_GPU':
    case 'NO':
      return 'nothing';
    default:
      return undefined;
  }
}

type Fields = Readonly<Record<string, unknown>>;

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}

function fieldsOf(value: unknown): Fields {
  return isFields(value) ? value : {};
}

function isYes(value: unknown): boolean {
  return value === true || value === 'true';
}
