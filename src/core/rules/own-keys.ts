import { asBoolean } from '../config/dialects/values';
import { isAtLeast } from '../config/dialects/versions';
import type { Experiment, OwnKeys } from '../config/experiment';

/** Questions that rules about other trainers ask of a file's own keys. */

/** Trainers whose keys are those of TRL's DPOConfig. */
const TRL_FAMILY = new Set(['trl', 'alignment-handbook']);

/** The keys of a file for one of these trainers; undefined for all others. */
export function keysFor({ trainer, own }: Experiment, ...dialects: readonly string[]): OwnKeys | undefined {
  return dialects.includes(trainer.dialect) ? own : undefined;
}

/** The keys of a file for TRL's DPOConfig. */
export function trlKeys({ trainer, own }: Experiment): OwnKeys | undefined {
  return TRL_FAMILY.has(trainer.dialect) ? own : undefined;
}

/** Whether another trainer hands its loss on to TRL's DPOTrainer, which refuses what does not go together. */
export function takesTrlLosses({ trainer }: Experiment): boolean {
  return TRL_FAMILY.has(trainer.dialect) || trainer.dialect === 'axolotl' || trainer.dialect === 'ms-swift';
}

export function isOn({ file }: OwnKeys, key: string): boolean {
  return asBoolean(file.value(key)) === true;
}

/** Whether the file is judged with TRL 0.29 or newer, in which DPOTrainer was written again. */
export function isRewritten({ file }: OwnKeys): boolean {
  return isAtLeast(file.version('trl'), '0.29.0');
}
