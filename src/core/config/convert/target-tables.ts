import type { TrainerTable } from '../dialects/table';
import { ALIGNMENT_HANDBOOK } from '../dialects/tables/alignment-handbook';
import { AXOLOTL } from '../dialects/tables/axolotl';
import { LLAMAFACTORY } from '../dialects/tables/llamafactory';
import { TRL } from '../dialects/tables/trl';

/** Trainers whose files can be written. */
export const TARGETS = {
  trl: TRL,
  'alignment-handbook': ALIGNMENT_HANDBOOK,
  llamafactory: LLAMAFACTORY,
  axolotl: AXOLOTL,
} as const satisfies Record<string, TrainerTable>;

export type Target = keyof typeof TARGETS;
